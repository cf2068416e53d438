/**
 * Tables in whose place a patch has an object of another kind: a `Map` where there was a plain object, a `Set` where there was a
 * list. What the program has put into the old one goes into the new one in the turn in which all tasks switch, and back when the
 * patch goes. Who holds the old one itself keeps that.
 */

export interface Move {
  readonly old: object;
  readonly now: Map<unknown, unknown> | Set<unknown>;
  /** What the old source begins the table with: the new one has its own of that. */
  readonly before: object;
}

/** By the program's own table: the patch that has another in its place, and that one. */
const holders = new WeakMap<object, { readonly owner: Moves; readonly now: Move['now'] }>();

export class Moves {
  private readonly moved = new Map<object, { readonly move: Move; readonly begun: ReadonlyMap<unknown, unknown> }>();

  /** Where a patch before this one has one in its place, what is there is taken over. */
  enter(moves: readonly Move[]): void {
    for (const move of moves) {
      const { old, now, before } = move;
      const begun = new Map(entriesOf(now));
      const known = new Map(entriesOf(before));
      for (const [key, value] of entriesOf(holders.get(old)?.now ?? old))
        if (!known.has(key) || !Object.is(known.get(key), value)) put(now, key, value);
      this.moved.set(old, { move, begun });
      holders.set(old, { owner: this, now });
    }
  }

  /** No code runs any more that uses the new ones, unless a later patch goes on with what is in them. */
  leave(): void {
    for (const [old, { move, begun }] of this.moved) {
      if (holders.get(old)?.owner !== this) continue;
      holders.delete(old);
      takeBack(old, move, begun);
    }
    this.moved.clear();
  }

  /** Whether all that `older` has moved is among what is moved now. */
  static covers(moves: readonly Move[], older: Moves): boolean {
    return [...older.moved.keys()].every((old) => holders.get(old)?.owner !== older || moves.some((move) => move.old === old));
  }
}

/** A table that code has given a prototype by an assignment to its key `__proto__` goes without that. */
function entriesOf(table: object): readonly (readonly [unknown, unknown])[] {
  if (table instanceof Map) return [...(table as Map<unknown, unknown>)];
  if (table instanceof Set || Array.isArray(table)) return [...(table as Iterable<unknown>)].map((value) => [value, value] as const);
  return Object.entries(table);
}

function put(now: Move['now'], key: unknown, value: unknown): void {
  if (now instanceof Map) now.set(key, value);
  else now.add(value);
}

/** What only the new source begins with stays behind, and so does what the old kind cannot hold. */
function takeBack(old: object, { now, before }: Move, begun: ReadonlyMap<unknown, unknown>): void {
  const isOwn = (key: unknown, value: unknown): boolean => !begun.has(key) || !Object.is(begun.get(key), value);
  if (Array.isArray(old)) {
    const kept = entriesOf(before).map(([value]) => value);
    old.splice(
      0,
      Infinity,
      ...old.filter((value) => kept.includes(value)),
      ...[...now.values()].filter((value) => isOwn(value, value) && !kept.includes(value)),
    );
    return;
  }
  for (const key of Object.keys(old)) if (!now.has(key) && !Object.hasOwn(before, key)) Reflect.deleteProperty(old, key);
  for (const [key, value] of entriesOf(now))
    if (typeof key === 'string' && isOwn(key, value))
      Object.defineProperty(old, key, { value, writable: true, enumerable: true, configurable: true });
}
