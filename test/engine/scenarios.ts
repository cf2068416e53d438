import { body, fn } from './explore.ts';
import type { Scenario } from './explore.ts';

const sleep = { op: 'sleep' } as const;
const head = { op: 'head' } as const;
const halt = { op: 'yield' } as const;

/** Small programs, one for each way a call chain can be made. Run under every interleaving. */
export const SCENARIOS: Record<string, () => Scenario> = {
  'nested asynchronous calls, from outside the set'() {
    const inner = body(fn('inner', 'async'), sleep);
    const outer = body(fn('outer', 'async'), sleep, { op: 'await', fn: inner });
    const handler = body(fn('handler', 'async'), { op: 'await', fn: outer }, { op: 'await', fn: inner });
    return { set: [inner, outer], others: [handler], arrivals: [handler, handler], admin: ['apply', 'reverse'] };
  },
  'a transition turned round again and again'() {
    const inner = body(fn('inner', 'async'), sleep);
    const outer = body(fn('outer', 'async'), sleep, { op: 'await', fn: inner });
    return { set: [inner, outer], arrivals: [outer, outer], admin: ['apply', 'reverse', 'reverse', 'revert', 'reverse'] };
  },
  'synchronous functions below and above asynchronous ones'() {
    const leaf = body(fn('leaf', 'sync'));
    const work = body(fn('work', 'async'), { op: 'call', fn: leaf }, sleep, { op: 'call', fn: leaf });
    const middle = body(fn('middle', 'sync'), { op: 'call', fn: work }, { op: 'call', fn: leaf });
    const handler = body(fn('handler', 'async'), { op: 'call', fn: middle }, sleep, { op: 'call', fn: middle }, { op: 'call', fn: leaf });
    return { set: [leaf, work, middle], others: [handler], arrivals: [handler, work], admin: ['apply', 'reverse'] };
  },
  'a synchronous function during whose run the last holder ends'() {
    const leaf = body(fn('leaf', 'sync'));
    const quick = body(fn('quick', 'async'), { op: 'call', fn: leaf });
    const top = body(fn('top', 'sync'), { op: 'call', fn: quick }, { op: 'call', fn: leaf }, { op: 'call', fn: quick });
    const holder = body(fn('holder', 'async'), sleep, { op: 'call', fn: top });
    const handler = body(fn('handler', 'async'), { op: 'call', fn: holder }, sleep, { op: 'call', fn: top });
    return { set: [leaf, quick, top, holder], others: [handler], arrivals: [handler, handler], admin: ['apply', 'reverse'] };
  },
  'calls that outlive their callers'() {
    const deep = body(fn('deep', 'async'), sleep);
    const child = body(fn('child', 'async'), sleep, { op: 'call', fn: deep });
    const parent = body(fn('parent', 'async'), { op: 'call', fn: child }, sleep, { op: 'call', fn: deep });
    return { set: [deep, child, parent], arrivals: [parent, child], admin: ['apply', 'reverse'] };
  },
  'detached work outside the set that calls back into it'() {
    const deep = body(fn('deep', 'async'), sleep);
    const detached = body(fn('detached', 'async'), { op: 'call', fn: deep }, sleep, { op: 'call', fn: deep });
    const parent = body(fn('parent', 'async'), { op: 'call', fn: detached }, sleep);
    return { set: [deep, parent], others: [detached], arrivals: [parent, deep], admin: ['apply', 'reverse'] };
  },
  'detached work of a branch within a branch'() {
    const last = body(fn('last', 'async'), sleep);
    const within = body(fn('within', 'async'), { op: 'timer', fn: last });
    const joined = body(fn('joined', 'async'), sleep, { op: 'call', fn: within }, sleep);
    const opener = body(fn('opener', 'async'), { op: 'call', fn: joined });
    const holder = body(fn('holder', 'async'), sleep);
    return { set: [last, within, joined, opener, holder], arrivals: [holder, opener], admin: ['apply', 'reverse'] };
  },
  'timers set by functions of the set'() {
    const late = body(fn('late', 'async'), sleep);
    const setter = body(fn('setter', 'async'), { op: 'timer', fn: late }, sleep, { op: 'call', fn: late });
    return { set: [late, setter], arrivals: [setter, late], admin: ['apply', 'reverse'] };
  },
  'tasks begun within a task'() {
    const job = body(fn('job', 'async'), sleep);
    const worker = body(fn('worker', 'async'), { op: 'call', fn: job }, sleep, { op: 'await', fn: job });
    const parent = body(fn('parent', 'async'), { op: 'task', fn: worker }, sleep);
    return { set: [job, parent], others: [worker], arrivals: [parent, job], admin: ['apply', 'reverse'] };
  },
  'a task whose parent has ended, around it a task that has not'() {
    const job = body(fn('job', 'async'), sleep);
    const relay = body(fn('relay', 'async'), { op: 'timer', fn: body(fn('again', 'sync', false), { op: 'task', fn: job }) });
    const parent = body(fn('parent', 'async'), { op: 'task', fn: relay }, sleep, sleep);
    return { set: [job, parent], others: [relay], arrivals: [parent, job], admin: ['apply', 'reverse'] };
  },
  'generators consumed by several tasks'() {
    const leaf = body(fn('leaf', 'sync'));
    const values = body(fn('values', 'generator'), { op: 'call', fn: leaf }, halt, { op: 'call', fn: leaf }, halt, {
      op: 'call',
      fn: leaf,
    });
    const consumer = body(fn('consumer', 'async'), { op: 'next', slot: 0, fn: values }, { op: 'call', fn: leaf }, sleep, {
      op: 'next',
      slot: 0,
      fn: values,
    });
    return { set: [leaf, values, consumer], arrivals: [consumer, consumer, consumer], admin: ['apply', 'reverse'] };
  },
  'generators that start asynchronous work'() {
    const work = body(fn('work', 'async'), sleep);
    const values = body(fn('values', 'generator'), { op: 'call', fn: work }, halt, { op: 'call', fn: work });
    const consumer = body(fn('consumer', 'async'), { op: 'next', slot: 0, fn: values }, { op: 'call', fn: work });
    return { set: [work, values], others: [consumer], arrivals: [consumer, consumer], admin: ['apply', 'reverse'] };
  },
  'parameters that throw'() {
    const inner = body(fn('inner', 'async'), sleep);
    const outer = body(
      fn('outer', 'async'),
      { op: 'badcall', fn: inner },
      { op: 'call', fn: inner },
      sleep,
      { op: 'badcall', fn: inner },
      { op: 'call', fn: inner },
    );
    const handler = body(fn('handler', 'async'), { op: 'badcall', fn: inner }, { op: 'call', fn: outer });
    return { set: [inner, outer], others: [handler], arrivals: [handler, inner], admin: ['apply', 'reverse'] };
  },
};

