/**
 * Shadow variables: data that patches attach to the program's objects, keyed by (object, id), with the kernel's rules.
 * Never visible on the object, and gone with it: the object is held weakly. An id is a name that all patches share.
 */

export type ShadowConstructor<O extends object, T, C> = (object: O, data: C) => T;
export type ShadowDestructor = (object: object, value: unknown) => void;

/** Kept by its object alone: the value may lead back to it. */
interface Entry {
  readonly value: unknown;
  /** The place of the object among all that have this id. */
  readonly object: WeakRef<object>;
}

/** The shadow variables of one process. */
export class Shadows {
  private readonly byId = new Map<string, { readonly of: WeakMap<object, Entry>; readonly all: Set<WeakRef<object>> }>();
  private readonly collected = new FinalizationRegistry<{ readonly id: string; readonly ref: WeakRef<object> }>(({ id, ref }) => {
    this.forget(id, ref);
  });
  private readonly warn: (what: string) => void;

  constructor(warn: (what: string) => void) {
    this.warn = warn;
  }

  /** Undefined if there is none; `has` tells that from a value that is undefined. */
  get<T>(object: object, id: string): T | undefined {
    return this.byId.get(id)?.of.get(object)?.value as T | undefined;
  }

  /** That it exists may be all that is to be known: this object was made by new code. */
  has(object: object, id: string): boolean {
    return this.byId.get(id)?.of.has(object) === true;
  }

  /**
   * Attaches what the constructor returns; without one, undefined. Visible at once, to all tasks. If there is one already
   * this warns and returns null; what the constructor throws goes to the caller, with nothing attached.
   */
  alloc<O extends object, T, C>(object: O, id: string, construct?: ShadowConstructor<O, T, C>, data?: C): T | null {
    if (this.has(object, id)) {
      this.warn(`Shadow variable "${id}" of this object exists already.`);
      return null;
    }
    return this.attach(object, id, construct, data);
  }

  /** What is attached, whoever did it: the constructor runs only if nothing is. */
  getOrAlloc<O extends object, T, C>(object: O, id: string, construct?: ShadowConstructor<O, T, C>, data?: C): T {
    const entry = this.byId.get(id)?.of.get(object);
    return entry === undefined ? this.attach(object, id, construct, data) : (entry.value as T);
  }

  /** Takes it off, then calls the destructor. Nothing to take off is no error. */
  free(object: object, id: string, destroy?: ShadowDestructor): void {
    const group = this.byId.get(id);
    const entry = group?.of.get(object);
    if (group === undefined || entry === undefined) return;
    group.of.delete(object);
    this.forget(id, entry.object);
    this.collected.unregister(entry.object);
    destroy?.(object, entry.value);
  }

  /** Takes off all of one id, in no certain order. */
  freeAll(id: string, destroy?: ShadowDestructor): void {
    for (const ref of this.byId.get(id)?.all ?? []) {
      const target = ref.deref();
      if (target !== undefined) this.free(target, id, destroy);
    }
    this.byId.delete(id);
  }

  private attach<O extends object, T, C>(object: O, id: string, construct: ShadowConstructor<O, T, C> | undefined, data: C | undefined): T {
    const value = construct?.(object, data as C) as T;
    // The constructor may have attached one itself; what is there stays.
    const own = this.byId.get(id)?.of.get(object);
    if (own !== undefined) return own.value as T;
    let group = this.byId.get(id);
    if (group === undefined) this.byId.set(id, (group = { of: new WeakMap(), all: new Set() }));
    const ref = new WeakRef(object);
    group.of.set(object, { value, object: ref });
    group.all.add(ref);
    this.collected.register(object, { id, ref }, ref);
    return value;
  }

  private forget(id: string, ref: WeakRef<object>): void {
    const group = this.byId.get(id);
    group?.all.delete(ref);
    if (group?.all.size === 0) this.byId.delete(id);
  }
}
