/** What a `for await` that goes on in another version is given: what it would have been given where it began. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goOn, iterate } from '../../src/link/iteration.ts';

/** The first value that such a loop asks for itself: before it comes the turn in which it finishes what it was handed. */
async function firstOf(iterable: object): Promise<{ readonly value: unknown; readonly done?: boolean }> {
  const begun = iterate(iterable, 'it is not iterable') as ReturnType<typeof iterate> & AsyncIterable<unknown> & Iterable<unknown>;
  if (begun.sync) begun[Symbol.iterator]();
  else begun[Symbol.asyncIterator]();
  const iterator = (goOn(begun) as unknown as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  assert.deepEqual(await iterator.next(), { value: undefined, done: false });
  return await iterator.next();
}

test('a promise that an async iterator gives is the value itself; one in a list is waited for', async () => {
  const given = Promise.resolve('waited for');
  const source = { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: given, done: false }) }) };
  assert.equal((await firstOf(source)).value, given);
  assert.deepEqual(await firstOf([given]), { value: 'waited for', done: false });
});

test('the end of a list is the end of the loop', async () => {
  assert.deepEqual(await firstOf([]), { value: undefined, done: true });
});
