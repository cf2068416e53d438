/**
 * Symbols and collections by which new code tells objects: a patch that takes the place of another has the ones of that, and so
 * finds what it has put on objects. With the last patch that has one it goes.
 */
interface Claim {
  readonly owner: OwnKeys;
  readonly value: unknown;
}

/** By the scope of the program that they belong to, and by name. */
export class CommonKeys {
  private readonly claims = new WeakMap<object, Map<string, readonly Claim[]>>();

  of(scope: object): Map<string, readonly Claim[]> {
    let found = this.claims.get(scope);
    if (!found) this.claims.set(scope, (found = new Map()));
    return found;
  }
}

/** Those of one patch, which others see from its `begin` to its `end`: one that is only linked leaves nothing. */
export class OwnKeys {
  private readonly all: CommonKeys;
  private inForce = false;

  constructor(all: CommonKeys) {
    this.all = all;
  }

  readonly of = (scope: object, name: string, make: () => unknown): unknown => {
    const names = this.all.of(scope);
    // One patch is linked at a time: what another has only linked has come to nothing.
    const claims = (names.get(name) ?? []).filter(({ owner }) => owner.inForce || owner === this);
    const value = claims.length > 0 ? claims[0]!.value : make();
    names.set(name, [...claims, { owner: this, value }]);
    return value;
  };

  begin(): void {
    this.inForce = true;
  }

  end(): void {
    this.inForce = false;
  }
}
