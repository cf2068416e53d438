import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Patch, PatchObject } from '../../src/engine/index.ts';
import type { PatchHooks } from '../../src/engine/index.ts';
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
