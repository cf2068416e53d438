/** What a wrapper returns: an object that the code around it keeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const umd = (body: string): string => `(function (root, factory) {
  if (typeof define === 'function' && define.amd) define(['path'], factory);
  else if (typeof module === 'object' && module.exports) module.exports = factory(require('path'));
  else root.lib = factory(root.path);
})(this, function (path) {
  'use strict';
  ${body}
});`;
const before = `var limit = 10, calls = 0;
  function join(a, b) { calls++; return path.join(a, b) }
  function check(n) { return n < limit }
  return { join: join, check: check, limit: limit, limits: { deep: 3 }, count: function () { return calls }, gone: join };`;
const after = `var limit = 20, calls = 0;
  function join(a, b) { calls++; return path.join('/', a, b) }
  function check(n) { return n < limit }
  function safe(a) { calls++; return join(a, '.') }
  return { join: join, check: check, limit: limit, limits: { deep: 3, wide: 4 }, count: function () { return calls }, safe: safe };`;

for (const [kind, wrap] of Object.entries({
  'a UMD factory': umd,
  'a function called in place for a name': (body: string) =>
    `const lib = (function (path) { ${body} })(require('path'));\nmodule.exports = lib;`,
  'a function called in place for the exports': (body: string) => `module.exports = (function (path) { ${body} })(require('path'));`,
}))
  test(`${kind}: who holds the object sees what is new, and its state goes on`, async () => {
    const p = await program({ 'index.js': wrap(before) }, { 'index.js': wrap(after) });
    const lib = p.exports;
    const { join, limits } = lib;
    lib['own'] = 1;
    join('a', 'b');
    await p.apply();
    assert.deepEqual([join('a', 'b'), lib['check'](15), lib['limit'], limits, lib['own']], ['/a/b', true, 20, { deep: 3, wide: 4 }, 1]);
    assert.deepEqual([lib['safe']('x'), lib['count'](), 'gone' in lib], ['/x', 4, false]);
    await p.revert();
    assert.deepEqual([join('a', 'b'), lib['check'](15), lib['limit'], limits, 'safe' in lib], ['a/b', false, 10, { deep: 3 }, false]);
    assert.deepEqual([typeof lib['gone'], lib['count']()], ['function', 5]);
  });

test('one of an ES module', async () => {
  const wrap = (body: string): string => `import path from 'node:path';\nexport const lib = (() => { ${body} })();`;
  const p = await program({ 'index.mjs': wrap(before) }, { 'index.mjs': wrap(after) });
  await p.apply();
  assert.deepEqual([p.exports['lib'].safe('x'), p.exports['lib'].limit], ['/x', 20]);
});

test('a value of it that is another for what it is made from', async () => {
  const wrap = (limit: number): string => umd(`var limit = ${limit}; return { limit: limit, twice: [limit, limit] };`);
  const p = await program({ 'index.js': wrap(1) }, { 'index.js': wrap(2) });
  await p.apply();
  assert.deepEqual(p.exports, { limit: 2, twice: [2, 2] });
});

const refused: Readonly<Record<string, (body: string) => string>> = {
  'a variable that is given another value': (body) =>
    `let lib = (function (path) { ${body} })(require('path')); exports.set = (x) => { lib = x };`,
  'a name that the wrapper has for another thing': (body) =>
    `const limit = (function (path) { ${body} })(require('path')); exports.lib = limit;`,
  'an object that nothing names': (body) => `exports.list = [(function (path) { ${body} })(require('path'))];`,
  'a function that returns in two places': (body) => umd(`if (typeof path.none === 'string') return {}; ${body}`),
};
for (const [what, wrap] of Object.entries(refused))
  test(`${what} is refused`, async () => {
    const report = await build({ 'index.js': wrap(before) }, { 'index.js': wrap(after) });
    assert.equal(report.patch, null);
    assert.ok(report.verdicts.some((v) => v.code === 'statement-changed'));
  });
