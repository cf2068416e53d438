/** Tables of numbers, `new Uint8Array([…])`, that functions hand on: what differs in one is changed in place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const source = (last: number): string => `const sizes = new Uint8Array([1, 2, ${last}]);
exports.sizes = sizes;
exports.of = async (until) => { const own = sizes; await until; return [own[2], ${last}]; };
exports.at = (i) => { const own = sizes; return own[i]; };`;

test('once all tasks run the patch, and back', async () => {
  const p = await program({ 'index.js': source(3) }, { 'index.js': source(9) });
  const { sizes, at, of } = p.exports;
  let release = (): void => {};
  const held = of(new Promise<void>((resolve) => void (release = resolve)));
  const applied = p.apply();
  for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
  assert.equal(sizes[2], 3, 'old code reads it still');
  release();
  assert.deepEqual(await held, [3, 3]);
  await applied;
  assert.deepEqual([[...sizes], at(2), p.exports['sizes']], [[1, 2, 9], 9, sizes]);
  await p.revert();
  assert.deepEqual([[...sizes], at(2)], [[1, 2, 3], 3]);
});
