/** What the stress run's checker takes for mixed, and what not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Checker } from '../../scripts/stress/checker.mjs';

type Call = [name: string, version: number, above: number[], begun: number, ended: number];

const world = (versions: Record<string, number>) => ({ versions: new Map(Object.entries(versions)) });
const OLD = world({ outer: 0, inner: 0, other: 0 });

/** Judges one piece of work that lasted through a transition, from 10 to 20, to version 1 of all functions or of those named. */
function judge(calls: Call[], next: Record<string, number> = { outer: 1, inner: 1, other: 1 }, result = 'complete') {
  const checker = new Checker(OLD);
  checker.ended(OLD, world(next), { from: 10, to: 20, result });
  checker.add({ from: 5, to: 25, calls });
  checker.settle(Infinity);
  const { mixed, stale, apart, whole } = checker;
  return { mixed, stale, apart, whole };
}

test('an old call with a new one below it is mixed', () => {
  const calls: Call[] = [
    ['outer', 0, [], 6, 14],
    ['inner', 1, [0], 12, 13],
  ];
  assert.deepEqual(judge(calls), { mixed: 1, stale: 0, apart: 0, whole: 1 });
});

test('however far above it is, and whatever is between', () => {
  const calls: Call[] = [
    ['outer', 1, [], 11, 16],
    ['other', 0, [0], 12, 15],
    ['inner', 0, [1, 0], 13, 14],
  ];
  assert.equal(judge(calls, { outer: 1, inner: 1, other: 0 }).mixed, 1);
});

test('a call that has ended binds nobody', () => {
  const calls: Call[] = [
    ['outer', 0, [], 6, 11],
    ['inner', 1, [], 12, 13],
  ];
  assert.deepEqual(judge(calls), { mixed: 0, stale: 0, apart: 0, whole: 0 });
});

test('a function that does not differ binds nobody', () => {
  const calls: Call[] = [
    ['outer', 0, [], 6, 15],
    ['inner', 0, [0], 7, 8],
    ['inner', 1, [0], 12, 13],
  ];
  assert.equal(judge(calls, { outer: 0, inner: 1, other: 0 }).mixed, 0);
});

test('what lives on in the version that a transition left is mixed', () => {
  assert.equal(judge([['outer', 0, [], 6, 22]]).mixed, 1);
  assert.equal(judge([['outer', 0, [], 6, 22]], undefined, 'reversed').mixed, 0);
  assert.equal(judge([['outer', 1, [], 12, 22]], undefined, 'reversed').mixed, 1);
});

test('calls beside each other may differ, and are counted', () => {
  const calls: Call[] = [
    ['outer', 0, [], 6, 14],
    ['inner', 1, [], 12, 13],
  ];
  assert.deepEqual(judge(calls), { mixed: 0, stale: 0, apart: 1, whole: 0 });
});

test('a version that no world of the time has is stale', () => {
  assert.equal(judge([['inner', 7, [], 12, 13]]).stale, 1);
  assert.equal(judge([['inner', 1, [], 6, 7]]).stale, 1);
  assert.equal(judge([['inner', 0, [], 21, 22]]).stale, 1);
  assert.equal(judge([['inner', 1, [], 12, 13]], undefined, 'reversed').stale, 0, 'a reversed transition was under way');
});
