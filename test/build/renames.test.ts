/** Functions and classes that the new version calls by another name: callers hold the old ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

test('an exported function under another inner name', async () => {
  const p = await program(
    { 'index.js': 'function parse$1(x) { return x }\nexports.parse = parse$1' },
    { 'index.js': 'function parseText(x) { return x + 1 }\nexports.parse = parseText; exports.twice = (x) => parseText(parseText(x))' },
  );
  const { parse } = p.exports;
  await p.apply();
  assert.equal(parse(1), 2);
  assert.equal(p.exports['twice'](1), 3);
});

test('an ES module that exports a renamed class', async () => {
  const p = await program(
    { 'index.mjs': 'class Box$1 { get() { return 1 } }\nexport { Box$1 as Box }' },
    { 'index.mjs': 'class Box$2 { get() { return 2 } }\nexport { Box$2 as Box }' },
  );
  const box = new p.exports['Box']();
  await p.apply();
  assert.equal(box.get(), 2);
});

test('an export that becomes another function that was there before is refused', async () => {
  const before = 'const a = (x) => x; const b = (x) => -x; exports.f = a; exports.g = b; exports.h = () => a(1) + b(2)';
  const report = await build({ 'index.js': before }, { 'index.js': before.replace('exports.f = a', 'exports.f = b') });
  assert.deepEqual(
    report.verdicts.map((v) => v.code),
    ['value-replaced'],
  );
});

test('a function that may be a constructor and gives way to a wrapped one is refused', async () => {
  const before = 'exports.f = function () { return this.n }; exports.g = () => 1';
  const report = await build(
    { 'index.js': before },
    { 'index.js': 'exports.f = require("util").deprecate(function () { return 1 }, "no"); exports.g = () => 1' },
  );
  assert.equal(report.patch, null);
  assert.ok(report.verdicts.some((v) => v.code === 'value-replaced'));
});

test('same names are told apart by their text, then by their order', async () => {
  const before = 'exports.all = [() => 1, () => 2, () => 3]';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('() => 2', '() => 20') });
  await p.apply();
  assert.deepEqual(
    p.exports['all'].map((f: () => number) => f()),
    [1, 20, 3],
  );
});

test('who holds an exported function gets what the new version exports, though another goes by its name', async () => {
  const before = `module.exports = parse
function parse(x) { return x.length }
function other(x) { return parse(x) * 2 }
module.exports.other = other`;
  const after = before
    .replace('= parse\n', "= safe\nfunction safe(x) { return typeof x === 'string' ? parse(x) : -1 }\n")
    .replace('return x.length', 'return x.length + 1');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  // oxlint-disable-next-line typescript/no-explicit-any
  const parse = p.exports as any;
  await p.apply();
  assert.deepEqual([parse('abc'), parse(5), parse.other('ab')], [4, -1, 6]);
  await p.revert();
  assert.deepEqual([parse('abc'), parse(5), parse.other('ab')], [3, undefined, 4]);
});

test('a module of Node is the same with the prefix and without', async () => {
  const before =
    "const E = require('events'); const { join } = require('path'); class A extends E { f() { return join('a') } } exports.A = A";
  const after = before.replaceAll("require('", "require('node:").replace("'a'", "'b'");
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.equal(new p.exports['A']().f(), 'b');
  assert.deepEqual(p.codes(), ['function-changed']);
});
