/**
 * A `Map` or a `Set` of the program while a patch that changes it comes or goes: it has methods of its own for that time, by
 * which each task finds in it what its code goes by.
 */
import type { Change } from '../../data/index.ts';
import type { TaskSide } from './task-side.ts';

export type Collection = Map<unknown, unknown> | Set<unknown>;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** What the program puts in, takes out or empties is so for all. */
const WRITES: ReadonlySet<PropertyKey> = new Set(['set', 'add', 'delete', 'clear']);
const FILLS: ReadonlySet<PropertyKey> = new Set(['getOrInsert', 'getOrInsertComputed']);

export class CollectionView {
  private readonly side: TaskSide;
  private readonly object: Collection;
  /** What it is to code of the patch. */
  private readonly patched: Collection;

  constructor(side: TaskSide, object: Collection) {
    this.side = side;
    this.object = object;
    this.patched = object instanceof Map ? new Map(object) : new Set(object);
  }

  /** What the patch puts there, and what goes. */
  change({ place, content }: Change): void {
    if (place.kind === 'entry' && content) (this.patched as Map<unknown, unknown>).set(place.key, content.value);
    else if (place.kind === 'member' && content) (this.patched as Set<unknown>).add(place.key);
    else if (place.kind === 'entry' || place.kind === 'member') this.patched.delete(place.key);
  }

  /** What is put on the object for that time. */
  methods(): Change[] {
    const { object } = this;
    const prototype = object instanceof Map ? Map.prototype : Set.prototype;
    return Reflect.ownKeys(prototype).flatMap((key): Change[] => {
      const { value, get } = Object.getOwnPropertyDescriptor(prototype, key)! as { readonly value?: unknown; readonly get?: Method };
      const method = get ?? value;
      if (key === 'constructor' || typeof method !== 'function' || Object.hasOwn(object, key)) return [];
      const own = this.own(key, method as Method);
      const content = get ? { get: own, configurable: true } : { value: own, writable: true, configurable: true };
      return [{ place: { kind: 'property', object, key }, content }];
    });
  }

  private own(key: PropertyKey, method: Method): Method {
    const { side, object, patched } = this;
    const own = function (this: unknown, ...args: unknown[]): unknown {
      if (this !== object) return Reflect.apply(method, this, args);
      const [mine, other] = side.isUnpatched ? [object, patched] : [patched, object];
      if (key === 'forEach') return Reflect.apply(method, mine, [handingOn(args[0] as Method, args[1], object)]);
      const result = Reflect.apply(method, mine, args) as unknown;
      if (WRITES.has(key)) Reflect.apply(method, other, args);
      else if (FILLS.has(key) && !isIn(other, args[0])) Map.prototype.set.call(other, args[0], result);
      return result === mine ? object : result;
    };
    for (const name of ['name', 'length']) Object.defineProperty(own, name, Object.getOwnPropertyDescriptor(method, name)!);
    return own;
  }
}

const isIn = (map: Collection, key: unknown): boolean => Map.prototype.has.call(map as Map<unknown, unknown>, key);

/** The program's own is what it walks through. */
const handingOn =
  (called: Method, self: unknown, object: Collection) =>
  (value: unknown, key: unknown): unknown =>
    Reflect.apply(called, self, [value, key, object]);
