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

/** A module and one that uses it, as REQUIRE. */
const BUNDLES = {
  esbuild: (
    body: string,
    user: string,
  ): string => `var __commonJS = (cb, mod) => function __require() { return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };
var require_a = __commonJS({ 'a.js'(exports2, module2) { ${renamed(body, 'exports2', 'module2')} } });
var require_b = __commonJS({ 'b.js'(exports3) { ${renamed(user.replaceAll('REQUIRE', 'require_a()'), 'exports3', 'module3')} } });
module.exports = require_b();`,
  minified: (body: string, user: string): string => `var q=(t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports);
var A=q((e,t)=>{${renamed(body, 'e', 't')}});var B=q((r)=>{${renamed(user.replaceAll('REQUIRE', 'A()'), 'r', 'n')}});module.exports=B();`,
  inlined: (body: string, user: string): string => {
    const helper = '((t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports))';
    return `var A=${helper}((e,t)=>{${renamed(body, 'e', 't')}});var B=${helper}((r)=>{${renamed(user.replaceAll('REQUIRE', 'A()'), 'r', 'n')}});module.exports=B();`;
  },
  joined: (
    body: string,
    user: string,
  ): string => `const r={};r.cw=e=>{var t;return()=>{if(e){var s=e;e=0,t={exports:{}},s.call(t.exports,t,t.exports)}return t.exports}};
var A=r.cw((t,e)=>{${renamed(body, 'e', 't')}});var B=r.cw((n,r)=>{${renamed(user.replaceAll('REQUIRE', 'A()'), 'r', 'n')}});module.exports=B();`,
  webpack: (body: string, user: string, more = ''): string => `module.exports = (() => { var __webpack_modules__ = ({ ${more}
1: (module, exports) => { ${body} }, 2: (__unused_webpack_module, exports, __webpack_require__) => { ${user.replaceAll('REQUIRE', '__webpack_require__(1)')} } });
var cache = {}; function __webpack_require__(id) { var m = cache[id]; if (m !== undefined) return m.exports; m = cache[id] = { exports: {} }; __webpack_modules__[id](m, m.exports, __webpack_require__); return m.exports }
return __webpack_require__(2); })();`,
  list: (
    body: string,
    user: string,
  ): string => `module.exports = (function (t) { var c = {}; function load(i) { if (c[i]) return c[i].exports; var m = c[i] = { exports: {} }; t[i].call(m.exports, m, m.exports, load); return m.exports } return load(1) })([
function (t, e) { ${renamed(body, 'e', 't')} }, function (t, e, n) { ${renamed(user.replaceAll('REQUIRE', 'n(0)'), 'e', 't')} }]);`,
  rollup: (body: string, user: string): string => {
    const whole = body.includes('module.exports');
    return `var a${whole ? '' : ' = {}'}; var hasRequiredA; function requireA() { if (hasRequiredA) return a; hasRequiredA = 1; ${renamed(body, 'a', 'a$1').replaceAll('a$1.exports', 'a')}; return a; }
var b = {}; var hasRequiredB; function requireB() { if (hasRequiredB) return b; hasRequiredB = 1; ${renamed(user.replaceAll('REQUIRE', 'requireA()'), 'b', 'b$1')}; return b; }
module.exports = requireB();`;
  },
  'rollup with a function around it': (body: string, user: string): string => {
    const module = (name: string, text: string, given: string): string =>
      `function require${name.toUpperCase()}() { if (hasRequired${name.toUpperCase()}) return ${given}; hasRequired${name.toUpperCase()} = 1;
(function (${given === name ? 'exports' : 'module, exports'}) { ${text} })(${given === name ? name : `${name}, ${given}`}); return ${given}; }`;
    return `var a = { exports: {} }; var hasRequiredA; ${module('a', body, 'a.exports')}
var b = {}; var hasRequiredB; ${module('b', user.replaceAll('REQUIRE', 'requireA()'), 'b')}
module.exports = requireB();`;
  },
};
const renamed = (body: string, exports: string, module: string): string =>
  body.replace(/\b(module|exports)\b(?!:)/g, (name, _, at: number) => (body[at - 1] === '.' ? name : name === 'module' ? module : exports));
