/** Function expressions that one version of a compiler names and another does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const module = (get: string, limit: number): string => `'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
Object.defineProperty(exports, 'size', { enumerable: true, get: ${get} });
var _size = { size: (x) => x.length };
exports.isLarge = function (x) { return _size.size(x) > ${limit} };
`;

test('a getter that names an export goes on where only its own name came or went', async () => {
  const named = 'function get() { return _size.size; }';
  const bare = 'function () { return _size.size; }';
  for (const [before, after] of [
    [named, bare],
    [bare, named],
  ] as const) {
    const p = await program({ 'index.js': module(before, 3) }, { 'index.js': module(after, 1) });
    assert.deepEqual(p.codes(), ['function-changed']);
    await p.apply();
    assert.equal(p.exports['isLarge']('xx'), true);
    await p.revert();
  }
});

test('one that uses its own name, or has another one, has changed', async () => {
  const uses = ['function get() { get.count = 1; return _size.size; }', 'function () { get.count = 1; return _size.size; }'] as const;
  const another = ['function get() { return _size.size; }', 'function sizeOf() { return _size.size; }'] as const;
  const seen = ["function get() { return eval('get') && _size.size; }", "function () { return eval('get') && _size.size; }"] as const;
  for (const [before, after] of [uses, another, seen]) {
    const { verdicts } = await build({ 'index.js': module(before, 1) }, { 'index.js': module(after, 1) });
    assert.ok(
      verdicts.some(({ code, line }) => line === 3 && /^function-(changed|untouched)$/.test(code)),
      after,
    );
  }
});

test('a name that a function would not have without changes it', async () => {
  const { verdicts } = await build(
    { 'index.js': 'exports.f = function f() { return 1 }; const t = { get: function get() { return 1 } }; exports.t = t;' },
    { 'index.js': 'exports.f = function () { return 1 }; const t = { get: function () { return 1 } }; exports.t = t;' },
  );
  assert.deepEqual(
    verdicts.map(({ code, path }) => [code, path]),
    [['function-changed', 'exports.f']],
  );
});

test('a variable that holds a function of its name is the one that new code names', async () => {
  const old = 'var read = function read(url) { return url };\nmodule.exports = read;\n';
  const now = 'const read = (url) => (url.length > read.MAX ? null : url);\nread.MAX = 3;\nmodule.exports = read;\n';
  const p = await program({ 'index.js': old }, { 'index.js': now });
  const read = p.exports as unknown as (url: string) => unknown;
  assert.equal(read('long'), 'long');
  await p.apply();
  assert.deepEqual([read('long'), read('abc')], [null, 'abc']);
  await p.revert();
  assert.equal(read('long'), 'long');
});

test('a variable that no longer holds the function of its name is not taken for that', async () => {
  // `read` is another function by the time that it runs.
  const old = 'var read = function read(url) { return url };\nexports.read = read;\nread = () => 0;\nread.MAX = 9;\n';
  const now = 'let read = (url) => (url.length > read.MAX ? null : url);\nexports.read = read;\nread = () => 0;\nread.MAX = 3;\n';
  const p = await program({ 'index.js': old }, { 'index.js': now });
  const { read } = p.exports;
  await p.apply();
  assert.deepEqual([read('long'), read('abc')], [null, 'abc']);
  await p.revert();
  assert.equal(read('long'), 'long');
});

const emitter = "const E = require('node:events');";
const once = (declared: string, use: string): string => `${emitter}
exports.make = function () { const e = new E(); e.on('x', function ${declared}() { e.n = 1; ${use} }); return e; };`;

for (const [what, before] of Object.entries({ 'had no name': '', 'did not use its name': 'onX' }))
  test(`a closure that ${what} is not the one that new code calls by it: the patch is for processes without any`, async () => {
    const p = await program({ 'index.js': once(before, '') }, { 'index.js': once('onX', "e.removeListener('x', onX);") });
    assert.deepEqual(p.codes('warning'), ['closure-stranded']);
    await p.apply();
    const made = p.exports['make']();
    made.emit('x');
    assert.equal(made.listenerCount('x'), 0);
    await p.revert();
    p.clean();
    const held = await program(
      { 'index.js': `// ${what}\n${once(before, '')}` },
      { 'index.js': once('onX', "e.removeListener('x', onX);") },
    );
    const left = held.exports['make']();
    await assert.rejects(held.apply(100), { code: 'ERR_LIVE_CLOSURES' });
    assert.equal(left.listenerCount('x'), 1);
    held.clean();
  });

test('a function of the top level that takes itself for what others hold, and is held by no variable, is refused', async () => {
  const text = (own: string, use: string): string => `${emitter} const e = exports.e = new E(); e.on('x', function ${own}() { ${use} });`;
  const { patch, verdicts } = await build({ 'index.js': text('', '') }, { 'index.js': text('onX', "e.removeListener('x', onX)") });
  assert.equal(patch, null);
  assert.ok(verdicts.some(({ code }) => code === 'closure-out-of-reach'));
});

test('a function that newly has a name for itself means the one that others hold, where a variable or the module does', async () => {
  for (const [head, own] of [
    ['const held = exports.held =', 'held'],
    ['const held =', 'held'],
    ['module.exports =', 'module.exports'],
  ] as const) {
    const text = (name: string, by: string, n: number): string =>
      `${head} function ${name}(x) { return [${n}, ${by}.limit, x > 0 ? ${by}(x - 1) : typeof ${by}] };\n${own}.limit = 5;\n${head === 'const held =' ? 'exports.held = held;' : ''}`;
    const p = await program({ 'index.js': `// ${head}\n${text('', own, 1)}` }, { 'index.js': text('self', 'self', 2) });
    const run = (typeof p.exports === 'function' ? p.exports : p.exports['held']) as ((x: number) => unknown) & { limit: number };
    run.limit = 6;
    await p.apply();
    assert.deepEqual(run(1), [2, 6, [2, 6, 'function']]);
    await p.revert();
    assert.deepEqual(run(0), [1, 6, 'function']);
    p.clean();
  }
});
