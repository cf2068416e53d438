/** A property that the old version gives a function twice, and the new one once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const method = (n: number): string => `Box.prototype.next = function next() { return this.n + ${n}; };`;
const module = (...statements: readonly string[]): string =>
  ['function Box(n) { this.n = n; }', ...statements, 'exports.make = (n) => new Box(n);'].join('\n');

for (const [what, old, now] of [
  ['the same twice', [1, 1], 2],
  ['one that is another', [1, 5], 2],
  ['one that is as the first was', [1, 5], 1],
] as const)
  test(`the last of them goes on: ${what}`, async () => {
    const p = await program({ 'index.js': module(...old.map(method)) }, { 'index.js': module(method(now)) });
    const box = p.exports['make'](1);
    assert.equal(box.next(), 1 + old[1]);
    await p.apply();
    assert.deepEqual([box.next(), p.exports['make'](2).next()], [1 + now, 2 + now]);
    await p.revert();
    assert.equal(box.next(), 1 + old[1]);
    assert.deepEqual(p.codes(), ['function-changed']);
  });

test('nothing is to be done where the last of them is the same', async () => {
  for (const first of [1, 2])
    await assert.rejects(build({ 'index.js': module(method(first), method(2)) }, { 'index.js': module(method(2)) }), {
      code: 'ERR_PATCH_EMPTY',
    });
});

test('where something may have taken the first of them, the patch is refused', async () => {
  for (const between of ['Box.prototype.other = Box.prototype.next;', 'Object.freeze(Object.assign({}, Box.prototype));']) {
    const { verdicts } = await build({ 'index.js': module(method(1), between, method(1)) }, { 'index.js': module(method(2), between) });
    assert.ok(
      verdicts.some(({ code }) => code === 'value-replaced'),
      between,
    );
  }
});