/** Loops with safe points, some turns of each. */
export const LOOPS: Record<string, () => Scenario> = {
  'a loop, its calls, and a reversal'() {
    const leaf = body(fn('leaf', 'sync'));
    const job = body(fn('job', 'async'), sleep, { op: 'call', fn: leaf });
    const loop = body(fn('loop', 'async'), head, { op: 'call', fn: leaf }, sleep, head, { op: 'call', fn: job }, sleep, head, {
      op: 'call',
      fn: leaf,
    });
    return { set: [leaf, job, loop], arrivals: [loop], admin: ['apply', 'reverse', 'revert'] };
  },
  'loops side by side, and one that another has begun'() {
    const leaf = body(fn('leaf', 'sync'));
    const inner = body(fn('inner', 'async'), head, sleep, head, { op: 'call', fn: leaf });
    const loop = body(fn('loop', 'async'), { op: 'call', fn: inner }, head, sleep, head, { op: 'call', fn: leaf });
    const main = body(fn('main', 'async'), { op: 'call', fn: loop }, { op: 'call', fn: inner });
    return { set: [leaf, inner, loop], others: [main], arrivals: [main], admin: ['apply', 'reverse'] };
  },
  'a loop that waits for a loop'() {
    const leaf = body(fn('leaf', 'sync'));
    const inner = body(fn('inner', 'async'), head, sleep, head, sleep, { op: 'call', fn: leaf });
    const outer = body(fn('outer', 'async'), head, { op: 'await', fn: inner }, head, { op: 'call', fn: leaf });
    return { set: [leaf, inner, outer], arrivals: [outer], admin: ['apply', 'reverse'] };
  },
  'a loop below a function of the set that waits for it'() {
    const leaf = body(fn('leaf', 'sync'));
    const inner = body(fn('inner', 'async'), head, sleep, head, { op: 'call', fn: leaf });
    const outer = body(fn('outer', 'async'), sleep, { op: 'await', fn: inner }, { op: 'call', fn: leaf });
    return { set: [leaf, inner, outer], arrivals: [outer, inner], admin: ['apply', 'reverse'] };
  },
  'a loop in a task within a task'() {
    const loop = body(fn('loop', 'async'), head, sleep, head, sleep);
    const parent = body(fn('parent', 'async'), { op: 'task', fn: loop }, sleep, sleep);
    return { set: [loop, parent], arrivals: [parent], admin: ['apply', 'reverse'] };
  },
  'a loop that synchronous functions of the set begin'() {
    const loop = body(fn('loop', 'async'), head, sleep, head);
    const leaf = body(fn('leaf', 'sync'));
    const top = body(fn('top', 'sync'), { op: 'call', fn: loop }, { op: 'call', fn: leaf });
    const holder = body(fn('holder', 'async'), sleep, { op: 'call', fn: top }, sleep);
    return { set: [loop, leaf, top, holder], arrivals: [holder, top], admin: ['apply', 'reverse'] };
  },
  'a loop, and generators without loops'() {
    const leaf = body(fn('leaf', 'sync'));
    const values = body(fn('values', 'generator'), { op: 'call', fn: leaf }, halt, { op: 'call', fn: leaf });
    const ask = { op: 'next', slot: 0, fn: values } as const;
    const loop = body(fn('loop', 'async'), ask, head, sleep, head, ask);
    return { set: [leaf, values, loop], arrivals: [loop, loop], admin: ['apply', 'reverse'] };
  },
  'a loop that begins a generator when it has lived for a while'() {
    const leaf = body(fn('leaf', 'sync'));
    const values = body(fn('values', 'generator'), halt, { op: 'call', fn: leaf });
    const ask = { op: 'next', slot: 0, fn: values } as const;
    const loop = body(fn('loop', 'async'), sleep, ask, sleep, head, ask);
    const other = body(fn('other', 'async'), sleep);
    return { set: [leaf, values, loop, other], arrivals: [loop, other], admin: ['apply', 'reverse'] };
  },
  'generators with loops, consumed by several tasks'() {
    const leaf = body(fn('leaf', 'sync'));
    const values = body(fn('values', 'generator'), head, { op: 'call', fn: leaf }, halt, head, { op: 'call', fn: leaf }, halt);
    const consumer = body(fn('consumer', 'async'), { op: 'next', slot: 0, fn: values }, sleep, head, { op: 'next', slot: 0, fn: values });
    return { set: [leaf, values, consumer], arrivals: [consumer, consumer], admin: ['apply', 'reverse'] };
  },
};

