import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchStates, transitionState } from '../../src/engine/index.ts';
import { Fixture } from './fixture.ts';

// The kernel's selftests and the cases its documentation mandates, by their number in the catalogue.

const ON = 'init+ start+ complete+ done+';
const OFF = 'init- start- complete- done-';

test('L1: a function is patched and restored, with the complete log', () => {
  const x = new Fixture();
  const f = x.site('f');
  const a = x.patch('a', [f]);
  x.apply(a);
  assert.equal(x.version(f, undefined), a.functions.get(f));
  assert.equal(x.host.slots.get(f), a.functions.get(f));
  x.revert('a');
  assert.equal(x.host.slots.get(f), 'original');
  assert.equal(x.host.log(), `${ON} ${OFF}`);
  assert.deepEqual(
    x.outcomes.map((o) => o.result),
    ['complete', 'complete'],
  );
  assert.deepEqual(patchStates(x.engine), []);
});

test('L2: patches stack, and each goes alone', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const [a, b] = [x.patch('a', [f]), x.patch('b', [g])];
  x.apply(a);
  assert.equal(x.version(g, undefined), g.original);
  x.apply(b);
  assert.equal(x.version(f, undefined), a.functions.get(f));
  assert.equal(x.version(g, undefined), b.functions.get(g));
  x.revert('b');
  assert.equal(x.version(f, undefined), a.functions.get(f));
  assert.equal(x.version(g, undefined), g.original);
  x.revert('a');
  assert.equal(x.version(f, undefined), f.original);
  assert.equal(x.host.log(), `${ON} ${ON} ${OFF} ${OFF}`);
});

test('L3, C11: an atomic replace takes the place of all patches, without a word from them', () => {
  const x = new Fixture();
  const [f, g, h] = [x.site('f'), x.site('g'), x.site('h')];
  const calls: string[] = [];
  const hooks = (name: string) => ({
    prePatch: () => void calls.push(`${name} pre`),
    postPatch: () => void calls.push(`${name} post`),
    preUnpatch: () => void calls.push(`${name} unpre`),
    postUnpatch: () => void calls.push(`${name} unpost`),
  });
  const [a, b, r] = [
    x.patch('a', [f]),
    x.patch('b', [h], { replace: false, hooks: hooks('b') }),
    x.patch('r', [g], { replace: true, hooks: hooks('r') }),
  ];
  x.apply(a);
  x.apply(b);
  x.apply(r);
  assert.deepEqual(x.engine.patches, [r]);
  assert.equal(x.host.slots.get(f), 'original');
  assert.equal(x.version(g, undefined), r.functions.get(g));
  assert.deepEqual([a.enabled, b.enabled, r.enabled], [false, false, true]);
  const outcome = x.outcomes[2]!;
  assert.deepEqual(outcome.result === 'complete' && [outcome.replaced, outcome.functions], [[a, b], 3]);
  x.revert('r');
  assert.equal(x.host.slots.get(g), 'original');
  assert.equal(x.host.log(), `${ON} ${ON} ${ON} ${OFF}`);
  assert.deepEqual(calls, ['b pre', 'b post', 'r pre', 'r post', 'r unpre', 'r unpost']);
});

test('L5, X10: a module that is loaded late is patched from its first call, by universe if in a transition', () => {
  const x = new Fixture();
  const [f, late, later] = [x.site('f'), x.site('late', false), x.site('later')];
  const old = x.task();
  const live = x.begin(f, old.context);
  const p = x.patch('p', [f]);
  x.apply(p);
  const v = p.add(late);
  x.engine.extend(p, late, v);
  assert.equal(x.host.slots.get(late), 'transition');
  assert.equal(x.version(late, old.context), late.original);
  assert.equal(x.version(late, x.task().context), v);
  x.host.settle();
  x.end(live);
  assert.equal(x.host.slots.get(late), v);
  const w = p.add(later);
  x.engine.extend(p, later, w);
  assert.equal(x.host.slots.get(later), w);
  x.revert('p');
  assert.equal(x.host.slots.get(late), 'original');
  assert.equal(x.host.slots.get(later), 'original');
  assert.throws(() => x.engine.extend(p, later, w), { code: 'ERR_NOT_APPLIED' });
});

