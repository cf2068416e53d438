/**
 * The migration of one class by one patch: what an instance of the old shape needs to become one of the new, done once
 * for each, all of it or nothing.
 */
import { LivepatchError } from '../errors/errors.ts';
import { Mark } from './marks.ts';
import { restore, snapshot } from './snapshot.ts';
import type { Meter } from './slices.ts';
import { standIn } from './stand-in.ts';
import type { Structure, Structures } from './structure.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- a class, whatever its constructor takes
export type Constructor<O extends object = object> = (abstract new (...args: any[]) => O) | ((this: O, ...args: any[]) => void);

/** A field that instances of the old shape lack. */
export interface AddedField {
  readonly name: string | symbol;
  /** The value that it begins with. */
  init(object: object): unknown;
  /** The new constructor sets it. */
  readonly assigned?: boolean;
  /** Present for what is no property: private fields, and `has` where the new constructor enters the object by itself. */
  readonly hidden?: { has?(object: object): boolean; set(object: object, value: unknown): void; remove(object: object): void };
}

export type When = 'create' | 'access' | 'world' | 'slices';

export interface MigrationOptions<O extends object = object> {
  /** The version that instances have afterwards; 2 unless given. */
  readonly version?: number;
  /** Fields that are new: a value, or a function that makes it of the instance. They are there before `up` runs. */
  readonly added?: Readonly<Record<string, unknown>>;
  /** Fields that are gone: taken off, and given to `up`. */
  readonly discarded?: readonly string[];
  /** Turns an instance that has version `from` into one of the new shape. What it throws leaves the instance as it was. */
  up?(object: O, discarded: Readonly<Record<string, unknown>>, from: number): void;
  /** Turns it back. Without it, a patch that has migrated anything but added fields cannot be reverted. */
  down?(object: O): void;
  /**
   * What the new code can read. `new` (the default): only the new shape, so the patch must switch all at once (mode
   * `barrier`). `both`: it asks `version(object)` each time, so the patch may switch task by task.
   */
  readonly reads?: 'new' | 'both';
  /**
   * `access` (the default): on the first touch. `world`: all in one turn, at completion. `slices`: all, in turns of
   * `budgetMs`. `create`: none that exists; only what the patch's constructors make has the new shape, and new code reads both.
   */
  readonly when?: When;
  /** Milliseconds that one slice may take; 5 unless given. */
  readonly budgetMs?: number;
  /** The instances, where the program has them in a collection; else the heap is searched, which stops the program. */
  objects?(): Iterable<O>;
}

/** What no one can take off or put back. */
const SPOILT = 'The object has been frozen by its migration, or given what cannot be taken off, so it could not be made as it was';

export class Migration {
  readonly type: Constructor;
  readonly name: string;
  readonly version: number;
  readonly options: MigrationOptions;
  readonly fields: readonly AddedField[];
  /** It only adds fields: code that does not know them can read the instance as before. */
  readonly additive: boolean;
  readonly structure: Structure;
  readonly when: When;
  /** Instances that `up` brought to the new shape. */
  migrated = 0;
  /** Instances that constructors of the patch made in it. */
  made = 0;
  failed = 0;
  /** Nanoseconds that migrating took, the search aside. */
  spent = 0;
  private readonly all: Structures;
  private readonly meter: Meter;
  /** Of one that only adds fields: it has no version to share, since another patch may add others. */
  private readonly given: Mark<true>;
  private readonly prototype: object;
  /** By the name of a property that it takes off: instances that had it as their own, and not from a patch. */
  private readonly owners = new Map<string, WeakSet<object>>();
  /** Its marks in `Structure.used`. */
  readonly marks: readonly (number | string | symbol)[];

  constructor(type: Constructor, options: MigrationOptions, fields: readonly AddedField[], all: Structures, meter: Meter) {
    this.type = type;
    this.name = type.name || 'anonymous class';
    this.version = options.version ?? 2;
    this.options = options;
    this.when = options.when ?? 'access';
    this.fields = fields;
    this.additive =
      this.when !== 'create' && [options.up, options.discarded, options.down, options.version].every((given) => given === undefined);
    this.all = all;
    this.meter = meter;
    this.structure = all.of(type as { readonly prototype: object });
    this.given = new Mark(this.structure.known);
    const names = fields.map(({ name }) => name);
    this.marks = this.additive ? names : [this.version, ...names];
    this.prototype = (type as { readonly prototype: object }).prototype;
  }

  /** New code asks each instance for its version, so it can do with any. */
  get readsBoth(): boolean {
    return this.when === 'create' || this.options.reads === 'both';
  }

  get reversible(): boolean {
    const { up, discarded, down } = this.options;
    return down !== undefined || (this.when !== 'create' && up === undefined && discarded === undefined);
  }

  /** Whether some instance may have something of the new shape, or of one that a patch before this one has given it. */
  get isUsed(): boolean {
    return this.marks.some((mark) => this.structure.used.has(mark)) || this.earlier().length > 0;
  }

