/** Headers by which one file serves CommonJS, AMD and browsers: what counts is what they lead to in Node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const factory = 'function (core) { function f(x) { return core.one + x }\ncore.f = f; return { f } }';
const amdFirst = `(function (root, factory) {
  if (typeof define === 'function' && define.amd) define(['./core', './a'], factory);
  else if (typeof exports === 'object') module.exports = exports = factory(require('./core'), require('./a'));
  else root.lib = factory(root.core);
})(this, ${factory});`;
const other = (loads: string): string => `(function (global, make) {
  typeof exports === 'object' && typeof module !== 'undefined' && exports && typeof exports.nodeName !== 'string'
    ? (module.exports = exports = make(require('./core')${loads}))
    : typeof define === 'function' && define.amd ? define(['./core'], make) : (global = global || self, global.lib = make(global.core));
})(this, ${factory.replace('one + x', 'one + x * 2')});`;
const files = { 'core.js': 'exports.one = 1', 'a.js': "require('./core').a = true", 'b.js': "require('./core').b = true" };

test('another form of header, and other names of its parameters', async () => {
  const p = await program({ 'index.js': amdFirst, ...files }, { 'index.js': other(", require('./a')") });
  await p.apply();
  assert.equal(p.exports['f'](3), 7);
  assert.deepEqual(p.codes(), ['function-changed']);
});

test('a module that the header only loads is loaded', async () => {
  const p = await program({ 'index.js': amdFirst, ...files }, { 'index.js': other(", require('./a'), require('./b')") });
  assert.equal(p.load('core.js')['b'], undefined);
  await p.apply();
  assert.equal(p.load('core.js')['b'], true);
});

test('a module that is required or imported for what it does', async () => {
  for (const [name, load] of [
    ['index.js', "require('./b.js')"],
    ['index.mjs', "import './b.js'"],
  ] as const) {
    const give = name === 'index.js' ? 'exports.f = ' : 'export const f = ';
    const p = await program(
      { [name]: `${give}() => 1`, 'core.js': files['core.js'], 'b.js': files['b.js'] },
      { [name]: `${load};\n${give}() => 2` },
    );
    await p.apply();
    assert.deepEqual([p.exports['f'](), p.load('core.js')['b']], [2, true]);
  }
});

test('an import under another name is the same one, in functions and in statements', async () => {
  const before = "var native = require('node:os');\nif (native.EOL) { exports.a = () => native.EOL } else { exports.a = null }";
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replaceAll('native', 'nativeImpl').replace('=> nativeImpl.EOL', '=> [nativeImpl.EOL]') },
  );
  await p.apply();
  assert.deepEqual(p.exports['a'](), ['\n']);
  assert.deepEqual(p.codes(), ['function-changed']);
});

test('an import under another name, where a local has the old one', async () => {
  const before = "var a = require('node:os');\nexports.f = () => a.EOL";
  const p = await program(
    { 'index.js': before },
    { 'index.js': "var b = require('node:os');\nexports.f = () => { const a = 1; return [a, b.EOL] }" },
  );
  assert.equal(p.report.patch, null);
  assert.deepEqual(p.codes(), ['name-out-of-reach']);
});
