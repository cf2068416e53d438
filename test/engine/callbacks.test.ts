import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Patch, PatchObject } from '../../src/engine/index.ts';
import type { MakerHooks, PatchHooks } from '../../src/engine/index.ts';
import { Fixture } from './fixture.ts';

const nothing: PatchHooks = { prePatch() {}, postPatch() {}, preUnpatch() {}, postUnpatch() {} };
const veto: PatchHooks = {
  ...nothing,
  prePatch() {
    throw new Error('no');
  },
};

function patch(x: Fixture, name: string, ...objects: PatchObject[]): Patch {
  const made = x.patch(name, [x.site('f')]);
  made.objects.push(...objects);
  return made;
}

test('objects run their callbacks in one order in all four phases', () => {
  const x = new Fixture();
  x.apply(patch(x, 'p', new PatchObject('', nothing), new PatchObject('m', nothing)));
  x.revert('p');
  assert.equal(
    x.host.log(),
    'init+ prePatch() prePatch(m) start+ complete+ postPatch() postPatch(m) done+ ' +
      'init- preUnpatch() preUnpatch(m) start- complete- postUnpatch() postUnpatch(m) done-',
  );
});

test('after a veto the objects before it undo, and no other', () => {
  const x = new Fixture();
  const p = patch(
    x,
    'p',
    new PatchObject('a', nothing),
    new PatchObject('b', {}),
    new PatchObject('c', veto),
    new PatchObject('d', nothing),
  );
  x.apply(p);
  assert.equal(x.host.log(), 'init+ prePatch(a) prePatch(c) hook-failed(prePatch) cancel- complete- postUnpatch(a) done-');
  const outcome = x.outcomes[0]!;
  assert.equal(outcome.result === 'cancelled' && outcome.object, 'c');
});

test('what the maker of the patch put in place goes last, also after a veto', () => {
  const x = new Fixture();
  const seen: string[] = [];
  const hooks: PatchHooks = {
    prePatch: () => void seen.push('put'),
    postUnpatch: () => void seen.push('taken'),
  };
  const p = new Patch('p', { hooks });
  p.objects.push(
    new PatchObject('', {
      prePatch() {
        seen.push('veto');
        throw new Error('no');
      },
    }),
  );
  x.apply(p);
  assert.deepEqual(seen, ['put', 'veto', 'taken']);
});

for (const isLive of [true, false])
  test(`what is not admitted once ${isLive ? 'the older code has ended' : 'it is pinned that nothing lives'} is turned round, and not asked again on the way out`, () => {
    const x = new Fixture();
    const f = x.site('f');
    const live = isLive ? x.begin(f, x.task().context) : null;
    const asked: number[] = [];
    const p = x.patch('p', [f], { hooks: { admits: () => (asked.push(1) > 1 ? 'yes' : 'no') } });
    p.objects.push(new PatchObject('m', nothing));
    x.apply(p);
    if (live) {
      assert.deepEqual(asked, [], 'older code goes on');
      x.end(live);
    }
    assert.equal(x.host.log(), `init+ prePatch(m) start+ reverse- start- complete- postUnpatch(m) done-`);
    assert.deepEqual([x.outcomes.map(({ result }) => result), x.engine.patches, asked.length], [['reversed'], [], 1]);
    const again = x.patch('again', [f], { hooks: { admits: () => (asked.push(1) > 1 ? 'yes' : 'no') } });
    x.apply(again);
    x.revert('again');
    assert.deepEqual([x.outcomes.map(({ result }) => result), asked.length], [['reversed', 'complete', 'complete'], 2]);
  });

for (const isTurned of [false, true])
  test(`what is put off goes on until it is asked again${isTurned ? ', or is turned round' : ''}`, () => {
    const x = new Fixture();
    const f = x.site('f');
    const answers = ['later', 'later', 'yes'] as const;
    let asked = 0;
    const p = x.patch('p', [f], { hooks: { admits: () => answers[asked++]! } });
    x.apply(p);
    assert.deepEqual([asked, x.outcomes], [1, []]);
    // All that begins runs the patch.
    const live = x.begin(f, x.task().context);
    assert.equal(live.version.patch, p);
    x.end(live);
    x.engine.checkAgain();
    x.host.settle();
    assert.deepEqual([asked, x.outcomes], [2, []]);
    if (isTurned) x.reverse();
    else x.engine.checkAgain();
    x.host.settle();
    assert.deepEqual([x.outcomes.map(({ result }) => result), asked], isTurned ? [['reversed'], 2] : [['complete'], 3]);
    x.engine.checkAgain();
    x.host.settle();
    assert.equal(x.outcomes.length, 1);
  });

