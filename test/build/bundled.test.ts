/** Modules within a bundle: what their functions do is carried, and what they did as they ran is not done again, and said so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const WEBPACK = (first: string, second: string): string => `module.exports = (() => {
  var modules = {
    1: (module, exports, __webpack_require__) => { const u = __webpack_require__(2); exports.f = (x) => u.g(x)${first} },
    2: (t, e) => { ${second} },
  };
  var cache = {};
  function load(id) { var m = cache[id]; if (m !== undefined) return m.exports; m = cache[id] = { exports: {} }; modules[id](m, m.exports, load); return m.exports }
  return load(1);
})();`;
const ESBUILD = (
  body: string,
): string => `var __commonJS = (cb, mod) => function __require() { return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };
var __esm = (fn, res) => function __init() { return fn && (res = (0, fn[Object.keys(fn)[0]])(fn = 0)), res };
var K; var init_k = __esm({ 'k.js'() { K = 1 } }); init_k();
var require_u = __commonJS({ 'u.js'(exports, module) { ${body} } });
var u = require_u(); module.exports = { f: (x) => u.g(x) + K }`;

test('functions of the modules in a bundle', async () => {
  const p = await program({ 'index.js': WEBPACK('', 'e.g = (x) => x + 1') }, { 'index.js': WEBPACK(' + 100', 'e.g = (x) => x + 10') });
  await p.apply();
  assert.equal(p.exports['f'](1), 111);
  await p.revert();
  assert.equal(p.exports['f'](1), 2);
  const q = await program(
    { 'index.js': ESBUILD('module.exports = { g: (x) => x }') },
    { 'index.js': ESBUILD('module.exports = { g: (x) => x * 2 }') },
  );
  await q.apply();
  assert.deepEqual([q.exports['f'](5), q.codes('warning')], [11, []]);
});

test('a module in a bundle that has run does not do what is new, and gives away no more than it did', async () => {
  const more = await build(
    { 'index.js': WEBPACK('', 'e.g = (x) => x + 1') },
    { 'index.js': WEBPACK('', 'e.g = (x) => x + 2; e.h = () => 1') },
  );
  assert.deepEqual(more.verdicts.find(({ verdict }) => verdict === 'warning')?.code, 'computed-at-load');
  const changes = [
    [ESBUILD('module.exports = { g: (x) => x }'), ESBUILD('module.exports = { g: (x) => x, h: 1 }')],
    [ESBUILD('module.exports = { g: (x) => x }'), ESBUILD('module.exports = { g: (x) => x }').replace('K = 1', 'K = 2')],
    [WEBPACK('', 'e.g = (x) => x; e.v = 1'), WEBPACK('', 'e.g = (x) => x; e.v = 2')],
  ] as const;
  for (const [before, after] of changes) {
    const report = await build({ 'index.js': before }, { 'index.js': after });
    assert.deepEqual([report.patch, report.verdicts.find(({ verdict }) => verdict === 'refused')?.code], [null, 'statement-changed']);
  }
});

test('a module in a bundle gives away the old value of a variable that changed: said, though its statement did not change', async () => {
  const body = (n: number): string => `var LIMIT = ${n}; var table = { limit: LIMIT }; var other = { a: 1 };
exports.g = (x) => x + LIMIT; exports.limit = LIMIT; exports.table = table; exports.other = other;`;
  const p = await program({ 'index.js': ESBUILD(body(1)) }, { 'index.js': ESBUILD(body(2)) });
  await p.apply();
  assert.equal(p.exports['f'](1), 4);
  const warned = p.report.verdicts.filter(({ code }) => code === 'computed-at-load');
  assert.deepEqual([warned.map(({ path }) => path), p.codes('refused')], [['exports.limit', 'exports.table'], []]);
});

test('functions of a module in a bundle read what is computed from a variable that changed; of an object that others hold it is said', async () => {
  const body = (n: number): string => `var LIMIT = ${n}; var LIST = [LIMIT, LIMIT * 10]; var held = { limit: LIMIT }; var kept = held;
exports.g = (x) => x + LIMIT + LIST[1]; exports.h = () => held.limit + kept.limit;`;
  const p = await program({ 'index.js': ESBUILD(body(1)) }, { 'index.js': ESBUILD(body(2)) });
  await p.apply();
  assert.equal(p.exports['f'](1), 1 + 2 + 20 + 1);
  const warned = p.report.verdicts.filter(({ code }) => code === 'computed-at-load');
  assert.deepEqual(warned.map(({ path }) => path).toSorted(), ['held', 'kept']);
  await p.revert();
  assert.equal(p.exports['f'](1), 1 + 1 + 10 + 1);
});

test('a module in a bundle whose package moved with its version is the same module', async () => {
  const body = (n: number): string => `var count = 0; exports.g = (x) => ++count * 100 + x * ${n}`;
  const at = (text: string, path: string): string => text.replace("'u.js'", JSON.stringify(path));
  const paths = [
    ['node_modules/.pnpm/u@1.0.0_v@2.0.0/node_modules/u/u.js', 'node_modules/.pnpm/u@1.0.1_v@2.1.0/node_modules/u/u.js'],
    ['../.yarn/cache/u-npm-1.0.0-8b1c2d.zip/node_modules/u/u.js', '../.yarn/cache/u-npm-1.0.1-77aa01.zip/node_modules/u/u.js'],
  ] as const;
  for (const [from, to] of paths) {
    const p = await program({ 'index.js': at(ESBUILD(body(1)), from) }, { 'index.js': at(ESBUILD(body(2)), to) });
    assert.equal(p.exports['f'](1), 102);
    await p.apply();
    assert.deepEqual([p.exports['f'](1), p.codes()], [203, ['function-changed']]);
    await p.revert();
    assert.equal(p.exports['f'](1), 302);
  }
});

test('a module in a bundle that stands at another path is another one: said, since others hold what the old one gave them', async () => {
  const body = 'var seen = 0; exports.g = (x) => ++seen * 100 + x';
  const from = ESBUILD(body).replace('module.exports =', 'var again = require_u(); module.exports =');
  const p = await program({ 'index.js': from }, { 'index.js': from.replace("'u.js'", "'lib/u.js'").replace('u.g(x)', 'require_u().g(x)') });
  assert.equal(p.exports['f'](1), 102);
  await p.apply();
  assert.deepEqual([p.exports['f'](1), p.exports['f'](1)], [102, 202]);
  const warned = p.report.verdicts.filter(({ code }) => code === 'value-copied');
  assert.deepEqual(
    warned.map(({ path }) => path),
    ['require_u'],
  );
  await p.revert();
  assert.equal(p.exports['f'](1), 202);
});

test('methods and handlers that change what they are given are no modules of a bundle', async () => {
  const source = (n: number): string => `const steps = [function (request, response) { response.code = ${n} }];
exports.table = {
  compile(program, options) { options.known = ${n}; return options },
  'content-type': (request, response) => { response.type = ${n}; return response },
  load(module) { module.version = ${n}; return module },
};
exports.run = (response) => { for (const step of steps) step({}, response); return response };`;
  const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
  await p.apply();
  const { table, run } = p.exports;
  assert.deepEqual(
    [table.compile({}, {}), table['content-type']({}, {}), table.load({}), run({})],
    [{ known: 2 }, { type: 2 }, { version: 2 }, { code: 2 }],
  );
});
