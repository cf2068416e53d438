/** What is told of the instances of a class that a patch migrates. */
import type { Migration, When } from './migration.ts';
import type { Run } from './slices.ts';

/** What became of the instances of one class. */
export interface MigrationReport {
  readonly class: string;
  readonly version: number;
  readonly when: When;
  /** Migrated so far; with `create`, made in the new shape. */
  readonly objects: number;
  readonly failed: number;
  /** Found and not migrated yet, in slices. */
  readonly left: number;
  /** The longest turn that migrating at completion took, the search included, in milliseconds; 0 on access. */
  readonly pauseMs: number;
  /** The most that the thread worked in one turn: what `pauseMs` has more, it waited for a processor. */
  readonly cpuMs: number;
  /** What the search for the instances took, of the turn that it was in. */
  readonly searchMs: number;
  /** The longest pause of the garbage collector meanwhile. */
  readonly gcMs: number;
  readonly nsPerObject: number;
}

/** `run`: of going through all of them; undefined where that has not begun. */
export function reportOf(migration: Migration, run: Run | undefined): MigrationReport {
  const { when, migrated, failed } = migration;
  const tried = migrated + failed;
  return {
    class: migration.name,
    version: migration.version,
    when,
    objects: when === 'create' ? migration.made : migrated,
    failed,
    left: run?.left ?? 0,
    pauseMs: run?.pauseMs ?? 0,
    cpuMs: run?.cpuMs ?? 0,
    searchMs: run?.searchMs ?? 0,
    gcMs: run?.gcMs ?? 0,
    nsPerObject: tried === 0 ? 0 : Math.round(migration.spent / tried),
  };
}
