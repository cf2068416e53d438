/** What new code has in place of caches that closures hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmptiedCaches } from '../../src/link/emptied.ts';

test('it is of the same kind, and empty, and one for each', () => {
  const { of } = new EmptiedCaches();
  for (const cache of [new Map([[1, 1]]), new WeakMap(), { a: 1 }]) {
    const own = of(cache) as object;
    assert.notEqual(own, cache);
    assert.equal(Object.getPrototypeOf(own), Object.getPrototypeOf(cache));
    assert.deepEqual(own instanceof Map ? own.size : Object.keys(own).length, 0);
    assert.equal(of(cache), own);
  }
  assert.equal(Object.getPrototypeOf(of(Object.create(null))), null);
  assert.deepEqual([of(undefined), of(null), of(false)], [undefined, null, false]);
});

test('one of a class keeps the latest', () => {
  class LruMap extends Map<unknown, unknown> {}
  const own = new EmptiedCaches().of(new LruMap([[1, 1]])) as Map<unknown, unknown> &
    Record<string, (key: unknown, value?: unknown) => unknown>;
  assert.equal(own.size, 0);
  for (let i = 0; i < 1000; i++) own.set(i, i);
  own.set(0, 'again');
  assert.equal(own.get(0), 'again');
  own['put']!('last', 1);
  assert.deepEqual([own.size, own.has(0), own['peek']!(1), own['del']!(1), own.has(1)], [1000, false, 1, true, false]);
  own['reset']!(null);
  assert.equal(own.size, 0);
});
