/**
 * How instances get their old shape back: those of one class after those of another, a few in each turn of the event
 * loop, or all in one where their migration says so. What has not had its turn is taken back as old code touches it.
 */
import { Run, Walk, workMs } from './slices.ts';
import type { Meter } from './slices.ts';
import type { Migration } from './migration.ts';

/** What it takes to go through the instances of a class, there and back. */
export interface WayHost {
  readonly meter: Meter;
  /** As of the platform. */
  behind(object: object): object | null;
  /** Throws where the instances cannot be had. */
  walk(migration: Migration): Walk;
  /** `run` is what there is to tell of it from now on. */
  started(migration: Migration, run: Run): void;
  failed(migration: Migration, error: unknown): void;
  /** The object is a Proxy, and what it stands for cannot be told. */
  unreached(migration: Migration): void;
}

export class WayBack {
  private readonly host: WayHost;
  private readonly open: Migration[];
  private readonly atOnce: (migration: Migration) => boolean;
  private readonly runs = new Map<Migration, Run>();
  /** The heap is searched once for each class, however many of its migrations are taken back. */
  private readonly walks = new Map<object, Walk>();
  /** Being taken back right now: what `down` calls does not begin anew. */
  private readonly inWork = new Set<object>();

  /** `mayWait`: nothing that runs minds the new shape, so none has to be done in one turn. */
  constructor(migrations: readonly Migration[], mayWait: boolean, host: WayHost) {
    const used = migrations.filter((migration) => migration.isUsed);
    this.host = host;
    this.atOnce = ({ when }) => !mayWait && when === 'world';
    this.open = [...used.filter(this.atOnce), ...used.filter((migration) => !this.atOnce(migration))];
    for (const migration of used) migration.disuse();
  }

  /** What old code could not read of an instance that is still to be taken back. */
  get unreadable(): readonly Migration[] {
    return this.open.filter((migration) => !migration.additive);
  }

  /** Goes on for one turn. True while there is more. */
  goOn(): boolean {
    const { meter } = this.host;
    const begun = meter.now();
    while (this.open.length > 0) {
      const migration = this.open[0]!;
      const run = this.run(migration);
      const walk = this.walk(migration, run);
      const end = this.atOnce(migration) ? Infinity : begun.at + workMs(migration.options.budgetMs);
      const isOver = (): boolean => meter.ticks() >= end;
      const more = walk.goOn((object) => this.takeBack(migration, object), isOver);
      run.took(begun, walk.left);
      if (more) return true;
      walk.again();
      this.open.shift();
      if (isOver()) break;
    }
    return this.open.length > 0;
  }

  /** Old code is about to read the object. Throws ERR_MIGRATION where it could not. */
  touch(object: unknown): void {
    for (const migration of this.unreadable) {
      if (!migration.isInstance(object)) continue;
      const instance = this.host.behind(object);
      if (instance !== null) this.takeBackOne(migration, instance);
    }
  }

  private run(migration: Migration): Run {
    let run = this.runs.get(migration);
    if (run === undefined) {
      this.runs.set(migration, (run = new Run(this.host.meter)));
      this.host.started(migration, run);
    }
    return run;
  }

  private takeBack(migration: Migration, object: object): void {
    const instance = this.host.behind(object);
    try {
      if (instance !== null) this.takeBackOne(migration, instance);
      else this.host.unreached(migration);
    } catch {
      // Counted and reported; the object is as it was.
    }
  }

  private takeBackOne(migration: Migration, object: object): void {
    if (!migration.isTouched(object) || this.inWork.has(object)) return;
    this.inWork.add(object);
    try {
      // The way back leads from the new shape only.
      if (migration.isBehind(object) && migration.when !== 'create') migration.up(object);
      migration.down(object);
    } catch (error) {
      migration.use();
      this.host.failed(migration, error);
      throw error;
    } finally {
      this.inWork.delete(object);
    }
  }

  private walk(migration: Migration, run: Run): Walk {
    const key = migration.options.objects === undefined ? migration.type : migration;
    let walk = this.walks.get(key);
    if (walk === undefined) {
      const started = this.host.meter.ticks();
      try {
        walk = this.host.walk(migration);
      } catch (error) {
        migration.use();
        this.host.failed(migration, error);
        walk = new Walk([], migration.isInstance);
      }
      this.walks.set(key, walk);
      run.searchMs = this.host.meter.ticks() - started;
    }
    return walk;
  }
}