test('a late module of a patch that is being replaced goes to the original with the rest', () => {
  const x = new Fixture();
  const [f, late] = [x.site('f'), x.site('late', false)];
  const a = x.patch('a', [f]);
  x.apply(a);
  const old = x.task();
  const live = x.begin(f, old.context);
  x.apply(x.patch('r', [f], { replace: true }));
  const v = a.add(late);
  x.engine.extend(a, late, v);
  assert.equal(x.version(late, old.context), v);
  assert.equal(x.version(late, x.task().context), late.original);
  x.host.settle();
  x.end(live);
  assert.equal(x.host.slots.get(late), 'original');
});

test('C3: a module that goes takes its functions out of every patch', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const p = x.patch('p', [f, g]);
  x.apply(p);
  x.engine.retract(g);
  assert.equal(x.host.slots.get(g), 'original');
  assert.deepEqual([...p.functions.keys()], [f]);
});

test('C1, C6: hooks run in pairs; one that vetoes leaves nothing behind', () => {
  const x = new Fixture();
  const f = x.site('f');
  const calls: string[] = [];
  const note = (name: string) => () => void calls.push(`${name} after ${x.host.log().split(' ').at(-1)}`);
  const p = x.patch('p', [f], {
    hooks: { prePatch: note('pre'), postPatch: note('post'), preUnpatch: note('unpre'), postUnpatch: note('unpost') },
  });
  x.apply(p);
  x.revert('p');
  assert.deepEqual(calls, ['pre after init+', 'post after complete+', 'unpre after init-', 'unpost after complete-']);

  x.host.events.length = 0;
  const error = new Error('ENODEV');
  const veto = x.patch('v', [f], {
    hooks: {
      prePatch: () => {
        throw error;
      },
      postPatch: note('never'),
      postUnpatch: note('never'),
    },
  });
  x.apply(veto);
  assert.deepEqual(x.outcomes.at(-1), { result: 'cancelled', patch: veto, object: null, error });
  assert.equal(x.host.log(), 'init+ cancel- complete- done-');
  assert.equal(calls.length, 4);
  assert.deepEqual(x.engine.patches, []);
  x.apply(x.patch('v', [f]));
  assert.equal(x.outcomes.at(-1)!.result, 'complete');
});

