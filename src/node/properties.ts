/** Properties that patches put on the program's objects: new class members, new or changed exports. Taken off again to the value before. */

export interface PropertyChange {
  readonly object: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor;
}

interface Held {
  readonly object: object;
  readonly key: PropertyKey;
  /** As it was before any patch; undefined if there was none. */
  readonly original: PropertyDescriptor | undefined;
  /** In the order they were put on; the last is in force. */
  readonly stack: { readonly owner: object; readonly descriptor: PropertyDescriptor }[];
}

export class Properties {
  private readonly held: Held[] = [];

  put(owner: object, changes: readonly PropertyChange[]): void {
    for (const { object, key, descriptor } of changes) {
      let entry = this.held.find((h) => h.object === object && h.key === key);
      if (!entry) {
        entry = { object, key, original: Object.getOwnPropertyDescriptor(object, key), stack: [] };
        this.held.push(entry);
      }
      entry.stack.push({ owner, descriptor });
      Object.defineProperty(object, key, descriptor);
    }
  }

  take(owner: object): void {
    for (let i = this.held.length - 1; i >= 0; i--) {
      const entry = this.held[i]!;
      const before = entry.stack.length;
      for (let k = before - 1; k >= 0; k--) if (entry.stack[k]!.owner === owner) entry.stack.splice(k, 1);
      if (entry.stack.length === before) continue;
      const top = entry.stack.at(-1)?.descriptor ?? entry.original;
      if (top) Object.defineProperty(entry.object, entry.key, top);
      else Reflect.deleteProperty(entry.object, entry.key);
      if (entry.stack.length === 0) this.held.splice(i, 1);
    }
  }
}
