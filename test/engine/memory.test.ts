import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Context } from '../../src/engine/index.ts';
import { Fixture } from './fixture.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** More than there are registries of what is watched: V8 tells of what one of them has lost in each turn. */
const TURNS = 2000;

/** Lets go of what the running job has made weak references to, collects, and runs the finalizers. */
async function collect(x: Fixture): Promise<void> {
  for (let i = 0; i < 4; i++) {
    await setImmediate();
    gc();
    for (let turn = 0; turn < TURNS; turn++) {
      await setImmediate();
      x.host.settle();
    }
  }
}

test('activations that are abandoned while nothing is in transition do not pile up', async () => {
  const x = new Fixture();
  const f = x.site('f');
  const task = x.task();
  for (let n = 0; n < 300_000; n++) {
    x.host.job(task.context, () => x.engine.enter(f, f.original));
    if (n % 10_000 === 0) await setImmediate();
  }
  await collect(x);
  const live = x.engine.roster.live(new Set([f])).length;
  assert.ok(live < 50_000, `${live} of 300000 are still listed`);
  assert.equal(task.live, live);
});

test('an activation that is abandoned holds a transition no longer than it takes to be collected', async () => {
  const x = new Fixture();
  const f = x.site('f');
  const old = x.task();
  x.begin(f, old.context);
  x.apply(x.patch('p', [f]));
  // A branch of the universe being left, likewise.
  x.begin(f, old.context);
  assert.equal(x.outcomes.length, 0);
  await collect(x);
  x.host.settle();
  assert.equal(x.outcomes[0]?.result, 'complete');
  assert.deepEqual(x.engine.roster.live(new Set([f])), []);
  assert.equal(old.live, 0);
});

test('the same after a reversal, for those who had been in the target', async () => {
  const x = new Fixture();
  const f = x.site('f');
  const pin = x.begin(f, x.task().context);
  x.apply(x.patch('p', [f]));
  x.begin(f, x.task().context);
  x.reverse();
  assert.equal(x.outcomes.length, 0);
  await collect(x);
  x.host.settle();
  assert.equal(x.outcomes[0]?.result, 'reversed');
  x.end(pin);
});

test('one that is only slow is not taken for abandoned', async () => {
  const x = new Fixture();
  const f = x.site('f');
  const slow = x.begin(f, x.task().context);
  x.apply(x.patch('p', [f]));
  await collect(x);
  x.host.settle();
  assert.equal(x.outcomes.length, 0);
  assert.deepEqual(x.engine.roster.live(new Set([f])), [slow]);
  x.end(slow);
  assert.equal(x.outcomes[0]?.result, 'complete');
});

test('calls in flight by the thousand do not get weak references in the ordinary course', () => {
  const x = new Fixture();
  const f = x.site('f');
  const { context } = x.task();
  const flying: ReturnType<typeof x.engine.enter>[] = [];
  let aged = 0;
  for (let n = 0; n < 100_000; n++) {
    flying.push(x.host.job(context, () => x.engine.enter(f, f.original)));
    if (flying.length <= 1000) continue;
    const done = flying.shift()!;
    if (done.holding !== null) aged++;
    x.host.job(context, () => x.engine.exit(done));
  }
  assert.ok(aged < 2_000, `${aged}`);
  for (const a of flying) x.host.job(context, () => x.engine.exit(a));
  assert.deepEqual(x.engine.roster.live(new Set([f])), []);
});

test('a record is used again once its run has ended, and only if no transition knows of that run', () => {
  const x = new Fixture();
  const f = x.site('f');
  const { context } = x.task();
  const records = new Set(
    Array.from({ length: 10_000 }, () => {
      const run = x.begin(f, context);
      x.end(run);
      return run;
    }),
  );
  assert.equal(records.size, 1);
  const pinned = x.begin(f, context);
  assert.ok(records.has(pinned));
  x.apply(x.patch('p', [f]));
  x.end(pinned);
  assert.equal(x.outcomes[0]?.result, 'complete');
  assert.notEqual(x.begin(f, context), pinned);
});

