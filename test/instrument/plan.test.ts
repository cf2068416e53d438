/** What instrumented code will hold: sites, handles, captured variables. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { INSTRUMENTATION, planModule } from '../../src/instrument/plan.ts';
import type { ModulePlan, SitePlan } from '../../src/instrument/plan.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

const plan = (text: string, format: 'commonjs' | 'module' = 'commonjs'): ModulePlan => planModule(analyzeModule(text, format, 'x.js'));
const site = (p: ModulePlan, path: string): SitePlan => p.sites.find((s) => s.fn.path === path)!;
const captures = (s: SitePlan): string[] => s.captures.map((c) => c.name + (c.writable ? '=' : ''));

test('module, wrappers, factories, classes and functions with many closures have handles', () => {
  const many = Array.from({ length: 16 }, (_, i) => `function h${i}(){}`).join('');
  const p = plan(
    `(function(root, factory){ factory(root) })(this, function(root){ class A {} function inner(){} }); function big(){ ${many} class B {} } function small(){}`,
  );
  assert.deepEqual(
    p.handles.map((h) => `${h.kind} ${h.owner.path}`),
    ['module ', 'wrapper <iife>', 'wrapper <anonymous>', 'class <anonymous>/A', 'heavy big'],
  );
  assert.equal(site(p, '<anonymous>/inner').handle.kind, 'wrapper');
  assert.equal(site(p, 'big/h3').handle.kind, 'heavy');
  assert.equal(site(p, 'small').handle.kind, 'module');
});

test('closures count for a handle where each call makes them', () => {
  const kinds = (form: (i: number) => string): string[] =>
    plan(`function big(o) { ${Array.from({ length: 16 }, (_, i) => form(i)).join('\n')} }`).handles.map(({ kind }) => kind);
  assert.deepEqual(
    kinds((i) => `const h${i} = () => ${i};`),
    ['module', 'heavy'],
  );
  assert.deepEqual(
    kinds((i) => `var h${i} = function () {};`),
    ['module', 'heavy'],
  );
  assert.deepEqual(
    kinds((i) => `o.h${i} = function () {};`),
    ['module', 'heavy'],
  );
  assert.deepEqual(
    kinds((i) => `if (o) { const h${i} = () => ${i}; }`),
    ['module'],
  );
  assert.deepEqual(
    kinds((i) => `if (o) o.h${i} = () => ${i};`),
    ['module'],
  );
  assert.deepEqual(
    kinds(() => `use(o, () => 1);`),
    ['module'],
  );
});

test('the factory of a header is a function like others where that may run it again', () => {
  const kinds = (text: string): string[] =>
    plan(text).handles.flatMap(({ kind, owner }) => (/^<(?:anonymous|call)>$/.test(owner.path) ? [kind] : []));
  const umd = (uses: string, call = ''): string =>
    `(function (root, factory) { ${uses} })${call}(this, function (root) { function inner() {} });`;
  for (const uses of [
    'root.lib = factory(root);',
    'new factory(root);',
    'factory.call(root, root);',
    "typeof define === 'function' && define.amd ? define(['root'], factory) : typeof factory === 'function' && factory();",
    'root.define([], factory);',
    '(() => factory(root))();',
    "define(['own'], function (own) { return (root.lib = factory(own)); });",
  ])
    assert.deepEqual(kinds(umd(uses)), ['wrapper'], uses);
  assert.deepEqual(kinds(umd('root.lib = factory(root);').replace('})(this', '}).call(null, this')), ['wrapper']);
  for (const uses of [
    'module.exports = factory;',
    'module.exports = function (other) { return factory(other); };',
    '[1, 2].forEach(factory);',
    'factory.own = factory(root);',
    'root.lib = factory.bind(root);',
    'const { length } = factory;',
    'arguments[1]();',
  ])
    assert.deepEqual(kinds(umd(uses)), [], uses);
  assert.deepEqual(kinds('(function ({ length }) {})(function () { function inner() {} });'), []);
  assert.deepEqual(kinds('(function () {})(function () { function inner() {} });'), []);
});

test('an async function called in place, and one in a loop, are functions like others', () => {
  const p = plan('(async function main(){ await 1; })(); for (;;) (function looped(){})();');
  assert.deepEqual(
    p.sites.map((s) => s.fn.path),
    ['main', 'looped'],
  );
});

test('a nested function names what it captures, then what others captured around it', () => {
  const p = plan(
    'function f(a, b, unused){ let n = 0, mine; const k = 1; g(() => [b, k]); return function inner(c){ n++; return a + c; } }',
  );
  assert.deepEqual(captures(site(p, 'f/inner')), ['n=', 'a', 'b', 'k']);
});

test('a captured name that the function hides is out of its reach', () => {
  const p = plan('function f(a){ g(() => a); return function inner(){ var a; } }');
  assert.deepEqual(captures(site(p, 'f/inner')), []);
});

test('functions that are given away hand on all they are passed, methods and the like what they declare', () => {
  const p = plan(
    'function called(a){} called(1); function kept(a){} register(kept); exports.out = function(a){}; class C { m(){} get g(){ return 1 } } module.exports = { o(a){} }; const table = { t(a){} }; function named(a){} exports.x = named;',
  );
  assert.deepEqual(
    p.sites.map((s) => `${s.fn.path} ${s.forwarding}`),
    [
      'called known',
      'kept rest',
      'exports.out rest',
      'C#constructor rest',
      'C#m declared',
      'C#get g declared',
      'module.exports.o rest',
      'table.t declared',
      'named rest',
    ],
  );
  const alias = plan(
    'var api = exports = module.exports = {}; api.get = function(a){}; api.all.post = function(a){}; api = function(a){}; var other = {}; other.get = function(a){}; (function(api){ api.put = function(a){} })(other);',
  );
  assert.deepEqual(
    alias.sites.map((s) => `${s.fn.path} ${s.forwarding}`),
    ['api.get rest', 'api.all.post rest', 'api declared', 'other.get declared', '<iife>/api.put declared'],
    'so are methods of a name for the exports',
  );
  const returned = plan(
    'function own(){ return (a) => a } own()(1); exports.make = () => { function named(a){} function called(a){} called(1); return named }; exports.arrow = () => (a) => a; exports.all = () => [{ one(a){} }];',
  );
  assert.deepEqual(
    returned.sites.slice(1).map((s) => `${s.fn.path} ${s.forwarding}`),
    [
      'own/<return> rest',
      'exports.make rest',
      'exports.make/named rest',
      'exports.make/called known',
      'exports.arrow rest',
      'exports.arrow/<return> rest',
      'exports.all rest',
      'exports.all/<return>[].one rest',
    ],
    'so are those that a function returns',
  );
});

test('parameters are moved into the body only where nothing can tell', () => {
  const forms = (text: string): string => plan(text).sites[0]!.parameters;
  assert.equal(forms('function f({ a }, b = 1, ...[c]) {}'), 'moved');
  assert.equal(forms('function f(a, b = a) {}'), 'moved');
  assert.equal(forms('function f(a = b, b) {}'), 'kept');
  assert.equal(forms('function f(a = a) {}'), 'kept');
  assert.equal(forms('function f(a = o[a]) {}'), 'kept');
  assert.equal(forms('function f(a = o.a) {}'), 'moved');
  assert.equal(forms('function f(a = class { a() {} }) {}'), 'moved');
  assert.equal(forms('function f(g = () => y) { var y; }'), 'kept');
  assert.equal(forms('function f(a, g = () => a) { var a; }'), 'kept');
  assert.equal(forms('function f({ a }) { eval("a"); }'), 'kept');
  assert.equal(forms('function* f({ a }) {}'), 'kept');
});

test('what cannot be instrumented is named with its reason', () => {
  const p = plan(
    'function f(a){ function a(){} } with (o) { x = function(){} } async function g(){ var h; function h(){} await h } Object.defineProperty(exports, "x", { enumerable: true, get: function(){ return m.x; } });',
  );
  assert.deepEqual(
    p.unpatchable.map((u) => u.fn.path),
    ['f', 'x', 'g', '<defineProperty>.get'].map((path) => p.unpatchable.find((u) => u.fn.path === path)?.fn.path ?? `${path} is missing`),
  );
  assert.ok(p.unpatchable.every((u) => u.reason.length > 10));
});

test('of the callbacks of a list of keys the loader reads those that ask first which key it is', () => {
  const untouched = (text: string): number => plan(text).unpatchable.length;
  const asks = "{ if (k === 'default' || k === '__esModule') return; f(k) }";
  assert.equal(untouched(`Object.keys(m).forEach(function (k) ${asks});`), 1);
  for (const text of [
    `Object.getOwnPropertyNames(m).forEach(function (k) ${asks});`,
    `Object.keys(m).forEach((k) => ${asks});`,
    'Object.keys(m).forEach(function (k) { f(k) });',
    `Object.keys(m.n).forEach(function (k) ${asks});`,
    `Object.keys(m, n).forEach(function (k) ${asks});`,
    `keys(m).forEach(function (k) ${asks});`,
    `list.forEach(function (k) ${asks});`,
    `Object.keys(m).map(function (k) ${asks});`,
    `function g() { Object.keys(m).forEach(function (k) ${asks}) }`,
  ])
    assert.equal(untouched(text), 0, text);
});

test('the same text always gets the same ids', () => {
  const text = 'class A { m(){} } function f(){ return () => 1 }';
  const ids = (p: ModulePlan): string => JSON.stringify([p.ids, p.sites.map((s) => [s.id, s.fn.path]), p.handles.map((h) => h.id)]);
  assert.equal(ids(plan(text)), ids(plan(text)));
});

test('a module in a bundle has a handle, and a site; what may run again has none', () => {
  const bundled = (text: string): string[] => plan(text).handles.flatMap((h) => (h.kind === 'bundled' ? h.owner.path : []));
  const LOADER = 'var c = {}; function r(i) { var m = c[i] = { exports: {} }; T[i](m, m.exports, r); return m.exports }';
  assert.deepEqual(bundled('var __commonJS = f; var a = __commonJS({ "a.js"(exports, module) { exports.x = 1 } })'), ['<__commonJS>.a.js']);
  assert.deepEqual(bundled('var q=(t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports);var a=q((e,t)=>{t.exports=1})').length, 1);
  assert.deepEqual(bundled('var q=(t,e)=>()=>(t&&(e=t(t=0)),e);var a=q(()=>{x=1})').length, 1);
  assert.deepEqual(bundled('var a=((t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports))((e,t)=>{t.exports=1})').length, 1);
  for (const cw of [
    'r.cw = (body) => { var mod; return () => { if (body) { var fn = body; body = 0; mod = { exports: {} }; fn.call(mod.exports, mod, mod.exports); } return mod.exports; }; };',
    'r.cw=e=>{var t;return()=>{if(e){var s=e;e=0,t={exports:{}},s.call(t.exports,t,t.exports)}return t.exports}};',
  ]) {
    assert.equal(bundled(`var r={};${cw}var a=r.cw((e,t)=>{t.x=1})`).length, 1);
    assert.equal(bundled(`var r={};${cw}r.cw=f;var a=r.cw((e,t)=>{t.x=1})`).length, 0);
    assert.equal(bundled(`var r={};${cw}{let r=q;var a=r.cw((e,t)=>{t.x=1})}`).length, 0);
  }
  assert.deepEqual(bundled(`var T = { 1: (t, e) => { e.x = 1 }, 2: (t, e, n) => { n(1) } }; ${LOADER}`).length, 2);
  assert.deepEqual(bundled('var a, hasRequiredA; function requireA() { if (hasRequiredA) return a; hasRequiredA = 1; a = {}; return a }'), [
    'requireA',
  ]);
  const rollup = (inner: string, given: string, more = '') =>
    bundled(
      `var a = { exports: {} }, hasRequiredA; function requireA() { if (hasRequiredA) return a.exports; hasRequiredA = 1; (${inner})(${given}); ${more}return a.exports }`,
    );
  assert.deepEqual(rollup('function (module, exports) { exports.x = 1 }', 'a, a.exports'), ['requireA/<iife>']);
  assert.deepEqual(rollup('function (exports) { exports.x = 1 }', 'a.exports'), ['requireA/<iife>']);
  assert.deepEqual(rollup('function (module, exports) { exports.x = 1 }', 'a, b.exports'), ['requireA']);
  assert.deepEqual(rollup('function (module, exports) { exports.x = 1 }', 'a, a.exports', 'f(); '), ['requireA']);
  assert.deepEqual(rollup('function () { a.exports.x = 1 }', ''), ['requireA']);
  assert.deepEqual(rollup('f', 'a, a.exports'), ['requireA']);
  const others = [
    'var T = { 1: (t, e) => { e.x = 1 } }; run(T)',
    'var __commonJS = f; var a = __commonJS({ async "a.js"(exports, module) { exports.x = 1 } })',
    'const wrap = (f) => () => f(); const a = wrap((e) => { e.exports = 1 })',
    'let made, value; function get() { if (made) return value; made = 1; value = {}; return value }',
    'var a, hasRequiredA; function requireA() { if (hasRequiredA) return a; hasRequiredA = 1; a = {}; return a } function again() { hasRequiredA = 0 }',
  ];
  for (const text of others) assert.deepEqual(bundled(text), []);
  const p = plan('var __commonJS = f; var a = __commonJS({ "a.js"(exports, module) { function g() { return g } class C { m() {} } } })');
  assert.equal(site(p, '<__commonJS>.a.js/g').handle.kind, 'bundled');
  assert.deepEqual(captures(site(p, '<__commonJS>.a.js/g')), []);
  assert.equal(site(p, '<__commonJS>.a.js/C#m').handle.kind, 'class');
  assert.equal(site(p, '<__commonJS>.a.js').handle.kind, 'module');
});

test('nothing is put into asm.js, which V8 takes for that only as it stands', () => {
  const inner = Array.from({ length: 20 }, (_, i) => `function f${i}(x) { x = x | 0; return x | 0; }`).join(' ');
  const asm = `function (stdlib, foreign, heap) { 'use asm'; ${inner} return { f0: f0 }; }`;
  for (const text of [`var api = (${asm})(globalThis);`, `var make = ${asm};`, `exports.make = () => (${asm})(globalThis);`]) {
    const { handles, sites, unpatchable } = plan(text);
    assert.deepEqual(
      [handles.map(({ kind }) => kind), sites.length, unpatchable.length],
      [['module'], text.startsWith('exports') ? 1 : 0, 21],
      text.slice(0, 20),
    );
  }
});

test('the number of the instrumentation goes with what is planned: raise it where this differs', () => {
  const text = `var api = exports = module.exports = {}; api.get = function (a) {}; var other = {}; other.get = (a) => a;
function lib(a) { const own = () => a; return own } module.exports = lib; lib.parse = function (a) {}; lib.deep = { at(a) {} };
class C extends B { constructor(a) { super(a) } static { this.x = 1 } field = 1; get g() { return 1 } m({ a }, b = 1, ...c) {} async n() { await 1 } }
(function (root, factory) { factory(root) })(this, function (root) { function inner() { return arguments } });
register(function (a) {}, [1].map((x) => x)); function* generator(a = 1) { yield a } function known(a) {} known(1); { function inBlock(a) {} } inBlock(1);`;
  const { sites, handles, ids } = plan(text);
  const planned = sites.map((s) => [s.id, s.fn.path, s.handle.id, captures(s), s.forwarding, s.parameters, s.passesThis, s.tracked]);
  const kinds = handles.map((h) => [h.id, h.kind, h.owner.path, h.instance?.id]);
  const digest = createHash('sha256')
    .update(JSON.stringify([planned, kinds, ids]))
    .digest('hex')
    .slice(0, 16);
  assert.deepEqual([INSTRUMENTATION, digest], [18, 'f6b1250c2bfe55f5']);
});
