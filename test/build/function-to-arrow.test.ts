/** A function that became an arrow function, and goes by the `this` around it: the running one is called with a `this` of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const BEFORE = `class K {
  n = 1;
  make() { const self = this; return function (x) { return self.n + x; }; }
  sum(list) { const self = this; let sum = 0; list.forEach(function (x) { sum += self.n + x; }); return sum; }
}
exports.K = K;
`;
const AFTER = BEFORE.replace('return function (x) { return self.n + x; };', 'return (x) => this.n + x * 10;').replace(
  'function (x) { sum += self.n + x; }',
  '(x) => { sum += this.n + x * 10; }',
);

test('one that is only called while the function around it runs is carried', async () => {
  const p = await program({ 'index.js': BEFORE }, { 'index.js': AFTER });
  const { K } = p.exports;
  await p.apply();
  assert.deepEqual([new K().sum([1, 2]), new K().make()(1)], [32, 11]);
  await p.revert();
  assert.deepEqual([new K().sum([1, 2]), new K().make()(1)], [5, 2]);
});

test('a process in which one is alive refuses the patch', async () => {
  const text = `// held\n${BEFORE}`;
  const p = await program({ 'index.js': text }, { 'index.js': `// held\n${AFTER}` });
  const held = new p.exports['K']().make();
  assert.deepEqual(p.codes('warning'), ['closure-stranded']);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.equal(held(1), 2);
});

test('what needs nothing of it goes on', async () => {
  const before = 'exports.make = (o) => function (x) { return o.n + x; };';
  const p = await program({ 'index.js': before }, { 'index.js': 'exports.make = (o) => (x) => o.n + x * 10;' });
  const held = p.exports['make']({ n: 1 });
  await p.apply();
  assert.equal(held(1), 11);
});

test('the other way round it is refused where the new function goes by its own `this`: the site of an arrow function has none', async () => {
  for (const [was, now] of [
    ['exports.f = () => 1', 'exports.f = function () { return this }'],
    ['exports.o = { f: () => 1 }', 'exports.o = { f() { return this } }'],
    ['exports.o = { f: () => 1 }', 'exports.o = { f: function () { return this } }'],
    ['exports.o = { __proto__: Array.prototype, f: () => 1 }', 'exports.o = { __proto__: Array.prototype, f() { return super.length } }'],
    ['exports.f = (list) => list.map(() => 1)', 'exports.f = (list) => list.map(function () { return this })'],
  ] as const) {
    const { patch, verdicts } = await build({ 'index.js': was }, { 'index.js': now });
    assert.deepEqual([patch, verdicts.find(({ verdict }) => verdict === 'refused')?.code], [null, 'this-out-of-reach'], now);
  }
});
