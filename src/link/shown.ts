/**
 * What a patch puts on objects of the program, as code that runs once as the patch is linked has to see it: there while that
 * runs, and no longer.
 */
export class Shown {
  private readonly puts: { readonly object: object; readonly key: PropertyKey; readonly value: unknown }[] = [];
  private readonly undo: (() => void)[] = [];

  put(object: unknown, key: PropertyKey, value: unknown): void {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) return;
    this.puts.push({ object, key, value });
    this.show(object, key, value);
  }

  /** Runs `body` with all of it there. */
  during<T>(body: () => T): T {
    for (const { object, key, value } of this.puts) this.show(object, key, value);
    try {
      return body();
    } finally {
      this.end();
    }
  }

  end(): void {
    for (const undo of this.undo.splice(0).toReversed()) undo();
  }

  private show(object: object, key: PropertyKey, value: unknown): void {
    const was = Object.getOwnPropertyDescriptor(object, key);
    const enumerable = was?.enumerable ?? true;
    if (!Reflect.defineProperty(object, key, { value, writable: true, enumerable, configurable: was?.configurable ?? true })) return;
    this.undo.push(() => (was ? Reflect.defineProperty(object, key, was) : Reflect.deleteProperty(object, key)));
  }
}
