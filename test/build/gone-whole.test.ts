/** What a CommonJS module gave away as a whole, and the new version does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function said(before: string, after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': `${after}\nexports.more = 1;` });
  return verdicts.filter(({ code }) => code.startsWith('value-')).map(({ verdict, code }) => `${verdict} ${code}`);
}

const defined = (value: number): string =>
  `const f = () => ${value}; Object.defineProperty(module.exports, 'x', { get: function () { return f(); } }); module.exports.f = f;`;

const CASES: readonly (readonly [before: string, after: string, says: readonly string[]])[] = [
  ['module.exports = () => 1;', 'exports.f = () => 2;', ['refused value-replaced']],
  ['module.exports = class K {};', 'exports.K = class K {};', ['refused value-replaced']],
  ['function f() { return 1; } module.exports = f;', 'function f() { return 2; } exports.f = f;', ['refused value-replaced']],
  ['const f = module.exports = () => 1;', 'const f = () => 1; exports.f = f;', ['refused value-replaced']],
  ['module.exports = 5;', 'exports.five = 5;', ['refused value-replaced']],
  ['module.exports = new Map();', 'exports.map = new Map();', ['refused value-replaced']],
  ['module.exports = Object.freeze({ a: 1 });', 'exports.a = 1;', ['warning value-copied']],
  ['module.exports = { a: 1 };', 'exports.a = 1;', []],
  ['const api = { a: 1 }; module.exports = api;', 'exports.a = 1;', []],
  ['module.exports = exports; exports.a = 1;', 'exports.a = 1;', []],
  [defined(1), defined(2), []],
  ['module.exports = () => 1;', '(function (f) { if (typeof module === "object") module.exports = f; })(() => 1);', []],
];
for (const [before, after, says] of CASES)
  test(`${before} becomes ${after}`, async () => {
    assert.deepEqual(
      (await said(before, after)).filter((one) => !/statement/.test(one)),
      says,
    );
  });
