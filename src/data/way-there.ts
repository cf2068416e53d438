/**
 * How the instances of a class get their new shape once the patch is in force everywhere: all in that turn, or a few in each
 * of the turns that follow.
 */
import type { Migration } from './migration.ts';
import { Run, workMs } from './slices.ts';
import type { Moment, Walk } from './slices.ts';
import type { WayHost } from './way-back.ts';

export interface WayThereHost extends WayHost {
  /** Calls `fn` in a turn of the event loop of its own. */
  later(fn: () => void): void;
  /** Throws where it could not, with the object as it was. */
  migrate(migration: Migration, object: object): void;
}

/** Returns at the end of the first turn. A run that has been ended goes no further. */
export function goThere(migration: Migration, host: WayThereHost): void {
  const { meter } = host;
  const run = new Run(meter);
  host.started(migration, run);
  const started = meter.now();
  let walk: Walk;
  try {
    walk = host.walk(migration);
  } catch (error) {
    run.end();
    host.failed(migration, error);
    return;
  }
  run.searchMs = meter.ticks() - started.at;
  run.left = walk.left;
  const budget = migration.when === 'slices' ? workMs(migration.options.budgetMs) : Infinity;
  const each = (object: object): void => {
    const instance = host.behind(object);
    try {
      if (instance !== null) host.migrate(migration, instance);
      else host.unreached(migration);
    } catch {
      // Counted and reported; the object is as it was.
    }
  };
  const slice = (begun: Moment): void => {
    if (run.left === 0) return;
    const more = walk.goOn(each, () => meter.ticks() >= begun.at + budget);
    run.took(begun, walk.left);
    if (more) host.later(() => slice(meter.now()));
  };
  slice(started);
}
