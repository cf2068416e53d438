import { Patch, Site } from '../../src/engine/index.ts';
import type { Mode } from '../../src/engine/index.ts';
import { Violation, World } from './model.ts';
import type { Fn, Op } from './frame.ts';
import type { WorldOptions } from './model.ts';

/** mulberry32: the same runs for the same seed, everywhere. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((((t ^ (t >>> 14)) >>> 0) * below) / 4294967296) | 0;
  };
}

export interface SimulationOptions extends WorldOptions {
  readonly seed: number;
  readonly steps: number;
  /** A transition that nothing turned round may take this many steps, with new work arriving all the while. */
  readonly patience?: number;
  /** Chance in a thousand, per step of a transition, of turning it round. */
  readonly reversals?: number;
  readonly abandon?: boolean;
  readonly force?: boolean;
  readonly modes?: readonly Mode[];
  /** Loops that never end: no transition of mode `request` ends before they do. */
  readonly loops?: boolean;
}

export interface SimulationResult {
  readonly steps: number;
  readonly calls: number;
  readonly transitions: number;
  readonly reversals: number;
  readonly longest: number;
}

/** Steps after which a transition that keeps calls waiting, or waits for whole tasks, is turned round. */
const DEADLINE = 5_000;

const KINDS = ['sync', 'async', 'async', 'generator'] as const;

/**
 * A random program: a layered set of functions, each calling only deeper ones, some in the patches' sets, some not, and
 * loops that never end and keep overlapping calls into the sets alive.
 */
function program(random: (below: number) => number, functions: number): { fns: Fn[]; loops: Fn[] } {
  const fns: Fn[] = [];
  for (let i = 0; i < functions; i++) {
    const kind = KINDS[random(KINDS.length)]!;
    fns.push({ name: `f${i}`, kind, site: null, body: [] });
  }
  const deeper = (i: number, kind?: Fn['kind']): Fn | undefined => {
    const found = fns.slice(i + 1).filter((fn) => (kind === undefined ? fn.kind !== 'generator' : fn.kind === kind));
    return found[random(found.length)];
  };
  fns.forEach((fn, i) => {
    const body: Op[] = [];
    for (let n = random(5); n > 0; n--) {
      const kind = random(12);
      const callee = deeper(i);
      const awaits = fn.kind === 'async';
      if (fn.kind !== 'sync' && random(4) === 0) body.push({ op: 'head' });
      if (kind === 0 && fn.kind === 'generator') body.push({ op: 'yield' });
      else if (kind <= 2 && awaits) body.push({ op: 'sleep' });
      else if (kind === 3 && deeper(i, 'generator')) body.push({ op: 'next', slot: random(3), fn: deeper(i, 'generator')! });
      else if (callee === undefined) continue;
      else if (kind <= 5 && awaits) body.push({ op: 'await', fn: callee });
      else if (kind === 6) body.push({ op: 'timer', fn: callee });
      else if (kind === 7) body.push({ op: 'task', fn: callee });
      else if (kind === 8 && random(4) === 0 && callee.site !== null) body.push({ op: 'badcall', fn: callee });
      else body.push({ op: 'call', fn: callee });
    }
    if (fn.kind === 'generator') body.splice(random(body.length + 1), 0, { op: 'yield' });
    fn.body = body;
    const brief = fn.kind === 'async' && !body.some((op) => op.op === 'sleep' || op.op === 'await');
    const entry = brief ? 'brief' : fn.kind === 'async' ? 'waits' : 'plain';
    if (fn.kind !== 'sync' || random(2) === 0) fn.site = new Site(i, 'm', fn.name, fn.kind !== 'sync', entry);
  });
  const loops = [0, 1].map((i): Fn => {
    const body: Op[] = [
      { op: 'head' },
      { op: 'sleep' },
      { op: 'call', fn: deeper(-1)! },
      { op: 'sleep' },
      { op: 'call', fn: deeper(-1)! },
      { op: 'again' },
    ];
    return { name: `loop${i}`, kind: 'async', site: new Site(100 + i, 'm', `loop${i}`, true, 'waits'), body };
  });
  return { fns, loops };
}