test('a hook past the veto that throws is reported and stops nothing', () => {
  const x = new Fixture();
  const p = x.patch('p', [x.site('f')], {
    hooks: {
      postPatch: () => {
        throw new Error('no');
      },
    },
  });
  x.apply(p);
  assert.equal(x.host.log(), 'init+ start+ complete+ hook-failed(postPatch) done+');
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('C9: a busy target stalls; turned round, it ends at once though the work is still parked', () => {
  const x = new Fixture();
  const work = x.site('work');
  const old = x.task();
  const live = x.begin(work, old.context);
  const calls: string[] = [];
  const p = x.patch('p', [work], {
    hooks: {
      prePatch: () => void calls.push('pre'),
      postPatch: () => void calls.push('post'),
      preUnpatch: () => void calls.push('unpre'),
      postUnpatch: () => void calls.push('unpost'),
    },
  });
  x.apply(p);
  assert.equal(transitionState(x.engine, x.host.now())!.pending, 1);
  assert.deepEqual(
    patchStates(x.engine).map((s) => [s.enabled, s.transition]),
    [[true, true]],
  );
  x.reverse();
  assert.equal(x.host.log(), 'init+ start+ reverse- start- complete- done-');
  assert.equal(x.outcomes[0]!.result, 'reversed');
  assert.deepEqual(calls, ['pre', 'unpost']);
  assert.deepEqual(x.engine.patches, []);
  assert.equal(x.host.slots.get(work), 'original');
  x.end(live);
});

test('X1, X2: while a patch is in transition, nothing else may begin, and nothing is left of the attempt', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  x.apply(x.patch('q', [g]));
  const live = x.begin(f, x.task().context);
  x.apply(x.patch('p', [f]));
  const busy = { code: 'ERR_BUSY', message: /"p"/ };
  assert.throws(() => x.apply(x.patch('r', [g])), busy);
  assert.throws(() => x.revert('q'), busy);
  assert.throws(() => x.revert('p'), busy);
  assert.deepEqual(
    x.engine.patches.map((p) => p.name),
    ['q', 'p'],
  );
  x.end(live);
  x.revert('q');
  assert.equal(x.outcomes.at(-1)!.result, 'complete');
});

test('X1: a transition that has been asked for is as busy as one that has begun', () => {
  const x = new Fixture();
  const f = x.site('f');
  x.engine.apply(x.patch('p', [f]), () => {});
  assert.throws(() => x.engine.apply(x.patch('q', [f]), () => {}), { code: 'ERR_BUSY' });
  assert.equal(x.host.slots.size, 0);
});

test('X3, X4, X15: what is applied, not applied or not in transition is refused', () => {
  const x = new Fixture();
  const f = x.site('f');
  assert.throws(() => x.revert('p'), { code: 'ERR_NOT_APPLIED' });
  assert.throws(() => x.reverse(), { code: 'ERR_NO_TRANSITION' });
  assert.throws(() => x.force(), { code: 'ERR_NO_TRANSITION' });
  x.apply(x.patch('p', [f]));
  assert.throws(() => x.apply(x.patch('p', [f])), { code: 'ERR_ALREADY_APPLIED' });
  x.revert('p');
  assert.throws(() => x.revert('p'), { code: 'ERR_NOT_APPLIED' });
});

test('X5: an unpatching that is turned round ends in post again, without pre', () => {
  const x = new Fixture();
  const f = x.site('f');
  const calls: string[] = [];
  x.apply(
    x.patch('p', [f], {
      hooks: {
        prePatch: () => void calls.push('pre'),
        postPatch: () => void calls.push('post'),
        preUnpatch: () => void calls.push('unpre'),
        postUnpatch: () => void calls.push('unpost'),
      },
    }),
  );
  const live = x.begin(f, x.task().context);
  x.revert('p');
  assert.deepEqual(
    patchStates(x.engine).map((s) => [s.enabled, s.transition]),
    [[false, true]],
  );
  x.reverse();
  assert.equal(x.host.log(), `${ON} init- start- reverse+ start+ complete+ done+`);
  assert.deepEqual(calls, ['pre', 'post', 'unpre', 'post']);
  assert.deepEqual(
    patchStates(x.engine).map((s) => [s.enabled, s.transition]),
    [[true, false]],
  );
  assert.equal(x.outcomes.at(-1)!.result, 'reversed');
  x.end(live);
});

test('X6: turned round twice, a transition goes its first way and still waits for everyone', () => {
  const x = new Fixture();
  const f = x.site('f');
  const old = x.begin(f, x.task().context);
  x.apply(x.patch('p', [f]));
  const young = x.begin(f, x.task().context);
  x.reverse();
  assert.equal(transitionState(x.engine, 0)!.pending, 1);
  assert.deepEqual([transitionState(x.engine, 0)!.direction, transitionState(x.engine, 0)!.reversed], ['unpatching', true]);
  x.reverse();
  assert.deepEqual([transitionState(x.engine, 0)!.direction, transitionState(x.engine, 0)!.reversed], ['patching', false]);
  x.end(young);
  assert.notEqual(transitionState(x.engine, 0), null);
  x.end(old);
  assert.equal(x.outcomes[0]!.result, 'complete');
  assert.equal(x.host.log(), 'init+ start+ reverse- start- reverse+ start+ complete+ done+');
});

test('X7: a task begun in another is of its universe, and then goes its own way', () => {
  const x = new Fixture();
  const f = x.site('f');
  const old = x.task();
  const live = x.begin(f, old.context);
  const p = x.patch('p', [f]);
  x.apply(p);
  const child = x.engine.createTask('named', 'child', old.context);
  assert.equal(x.version(f, child.context), f.original);
  const inChild = x.begin(f, child.context);
  x.end(live);
  assert.equal(x.version(f, old.context), p.functions.get(f));
  assert.equal(x.outcomes.length, 0);
  x.end(inChild);
  assert.equal(x.outcomes[0]!.result, 'complete');
});

test('X8: below the patch in transition is the patch before it, and the original only below that', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const a = x.patch('a', [f]);
  x.apply(a);
  const old = x.task();
  const live = x.begin(f, old.context);
  const b = x.patch('b', [f, g]);
  x.apply(b);
  assert.equal(x.version(f, old.context), a.functions.get(f));
  assert.equal(x.version(g, old.context), g.original);
  assert.equal(x.version(f, x.task().context), b.functions.get(f));
  x.end(live);
});

test('X9: what a replacing patch leaves out goes back to the original in the same transition', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const a = x.patch('a', [f, g]);
  x.apply(a);
  const old = x.task();
  const live = x.begin(f, old.context);
  const r = x.patch('r', [g], { replace: true });
  x.apply(r);
  assert.equal(x.version(f, old.context), a.functions.get(f));
  assert.equal(x.version(f, x.task().context), f.original);
  assert.equal(x.version(g, x.task().context), r.functions.get(g));
  x.end(live);
  assert.equal(x.host.slots.get(f), 'original');
});

