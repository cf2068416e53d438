import { Patch } from '../../src/engine/index.ts';
import type { Mode } from '../../src/engine/index.ts';
import { body, fn } from './explore.ts';
import type { ExploreOptions } from './explore.ts';
import { Violation, World } from './model.ts';
import type { Fn } from './frame.ts';

/** Work without end, under which a transition must end all the same. */
export interface Busy {
  readonly set: readonly Fn[];
  /** Arrive once, before the patch. */
  readonly before?: readonly Fn[];
  /** Arrive once, while the transition is held, which is then turned round. */
  readonly between?: readonly Fn[];
  /** Arrive in every round. */
  readonly always?: readonly Fn[];
}

const ROUNDS = 50;
const sleep = { op: 'sleep' } as const;
const head = { op: 'head' } as const;
const halt = { op: 'yield' } as const;

/** A call of the set that is still live when the next one begins. */
function overlapping(): { job: Fn; loop: Fn } {
  const job = body(fn('job', 'async'), sleep, sleep, sleep);
  return { job, loop: body(fn('loop', 'async'), { op: 'call', fn: job }, sleep, { op: 'again' }) };
}

export const BUSY: Record<string, () => Busy> = {
  'a loop that keeps calls of the set overlapping, in a task that is pinned'() {
    const { job, loop } = overlapping();
    return { set: [job], before: [loop] };
  },
  'such a loop left behind by a function of the set'() {
    const { job, loop } = overlapping();
    const parent = body(fn('parent', 'async'), { op: 'call', fn: loop }, sleep, sleep);
    return { set: [job, parent], before: [parent] };
  },
  'such a loop left behind in a branch, and then a reversal'() {
    const { job, loop } = overlapping();
    const parent = body(fn('parent', 'async'), { op: 'call', fn: loop }, sleep, sleep);
    return { set: [job, parent], before: [job], between: [parent] };
  },
  'such a loop in a task of its own, begun in the set'() {
    const { job, loop } = overlapping();
    const parent = body(fn('parent', 'async'), { op: 'task', fn: loop }, sleep, sleep);
    return { set: [job, parent], before: [parent] };
  },
  'a loop of tasks'() {
    const job = body(fn('job', 'async'), sleep, sleep, sleep);
    const loop = body(fn('loop', 'async'), { op: 'task', fn: job }, sleep, { op: 'again' });
    const parent = body(fn('parent', 'async'), { op: 'call', fn: loop }, sleep, sleep);
    return { set: [job, parent], before: [parent, loop] };
  },
  'new requests without end'() {
    const job = body(fn('job', 'async'), sleep, sleep, sleep);
    return { set: [job], before: [job, job], always: [job, job] };
  },
  'synchronous calls from everywhere'() {
    const leaf = body(fn('leaf', 'sync'));
    const loop = body(fn('loop', 'async'), { op: 'call', fn: leaf }, sleep, { op: 'call', fn: leaf }, { op: 'again' });
    const job = body(fn('job', 'async'), { op: 'call', fn: loop }, sleep, sleep);
    return { set: [leaf, job], before: [job, loop], always: [leaf] };
  },
  'parameters that throw, for ever'() {
    const job = body(fn('job', 'async'), sleep, sleep);
    const loop = body(fn('loop', 'async'), { op: 'badcall', fn: job }, sleep, { op: 'again' });
    const parent = body(fn('parent', 'async'), { op: 'call', fn: loop }, { op: 'call', fn: job }, sleep);
    return { set: [job, parent], before: [parent] };
  },
};