/** What the other modes add: ends of tasks, work that is neither awaited nor of the set, callbacks. */
export const MODE_SCENARIOS: Record<string, () => Scenario> = {
  'a function of the set that waits for another, and nobody reverses'() {
    const job = body(fn('job', 'async'), sleep);
    const outer = body(fn('outer', 'async'), sleep, { op: 'await', fn: job });
    return { set: [job, outer], arrivals: [outer, outer], admin: ['apply'] };
  },
  'a handler outside the set that calls into it again and again'() {
    const inner = body(fn('inner', 'async'), sleep);
    const handler = body(fn('handler', 'async'), { op: 'await', fn: inner }, sleep, { op: 'await', fn: inner });
    return { set: [inner], others: [handler], arrivals: [handler, handler], admin: ['apply', 'reverse'] };
  },
  'a handler that waits for callbacks alone'() {
    const leaf = body(fn('leaf', 'sync'));
    const late = body(fn('late', 'async'), { op: 'call', fn: leaf }, sleep);
    const handler = body(fn('handler', 'async'), { op: 'timer', fn: late }, sleep, { op: 'call', fn: leaf });
    return { set: [leaf, late], others: [handler], arrivals: [handler, late], admin: ['apply', 'reverse'] };
  },
  'synchronous functions that start asynchronous ones, from outside'() {
    const work = body(fn('work', 'async'), sleep);
    const top = body(fn('top', 'sync'), { op: 'call', fn: work }, { op: 'call', fn: work });
    const handler = body(fn('handler', 'async'), { op: 'call', fn: top }, sleep, { op: 'await', fn: work });
    return { set: [work, top], others: [handler], arrivals: [handler, work], admin: ['apply', 'reverse'] };
  },
  'a task within a task that ends before it'() {
    const job = body(fn('job', 'async'), sleep);
    const worker = body(fn('worker', 'async'), sleep, { op: 'await', fn: job });
    const parent = body(fn('parent', 'async'), { op: 'task', fn: worker }, sleep);
    return { set: [job], others: [worker, parent], arrivals: [parent, job], admin: ['apply', 'reverse'] };
  },
};