test('X9 reversed: the patches that were to be replaced are in force as before', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const a = x.patch('a', [f, g]);
  x.apply(a);
  const live = x.begin(f, x.task().context);
  x.apply(x.patch('r', [g], { replace: true }));
  x.reverse();
  assert.deepEqual(x.engine.patches, [a]);
  assert.equal(a.enabled, true);
  assert.equal(x.host.slots.get(f), a.functions.get(f));
  assert.equal(x.host.slots.get(g), a.functions.get(g));
  x.end(live);
});

test('X15: force ends a stalled transition, taints, and marks what was removed', () => {
  const x = new Fixture();
  const [f, g] = [x.site('f'), x.site('g')];
  const a = x.patch('a', [f, g]);
  x.apply(a);
  const live = x.begin(f, x.task().context);
  const r = x.patch('r', [g], { replace: true });
  x.apply(r);
  x.force();
  const outcome = x.outcomes.at(-1)!;
  assert.deepEqual(outcome.result === 'forced' && [outcome.pending, outcome.replaced], [1, [a]]);
  assert.equal(x.host.log(), `${ON} init+ start+ force+ complete+ done+`);
  assert.deepEqual([x.engine.tainted, a.forced, r.forced], [true, true, false]);
  assert.equal(x.host.slots.get(f), 'original');
  // What still lives of the old code ends without disturbing anything, also in the next transition.
  x.apply(x.patch('s', [f]));
  assert.equal(transitionState(x.engine, 0)!.pending, 1);
  x.end(live);
  assert.equal(x.outcomes.at(-1)!.result, 'complete');
});

test('X15: force is not too late when the transition has ended by itself', () => {
  const x = new Fixture();
  const f = x.site('f');
  const live = x.begin(f, x.task().context);
  x.apply(x.patch('p', [f]));
  x.host.job(live.context, () => x.engine.exit(live));
  x.engine.force();
  x.host.settle();
  assert.equal(x.outcomes[0]!.result, 'complete');
  assert.equal(x.engine.tainted, false);
});

test('X16: patching looks for what is in force below it, not for the original', () => {
  const x = new Fixture();
  const f = x.site('f');
  x.apply(x.patch('a', [f]));
  const live = x.begin(f, x.task().context);
  x.apply(x.patch('b', [f]));
  assert.equal(transitionState(x.engine, 0)!.pending, 1);
  x.end(live);
  const inB = x.begin(f, x.task().context);
  x.revert('b');
  assert.equal(transitionState(x.engine, 0)!.pending, 1);
  x.end(inB);
  assert.deepEqual(
    x.outcomes.map((o) => o.result),
    ['complete', 'complete', 'complete'],
  );
});

test('a patch that others hide goes without waiting for anyone', () => {
  const x = new Fixture();
  const f = x.site('f');
  x.apply(x.patch('a', [f]));
  const b = x.patch('b', [f]);
  x.apply(b);
  const live = x.begin(f, x.task().context);
  x.revert('a');
  const outcome = x.outcomes.at(-1)!;
  assert.equal(outcome.result === 'complete' && outcome.functions, 0);
  assert.equal(x.version(f, undefined), b.functions.get(f));
  x.end(live);
});

test('SY5: the order of the stack closes up when a patch in the middle goes', () => {
  const x = new Fixture();
  for (const name of ['a', 'b', 'c']) x.apply(x.patch(name, [x.site(name)]));
  const order = (): [string, number][] => patchStates(x.engine).map((s) => [s.patch.name, s.stackOrder]);
  assert.deepEqual(order(), [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]);
  x.revert('b');
  assert.deepEqual(order(), [
    ['a', 1],
    ['c', 2],
  ]);
});

test('Y1: tasks that are never without work of the set switch one by one', () => {
  const x = new Fixture();
  const f = x.site('f');
  const tasks = Array.from({ length: 128 }, () => x.task());
  let running = tasks.map((task) => x.begin(f, task.context));
  x.apply(x.patch('p', [f]));
  for (let round = 0; round < 2; round++) {
    // Each task calls again before its last call has ended.
    const next = tasks.map((task) => x.begin(f, task.context));
    x.end(...running);
    running = next;
  }
  assert.equal(x.outcomes[0]?.result, 'complete');
  assert.ok(running.every((a) => a.version.patch !== null));
});
