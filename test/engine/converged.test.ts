/** A patch is converged while no task can be left that runs older code: what may be done to shared data hangs on it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PatchHooks } from '../../src/engine/index.ts';
import { PatchObject } from '../../src/engine/index.ts';
import { Fixture } from './fixture.ts';

test('it is false until the last task has switched, and again before anything of the revert', () => {
  const x = new Fixture();
  const f = x.site('f');
  const p = x.patch('p', [f]);
  const seen: string[] = [];
  const tell = (hook: keyof PatchHooks) => (): void => void seen.push(`${hook} ${p.converged}`);
  p.objects.push(
    new PatchObject('', {
      prePatch: tell('prePatch'),
      postPatch: tell('postPatch'),
      preUnpatch: tell('preUnpatch'),
      postUnpatch: tell('postUnpatch'),
    }),
  );
  const held = x.begin(f, x.task().context);
  x.apply(p);
  assert.equal(p.converged, false);
  x.end(held);
  assert.equal(p.converged, true);
  const holdsNew = x.begin(f, x.task().context);
  x.revert('p');
  assert.equal(p.converged, false);
  x.reverse();
  assert.equal(p.converged, true, 'the revert was turned round');
  x.revert('p');
  x.end(holdsNew);
  assert.equal(p.converged, false);
  assert.deepEqual(seen, [
    'prePatch false',
    'postPatch true',
    'preUnpatch false',
    'postPatch true',
    'preUnpatch false',
    'postUnpatch false',
  ]);
});

test('a patch that is being replaced is not, unless the replacement is turned round', () => {
  const x = new Fixture();
  const f = x.site('f');
  const older = x.patch('older', [f]);
  const beside = x.patch('beside', [x.site('g')]);
  x.apply(older);
  x.apply(beside);
  const held = x.begin(f, x.task().context);
  const newer = x.patch('newer', [f], { replace: true });
  x.apply(newer);
  assert.deepEqual([older.converged, newer.converged], [false, false]);
  x.reverse();
  assert.deepEqual([older.converged, beside.converged, newer.converged], [true, true, false]);
  x.apply(newer);
  x.end(held);
  assert.deepEqual([older.converged, newer.converged], [false, true]);
});

test('a patch that was forced in over live older code never is', () => {
  const x = new Fixture();
  const f = x.site('f');
  const p = x.patch('p', [f]);
  const held = x.begin(f, x.task().context);
  x.apply(p);
  x.force();
  assert.equal(p.converged, false);
  const holdsNew = x.begin(f, x.task().context);
  x.revert('p');
  x.reverse();
  assert.equal(p.converged, false);
  x.end(held, holdsNew);
});
