/** A function of the module that gives way to one of another package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const SOURCE = `function extend(target, ...sources) { for (const s of sources) for (const k in s) target[k] = s[k]; return target }
exports.extend = extend;
exports.join = function (...parts) { return parts.join('|') };
exports.twice = (x) => exports.join(x, x);
`;
const merge =
  'module.exports = function merge(target, ...sources) { return Object.assign(target, ...sources, { merged: arguments.length }) };';
const files = (made = merge): Record<string, string> => ({ 'index.js': SOURCE, 'node_modules/safe-merge/index.js': made });
const after = SOURCE.replace(/^function extend.*\n/, '')
  .replace('exports.extend = extend', "exports.extend = require('safe-merge')")
  .replace(/exports\.join = .*/, "const path = require('node:path');\nexports.join = path.posix.join;");

test('who holds the function calls the other one, and what was there again after a revert', async () => {
  const p = await program(files(), { 'index.js': after });
  assert.deepEqual(p.codes('warning'), ['arguments-seen', 'function-stands-in', 'function-stands-in']);
  const { extend, join, twice } = p.exports;
  await p.apply();
  assert.deepEqual(
    [extend({}, { a: 1 }, { b: 2 }), p.exports['extend']({}), extend.name],
    [{ a: 1, b: 2, merged: 3 }, { merged: 1 }, 'extend'],
  );
  assert.deepEqual([join('a', '..', 'b'), twice('c')], ['b', 'c/c']);
  await p.revert();
  assert.deepEqual([extend({}, { a: 1 }), join('a', 'b'), twice('c')], [{ a: 1 }, 'a|b', 'c|c']);
});

test('a process in which the other package gives no function refuses the patch', async () => {
  const p = await program(files('module.exports = { merge: 1 };'), { 'index.js': after });
  await assert.rejects(p.apply(), { code: 'ERR_LINK' });
  assert.deepEqual(p.exports['extend']({}, { a: 1 }), { a: 1 });
});

test('what may be a constructor, and what goes on under its name, is as ever', async () => {
  const codes = async (before: string, now: string): Promise<readonly string[]> => {
    const report = await build({ 'index.js': before }, { 'index.js': now });
    return report.verdicts.filter(({ verdict }) => verdict === 'refused').map(({ code }) => code);
  };
  const other = "exports.Box = require('node:events').EventEmitter;";
  assert.deepEqual(await codes('exports.Box = function () { this.x = 1 };', other), ['value-replaced']);
  assert.deepEqual(await codes('exports.Box = class {};', other), ['value-replaced']);
  assert.deepEqual(await codes('exports.Box = async function () {};', other), ['value-replaced']);
  assert.deepEqual(
    await codes('function f() {}\nexports.f = f;', "function f() {}\nexports.f = require('node:path').join; exports.g = f;"),
    ['value-replaced'],
  );
});
