/**
 * What a patch puts on objects of the program, as code that runs once as the patch is linked has to see it: there while that
 * runs, and no longer.
 */
export class Shown {
  /** Each shows something, and gives what takes it back. */
  private readonly shows: (() => () => void)[] = [];
  private readonly undo: (() => void)[] = [];

  put(object: unknown, key: PropertyKey, value: unknown): void {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) return;
    this.add(() => show(object, key, value));
  }

  add(one: () => () => void): void {
    this.shows.push(one);
    this.undo.push(one());
  }

  /** Runs `body` with all of it there. */
  during<T>(body: () => T): T {
    try {
      for (const one of this.shows) this.undo.push(one());
      return body();
    } finally {
      this.end();
    }
  }

  end(): void {
    for (const undo of this.undo.splice(0).toReversed()) undo();
  }
}

function show(object: object, key: PropertyKey, value: unknown): () => void {
  const was = Object.getOwnPropertyDescriptor(object, key);
  const enumerable = was?.enumerable ?? true;
  if (!Reflect.defineProperty(object, key, { value, writable: true, enumerable, configurable: was?.configurable ?? true })) return () => {};
  return () => (was ? Reflect.defineProperty(object, key, was) : Reflect.deleteProperty(object, key));
}
