/**
 * The three-way merge of a table that the program holds: `before` and `after` are what the old and the new source make
 * of it now, `live` is the program's own. What differs between the two is changed in the live one, in place, so that
 * everyone who holds it sees it; what the program did to the rest stays. Where the program changed the same thing, or
 * the difference cannot be seen from outside, there is a conflict and nothing is planned.
 *
 * Functions that both sources make anew count as the same: their sites lead to the new code. Not so where a call makes them, of
 * other arguments: what they hold is another then, which cannot be changed in a function that exists.
 */
import type { Move } from './moves.ts';
import type { Change, Content, Place } from './places.ts';

export type Merge =
  | { readonly kind: 'changes'; readonly changes: readonly Change[]; readonly moves: readonly Move[] }
  /** `path` leads from the table to what cannot be changed. */
  | { readonly kind: 'conflict'; readonly path: string; readonly reason: string };

class Conflict extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(reason);
    this.path = path;
  }
}

const CHANGED = 'the program has changed it as well';

/** Of what calls with other arguments make. */
export interface Called {
  /** The texts of the functions that stand in the expression itself, which are the same. */
  readonly written: readonly string[];
  /** What a call gives its functions cannot be seen. Elsewhere it is taken for all of it where any of it can. */
  readonly hides: boolean;
  /** The new one takes the place of one that is as the old source made it. */
  readonly renews?: boolean;
}

/** The merge of a table that everyone holds by itself. */
export function merge(live: unknown, before: unknown, after: unknown, called: Called | null = null): Merge {
  return attempt(called, (run) => run.value(null, live, before, after, ''));
}

/** The merge of one property of an object that lives on; undefined for a source that does not have it. */
export function mergeProperty(object: object, key: string, before: Content, after: Content, called: Called | null = null): Merge {
  return attempt(called, (run) => run.property(object, key, before, after, ''));
}

function attempt(called: Called | null, body: (run: Run) => void): Merge {
  const run = new Run(called);
  try {
    body(run);
    if (run.hidden && (called!.hides || run.changes.length === 0)) throw run.hidden;
    return { kind: 'changes', changes: run.changes, moves: run.moves };
  } catch (error) {
    if (error instanceof Conflict) return { kind: 'conflict', path: error.path, reason: error.message };
    throw error;
  }
}

class Run {
  readonly changes: Change[] = [];
  readonly moves: Move[] = [];
  /** Functions that cannot be changed, of which some hold what is another now, or all. */
  hidden: Conflict | null = null;
  private readonly seen = new Set<unknown>();
  private readonly called: Called | null;

  constructor(called: Called | null) {
    this.called = called;
  }

  value(place: Place | null, live: unknown, before: unknown, after: unknown, path: string): void {
    if (Object.is(before, after)) return;
    if (typeof before === 'function' && typeof after === 'function') {
      // One that both name is the program's own and was exchanged; one that both make is the same code.
      if (live === before) this.put(place, after, path);
      else if (typeof live !== 'function') throw new Conflict(path, CHANGED);
      else if (this.called?.written.includes(Function.prototype.toString.call(before)) === false)
        this.remade(place, live, before, after, path);
      return;
    }
    if (isObject(live) && isObject(before) && isObject(after) && live !== before) {
      const kind = kindOf(before);
      if (kindOf(live) === kind && kindOf(after) === kind && (kind !== 'numbers' || areOfOneType(live, before, after))) {
        this.object(kind, live, before, after, path);
        return;
      }
    }
    if (Object.is(live, after)) return;
    if (place && live !== before && isMove(live, before, after)) {
      this.moves.push({ old: live as object, now: after as Move['now'], before: before as object });
      this.put(place, after, path);
      return;
    }
    if (!alike(live, before)) throw new Conflict(path, CHANGED);
    this.put(place, after, path);
  }

  /** A function that a call makes, by itself or among others, which may share something with it. */
  private remade(place: Place | null, live: unknown, before: unknown, after: unknown, path: string): void {
    if (!place || (path !== '' && this.called?.renews !== true)) {
      this.hidden ??= new Conflict(path, 'it is a function that goes by what it was made with');
      return;
    }
    if (!alike(live, before)) throw new Conflict(path, CHANGED);
    this.put(place, after, path);
  }

  private put(place: Place | null, value: unknown, path: string): void {
    if (!place) throw new Conflict(path, 'it is another object now, and who holds the old one keeps it');
    if (place.kind === 'property') {
      const own = Object.getOwnPropertyDescriptor(place.object, place.key);
      if (own ? !own.configurable && !own.writable : !Object.isExtensible(place.object)) throw new Conflict(path, 'it is frozen');
      this.changes.push({ place, content: { configurable: true, enumerable: true, writable: true, ...own, value } });
    } else this.changes.push({ place, content: { value } });
  }

