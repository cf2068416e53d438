/** Fields that begin otherwise in the new version: those of objects that exist, and of classes, follow or are told of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const HEAD = (v: number): string => `const MAX = ${v}, TABLE = { most: ${v} }, PATTERN = /${v}/;
const all = () => 1, other = () => 2;
const memo = (fn) => fn;
`;
const of = (field: string, name: string, v = 1): string => `${HEAD(v)}class A { ${field} one() { return ${name} } }
exports.A = A;`;

for (const [was, now, v] of [
  ['MAX', 'MAX', 2],
  ['TABLE.most', 'TABLE.most', 2],
  ['[MAX]', '[MAX]', 2],
  ['PATTERN', 'PATTERN', 2],
  ['all', '(x) => x', 1],
  ['all', 'other', 1],
  ['null', '() => 1', 1],
  ['{ n: 1 }', '{ n: 1, up() { return 1 } }', 1],
] as const)
  for (const name of ['held', '#held'])
    test(`${name} = ${now} in place of ${was}: what objects keep is said`, async () => {
      const { verdicts } = await build(
        { 'index.js': of(`${name} = ${was};`, `this.${name}`) },
        { 'index.js': of(`${name} = ${now};`, `this.${name}`, v) },
      );
      assert.ok(verdicts.some(({ code, path }) => /^(?:instances-hold|constructor-changed)$/.test(code) && path === `A ${name}`));
    });

for (const [was, now] of [
  ['(x) => x', '(x) => x + 1'],
  ['{ n: 1, up() { return 1 } }', '{ n: 1, up() { return 2 } }'],
])
  test(`held = ${now} in place of ${was}: its function is the same, with other code`, async () => {
    const { verdicts } = await build({ 'index.js': of(`held = ${was};`, 'this.held') }, { 'index.js': of(`held = ${now};`, 'this.held') });
    assert.ok(verdicts.every(({ verdict }) => verdict === 'carried'));
  });

test('nothing is said where the constructor gives it another value, or nothing reads it', async () => {
  for (const [more, name] of [
    ['constructor() { this.held = 5; }', 'this.held'],
    ['', '0'],
  ] as const) {
    const { verdicts } = await build({ 'index.js': of(`held = MAX; ${more}`, name) }, { 'index.js': of(`held = MAX; ${more}`, name, 2) });
    assert.ok(!verdicts.some(({ code }) => code === 'instances-hold'));
  }
});

for (const [was, now, given] of [
  ['function () { return 1 }', '5', 5],
  ['() => 1', 'all', null],
  ['() => 1', 'memo(() => 3)', null],
] as const)
  for (const [how, wrap] of [
    ['a static field', (value: string) => `static held = ${value};`],
    ['what a static block sets', (value: string) => `static { this.held = ${value}; }`],
  ] as const)
    test(`${how}: ${now} in place of ${was}`, async () => {
      const p = await program({ 'index.js': of(wrap(was), 'A.held') }, { 'index.js': of(wrap(now), 'A.held') });
      const [old, one] = [p.exports['A'].held, new p.exports['A']()];
      assert.ok(p.codes('warning').includes('value-copied'));
      await p.apply();
      if (given === null) assert.equal(String(p.exports['A'].held), now.includes('memo') ? '() => 3' : '() => 1');
      else assert.equal(p.exports['A'].held, given);
      assert.notEqual(p.exports['A'].held, old);
      assert.equal(one.one(), p.exports['A'].held);
      await p.revert();
      assert.equal(p.exports['A'].held, old);
    });