  /** Whether it does no more than to add fields, and instances may have one that no patch which is in force gives them. */
  get isGivenByNone(): boolean {
    const { structure } = this;
    return this.additive && this.marks.some((mark) => structure.used.has(mark) && !structure.isHeld(mark, this));
  }

  /** Its patch comes into force. */
  begin(): void {
    this.structure.inForce.add(this);
  }

  /** Its patch goes, or has been replaced. */
  end(): void {
    this.structure.inForce.delete(this);
  }

  /** Nobody asks it any more. */
  forget(): void {
    this.given.gone = true;
  }

  /** Some instance may from now on. */
  use(): void {
    for (const mark of this.marks) this.structure.used.add(mark);
  }

  /** None does any more. */
  disuse(): void {
    const { structure } = this;
    for (const mark of [...this.marks, ...this.earlier()]) if (!structure.isHeld(mark, this)) structure.used.delete(mark);
  }

  /** Whether it has the new shape, or has begun to be made in it. */
  isDone(object: object): boolean {
    return this.additive ? this.given.has(object) : this.structure.version(object) >= this.version;
  }

  readonly isInstance = (object: unknown): object is object => {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function') || object === this.prototype) return false;
    try {
      return Object.prototype.isPrototypeOf.call(this.prototype, object);
    } catch {
      // A Proxy that is revoked, or does not tell.
      return false;
    }
  };

  /** A constructor of the new shape is about to run: what it makes needs nothing. */
  created(object: object): void {
    this.use();
    this.made++;
    this.reach(object, this.version);
    if (this.additive) this.give(object, true);
    else this.all.settle(object);
  }

  /** Code of the patch has made it in the new shape by itself. */
  marked(object: object): void {
    this.use();
    this.reach(object, this.version);
  }

  fill(object: object): void {
    if (this.additive && !this.isDone(object)) this.up(object);
  }

  refill(object: object): void {
    if (this.additive) this.given.delete(object);
  }

  /** Migrates an instance that has the old shape. Throws ERR_MIGRATION with the instance as it was. */
  up(object: object): void {
    if (!this.additive) for (const other of this.structure.others(this)) other.fill(object);
    const reached = this.additive ? 1 : this.structure.version(object);
    // What no migration has brought anywhere may have been made by code that marks it.
    const from = Math.max(reached, this.all.reached(object) === 1 ? this.all.version(object) : 1);
    const { up, discarded } = this.options;
    const before = this.additive ? null : snapshot(object);
    const started = this.meter.ticks();
    const taken: Record<string, unknown> = {};
    /** Fields that a patch before this one had put on it. */
    const ungiven: Mark<true>[] = [];
    try {
      if (discarded && !Object.isExtensible(object)) throw new TypeError('it is frozen, sealed or not extensible');
      // Marked while it runs, so that what it calls finds the object in work, not in need.
      this.reach(object, this.version);
      for (const name of discarded ?? []) {
        // What it lacks, a prototype may have a stand-in for, which is another patch's.
        const has = Object.hasOwn(object, name);
        taken[name] = has ? (object as Record<string, unknown>)[name] : undefined;
        if (!Reflect.deleteProperty(object, name)) throw new TypeError(`${name} cannot be taken off`);
        const given = this.structure.given(name);
        if (given.delete(object)) ungiven.push(given);
        else if (has) this.ownersOf(name).add(object);
      }
      const undo = this.give(object, false);
      try {
        refusePromise('up', up?.call(this.options, object, taken, from));
      } catch (error) {
        undo();
        throw error;
      }
      if (!this.additive) this.all.settle(object);
      this.migrated++;
      this.use();
    } catch (error) {
      this.failed++;
      this.reach(object, reached);
      const restored = before === null || restore(object, before);
      for (const given of ungiven) given.set(object, true);
      throw new LivepatchError(
        'ERR_MIGRATION',
        { type: this.name, reason: error instanceof Error ? error.message : String(error) },
        { cause: error, hint: `${restored ? 'The object is as it was' : SPOILT}, and is tried again when it is next touched.` },
      );
    } finally {
      this.spent += (this.meter.ticks() - started) * 1e6;
    }
  }

  /** Gives an instance its old shape back; the same for those that were made in the new one. Throws ERR_MIGRATION. */
  down(object: object): void {
    const { down } = this.options;
    const before = down === undefined ? null : snapshot(object);
    try {
      refusePromise('down', down?.call(this.options, object));
    } catch (error) {
      this.failed++;
      const restored = before === null || restore(object, before);
      throw new LivepatchError(
        'ERR_MIGRATION',
        { type: this.name, reason: error instanceof Error ? error.message : String(error) },
        { cause: error, hint: `${restored ? 'The object keeps its new shape' : SPOILT}, which the old code cannot read.` },
      );
    }
    for (const field of this.fields.toReversed()) this.takeOff(object, field);
    this.reach(object, 1);
    if (this.additive) return;
    // What it is given back for a patch below goes with that patch.
    for (const name of this.options.discarded ?? []) {
      if (this.ownersOf(name).has(object)) this.structure.given(name).delete(object);
      else if (Object.hasOwn(object, name) && this.structure.isHeld(name, this)) this.structure.given(name).set(object, true);
    }
    this.all.settle(object);
    for (const other of this.structure.others(this)) other.refill(object);
  }