test('a record that waits for a run keeps nothing of the code of the last one', async () => {
  const x = new Fixture();
  const f = x.site('f');
  const g = x.site('g');
  const { context } = x.task();
  const patch = x.patch('p', [f]);
  x.apply(patch);
  const version = new WeakRef(patch.functions.get(f)!);
  const caller = x.begin(g, context);
  x.host.job(context, () => x.engine.exit(x.engine.enter(f, patch.functions.get(f)!)));
  x.end(caller);
  x.revert('p');
  patch.functions.clear();
  for (let n = 0; n < 100_000; n++) x.end(x.begin(g, context));
  await collect(x);
  assert.equal(version.deref(), undefined);
});

test('records that a burst of calls took are given up, and those that live keep theirs', async () => {
  const x = new Fixture();
  const f = x.site('f');
  const g = x.site('g');
  const { context } = x.task();
  const live = x.begin(g, context);
  const burst = Array.from({ length: 50_000 }, () => x.begin(f, context));
  const last = x.begin(g, context);
  for (const run of burst) x.end(run);
  await collect(x);
  assert.ok(x.engine.roster.records.all().length < 1000, `${x.engine.roster.records.all().length}`);
  assert.deepEqual(new Set(x.engine.roster.live(new Set([g]))), new Set([live, last]));
  x.end(live);
  x.end(last);
  for (let n = 0; n < 1000; n++) x.end(x.begin(f, context));
  assert.deepEqual(x.engine.roster.live(), []);
  assert.equal(context.task.live, 0);
});

test('a task that goes on begetting tasks leaves none of them behind', async () => {
  const x = new Fixture();
  const f = x.site('f');
  let context: Context = x.task().context;
  const first = new WeakRef(context.task);
  for (let n = 0; n < 100; n++) {
    // The next is begun while the last one's activation still lives.
    const last = x.begin(f, context);
    const { task } = context;
    context = x.engine.createTask('named', 'tick', context).context;
    x.end(last);
    x.engine.endTask(task);
  }
  await collect(x);
  assert.equal(first.deref(), undefined);
  let depth = 0;
  for (let c = context.task.parent; c !== null; c = c.task.parent) depth++;
  assert.ok(depth <= 2, `${depth}`);
});

test('a branch that goes on opening branches leaves none of them behind', () => {
  const x = new Fixture();
  const f = x.site('f');
  const pin = x.begin(f, x.task().context);
  x.apply(x.patch('p', [f]));
  let last = x.begin(f, x.task().context);
  for (let n = 0; n < 100; n++) {
    // Closed by its opener, held by a call that joined it, under which the next is opened.
    const joined = x.begin(f, last.context);
    x.end(last);
    const next = x.begin(f, joined.context);
    x.end(joined);
    last = next;
  }
  let depth = 0;
  for (let node = last.context.node; node !== null; node = node.parent) depth++;
  assert.ok(depth <= 3, `${depth}`);
  x.end(last, pin);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('tasks whose end nobody reports do not pile up, and hold a transition no longer than it takes to collect them', async () => {
  const x = new Fixture();
  const f = x.site('f', false);
  let left = 0;
  const stays = (): boolean => (left++, false);
  for (let n = 0; n < 100_000; n++) {
    x.task().over = stays;
    if (n % 10_000 === 0) await setImmediate();
  }
  await collect(x);
  x.engine.endSilentTasks();
  x.host.settle();
  assert.ok(left < 40_000, `${left} of 100000 are still listed`);
  x.apply(x.patch('p', [f], { mode: 'request' }));
  assert.equal(x.outcomes.length, 0);
  await collect(x);
  x.host.settle();
  assert.equal(x.outcomes[0]?.result, 'complete');
});