/** What esbuild makes of an ES module that somebody asks for as it runs. */
const HOISTED = (
  body: string,
  more: string,
): string => `var __esm = (fn, res) => function __init() { return fn && (res = (0, fn[Object.keys(fn)[0]])(fn = 0)), res };
function f(x) { return x + K + T.a + ${more} }
var K, T, g, C;
var init_k = __esm({ 'k.js'() { "use strict"; ${body} } });
init_k();
module.exports = { f, get K() { return K }, get T() { return T }, get C() { return C }, get g() { return g } };`;

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

test('a module in a bundle that has run gives away what is new, and another value of what it did; it does nothing again', async () => {
  const forms: readonly (readonly [string, string])[] = [
    ['exports.limit = 1', 'exports.limit = 10; exports.more = () => 100'],
    ['module.exports = { limit: 1 }', 'module.exports = { limit: 10, more: () => 100 }'],
    ['const limit = 1; module.exports = { limit }', 'const limit = 10, more = () => 100; module.exports = { limit, more }'],
  ];
  const user = `const { limit, more } = REQUIRE, whole = REQUIRE, twice = whole.limit * 2;
exports.f = () => limit + (more ? more() : 0) + whole.limit + twice; exports.kept = () => [limit, whole.limit, twice];`;
  for (const bundle of Object.values(BUNDLES))
    for (const [before, after] of forms) {
      const p = await program({ 'index.js': bundle(before, user) }, { 'index.js': bundle(after, user) });
      assert.deepEqual([p.exports['f'](), p.exports['kept'](), p.codes('refused')], [4, [1, 1, 2], []]);
      await p.apply();
      assert.deepEqual([p.exports['f'](), p.exports['kept']()], [140, [10, 10, 20]]);
      await p.revert();
      assert.deepEqual([p.exports['f'](), p.exports['kept']()], [4, [1, 1, 2]]);
    }
  const done = [WEBPACK('', 'e.g = (x) => x; console.log(1)'), WEBPACK('', 'e.g = (x) => x; console.log(2)')] as const;
  const report = await build({ 'index.js': done[0] }, { 'index.js': done[1] });
  assert.deepEqual([report.patch, report.verdicts.find(({ verdict }) => verdict === 'refused')?.code], [null, 'statement-changed']);
});

test('what a module in a bundle does as it runs is nothing that its closures lack: what it does more is done for them', async () => {
  const before = 'const own = new Map(); exports.get = (x) => own.get(x) ?? x; exports.put = (x, y) => own.set(x, y);';
  const after = `${before.replace('?? x', '?? exports.other(x)')} exports.other = (x) => x * 2; exports.put.limit = 5;`;
  for (const bundle of Object.values(BUNDLES)) {
    const texts = [before, after].map((body) => bundle(body, 'const a = REQUIRE; exports.a = a'));
    const p = await program({ 'index.js': texts[0]! }, { 'index.js': texts[1]! });
    const { get, put } = p.exports['a'];
    put(1, 7);
    await p.apply();
    assert.deepEqual([get(1), get(2), put.limit, p.codes('warning'), p.codes('refused')], [7, 4, 5, [], []]);
    await p.revert();
    assert.deepEqual([get(2), put.limit], [2, undefined]);
  }
});

test('what a module in a bundle sets of variables around it is its own', async () => {
  const p = await program(
    { 'index.js': HOISTED('K = 1; T = { a: K, b: 2 }; g = (x) => x + K; C = class { m() { return K } }', '0') },
    {
      'index.js': HOISTED(
        'K = 10; T = { a: K, b: 3 }; g = (x) => x * K; C = class { m() { return K * 2 } n() { return K } }; H = (x) => x + 7',
        'H(1)',
      ).replace('C;', 'C, H;'),
    },
  );
  const seen = (): unknown[] => [p.exports['f'](0), p.exports['K'], p.exports['T'], p.exports['g'](3)];
  const held = new p.exports['C']();
  assert.deepEqual([...seen(), held.m()], [2, 1, { a: 1, b: 2 }, 4, 1]);
  await p.apply();
  assert.deepEqual([...seen(), held.m(), held.n()], [28, 10, { a: 10, b: 3 }, 30, 20, 10]);
  await p.revert();
  assert.deepEqual([...seen(), held.m(), held.n], [2, 1, { a: 1, b: 2 }, 4, 1, undefined]);
});

