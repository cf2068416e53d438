import { setImmediate } from 'node:timers/promises';
import { Patch, Site } from '../../src/engine/index.ts';
import type { Mode } from '../../src/engine/index.ts';
import { Violation, World } from './model.ts';
import type { Fn, Op } from './frame.ts';
import type { WorldOptions } from './model.ts';

/** What an administrator does, in this order, at any moment; `reverse` is dropped if the transition has ended. */
export type Admin = 'apply' | 'revert' | 'reverse';

export interface Scenario {
  /** In the patch's set, or only instrumented, or not even that (synchronous functions only). */
  readonly set: readonly Fn[];
  readonly others?: readonly Fn[];
  /** What arrives from outside, in this order, at any moment, each as a task. */
  readonly arrivals: readonly Fn[];
  readonly admin: readonly Admin[];
}

export interface ExploreOptions extends WorldOptions {
  readonly mode?: Mode;
}

/** `brief` is what the instrumenter says of an async function that awaits nothing. */
export function fn(name: string, kind: Fn['kind'], instrumented = true): Fn {
  return {
    name,
    kind,
    site: instrumented ? new Site(0, 'm', name, kind !== 'sync', kind === 'async' ? 'waits' : 'plain') : null,
    body: [],
  };
}

export function body(of: Fn, ...ops: Op[]): Fn {
  of.body = ops;
  return of;
}

/**
 * Runs the scenario under every interleaving of its jobs: depth first over the choices, from the beginning each time.
 * Returns how many there were. `make` must build the same scenario, of new sites, at each call.
 */
export async function explore(make: () => Scenario, options: ExploreOptions = {}, limit = 200_000): Promise<number> {
  /** The choice taken at each point of the run and how many there were. */
  const path: { taken: number; of: number }[] = [];
  for (let runs = 1; ; runs++) {
    if (runs > limit) throw new Error(`more than ${limit} interleavings`);
    // What a WeakRef was made of stays alive until the real job ends.
    if (runs % 1000 === 0) await setImmediate();
    let depth = 0;
    runOnce(make(), options, (of) => {
      if (depth === path.length) path.push({ taken: 0, of });
      return path[depth++]!.taken;
    });
    while (path.length > 0 && path.at(-1)!.taken + 1 === path.at(-1)!.of) path.pop();
    if (path.length === 0) return runs;
    path.at(-1)!.taken++;
  }
}

function runOnce(scenario: Scenario, options: ExploreOptions, choose: (of: number) => number): void {
  const world = new World(options);
  const patch = new Patch('p', { mode: options.mode ?? 'task' });
  for (const f of scenario.set) patch.add(f.site!);
  world.pool = [patch];
  let arrived = 0;
  let administered = 0;
  for (;;) {
    world.openGates();
    const { runnable, asleep, timers, host } = world;
    // Microtasks come before all else, in no order the engine may count on.
    if (runnable.length > 0) {
      world.goOn(runnable[choose(runnable.length)]!);
      host.finishJob();
      continue;
    }
    const actions: (() => void)[] = [];
    for (const f of asleep) actions.push(() => world.wake(f));
    for (const t of timers) actions.push(() => world.fire(t));
    if (host.restDue) actions.push(() => host.rest());
    const arrival = scenario.arrivals[arrived];
    if (arrival !== undefined) actions.push(() => world.arrive(arrival, (arrived++, true)));
    const admin = scenario.admin[administered];
    if (admin !== undefined && administer(world, patch, admin) !== null) {
      actions.push(() => (administered++, administer(world, patch, admin)!()));
    }
    if (actions.length === 0) {
      if (world.gated.length === 0 || world.worlds === null) break;
      // What it waits for is a generator that nobody consumes any more: the deadline.
      if (![...world.live].some((f) => f.state === 'parked')) throw new Violation('those who are waited for wait themselves');
      world.engine.reverse();
      continue;
    }
    actions[choose(actions.length)]!();
    host.finishJob();
  }
  for (const f of world.live) if (f.state !== 'parked') throw new Violation(`${f.fn.name} never ended`);
  if (world.live.size === 0) world.checkEmpty([...scenario.set, ...(scenario.others ?? [])].map((f) => f.site!));
}

/** Null while it has to wait for its turn. */
function administer(world: World, patch: Patch, admin: Admin): (() => void) | null {
  const busy = world.worlds !== null || world.host.restDue;
  if (admin === 'reverse') return world.worlds !== null ? () => world.engine.reverse() : world.host.restDue ? null : () => {};
  if (busy) return null;
  return admin === 'apply'
    ? () => (world.applied.includes(patch) ? undefined : world.apply(patch))
    : () => (world.applied.includes(patch) ? world.revert(patch.name) : undefined);
}