/** Functions of the set that never return: they go on in the other version at the head of their loop. */
export const ENDLESS: Record<string, () => Busy> = {
  'a loop of the set'() {
    const leaf = body(fn('leaf', 'sync'));
    const loop = body(fn('loop', 'async'), head, { op: 'call', fn: leaf }, sleep, { op: 'again' });
    return { set: [leaf, loop], before: [loop] };
  },
  'several loops in one task'() {
    const consumer = (): Fn => body(fn('consumer', 'async'), head, sleep, { op: 'again' });
    const set = [consumer(), consumer(), consumer()];
    const main = body(fn('main', 'async'), ...set.slice(1).map((f) => ({ op: 'call', fn: f }) as const), { op: 'await', fn: set[0]! });
    return { set, before: [main] };
  },
  'a loop of the set that keeps calls of the set overlapping'() {
    const job = body(fn('job', 'async'), sleep, sleep, sleep);
    const loop = body(fn('loop', 'async'), head, { op: 'call', fn: job }, sleep, { op: 'again' });
    return { set: [job, loop], before: [loop] };
  },
  'such a loop begun in a branch, and then a reversal'() {
    const job = body(fn('job', 'async'), sleep, sleep, sleep);
    const loop = body(fn('loop', 'async'), head, { op: 'call', fn: job }, sleep, { op: 'again' });
    return { set: [job, loop], before: [job], between: [loop] };
  },
  'a loop that a function of the set has begun, and both'() {
    const inner = body(fn('inner', 'async'), head, sleep, { op: 'again' });
    const outer = body(fn('outer', 'async'), { op: 'call', fn: inner }, sleep, sleep);
    return { set: [inner, outer], before: [outer] };
  },
  'loops that loops have begun'() {
    const inner = body(fn('inner', 'async'), head, sleep, { op: 'again' });
    const start = body(fn('start', 'async'), { op: 'call', fn: inner });
    const loop = body(fn('loop', 'async'), head, sleep, sleep, { op: 'again' });
    const main = body(fn('main', 'async'), { op: 'call', fn: loop }, { op: 'call', fn: start }, { op: 'call', fn: inner });
    return { set: [inner, loop, start], before: [main, main] };
  },
  'a loop and a generator that ends'() {
    const values = body(fn('values', 'generator'), halt, halt);
    const ask = { op: 'next', slot: 0, fn: values } as const;
    const loop = body(fn('loop', 'async'), ask, ask, ask, head, sleep, { op: 'again' });
    return { set: [values, loop], before: [loop] };
  },
  'a generator that never ends, and who consumes it'() {
    const values = body(fn('values', 'generator'), head, halt, { op: 'again' });
    const consumer = body(fn('consumer', 'async'), head, { op: 'next', slot: 0, fn: values }, sleep, { op: 'again' });
    return { set: [values, consumer], before: [consumer] };
  },
};

/** A loop is a task that does not end, and the mode `request` waits for the ends of tasks. */
export function endsIn(mode: Mode, name: string): boolean {
  return mode !== 'request' || name === 'new requests without end';
}

export interface ConvergeOptions extends ExploreOptions {
  /** The transition is turned round after so many wakings, and again after so many more. */
  readonly turns?: readonly number[];
}

/** In each round every sleeper wakes once. Returns the rounds the transition took. */
export function converge(busy: Busy, options: ConvergeOptions = {}): number {
  const world = new World(options);
  const turns = [...(options.turns ?? [])];
  const woken = (): void => {
    if (turns.length === 0 || --turns[0]! > 0) return;
    turns.shift();
    if (world.worlds !== null) world.engine.reverse();
    world.host.settle();
  };
  const patch = new Patch('p', { mode: options.mode ?? 'task' });
  for (const f of busy.set) patch.add(f.site!);
  world.pool = [patch];
  for (const f of busy.before ?? []) world.arrive(f);
  round(world);
  world.apply(patch);
  world.host.settle();
  for (const f of busy.between ?? []) {
    world.arrive(f);
    world.engine.reverse();
    world.host.settle();
  }
  for (let rounds = 0; rounds < ROUNDS; rounds++) {
    if (world.outcomes.length > 0) return rounds;
    for (const f of busy.always ?? []) world.arrive(f);
    round(world, woken);
  }
  throw new Violation(`no end after ${ROUNDS} rounds`);
}

function round(world: World, woken = (): void => {}): void {
  for (const frame of world.asleep.slice()) {
    world.wake(frame);
    if (world.runnable.length === 0) woken();
  }
  for (const timer of world.timers.slice()) world.fire(timer);
  world.openGates();
  while (world.runnable.length > 0) world.goOn(world.runnable[0]!);
  world.host.settle();
}