  /** Whether it has a shape between the program's own and the new one: a patch before this one gave it that. */
  isBehind(object: object): boolean {
    const version = this.structure.version(object);
    return !this.additive && version > 1 && version < this.version && !this.structure.isHeld(version, this);
  }

  /** Whether a patch of ours has changed anything of it. */
  isTouched(object: object): boolean {
    return this.isDone(object) || this.isBehind(object) || this.fields.some(({ name }) => this.structure.given(name).has(object));
  }

  /** A property of the instance that is new: who reads it where it lacks finds it, and migrates the instance by that. */
  accessor(name: string | symbol, touch: (object: object) => void, method?: unknown): PropertyDescriptor {
    const { structure } = this;
    const given = (object: object): void => {
      structure.used.add(name);
      structure.given(name).set(object, true);
    };
    return standIn(name, touch, given, { prototype: this.type.prototype as object, method });
  }

  /** A property of the instance that is gone: who reads it where it lacks finds it, and takes the instance back by that. */
  accessorBack(name: string, touch: (object: object) => void): PropertyDescriptor {
    return standIn(name, touch, () => {}, null);
  }

  /** Puts the fields on it that it lacks, and that no constructor is about to set; the result takes them off again. */
  private give(object: object, beingMade: boolean): () => void {
    const put: AddedField[] = [];
    const undo = (): void => {
      for (const field of put.toReversed()) this.takeOff(object, field);
    };
    try {
      // Several steps may enter it in one collection, which knows better than any mark what is in it.
      const isThere = this.fields.map(({ hidden }) => hidden?.has?.(object));
      for (const [i, field] of this.fields.entries()) {
        const { name, hidden } = field;
        if (beingMade && field.assigned === true) continue;
        const given = this.structure.given(name);
        if (hidden === undefined ? Object.hasOwn(object, name) : (isThere[i] ?? given.has(object))) continue;
        const value = field.init(object);
        if (hidden !== undefined) hidden.set(object, value);
        else if (!Reflect.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true }))
          throw new TypeError(`${String(name)} cannot be put on an object that is frozen, sealed or not extensible`);
        given.set(object, true);
        put.push(field);
      }
    } catch (error) {
      undo();
      throw error;
    }
    return undo;
  }

  private ownersOf(name: string): WeakSet<object> {
    let owners = this.owners.get(name);
    if (owners === undefined) this.owners.set(name, (owners = new WeakSet()));
    return owners;
  }

  private earlier(): (number | string | symbol)[] {
    const { structure } = this;
    if (this.additive) return [];
    return [...structure.used].filter((mark) => typeof mark === 'number' && mark < this.version && !structure.isHeld(mark, this));
  }

  private reach(object: object, version: number): void {
    if (!this.additive) this.structure.mark(object, version);
    else if (version === this.version) this.given.set(object, true);
    else this.given.delete(object);
  }

  private takeOff(object: object, { name, hidden }: AddedField): void {
    if (this.additive && this.structure.isHeld(name, this)) return;
    if (!this.structure.given(name).delete(object)) return;
    if (hidden === undefined) Reflect.deleteProperty(object, name);
    else hidden.remove(object);
  }
}

/**
 * Of what a factory makes once its patch is in force. No class tells these objects apart, so they are known by their mark;
 * and found again by weak references, unless the program has them in a collection.
 */
export class FactoryMigration extends Migration {
  private readonly remembers: boolean;

  constructor(type: Constructor, options: MigrationOptions, all: Structures, meter: Meter) {
    const { structure } = { structure: all.of(type as { readonly prototype: object }) };
    super(type, { objects: () => structure.kept, ...options }, [], all, meter);
    this.remembers = options.objects === undefined;
  }

  override readonly isInstance = (object: unknown): object is object =>
    object !== null && (typeof object === 'object' || typeof object === 'function') && this.isDone(object);

  override marked(object: object): void {
    if (this.isDone(object)) return;
    this.made++;
    super.marked(object);
    if (this.remembers) this.structure.keep(object);
  }
}

/** What goes on after it has returned would meet others half done. */
function refusePromise(what: string, result: unknown): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then !== 'function') return;
  throw new TypeError(`${what}() gave a promise, but a migration is done when it returns`);
}

/** The fields of `added` as an author writes them. Throws a TypeError that says what is wrong. */
export function fieldsOf(added: Readonly<Record<string, unknown>>): AddedField[] {
  return Object.entries(added).map(([name, value]) => {
    if (typeof value === 'function') return { name, init: (object) => (value as (object: object) => unknown)(object) };
    if (value !== null && typeof value === 'object')
      throw new TypeError(`all instances would share one ${name}: write a function that makes it, as in ${name}: () => []`);
    return { name, init: () => value };
  });
}
