/** Caches that closures hold. New code looks into others of the same kind, which hold nothing that old code computed. */

/** What a cache of a package holds at most is not known: as many results as this are kept of each. */
const MOST = 1000;

export class EmptiedCaches {
  private readonly own = new WeakMap<object, object>();

  /** What new code has in place of a cache that closures hold; where they hold none, it has none. */
  readonly of = (cache: unknown): unknown => {
    if (typeof cache !== 'object' || cache === null) return cache;
    let own = this.own.get(cache);
    if (!own) this.own.set(cache, (own = emptyAs(cache)));
    return own;
  };
}

function emptyAs(cache: object): object {
  const prototype = Object.getPrototypeOf(cache) as object | null;
  switch (prototype) {
    case Map.prototype:
      return new Map();
    case WeakMap.prototype:
      return new WeakMap();
    case Object.prototype:
    case null:
      return Object.create(prototype) as object;
    default:
      return new Latest();
  }
}

/** Answers as caches of packages do. */
class Latest extends Map<unknown, unknown> {
  override set(key: unknown, value: unknown): this {
    if (this.size >= MOST && !this.has(key)) this.delete(this.keys().next().value);
    return super.set(key, value);
  }

  put(key: unknown, value: unknown): this {
    return this.set(key, value);
  }

  peek(key: unknown): unknown {
    return this.get(key);
  }

  del(key: unknown): boolean {
    return this.delete(key);
  }

  reset(): void {
    this.clear();
  }
}