export function simulate(options: SimulationOptions): SimulationResult {
  const random = generator(options.seed);
  const patience = options.patience ?? 60_000;
  const world = new World(options);
  const { fns, loops } = program(random, 10);
  const modes = options.modes ?? ['task'];
  if (options.loops === false) loops.length = 0;
  const candidates = fns.filter((fn) => fn.site !== null);
  let named = 0;
  const newPatch = (): Patch => {
    const patch = new Patch(`p${++named}`, { replace: random(2) === 0, mode: modes[random(modes.length)]! });
    for (const fn of [...candidates, ...loops]) if (random(2) === 0) patch.add(fn.site!);
    world.pool = [patch];
    return patch;
  };

  let looping = 0;
  let reversals = 0;
  let transitions = 0;
  let longest = 0;
  let since = 0;
  let steps = 0;
  for (; steps < options.steps; steps++) {
    world.host.clock++;
    const busy = world.worlds !== null;
    world.openGates();
    since = busy ? since + 1 : 0;
    if (since > DEADLINE && world.worlds!.mode !== 'task') {
      world.engine.reverse();
      since = 0;
    }
    longest = Math.max(longest, since);
    if (since > patience) throw new Violation(`no end after ${since} steps`);

    const pick = random(1000);
    if (pick < 4) {
      if (!busy && !world.host.restDue) {
        const old = world.applied[random(world.applied.length)];
        if (old !== undefined && random(2) === 0) world.revert(old.name);
        else world.apply(newPatch());
        transitions++;
      } else if (options.force && busy && random(2) === 0) {
        world.engine.force();
      }
    } else if (busy && random(1000) < (options.reversals ?? 0)) {
      world.engine.reverse();
      reversals++;
      since = 0;
    } else if (looping < loops.length) {
      world.arrive(loops[looping++]!);
    } else if (pick < 60 && world.live.size + world.gated.length < 30) {
      world.arrive(callable(fns, random), random(4) > 0);
    } else if (options.abandon && pick < 70) {
      const sleepers = [...world.asleep, ...[...world.generators.values()].filter((f) => f.state === 'parked')];
      const frame = sleepers[random(sleepers.length)];
      if (frame !== undefined && !loops.includes(frame.fn)) world.abandon(frame);
    } else {
      step(world, random);
    }
    // Microtasks of others may run before the one that ends the job.
    if (world.host.jobEndsDue && random(2) === 0) world.host.finishJob();
  }
  drain(world, random);
  world.checkEmpty([...candidates, ...loops].map((fn) => fn.site!));
  return { steps, calls: world.calls, transitions, reversals, longest };
}

function callable(fns: readonly Fn[], random: (below: number) => number): Fn {
  const found = fns.filter((fn) => fn.kind !== 'generator');
  return found[random(found.length)] ?? { name: 'nothing', kind: 'sync', site: null, body: [] };
}

/** One job, any of those that could come next. */
function step(world: World, random: (below: number) => number): void {
  const macrotasks = world.asleep.length + world.timers.length + (world.host.restDue ? 1 : 0);
  const pick = random(world.runnable.length + macrotasks);
  if (pick < world.runnable.length) {
    world.goOn(world.runnable[pick]!);
    return;
  }
  world.host.finishJob();
  const task = pick - world.runnable.length;
  if (task < world.asleep.length) world.wake(world.asleep[task]!);
  else if (task < world.asleep.length + world.timers.length) world.fire(world.timers[task - world.asleep.length]!);
  else world.host.rest();
}

/** No new work: everything that is live comes to its end, and so must the transition. */
function drain(world: World, random: (below: number) => number): void {
  world.draining = true;
  for (;;) {
    world.openGates();
    while (world.runnable.length + world.asleep.length + world.timers.length > 0 || world.host.restDue) {
      step(world, random);
      world.openGates();
    }
    // Consuming one generator may begin another.
    const parked = [...world.generators].find(([, frame]) => frame.state === 'parked');
    if (parked === undefined) {
      world.host.settle();
      world.openGates();
      if (world.runnable.length === 0) break;
      continue;
    }
    const [slot, frame] = parked;
    world.arrive({ name: 'consumer', kind: 'sync', site: null, body: [{ op: 'next', slot, fn: frame.fn }] });
  }
  world.host.settle();
}
