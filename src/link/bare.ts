/** Tables that closures hold and that a patch leaves without a prototype, until it is taken back. */

/** Of any patch: one that takes the place of another goes on with what that has made. */
const made = new WeakSet<object>();

export class BareTables {
  private readonly tables: WeakRef<object>[] = [];
  private known = new WeakSet<object>();

  /** Gives `table`, which loses its prototype if it is a plain object. */
  readonly of = (table: unknown): unknown => {
    if (typeof table !== 'object' || table === null || this.known.has(table)) return table;
    const prototype = Object.getPrototypeOf(table) as object | null;
    // An assignment to the key `__proto__` has given it another, which is none of a class.
    const isPlain = prototype !== null && (prototype === Object.prototype || !Object.hasOwn(prototype, 'constructor'));
    if (!isPlain && !made.has(table)) return table;
    Object.setPrototypeOf(table, null);
    made.add(table);
    this.known.add(table);
    this.tables.push(new WeakRef(table));
    return table;
  };

  /** Once no code of the patch runs: older code gets back what it can read, without what it could not have put there. */
  restore(): void {
    for (const ref of this.tables.splice(0)) {
      const table = ref.deref();
      if (table === undefined || Object.getPrototypeOf(table) !== null) continue;
      Reflect.deleteProperty(table, '__proto__');
      Object.setPrototypeOf(table, Object.prototype);
      made.delete(table);
    }
    this.known = new WeakSet();
  }
}