test('a module that comes while the patch is in transition gets its post when that is complete', () => {
  const x = new Fixture();
  const f = x.site('f');
  const live = x.begin(f, x.task().context);
  const p = x.patch('p', [f]);
  x.apply(p);
  const late = new PatchObject('late', nothing);
  x.engine.arrive(p, late, []);
  x.end(live);
  x.engine.depart(p, late, []);
  assert.equal(
    x.host.log(),
    'init+ start+ apply(late) prePatch(late,coming) complete+ postPatch(late) done+ preUnpatch(late,going) revert(late) postUnpatch(late,going)',
  );
});

test('a module that is refused leaves nothing', () => {
  const x = new Fixture();
  const p = patch(x, 'p');
  x.apply(p);
  const late = x.site('late', false);
  assert.throws(() => x.engine.arrive(p, new PatchObject('m', veto), [[late, p.add(x.site('other'))]]), /no/);
  assert.deepEqual([p.objects, p.functions.has(late)], [[], false]);
});

test('what a patch has to do before it goes is done a part in each turn, and nothing older is reached before', () => {
  const x = new Fixture();
  const seen: string[] = [];
  const f = x.site('f', false);
  const now = (): string => (x.version(f, undefined).patch === null ? 'old' : 'new');
  const parts = { leaving: 3, left: 2 };
  const part = (hook: 'leaving' | 'left'): boolean => {
    seen.push(`${hook}: ${x.host.slots.get(f) === p.functions.get(f) ? 'new' : 'old'}`);
    return --parts[hook] > 0;
  };
  const hooks: MakerHooks = { leaving: () => part('leaving'), left: () => part('left') };
  const p = x.patch('p', [f], { replace: false, hooks });
  x.apply(p);
  assert.equal(now(), 'new');
  x.revert('p');
  assert.deepEqual(seen, ['leaving: new', 'leaving: new', 'leaving: new', 'left: old', 'left: old']);
  assert.equal(x.host.log(), 'init+ start+ complete+ done+ init- start- complete- done-');
  assert.deepEqual(
    x.outcomes.map(({ result }) => result),
    ['complete', 'complete'],
  );
});

test('until a patch has gone no other may come, and the transition that took it out cannot be turned round', () => {
  const x = new Fixture();
  const f = x.site('f');
  let more = true;
  const p = x.patch('p', [f], { replace: false, hooks: { left: () => more } });
  x.apply(p);
  x.engine.revert('p', (outcome) => x.outcomes.push(outcome));
  x.host.rest();
  assert.equal(x.version(f, undefined), f.original);
  assert.deepEqual([x.engine.transitioning, x.engine.inTransition, x.outcomes.length], [false, p, 1]);
  assert.throws(() => x.engine.apply(x.patch('q', [f]), () => {}), { code: 'ERR_BUSY' });
  assert.throws(() => x.engine.reverse(), { code: 'ERR_NO_TRANSITION' });
  more = false;
  x.host.settle();
  assert.deepEqual([x.engine.inTransition, x.outcomes.length], [null, 2]);
});

test('a reversal waits until the patch is ready to go, and then leaves it in force', () => {
  const x = new Fixture();
  const f = x.site('f');
  const task = x.task();
  let parts = 3;
  const p = x.patch('p', [f], { replace: false, hooks: { leaving: () => --parts > 0 } });
  x.apply(p);
  const live = x.begin(f, task.context);
  x.engine.revert('p', (outcome) => x.outcomes.push(outcome));
  x.host.rest();
  x.engine.reverse();
  x.host.settle();
  assert.equal(parts, 0);
  assert.deepEqual(x.outcomes.at(-1)?.result, 'reversed');
  assert.deepEqual([p.converged, x.version(f, undefined).patch], [true, p]);
  x.end(live);
});

test('a part that throws is reported, and the patch goes all the same', () => {
  const x = new Fixture();
  const fail = (): boolean => {
    throw new Error('no');
  };
  x.apply(x.patch('p', [x.site('f')], { replace: false, hooks: { leaving: fail, left: fail } }));
  x.revert('p');
  assert.equal(x.host.log(), 'init+ start+ complete+ done+ init- hook-failed(preUnpatch) start- complete- hook-failed(postUnpatch) done-');
});