test('a variable that functions set too is state of the module in a bundle: it keeps its value', async () => {
  const more = (text: string): string =>
    text.replace('function f', 'function set(value) { K = value }\nfunction f').replace('{ f,', '{ f, set,');
  const p = await program(
    { 'index.js': more(HOISTED('K = 1; T = { a: 0 }', '0')) },
    { 'index.js': more(HOISTED('K = 2; T = { a: 0 }', '10')) },
  );
  p.exports['set'](5);
  await p.apply();
  assert.deepEqual([p.exports['f'](0), p.codes('warning')], [15, ['live-state']]);
  await p.revert();
  assert.equal(p.exports['f'](0), 5);
});

test('what was made of all that a module in a bundle gives lacks what it gives from now on, and the report says so', async () => {
  const copies: readonly (readonly [user: string, codes: readonly string[]])[] = [
    ['const a = REQUIRE; module.exports = { ...a };', ['computed-at-load']],
    ['module.exports = Object.assign({}, REQUIRE);', ['computed-at-load']],
    ['const a = REQUIRE; exports.all = () => ({ ...a });', []],
  ];
  for (const [user, codes] of copies)
    for (const bundle of [BUNDLES.esbuild, BUNDLES.webpack, BUNDLES.rollup]) {
      const report = await build(
        { 'index.js': bundle('exports.f = () => 1', user) },
        { 'index.js': bundle('exports.f = () => 1; exports.g = () => 2', user) },
      );
      assert.deepEqual(
        report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code }) => code),
        codes,
      );
    }
});

test('a module in a bundle that has yet to run is the new one from its start', async () => {
  const lazily = (text: string): string => text.replace('init_k();', '').replace('{ f,', '{ init_k, f,');
  const p = await program(
    { 'index.js': lazily(HOISTED("K = 'old'; T = { a: K }; g = () => K", '0')) },
    { 'index.js': lazily(HOISTED("K = 'new'; T = { a: K + '!' }; g = () => [K, T.a]", '0')) },
  );
  await p.apply();
  p.exports['init_k']();
  assert.deepEqual(
    [p.exports['f'](1), p.exports['K'], p.exports['T'], p.exports['g']()],
    ['1newnew!0', 'new', { a: 'new!' }, ['new', 'new!']],
  );
  const bundle = (body: string): string =>
    `${ESBUILD(body).replace('var u = require_u();', '')}`.replace('{ f: (x) => u.g(x) + K }', '{ load: require_u }');
  const q = await program(
    { 'index.js': bundle('exports.a = 1; exports.g = () => exports.a') },
    { 'index.js': bundle('exports.a = 2; exports.g = () => [exports.a]; exports.b = 3') },
  );
  await q.apply();
  const { a, b, g } = q.exports['load']();
  assert.deepEqual([a, b, g()], [2, 3, [2]]);
});

test('a module that only the new bundle has is there for the new code, of each patch anew', async () => {
  const user = (more: string): string => `${more} exports.f = () => extra();`;
  const old = user('const extra = () => 0;');
  const to = (n: number): string =>
    BUNDLES.webpack(
      'exports.limit = 1',
      user('const { extra } = __webpack_require__(7);'),
      `7: (e, t, n) => { t.extra = () => [n(8).length + n('http').zero, ++calls]; let calls = ${n} }, 8: (e) => { e.exports = 'twelve' }, http(e) { e.exports = { zero: 0 } },`,
    );
  const p = await program({ 'index.js': BUNDLES.webpack('exports.limit = 1', old) }, { 'index.js': to(0) });
  await p.apply();
  assert.deepEqual([p.exports['f'](), p.exports['f'](), p.codes('refused')], [[6, 1], [6, 2], []]);
  await p.revert();
  assert.equal(p.exports['f'](), 0);
  await p.apply();
  assert.deepEqual(p.exports['f'](), [6, 1]);
});

