/** A variable that closures share is one variable, however many versions of a loop it has been handed through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureFactory } from '../../src/link/accessor.ts';
import { addHanded, addNew, addOwn, noCells } from '../../src/link/cells.ts';
import type { Cells } from '../../src/link/cells.ts';

const HAND_OVERS = 100_000;

function handedOn(from: Cells, names: readonly string[]): Cells {
  const cells = noCells();
  addHanded(cells, names, from);
  return cells;
}

test('of the frame, of a closure, and new: all reach the same place, without a way through each version', () => {
  let own = 1;
  let captured = 2;
  const first = noCells();
  addOwn(first, ['own='], (_, write, value) => (write ? (own = value as number) : own));
  addHanded(
    first,
    ['captured'],
    captureFactory(['captured='])((_, write, value) => (write ? (captured = value as number) : captured), undefined),
  );
  addNew(first, 'made', 3);
  let last = first;
  for (let i = 0; i < HAND_OVERS; i++) last = handedOn(last, ['own', 'captured', 'made']);
  assert.deepEqual([last['own'], last['captured'], last['made']], [1, 2, 3]);
  for (const name of ['own', 'captured', 'made']) (last[name] as number) += 10;
  assert.deepEqual([own, captured, first['made']], [11, 12, 13]);
  first['made'] = 4;
  assert.equal(last['made'], 4);
});

test('a constant stays one', () => {
  const cells = noCells();
  addOwn(cells, ['fixed'], () => 1);
  const later = handedOn(cells, ['fixed']);
  assert.throws(() => (later['fixed'] = 2), new TypeError('Assignment to constant variable.'));
  const closure = noCells();
  addHanded(
    closure,
    ['fixed'],
    captureFactory(['fixed'])(() => 1, undefined),
  );
  assert.throws(() => (closure['fixed'] = 2), new TypeError('Assignment to constant variable.'));
});
