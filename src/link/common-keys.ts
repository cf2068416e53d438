/**
 * Symbols and collections by which new code tells objects: a patch that takes the place of another has the ones of that, and so
 * finds what it has put on objects. With the last patch that has one it goes.
 */
interface Key {
  readonly value: unknown;
  holders: number;
}

/** By the scope of the program that they belong to. */
export class CommonKeys {
  private readonly held = new WeakMap<object, Map<string, Key>>();

  find(scope: object, name: string): Key | undefined {
    return this.held.get(scope)?.get(name);
  }

  hold(scope: object, name: string, value: unknown): void {
    const keys = this.held.get(scope) ?? new Map<string, Key>();
    this.held.set(scope, keys);
    const known = keys.get(name);
    if (known) known.holders++;
    else keys.set(name, { value, holders: 1 });
  }

  release(scope: object, name: string): void {
    const key = this.find(scope, name);
    if (key && --key.holders === 0) this.held.get(scope)!.delete(name);
  }
}

/** Those of one patch, which holds them from its `begin` to its `end`: one that is only linked leaves nothing. */
export class OwnKeys {
  private readonly all: CommonKeys;
  private readonly own: { readonly scope: object; readonly name: string; readonly value: unknown }[] = [];
  private holds = false;

  constructor(all: CommonKeys) {
    this.all = all;
  }

  readonly of = (scope: object, name: string, make: () => unknown): unknown => {
    const known = this.all.find(scope, name);
    const key = { scope, name, value: known ? known.value : make() };
    this.own.push(key);
    if (this.holds) this.all.hold(scope, name, key.value);
    return key.value;
  };

  begin(): void {
    this.holds = true;
    for (const { scope, name, value } of this.own) this.all.hold(scope, name, value);
  }

  end(): void {
    if (!this.holds) return;
    this.holds = false;
    for (const { scope, name } of this.own) this.all.release(scope, name);
  }
}
