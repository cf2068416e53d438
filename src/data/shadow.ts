/**
 * Shadow variables: data that patches attach to the program's objects, keyed by (object, id), with the kernel's rules.
 * Never visible on the object, and gone with it: the object is held weakly. An id is a name that all patches share.
 */
import { besideStore, insideStore } from './shadow-store.ts';
import type { ShadowStore } from './shadow-store.ts';

export type ShadowConstructor<O extends object, T, C = undefined> = (object: O, data: C) => T;
export type ShadowDestructor<T = unknown, O extends object = object> = (object: O, value: T) => void;

/**
 * Where the values are kept. `beside` (the default) leaves no trace on the object, its hidden class included. `inside` is a
 * private field: read like a property, and still out of reach of keys, JSON and copies, but the object changes its hidden class.
 */
export type ShadowPlace = 'beside' | 'inside';

/** One shadow variable: its id, and the type of what is attached under it. */
export class ShadowVariable<T = unknown, O extends object = object> {
  readonly id: string;
  readonly place: ShadowPlace;
  /** Undefined if there is none; `has` tells that from a value that is undefined. */
  readonly get: (object: O) => T | undefined;
  /** That it exists may be all that is to be known: this object was made by new code. */
  readonly has: (object: O) => boolean;
  private readonly store: ShadowStore;
  /** Weak references to all objects that have it, for `freeAll`. */
  private readonly all = new Map<WeakRef<O>, undefined>();
  private readonly refs = new WeakMap<O, WeakRef<O>>();
  private readonly collected = new FinalizationRegistry<WeakRef<O>>((ref) => this.all.delete(ref));
  private readonly warn: (what: string) => void;

  constructor(id: string, place: ShadowPlace, warn: (what: string) => void) {
    this.id = id;
    this.warn = warn;
    this.store = (place === 'inside' ? insideStore() : null) ?? besideStore();
    this.place = this.store.place;
    this.get = this.store.get as (object: O) => T | undefined;
    this.has = this.store.has;
  }

  /**
   * Attaches what the constructor returns; without one, undefined. Visible at once, to all tasks. If there is one already
   * this warns and returns null; what the constructor throws goes to the caller, with nothing attached.
   */
  alloc<C = undefined>(object: O, construct?: ShadowConstructor<O, T, C>, data?: C): T | null {
    if (this.has(object)) {
      this.warn(`Shadow variable "${this.id}" of this object exists already.`);
      return null;
    }
    return this.attach(object, construct, data);
  }

  /** What is attached, whoever did it: the constructor runs only if nothing is. */
  getOrAlloc<C = undefined>(object: O, construct?: ShadowConstructor<O, T, C>, data?: C): T {
    return this.has(object) ? (this.get(object) as T) : this.attach(object, construct, data);
  }

  /** Takes it off, then calls the destructor. Nothing to take off is no error. */
  free(object: O, destroy?: ShadowDestructor<T, O>): void {
    const ref = this.refs.get(object);
    if (ref === undefined) return;
    const value = this.get(object) as T;
    this.store.delete(object);
    this.refs.delete(object);
    this.all.delete(ref);
    this.collected.unregister(ref);
    destroy?.(object, value);
  }

  /** Takes it off all objects, in no certain order. A destructor that throws is told at the end, and spares none of the others. */
  freeAll(destroy?: ShadowDestructor<T, O>): void {
    const errors: unknown[] = [];
    for (const ref of this.all.keys()) {
      const object = ref.deref();
      try {
        if (object !== undefined) this.free(object, destroy);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1)
      throw new AggregateError(errors, `the destructor of the shadow variable "${this.id}" threw ${errors.length} times`);
  }

  private attach<C>(object: O, construct: ShadowConstructor<O, T, C> | undefined, data: C | undefined): T {
    // Asked before the constructor has done anything.
    if (object === null || (typeof object !== 'object' && typeof object !== 'function'))
      throw new TypeError(`the shadow variable "${this.id}" is attached to objects, not to ${object === null ? 'null' : typeof object}`);
    const value = construct?.(object, data as C) as T;
    // The constructor may have attached one itself; what is there stays.
    if (this.has(object)) return this.get(object) as T;
    this.store.set(object, value);
    const ref = new WeakRef(object);
    this.refs.set(object, ref);
    this.all.set(ref, undefined);
    this.collected.register(object, ref, ref);
    return value;
  }
}

/** The shadow variables of one process, by id. */
export class Shadows {
  private readonly byId = new Map<string, ShadowVariable>();
  private readonly warn: (what: string) => void;

  constructor(warn: (what: string) => void) {
    this.warn = warn;
  }

  /** The variable of this id. Where its values are kept, the first who names it decides. */
  variable<T, O extends object = object>(id: string, place: ShadowPlace = 'beside'): ShadowVariable<T, O> {
    if (typeof id !== 'string' || id === '')
      throw new TypeError(`a shadow variable has a name for its id, not ${id === '' ? 'an empty one' : typeof id}`);
    if (place !== 'beside' && place !== 'inside') throw new TypeError(`place is 'beside' or 'inside', not ${JSON.stringify(place)}`);
    let found = this.byId.get(id);
    if (found === undefined) this.byId.set(id, (found = new ShadowVariable(id, place, this.warn)));
    return found as unknown as ShadowVariable<T, O>;
  }

  /** Whether an object has the variable of this id, which nobody need have named before. */
  has(object: object, id: string): boolean {
    return this.byId.get(id)?.has(object) === true;
  }

  get<T>(object: object, id: string): T | undefined {
    return this.byId.get(id)?.get(object) as T | undefined;
  }

  alloc<O extends object, T, C>(object: O, id: string, construct?: ShadowConstructor<O, T, C>, data?: C): T | null {
    return this.variable<T, O>(id).alloc(object, construct, data);
  }

  getOrAlloc<O extends object, T, C>(object: O, id: string, construct?: ShadowConstructor<O, T, C>, data?: C): T {
    return this.variable<T, O>(id).getOrAlloc(object, construct, data);
  }

  free(object: object, id: string, destroy?: ShadowDestructor): void {
    this.byId.get(id)?.free(object, destroy);
  }

  freeAll(id: string, destroy?: ShadowDestructor): void {
    this.byId.get(id)?.freeAll(destroy);
  }
}
