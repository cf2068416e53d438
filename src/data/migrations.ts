/**
 * The migrations of one patch: which instances may get their new shape now, and when all of them do.
 *
 * The invariant: an instance has a shape only while all code that can meet it can read it. Added fields are readable by
 * code that does not know them, so an instance gets them as soon as new code touches it. Any other change waits until the
 * patch is in force everywhere; and is taken back before older code can be reached (`withdraw`), or, where new code cannot
 * do with the old shape, once all have switched in one turn (`end`): in that turn, or by the first touch of old code.
 */
import type { Patch } from '../engine/index.ts';
import { LivepatchError } from '../errors/errors.ts';
import { FactoryMigration, Migration, fieldsOf } from './migration.ts';
import type { AddedField, Constructor, MigrationOptions } from './migration.ts';
import { refuseOptions } from './options.ts';
import { isSamePlace } from './places.ts';
import type { Change } from './places.ts';
import { reportOf } from './report.ts';
import type { MigrationReport } from './report.ts';
import { Walk } from './slices.ts';
import type { Meter, Run } from './slices.ts';
import type { Structures } from './structure.ts';
import { WayBack } from './way-back.ts';
import { goThere } from './way-there.ts';
import type { WayThereHost } from './way-there.ts';

/** What migrations need of the platform. */
export interface MigrationHost {
  readonly meter: Meter;
  /** Whether `search` can find anything. */
  readonly searchable: boolean;
  /** Every live instance of a class and of its subclasses. Stops the program meanwhile. */
  search(type: Constructor): readonly object[];
  /** The object itself; of a Proxy, what it stands for, or null where that cannot be told. */
  behind(object: object): object | null;
  /** Whether the program itself gives an object, or what it inherits from, the property: patches may have put one there. */
  has(object: object, key: PropertyKey): boolean;
  /** Calls `fn` in a turn of the event loop of its own. */
  later(fn: () => void): void;
  warn(what: string): void;
}

export class Migrations {
  private readonly list: Migration[] = [];
  private readonly runs = new Map<Migration, Run>();
  private readonly warned = new Set<Migration>();
  private readonly all: Structures;
  private readonly host: MigrationHost;
  private readonly patch: Patch;
  private active = false;
  /** It has been in force everywhere, and is not on its way out. */
  private reached = false;
  private wayBack: WayBack | null = null;

