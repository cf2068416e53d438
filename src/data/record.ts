/**
 * What code changes in tables that the program holds: the tables are looked at before and after it runs, and taken back
 * to what they were, so that the changes can be made, and unmade, as those of a patch are.
 */
import { write } from './places.ts';
import type { Change, Content, Place } from './places.ts';

/** Past this many objects the code does more than fill a table. */
const MAX_OBJECTS = 100_000;

/** A change, and what stood there before it. */
export interface Recorded extends Change {
  readonly was: Content;
}

type Held = ReadonlyMap<unknown, Content>;

/** Runs `body` and undoes what it did to `roots` and to the objects they lead to. Rethrows what it throws, with all undone. */
export function record(roots: readonly unknown[], body: () => void): Recorded[] {
  const before = new Map<object, readonly [own: Held, entries: Held, prototype: object | null]>();
  const queue = roots.filter(isObject);
  for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
    if (before.has(object)) continue;
    if (before.size === MAX_OBJECTS) throw new RangeError('the table is too large to tell what changes in it');
    const own = ownOf(object);
    const entries = entriesOf(object);
    before.set(object, [own, entries, prototypeOf(object)]);
    for (const content of [...own.values(), ...entries.values()]) if (isObject(content?.value)) queue.push(content.value);
  }
  const changes: Recorded[] = [];
  const undo = (): void => {
    for (const [object, [own, entries, prototype]] of before) {
      const now = prototypeOf(object);
      if (now !== prototype) changes.push({ place: { kind: 'prototype', object }, content: { value: now }, was: { value: prototype } });
      changes.push(...difference(own, ownOf(object), (key): Place => ({ kind: 'property', object, key: key as PropertyKey })));
      changes.push(...difference(entries, entriesOf(object), (key) => entryOf(object, key)));
    }
    for (const { place, was } of changes.toReversed()) write(place, was);
  };
  try {
    body();
  } catch (error) {
    undo();
    throw error;
  }
  undo();
  return changes;
}

function difference(before: Held, after: Held, placeOf: (key: unknown) => Place): Recorded[] {
  const found: Recorded[] = [];
  // The length of an array comes first, so that it is the last to be taken back.
  for (const key of new Set(['length', ...after.keys(), ...before.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    if (was === is || (was && is && Object.is(was.value, is.value) && was.get === is.get && was.set === is.set)) continue;
    found.push({ place: placeOf(key), content: is, was });
  }
  return found;
}

function prototypeOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null;
}

function ownOf(object: object): Held {
  return new Map(Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]));
}

function entriesOf(object: object): Held {
  if (object instanceof Map) return new Map([...(object as Map<unknown, unknown>)].map(([key, value]) => [key, { value }]));
  if (object instanceof Set) return new Map([...(object as Set<unknown>)].map((key) => [key, { value: true }]));
  return new Map();
}

function entryOf(object: object, key: unknown): Place {
  return object instanceof Map ? { kind: 'entry', object, key } : { kind: 'member', object: object as Set<unknown>, key };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