  private remove(place: Place, path: string): void {
    if (place.kind === 'property' && !Object.getOwnPropertyDescriptor(place.object, place.key)?.configurable)
      throw new Conflict(path, 'it is frozen');
    this.changes.push({ place, content: undefined });
  }

  private object(kind: Kind, live: object, before: object, after: object, path: string): void {
    if (this.seen.has(live)) return;
    this.seen.add(live);
    switch (kind) {
      case 'array':
        this.array(live as unknown[], before as unknown[], after as unknown[], path);
        return;
      case 'map':
        this.map(live as Map<unknown, unknown>, before as Map<unknown, unknown>, after as Map<unknown, unknown>, path);
        return;
      case 'set':
        this.set(live as Set<unknown>, before as Set<unknown>, after as Set<unknown>, path);
        return;
      case 'numbers':
        this.numbers(live as Numbers, before as Numbers, after as Numbers, path);
        return;
      case 'pattern':
        this.pattern(live as RegExp, before as RegExp, after as RegExp, path);
        return;
      case 'opaque':
        throw new Conflict(path, 'what differs in it cannot be seen from outside');
      case 'plain':
        this.prototypes(live, before, after, path);
        this.properties(live, before, after, path);
    }
  }

  private prototypes(live: object, before: object, after: object, path: string): void {
    const [l, b, a] = [Object.getPrototypeOf(live), Object.getPrototypeOf(before), Object.getPrototypeOf(after)] as (object | null)[];
    if (b === a) {
      if (l !== b) throw new Conflict(path, 'its prototype is another');
    } else if (l === b) {
      if (!Object.isExtensible(live)) throw new Conflict(path, 'it is frozen');
      this.changes.push({ place: { kind: 'prototype', object: live }, content: { value: a } });
    } else if (l && b && a) this.value(null, l, b, a, `${path}.__proto__`);
    else throw new Conflict(path, 'its prototype is another');
  }

  private properties(live: object, before: object, after: object, path: string): void {
    for (const key of new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(after)])) {
      const [b, a] = [before, after].map((o) => Object.getOwnPropertyDescriptor(o, key));
      this.property(live, key, b, a, `${path}.${String(key)}`);
    }
  }

  property(live: object, key: PropertyKey, b: Content, a: Content, path: string): void {
    const l = Object.getOwnPropertyDescriptor(live, key);
    const place: Place = { kind: 'property', object: live, key };
    if (l?.get || l?.set || b?.get || b?.set || a?.get || a?.set) {
      if (!l && !b && a && Object.isExtensible(live)) this.changes.push({ place, content: { ...a, configurable: true } });
      else if (!l || !b || !a || typeof l.get !== typeof a.get || typeof l.set !== typeof a.set || typeof b.get !== typeof a.get)
        throw new Conflict(path, 'it is an accessor');
    } else if (!a) {
      if (!l) return;
      if (!alike(l.value, b!.value)) throw new Conflict(path, CHANGED);
      this.remove(place, path);
    } else if (b) {
      if (l) this.value(place, l.value, b.value, a.value, path);
      else if (!Object.is(b.value, a.value)) throw new Conflict(path, 'the program has removed it');
    } else if (!l) this.put(place, a.value, path);
    else if (!alike(l.value, a.value)) throw new Conflict(path, CHANGED);
  }

  private array(live: unknown[], before: unknown[], after: unknown[], path: string): void {
    if (before.length === after.length && live.length === before.length) {
      before.forEach((b, i) => this.value({ kind: 'property', object: live, key: i }, live[i], b, after[i], `${path}[${i}]`));
      return;
    }
    if (alike(before, after)) return;
    if (!alike(live, before)) throw new Conflict(path, CHANGED);
    // First, so that a revert shortens it last.
    if (after.length > before.length) this.put({ kind: 'property', object: live, key: 'length' }, after.length, `${path}.length`);
    const kept = Math.min(before.length, after.length);
    for (let i = 0; i < after.length; i++)
      if (i >= kept || !alike(before[i], after[i])) this.put({ kind: 'property', object: live, key: String(i) }, after[i], `${path}[${i}]`);
    for (let i = after.length; i < before.length; i++) this.remove({ kind: 'property', object: live, key: String(i) }, `${path}[${i}]`);
    if (after.length < before.length) this.put({ kind: 'property', object: live, key: 'length' }, after.length, `${path}.length`);
  }

  /** Their length cannot change. */
  private numbers(live: Numbers, before: Numbers, after: Numbers, path: string): void {
    if (before.length !== after.length || live.length !== before.length) throw new Conflict(path, 'it has another length');
    for (let i = 0; i < before.length; i++)
      this.value({ kind: 'property', object: live, key: i }, live[i], before[i], after[i], `${path}[${i}]`);
  }

  private map(live: Map<unknown, unknown>, before: Map<unknown, unknown>, after: Map<unknown, unknown>, path: string): void {
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      const at = `${path}[${String(key)}]`;
      const place: Place = { kind: 'entry', object: live, key };
      if (!after.has(key)) {
        if (!live.has(key)) {
          if (isObject(key)) throw new Conflict(at, 'its key is made anew');
          continue;
        }
        if (!alike(live.get(key), before.get(key))) throw new Conflict(at, CHANGED);
        this.remove(place, at);
      } else if (before.has(key)) {
        if (!live.has(key) && !Object.is(before.get(key), after.get(key))) throw new Conflict(at, 'the program has removed it');
        if (live.has(key)) this.value(place, live.get(key), before.get(key), after.get(key), at);
      } else if (live.has(key)) {
        if (!alike(live.get(key), after.get(key))) throw new Conflict(at, CHANGED);
      } else if (isObject(key) && [...before.keys()].some((other) => alike(other, key))) throw new Conflict(at, 'its key is made anew');
      else this.put(place, after.get(key), at);
    }
  }

  private set(live: Set<unknown>, before: Set<unknown>, after: Set<unknown>, path: string): void {
    for (const key of after) {
      if (before.has(key) || live.has(key)) continue;
      if (isObject(key)) throw new Conflict(path, 'a member is made anew');
      this.put({ kind: 'member', object: live, key }, true, path);
    }
    for (const key of before) {
      if (after.has(key)) continue;
      if (isObject(key)) throw new Conflict(path, 'a member is made anew');
      if (live.has(key)) this.remove({ kind: 'member', object: live, key }, path);
    }
  }

  private pattern(live: RegExp, before: RegExp, after: RegExp, path: string): void {
    if (String(before) === String(after)) return;
    if (String(live) !== String(before)) throw new Conflict(path, CHANGED);
    this.changes.push({ place: { kind: 'pattern', object: live }, content: { value: String(after) } });
  }
}

