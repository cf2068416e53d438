import type { Activation, Holding } from './activation.ts';
import type { Engine } from './engine.ts';
import type { Direction } from './host.ts';
import type { Mode, Patch } from './patch.ts';
import type { Site } from './site.ts';
import type { Task } from './task.ts';

export interface PatchState {
  readonly patch: Patch;
  /** With `transition`, the kernel's pair: enabling is (1,1), in force (1,0), disabling (0,1). */
  readonly enabled: boolean;
  readonly transition: boolean;
  /** 1-based place in apply order. */
  readonly stackOrder: number;
}

/** An activation that keeps the universe being left alive, or a task that does so by not having ended. */
export interface HolderState {
  readonly task: Task;
  readonly site: Site | null;
  readonly activation: Activation | null;
  /** The await or yield it is suspended at, as `Activation.at` counts them. */
  readonly at: number;
  /** Age of its task in milliseconds. */
  readonly ageMs: number;
}

export interface TransitionState {
  readonly patch: Patch;
  readonly mode: Mode;
  readonly direction: Direction;
  readonly reversed: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly elapsedMs: number;
  /** Live pins and branches of the universe being left. */
  readonly pending: number;
  /** Bodies entered in another universe than their caller's. */
  readonly crossed: number;
  readonly functions: number;
  /** Calls that a barrier has made wait. */
  readonly waited: number;
}

export function patchStates(engine: Engine): PatchState[] {
  const inTransition = engine.lifecycle.transition?.patch;
  return engine.patches.map((patch, i) => ({
    patch,
    enabled: patch.enabled,
    transition: patch === inTransition,
    stackOrder: i + 1,
  }));
}

export function transitionState(engine: Engine, now: number): TransitionState | null {
  const t = engine.lifecycle.transition ?? engine.lifecycle.departing;
  if (t === null) return null;
  const { patch, direction, reversed, startedAt, pending, crossed, waited } = t;
  return {
    patch,
    mode: patch.mode,
    direction,
    reversed,
    startedAt,
    elapsedMs: now - startedAt,
    pending,
    crossed,
    functions: t.sites.size,
    waited,
  };
}

/** While those that are in the way are still being set apart, so many of all are looked at. */
const OTHERS = 5_000;

/** Those whose tasks are oldest first, at most `limit`. */
export function holders(engine: Engine, now: number, limit = 100): HolderState[] {
  const t = engine.lifecycle.transition;
  if (t === null) return [];
  const found: HolderState[] = [];
  const unended = engine.tenures.holding(t, 3 * limit);
  const holds = ({ node }: Holding): boolean => node?.epoch === t.epoch && node.universe !== t.target;
  for (const activation of engine.roster.oldest(holds, 3 * limit, t.sorting === null ? 0 : OTHERS)) {
    const { task } = activation.context;
    unended.delete(task);
    found.push({ task, site: activation.site, activation, at: activation.at, ageMs: now - task.startedAt });
  }
  for (const task of unended) found.push({ task, site: null, activation: null, at: 0, ageMs: now - task.startedAt });
  found.sort((a, b) => b.ageMs - a.ageMs || a.task.id - b.task.id);
  return found.slice(0, limit);
}
