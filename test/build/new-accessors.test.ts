/** Accessors that a table, what a module gives away or a prototype that is written out gains; and members that become one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Exports } from './harness.ts';

const CASES: readonly (readonly [what: string, before: string, after: string, of: (lib: Exports) => Record<string, unknown>])[] = [
  ['a table', 'const T = { a: 1 }; exports.T = T;', 'const T = { a: 1, get b() { return this.a + 1; } }; exports.T = T;', ({ T }) => T],
  ['the exports', 'module.exports = { a: 1 };', 'module.exports = { a: 1, get b() { return this.a + 1; } };', (lib) => lib],
  [
    'a prototype',
    'function K() {} K.prototype = { a: 1, m() {} }; exports.K = K;',
    'function K() {} K.prototype = { a: 1, m() {}, get b() { return this.a + 1; } }; exports.K = K;',
    ({ K }) => new K(),
  ],
];
for (const [what, before, after, of] of CASES)
  test(`${what} has a new one`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const held = of(p.exports);
    await p.apply();
    assert.deepEqual([held['b'], of(p.exports)['b'], held['a']], [2, 2, 1]);
    await p.revert();
    assert.deepEqual(['b' in held, held['a']], [false, 1]);
  });

test('one that is frozen is refused', async () => {
  const before = 'const T = { a: 1 }; exports.T = T;';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('a: 1', 'a: 1, get b() { return 2; }') });
  Object.freeze(p.exports['T']);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_DATA' });
});

test('a method that becomes an accessor, and the reverse', async () => {
  const pairs = [
    ['x() { return 1; }', 'get x() { return 1; }'],
    ['static x() { return 1; }', 'static set x(v) { this.v = v; }'],
    ['x() { return 1; }', 'static get x() { return 1; }'],
    ['#x() { return 1; } of() { return this.#x(); }', 'get #x() { return 1; } of() { return this.#x; }'],
  ] as const;
  const refused = async (before: string, after: string): Promise<boolean> => {
    const text = (members: string): string => `class K { ${members} } exports.K = K;`;
    const { verdicts } = await build({ 'index.js': text(before) }, { 'index.js': `${text(after)} exports.more = 1;` });
    return verdicts.some(({ code }) => code === 'class-changed');
  };
  assert.deepEqual(await Promise.all(pairs.map(([a, b]) => refused(a, b))), [true, true, false, false]);
  assert.deepEqual(await Promise.all(pairs.map(([a, b]) => refused(b, a))), [true, true, false, false]);
});