/** Whether what is in a table of the old source can be put into the one of the new: an object becomes a `Map`, or a list a `Set`. */
export function isMove(live: unknown, before: unknown, after: unknown): boolean {
  if (!isObject(live) || !isObject(before) || !isObject(after)) return false;
  const [was, now] = [kindOf(before), kindOf(after)];
  return kindOf(live) === was && ((was === 'plain' && now === 'map') || (was === 'array' && now === 'set'));
}

type Kind = 'plain' | 'array' | 'numbers' | 'map' | 'set' | 'pattern' | 'opaque';

/** `Uint8Array` and the like. */
type Numbers = ArrayLike<number | bigint>;

const TYPED = Object.getPrototypeOf(Uint8Array) as { readonly prototype: object };

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** What can be seen of an object from outside: all of it, or not all. */
function kindOf(object: object): Kind {
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (Array.isArray(object)) return 'array';
  if (prototype === Map.prototype) return 'map';
  if (prototype === Set.prototype) return 'set';
  if (prototype === RegExp.prototype) return 'pattern';
  if (prototype && Object.getPrototypeOf(prototype) === TYPED.prototype) return 'numbers';
  if (typeof object === 'function' || Object.prototype.toString.call(object) !== '[object Object]') return 'opaque';
  for (let proto = prototype; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object | null) {
    // What is built in keeps more than can be seen, and so does a class with private members.
    const made = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value as unknown;
    if (typeof made === 'function' && /^class\b[^]*#|\{\s*\[native code\]/.test(Function.prototype.toString.call(made))) return 'opaque';
  }
  return 'plain';
}

function areOfOneType(...all: readonly object[]): boolean {
  return new Set(all.map((object) => Object.getPrototypeOf(object) as object)).size === 1;
}

/** Whether two values are the same, or made alike. */
function alike(a: unknown, b: unknown, seen = new Map<unknown, unknown>()): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === 'function' && typeof b === 'function') return sameText(Function.prototype.toString, a, b);
  if (!isObject(a) || !isObject(b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  switch (kind) {
    case 'opaque':
      return false;
    case 'pattern':
      return sameText(RegExp.prototype.toString, a, b);
    case 'numbers':
      return areOfOneType(a, b) && alike([...(a as Iterable<unknown>)], [...(b as Iterable<unknown>)], seen);
    case 'map':
      return alike([...(a as Map<unknown, unknown>)], [...(b as Map<unknown, unknown>)], seen);
    case 'set':
      return alike([...(a as Set<unknown>)], [...(b as Set<unknown>)], seen);
    default: {
      const keys = Reflect.ownKeys(a);
      if (keys.length !== Reflect.ownKeys(b).length) return false;
      const value = (o: object, key: PropertyKey): unknown => Object.getOwnPropertyDescriptor(o, key)?.value;
      return keys.every((key) => Object.hasOwn(b, key) && alike(value(a, key), value(b, key), seen));
    }
  }
}

function sameText(text: (this: never) => string, a: unknown, b: unknown): boolean {
  return text.call(a as never) === text.call(b as never);
}