test('a module in a bundle that waits as it loads has no scope of its own: what it did stays, and is said to', async () => {
  const awaited = (body: string): string => `var __esm = (fn) => () => fn && fn[Object.keys(fn)[0]](fn = 0);
var out = {}; var init_k = __esm({ async 'k.js'() { ${body}; await 0 } }); module.exports = { out, ready: init_k() };`;
  const changes = [
    ['out.v = 1', 'out.v = 2', 'statement-changed'],
    ['out.v = 1', 'out.v = 1; out.w = 2', 'computed-at-load'],
    ['var L = 1; out.limit = L; out.g = () => L', 'var L = 2; out.limit = L; out.g = () => L', 'computed-at-load'],
    [
      'var L = 1, held = { L }, kept = held; out.g = () => kept.L',
      'var L = 2, held = { L }, kept = held; out.g = () => kept.L',
      'capture-kept',
    ],
  ] as const;
  for (const [before, after, code] of changes) {
    const report = await build({ 'index.js': awaited(before) }, { 'index.js': awaited(after) });
    assert.ok(
      report.verdicts.some((row) => row.code === code),
      JSON.stringify(report.verdicts),
    );
  }
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

test('a module in a bundle whose package npm put elsewhere is the same module if most of it is the same', async () => {
  const at = (path: string, ...lines: readonly string[]): string =>
    ESBUILD(`\n${lines.join('\n')}\n`).replace("'u.js'", JSON.stringify(path));
  const [within, beside] = ['node_modules/v/node_modules/u/u.js', 'node_modules/u/u.js'];
  const same = ['var count = 0;', 'var step = 100;', 'exports.more = (x) => x;'];
  const before = at(within, ...same, 'exports.g = (x) => ++count * step + x');
  const p = await program({ 'index.js': before }, { 'index.js': at(beside, ...same, 'exports.g = (x) => ++count * step + x * 2') });
  assert.equal(p.exports['f'](1), 102);
  await p.apply();
  assert.deepEqual([p.exports['f'](1), p.codes()], [203, ['function-changed']]);
  await p.revert();
  const { verdicts } = await build(
    { 'index.js': before },
    { 'index.js': at(beside, 'var all = [];', 'exports.last = () => all.at(-1);', 'exports.g = (x) => all.push(x)') },
  );
  assert.ok(verdicts.every(({ code, path }) => code !== 'function-changed' || !path.endsWith('.g')));
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

test('what the code of a module in a bundle takes from another as it runs is taken anew; of who may have copied it is said', async () => {
  const user = `var copy = {}; exports.version = REQUIRE.version; exports.twice = () => 2 * exports.version; MORE`;
  const bundle = BUNDLES.esbuild;
  const p = await program(
    { 'index.js': bundle('module.exports = { version: 1 }', user.replace('MORE', '')) },
    { 'index.js': bundle('module.exports = { version: 2 }', user.replace('MORE', '')) },
  );
  await p.apply();
  assert.deepEqual([p.exports['version'], p.exports['twice'](), p.codes('warning')], [2, 4, []]);
  await p.revert();
  assert.deepEqual([p.exports['version'], p.exports['twice']()], [1, 2]);
  const copies = user.replace('MORE', 'const all = REQUIRE; copy.all = Object.assign({}, all); exports.copy = copy');
  const report = await build(
    { 'index.js': bundle('module.exports = { version: 1 }', copies) },
    { 'index.js': bundle('module.exports = { version: 2 }', copies) },
  );
  assert.deepEqual(
    report.verdicts.filter(({ verdict }) => verdict !== 'carried').map(({ code, path }) => [code, path]),
    [['computed-at-load', 'version']],
  );
});

test('a module that names another of the things it is given has what the loader of the bundle calls it', async () => {
  const bundle = (params: string, body: string): string => `module.exports = (() => { var e = {
1: (${params}) => { ${body} }, 2: (t, e) => { e.more = (x) => x * 2 }, 3: (t, e, n) => { e.f = (x) => n(1).f(x) } }, c = {};
function r(i) { var m = c[i]; if (m !== undefined) return m.exports; m = c[i] = { exports: {} }; e[i](m, m.exports, r); return m.exports }
return r(3); })();`;
  for (const ran of [true, false]) {
    const p = await program(
      { 'index.js': bundle('t, e', 'e.f = (x) => x') },
      { 'index.js': bundle('t, e, n', 'const { more } = n(2); e.f = (x) => more(x)') },
    );
    if (ran) assert.equal(p.exports['f'](4), 4);
    await p.apply();
    assert.equal(p.exports['f'](4), 8);
    await p.revert();
    // One that ran only then stays what it was made.
    assert.equal(p.exports['f'](4), ran ? 4 : 8);
  }
  const report = await build(
    { 'index.js': ESBUILD('exports.g = (x) => x').replace('(exports, module)', '(exports)') },
    { 'index.js': ESBUILD('exports.g = (x) => module.id') },
  );
  assert.deepEqual(report.verdicts.find(({ verdict }) => verdict === 'refused')?.code, 'wrapper-changed');
});

test('a module in a bundle that old code asks for while the transition lasts gives away what is new as well', async () => {
  const bundle = (exported: string, n: number): string =>
    `${ESBUILD(exported).replace('var u = require_u();', '')}`.replace(
      '{ f: (x) => u.g(x) + K }',
      `{ async load(gate) { await gate; return [${n}, require_u().g()] }, late: () => require_u().more?.() }`,
    );
  const p = await program(
    { 'index.js': bundle('exports.g = () => 1', 1) },
    { 'index.js': bundle('exports.g = () => 2; exports.more = () => 3', 2) },
  );
  let open = (): void => {};
  const pinned = p.exports['load'](new Promise<void>((done) => (open = done)));
  const applied = p.apply();
  for (let turns = 0; turns < 20; turns++) await new Promise((done) => setImmediate(done));
  open();
  assert.deepEqual(await pinned, [1, 1]);
  await applied;
  assert.deepEqual([await p.exports['load'](), p.exports['late']()], [[2, 2], 3]);
});

test('a module of a bundle that only the new one has is loaded where a module that has run asks for it', async () => {
  const more = (text: string): string =>
    text.replace('init_k();', "function twice(x) { return x * N }\nvar N; var init_n = __esm({ 'n.js'() { N = 2 } });\ninit_k();");
  const p = await program(
    { 'index.js': HOISTED('K = 1; T = { a: 1 }', '0') },
    { 'index.js': more(HOISTED('init_n(); K = 1; T = { a: 1 }', 'twice(100)')) },
  );
  await p.apply();
  assert.deepEqual([p.exports['f'](1), p.codes('warning')], [203, ['import-runs']]);
  await p.revert();
  assert.equal(p.exports['f'](1), 3);
});

test('a module of a bundle that another comes to ask for is run, unless it has', async () => {
  for (const ran of [true, false]) {
    const text = (
      asks: string,
      body: string,
    ): string => `var __esm = (fn, res) => function __init() { return fn && (res = (0, fn[Object.keys(fn)[0]])(fn = 0)), res };
exports.runs = 0;
var N; function twice(x) { return x * N }
var init_n = __esm({ 'n.js'() { N = 2; exports.runs++; } });
function use(x) { ${body} }
var init_k = __esm({ 'k.js'() { ${asks} exports.use = use; } });
init_k();
${ran ? 'init_n();' : ''}`;
    const p = await program({ 'index.js': text('', 'return x') }, { 'index.js': text('init_n();', 'return twice(x)') });
    const { use } = p.exports;
    assert.deepEqual([use(4), p.exports['runs']], [4, ran ? 1 : 0]);
    assert.ok(p.codes('warning').includes('import-runs'));
    await p.apply();
    assert.deepEqual([use(4), p.exports['runs']], [8, 1]);
    await p.revert();
    assert.equal(use(4), 4);
    p.clean();
  }
});

test('a variable and the exports that are given one value have the same, new as well', async () => {
  const body = (more: string, text: string): string => `const list = exports.list = []; ${more} let next = 0;
const add = (name) => { const at = next++; list[at] = name; ${text} }; add('a'); add('b'); exports.own = () => list;`;
  const user =
    'const { list, own, more } = REQUIRE; exports.seen = () => [list, list === own(), REQUIRE.list === list, more, REQUIRE.more === more];';
  for (const bundle of Object.values(BUNDLES)) {
    const p = await program(
      { 'index.js': bundle(body('', ''), user) },
      { 'index.js': bundle(body('const more = exports.more = [];', 'more[at] = name + name'), user) },
    );
    const old = [['a', 'b'], true, true, undefined, true];
    assert.deepEqual(p.exports['seen'](), old);
    await p.apply();
    assert.deepEqual(p.exports['seen'](), [['a', 'b'], true, true, ['aa', 'bb'], true]);
    await p.revert();
    assert.deepEqual(p.exports['seen'](), old);
  }
});

test('what a module in a bundle computes from its own exports is computed anew, and that of others with such names is not', async () => {
  const body = (n: number): string => 'exports.limit = ' + n + '; exports.most = exports.limit * 2';
  const user =
    'exports.limit = []; exports.rest = exports.limit.concat(7); const a = REQUIRE; exports.seen = () => [a.most, exports.limit, exports.rest];';
  for (const bundle of Object.values(BUNDLES)) {
    const p = await program({ 'index.js': bundle(body(1), user) }, { 'index.js': bundle(body(5), user) });
    const { limit, rest } = p.exports;
    await p.apply();
    assert.deepEqual(p.exports['seen'](), [10, [], [7]]);
    assert.deepEqual([p.exports['limit'] === limit, p.exports['rest'] === rest], [true, true]);
    await p.revert();
    assert.deepEqual(p.exports['seen'](), [2, [], [7]]);
  }
});

test('a function that reads what another module of the bundle gives away, and ran as the bundle loaded: said', async () => {
  const user =
    'const a = REQUIRE; const make = (f) => f(); const twice = () => a.limit * 2; exports.kept = make(twice); exports.now = twice;';
  const p = await program(
    { 'index.js': BUNDLES.esbuild('exports.limit = 1', user) },
    { 'index.js': BUNDLES.esbuild('exports.limit = 5', user) },
  );
  await p.apply();
  assert.deepEqual([p.exports['kept'], p.exports['now']()], [2, 10]);
  assert.deepEqual(
    p.report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => [code, path]),
    [['computed-at-load', 'exports.kept']],
  );
});

test('what another module in the bundle does not have when the patch is linked is not taken for undefined', async () => {
  const ROLLUP = (gives: string, takes: string, reads: string): string => `var shared = { exports: {} }; var hasRequiredShared;
function requireShared() { if (hasRequiredShared) return shared.exports; hasRequiredShared = 1;
  (function (module, exports) { exports.one = 1; ${gives} })(shared, shared.exports, 0); return shared.exports }
var user; var hasRequiredUser;
function requireUser() { if (hasRequiredUser) return user; hasRequiredUser = 1; const { one${takes} } = requireShared(); user = (x) => x + one${reads}; return user }
module.exports = { f: requireUser() };`;
  const files = [{ 'index.js': ROLLUP('', '', '') }, { 'index.js': ROLLUP('exports.two = 20;', ', two', ' + two') }] as const;
  const p = await program(...files);
  await assert.rejects(p.apply(), { code: 'ERR_LINK' });
  assert.equal(p.exports['f'](1), 2);
});
