/** What patches put on the program's objects: new class members, new or changed exports, entries of tables. Taken off again to what was before. */
import { keyOf, read, sameContent, write } from '../../data/index.ts';
import type { Change, Content, Place } from '../../data/index.ts';

interface Held {
  readonly place: Place;
  /** As it was before any patch. */
  readonly original: Content;
  /** In the order they were put on; the last is in force. */
  readonly stack: { readonly owner: object; readonly content: Content }[];
}

interface Beneath extends Change {
  readonly now: Content;
}

export class Properties {
  private readonly held: Held[] = [];
  private readonly byObject = new Map<object, Held[]>();

  put(owner: object, changes: readonly Change[]): void {
    for (const { place, content } of withLengths(changes)) {
      let entry = this.find(place);
      if (!entry) {
        entry = { place, original: read(place), stack: [] };
        this.held.push(entry);
        const known = this.byObject.get(place.object);
        if (known) known.push(entry);
        else this.byObject.set(place.object, [entry]);
      }
      entry.stack.push({ owner, content });
      write(place, content);
    }
  }

  /** What the program has changed since stays as the program made it. */
  take(owner: object): void {
    for (let i = this.held.length - 1; i >= 0; i--) {
      const entry = this.held[i]!;
      const { place, stack } = entry;
      const last = stack.at(-1);
      const rest = stack.filter((s) => s.owner !== owner);
      if (rest.length === stack.length) continue;
      stack.splice(0, stack.length, ...rest);
      if (last?.owner === owner && sameContent(read(place), last.content))
        write(place, stack.length > 0 ? stack.at(-1)!.content : entry.original);
      if (stack.length === 0) this.forget(entry);
    }
  }

  /** Runs `body`, which must not run code of the program but for what loading it ran, with everything as it was before any patch. */
  withoutPatches<T>(body: () => T): T {
    const now = this.held.map(({ place }) => read(place));
    for (const { place, original } of this.held.toReversed()) write(place, original);
    try {
      return body();
    } finally {
      this.held.forEach(({ place }, i) => write(place, now[i]));
    }
  }

  /**
   * Runs `body` with everything as it would be without what some owners have put there. What the program has changed there
   * since stays, and so does what `body` changes.
   */
  without<T>(isHidden: (owner: object) => boolean, body: () => T): T {
    const hidden = this.beneath(isHidden);
    for (const { place, content } of hidden.toReversed()) write(place, content);
    try {
      return body();
    } finally {
      for (const { place, now, content } of hidden) if (sameContent(read(place), content)) write(place, now);
    }
  }

  /** Where what some owners have put is in force: what stands there now, and what would without them. */
  beneath(isHidden: (owner: object) => boolean): Beneath[] {
    return this.held.flatMap(({ place, original, stack }) => {
      const last = stack.at(-1)!;
      const now = read(place);
      if (!isHidden(last.owner) || !sameContent(now, last.content)) return [];
      const rest = stack.findLast(({ owner }) => !isHidden(owner));
      return [{ place, now, content: rest ? rest.content : original }];
    });
  }

  /** Whether an object, or what it inherits from, has a property but for what patches have put there. */
  has(object: object, key: PropertyKey): boolean {
    for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      const held = this.find({ kind: 'property', object: at, key });
      if (held ? held.original !== undefined : Object.hasOwn(at, key)) return true;
    }
    return false;
  }

  /** Whether nothing stands there but what patches have put there. */
  isFree(place: Place): boolean {
    const held = this.find(place);
    return (held ? held.original : read(place)) === undefined;
  }

  private find(place: Place): Held | undefined {
    return this.byObject.get(place.object)?.find((h) => h.place.kind === place.kind && Object.is(keyOf(h.place), keyOf(place)));
  }

  private forget(entry: Held): void {
    this.held.splice(this.held.indexOf(entry), 1);
    const { object } = entry.place;
    const rest = this.byObject.get(object)!.filter((h) => h !== entry);
    if (rest.length > 0) this.byObject.set(object, rest);
    else this.byObject.delete(object);
  }
}

/** Before what makes an array longer its length: an array from which its end is deleted keeps that. */
function* withLengths(changes: readonly Change[]): Generator<Change, void> {
  for (const change of changes) {
    const { place, content } = change;
    const index = content && place.kind === 'property' && Array.isArray(place.object) ? indexOf(place.key) : null;
    if (index !== null && index >= (place.object as unknown[]).length) {
      const length = { value: index + 1, writable: true, enumerable: false, configurable: false };
      yield { place: { kind: 'property', object: place.object, key: 'length' }, content: length };
    }
    yield change;
  }
}

function indexOf(key: PropertyKey): number | null {
  const index = Number(String(key)) >>> 0;
  return String(index) === key ? index : null;
}
