/** Of large texts, what has been found out last: a bundle is read and searched for many a question. */

/** Of smaller ones it is found out anew as fast. */
const LARGE = 200_000;
/** Both versions of two bundles. */
const MOST = 4;

/** Keeps what `size` says is large, the last few of them. */
export class LastOfLarge<K, V> {
  private readonly kept = new Map<K, V>();

  /** What is known of `key`, or else what `find` gives. */
  get(key: K, find: () => V, size: (value: V) => number): V {
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const value = find();
    if (size(value) < LARGE) return value;
    if (this.kept.size === MOST) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(key, value);
    return value;
  }
}