  constructor(all: Structures, host: MigrationHost, patch: Patch) {
    this.all = all;
    this.host = host;
    this.patch = patch;
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  get declared(): readonly Migration[] {
    return this.list;
  }

  /** Before the patch is applied. Throws a TypeError for what cannot be meant, and ERR_MIGRATION_MODE or ERR_HEAP_CLOSED. */
  declare(type: Constructor, options: MigrationOptions): Migration {
    refuseOptions(type, options);
    if (this.list.some((m) => m.type === type && !m.additive)) throw new TypeError(`${type.name} is migrated twice`);
    const migration = new Migration(type, options, fieldsOf(options.added ?? {}), this.all, this.host.meter);
    if (!migration.additive && !migration.readsBoth && !this.isAllAtOnce)
      throw new LivepatchError(
        'ERR_MIGRATION_MODE',
        { patch: this.patch.name, type: migration.name, mode: this.patch.mode },
        {
          hint: "Build or apply it with --mode barrier; or let the new code read both shapes, and say so with reads: 'both'.",
        },
      );
    return this.add(migration);
  }

  /** How what a function of the patch makes gets its old shape back. The result is told of each object. */
  declareFactory(site: object, name: string, options: MigrationOptions): (object: object) => void {
    const type = this.all.factory(site, name);
    const given: MigrationOptions = { when: 'create', ...options };
    refuseOptions(type, given);
    if (given.when !== 'create') throw new TypeError(`migrate('${name}'): only what it makes from now on is known, so when is 'create'`);
    if (this.list.some((m) => m.type === type)) throw new TypeError(`${name} is migrated twice`);
    const migration = this.add(new FactoryMigration(type, given, this.all, this.host.meter));
    return (object) => migration.marked(object);
  }

  /** The fields that a new version of a class has and its instances lack. */
  declareFields(type: Constructor, fields: readonly AddedField[]): Migration {
    return this.add(new Migration(type, {}, fields, this.all, this.host.meter));
  }

  /** Gives the object the new shape if it is an instance of the old one, and may have it. Throws ERR_MIGRATION. */
  touch<T>(object: T): T {
    if (object === null || (typeof object !== 'object' && typeof object !== 'function')) return object;
    this.reclaim(object);
    // The commonest first: it has been touched before.
    for (const migration of this.list) if (!migration.isDone(object)) this.touchOne(migration, object);
    return object;
  }

  /** A constructor of the patch is about to fill `object`. */
  created(object: object): void {
    for (const migration of this.list) if (migration.isInstance(object)) this.note(migration, object, () => migration.created(object));
  }

  /** Code of the patch says that it has made an object in the shape of a version, as a constructor that is kept back does. */
  marked(object: object, version: number): void {
    for (const migration of this.list)
      if (!migration.additive && version >= migration.version && migration.isInstance(object))
        this.note(migration, object, () => migration.marked(object));
  }

  /**
   * Accessors for the classes' prototypes: whoever reads an added field of an instance that lacks it touches the instance.
   * `added`: what is put there as well. A method of the same name, which the field binds, stands behind the accessor.
   */
  accessors(added: readonly Change[] = []): Change[] {
    return this.list.flatMap((migration) => this.accessorsOf(migration, added));
  }

  accessorsOf(migration: Migration, added: readonly Change[] = []): Change[] {
    const { prototype } = migration.type;
    return migration.fields.flatMap(({ name, hidden }): Change[] => {
      if (hidden !== undefined || this.host.has(prototype as object, name)) return [];
      const place = { kind: 'property', object: prototype as object, key: name } as const;
      const member = added.find((change) => isSamePlace(change.place, place))?.content;
      if (member && !('value' in member)) return [];
      const touch = (object: object): void => {
        this.reclaim(object);
        this.touchOne(migration, object);
      };
      return [{ place, content: migration.accessor(name, touch, member?.value) }];
    });
  }

  /** Before any new code can be reached. */
  begin(): void {
    this.active = true;
    for (const migration of this.list) migration.begin();
  }

  /** When the patch is in force everywhere: migrates what is to be migrated at once. */
  complete(): void {
    this.reached = this.patch.converged;
    if (!this.reached) {
      if (this.list.some((m) => !m.additive))
        this.host.warn(`Patch "${this.patch.name}" was forced: old code may live on, so no object gets its new shape.`);
      return;
    }
    for (const migration of this.list) if (isAtOnce(migration)) goThere(migration, this.wayHost());
  }

  /** Before any older code can be reached: `takeBack` has to be called until it says that nothing is left. */
  withdraw(): void {
    this.stopSlices();
    const readable = this.list.filter((migration) => migration.readsBoth || !(migration.additive || this.isAllAtOnce));
    this.wayBack = new WayBack(readable, true, this.wayHost());
  }

  /** When no code of the patch is left: the same. */
  end(): void {
    this.stopSlices();
    this.active = false;
    this.reached = false;
    for (const migration of this.list) migration.end();
    this.wayBack = new WayBack(this.list, false, this.wayHost());
    // Code of a patch below goes by the version, also in functions that this patch had not changed.
    this.all.onAsked = (object) => this.touchBack(object);
  }

  /** Gives instances their old shape back, for one turn. True while there are more. */
  takeBack(): boolean {
    if (this.wayBack?.goOn() === true) return true;
    this.wayBack = null;
    this.all.onAsked = null;
    return false;
  }

  /** Old code is about to read an object that may not have its old shape yet. Throws ERR_MIGRATION where it cannot have it. */
  touchBack(object: unknown): void {
    this.wayBack?.touch(object);
  }

  /** Whether old code may meet what it cannot read, but for `touchBack`. */
  get isUnreadable(): boolean {
    return this.wayBack !== null && this.wayBack.unreadable.length > 0;
  }

  /** As `accessors`, the other way: old code reads a field of an instance that has not got it back. */
  accessorsBack(): Change[] {
    return (this.wayBack?.unreadable ?? []).flatMap((migration) => {
      const { prototype } = migration.type;
      return (migration.options.discarded ?? [])
        .filter((name) => !this.host.has(prototype as object, name))
        .map((key) => ({
          place: { kind: 'property', object: prototype as object, key },
          content: migration.accessorBack(key, (object) => this.touchBack(object)),
        }));
    });
  }

  /** The patch was replaced: what takes its place goes on with its instances, but for fields that no patch gives them any more. */
  abandon(): void {
    this.stopSlices();
    this.active = false;
    for (const migration of this.list) migration.end();
    const ungiven = this.list.filter((migration) => migration.isGivenByNone);
    const back = new WayBack(ungiven, true, this.wayHost());
    const goOn = (): void => {
      if (back.goOn()) this.host.later(goOn);
      else for (const migration of this.list) migration.forget();
    };
    goOn();
  }

  /** The first migration that could not be taken back, or undefined. */
  get irreversible(): Migration | undefined {
    return this.list.find((m) => !m.reversible && m.isUsed);
  }

  reports(): MigrationReport[] {
    return this.list.map((migration) => reportOf(migration, this.runs.get(migration)));
  }

  private add(migration: Migration): Migration {
    if (isAtOnce(migration) && migration.options.objects === undefined && !this.host.searchable)
      throw new LivepatchError(
        'ERR_HEAP_CLOSED',
        { patch: this.patch.name, type: migration.name },
        { hint: 'Give the migration the collection that holds them: objects: () => sessions.values().' },
      );
    this.list.push(migration);
    if (this.active) migration.begin();
    return migration;
  }

  /** A patch above that goes may have it: what is to have the shape of this one has it taken back first. */
  private reclaim(object: unknown): void {
    if (this.all.onAsked !== null && this.wayBack === null) this.all.onAsked(object as object);
  }

  private touchOne(migration: Migration, object: unknown): void {
    if (migration.when === 'create' || !migration.isInstance(object) || migration.isDone(object) || !this.isReady(migration)) return;
    const instance = this.host.behind(object);
    if (instance !== null) this.migrateOnce(migration, instance);
    else if (!migration.additive && this.runs.get(migration)?.left !== 0) throw hidden(migration);
    // Its private fields, which no Proxy passes on, a Proxy gets as well: code that never had any may go through it.
    if (instance !== object && migration.additive) this.migrateOnce(migration, object);
  }

  private migrateOnce(migration: Migration, object: object): void {
    if (!migration.isDone(object)) this.migrate(migration, object);
  }

  /** All tasks switch in one turn. */
  private get isAllAtOnce(): boolean {
    return this.patch.mode === 'barrier';
  }

  private isReady(migration: Migration): boolean {
    if (!this.active) return false;
    if (migration.additive) return true;
    return this.reached && (this.patch.converged || (this.isAllAtOnce && !migration.readsBoth));
  }

  private migrate(migration: Migration, object: object): void {
    try {
      this.note(migration, object, () => migration.up(object));
    } catch (error) {
      this.failed(migration, error);
      throw error;
    }
  }

  /** A collection holds a Proxy, and what it stands for cannot be told. */
  private unreached(migration: Migration): void {
    migration.failed++;
    this.failed(migration, hidden(migration));
  }

  /** One warning for each class: there may be a hundred thousand objects. The count is in the report. */
  private failed(migration: Migration, error: unknown): void {
    if (this.warned.has(migration)) return;
    this.warned.add(migration);
    this.host.warn(`Patch "${this.patch.name}": ${error instanceof Error ? error.message : String(error)}`);
  }

  private note(migration: Migration, object: object, change: () => void): void {
    change();
    if (!this.host.searchable && this.collectionOf(migration) === undefined) migration.structure.keep(object);
  }

  private stopSlices(): void {
    for (const run of this.runs.values()) run.end();
  }

  private wayHost(): WayThereHost {
    return {
      meter: this.host.meter,
      walk: (migration) => this.walk(migration),
      behind: (object) => this.host.behind(object),
      later: (fn) => this.host.later(fn),
      migrate: (migration, object) => this.migrateOnce(migration, object),
      started: (migration, run) => void this.runs.set(migration, run),
      failed: (migration, error) => this.failed(migration, error),
      unreached: (migration) => this.unreached(migration),
    };
  }

  /** Throws ERR_MIGRATION where the instances cannot be had. */
  private walk(migration: Migration): Walk {
    const given = this.collectionOf(migration);
    if (given === undefined)
      return new Walk(this.host.searchable ? this.host.search(migration.type) : migration.structure.kept, migration.isInstance);
    try {
      return new Walk(given.objects!(), migration.isInstance);
    } catch (error) {
      throw new LivepatchError(
        'ERR_MIGRATION',
        { type: migration.name, reason: `objects() gives no collection: ${error instanceof Error ? error.message : String(error)}` },
        { cause: error, hint: "Let it return what can be iterated over: a Map's values(), a Set, an array." },
      );
    }
  }

  /** The options that name a collection of the class's instances, which may be those of another migration of it. */
  private collectionOf(migration: Migration): MigrationOptions | undefined {
    const names = ({ options }: Migration): boolean => options.objects !== undefined;
    return (names(migration) ? migration : this.list.find((other) => other.type === migration.type && names(other)))?.options;
  }
}

/** Where all instances have had their turn, what a Proxy hides is one of them. */
function hidden({ name }: Migration): LivepatchError {
  return new LivepatchError(
    'ERR_MIGRATION',
    { type: name, reason: 'it was reached through a Proxy, which hides the instance' },
    { hint: "Migrate all of them at completion, from a collection that holds them themselves: when: 'world', objects: () => sessions." },
  );
}

function isAtOnce({ when }: Migration): boolean {
  return when === 'world' || when === 'slices';
}
