/** Closures that exist when the patch is applied: what they captured stays theirs, and is read and written in place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alike } from '../../src/build/match/likeness.ts';
import { decodePatch } from '../../src/patch/format.ts';
import { build, patched, program } from './harness.ts';

test('captured variables are read, written, called and taken apart in place', async () => {
  const before = `'use strict'
exports.make = function (n) {
  let count = 0
  let last
  const tag = (s) => s.raw[0] + (typeof this)
  function help(x) { return this === undefined ? x : 'bad this' }
  return {
    step() { count++; last = n; n = n; return [help(1), tag\`a\`, last] },
    peek: () => [count, n, last],
  }
}`;
  const after = before.replace(
    'count++; last = n; n = n; return [help(1), tag`a`, last]',
    `count += 10
      help(1)
      ;[count, n] = [count + 1, n * 2]
      const { a = n, count: c } = { count }
      for (last of [n]) ;
      if (n) help(2); else help(3)
      ;({ count = 5, last } = { last })
      return [count, n, a, c, help(3), tag\`x\`, typeof count, { count }, help?.(4)]`,
  );
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const a = p.exports['make'](3);
  const b = p.exports['make'](4);
  a.step();
  await p.apply();
  assert.deepEqual(a.step(), [5, 6, 6, 12, 3, 'xobject', 'number', { count: 5 }, 4]);
  assert.deepEqual(a.peek(), [5, 6, 6]);
  assert.deepEqual(b.peek(), [0, 4, undefined]);
  await p.revert();
  a.step();
  assert.deepEqual(a.peek(), [6, 6, 6]);
});

test('a name that the running module hides is reached past it', async () => {
  const before = "const x = 'outer'; exports.f = (function () { const x = 'inner'; return function () { return x } })()";
  const after = "const x = 'outer'; exports.f = (function () { return function () { return x } })()";
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.equal(p.exports['f'](), 'outer');
});

test('a global that the running module hides is reached past it', async () => {
  const before = 'const isNaN = () => "mine"; exports.f = () => isNaN(1)';
  const p = await program({ 'index.js': before }, { 'index.js': 'exports.f = () => isNaN("x")' });
  await p.apply();
  assert.equal(p.exports['f'](), true);
});

test('a global that nobody may have declared is asked for as the program goes by it', async () => {
  const before = 'const limits = { a: 1 }; exports.f = () => limits.a; exports.type = () => 0; exports.set = () => 0;';
  const after = 'exports.f = () => limits.a; exports.type = () => typeof limits; exports.set = (value) => { limits = value };';
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.throws(() => p.exports['f'](), ReferenceError);
  assert.equal(p.exports['type'](), 'undefined');
  p.exports['set']({ a: 2 });
  assert.deepEqual([p.exports['f'](), p.exports['type'](), Reflect.get(globalThis, 'limits')], [2, 'object', { a: 2 }]);
  Reflect.deleteProperty(globalThis, 'limits');
  await p.revert();
  assert.equal(p.exports['f'](), 1);
});

test('a variable of the module that becomes a global one is set, and new code goes by that', async () => {
  const source = (declared: string, n: number): string =>
    `exports.n = 1; ${declared}aliasOfLib = exports; exports.f = () => [aliasOfLib.n, ${n}];`;
  const p = await program({ 'index.js': source('var ', 1) }, { 'index.js': source('', 2) });
  assert.ok(p.codes('warning').includes('initialiser-runs'));
  await p.apply();
  assert.deepEqual([p.exports['f'](), Reflect.get(globalThis, 'aliasOfLib')], [[1, 2], p.exports]);
  Reflect.set(globalThis, 'aliasOfLib', { n: 5 });
  assert.deepEqual(p.exports['f'](), [5, 2]);
  Reflect.deleteProperty(globalThis, 'aliasOfLib');
  await p.revert();
  assert.deepEqual(p.exports['f'](), [1, 1]);
});

test('closures that lack a variable of the new code are named: no patch where one is alive', async () => {
  const before = 'exports.make = function (opts) { const limit = opts.limit; return function () { return limit } }';
  const after =
    'exports.make = function (opts) { const limit = opts.limit; const depth = opts.depth; return function () { return limit + depth } }';
  const report = await build({ 'index.js': before }, { 'index.js': after });
  const row = report.verdicts.find((v) => v.code === 'closure-stranded');
  assert.equal(row?.path, 'exports.make/<return>');
  assert.deepEqual(
    decodePatch(report.patch!, '').modules[0]?.stranded?.map((s) => s.path),
    ['exports.make/<return>'],
  );
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.equal(p.exports['make']({ limit: 1, depth: 2 })(), 3);
});

test('an inner function that does not outlive its call is carried by the function around it', async () => {
  const before = 'exports.f = function (a) { function inner() { return a } return inner() }';
  const after = 'exports.f = function (a) { const more = 5; function inner() { return a + more } return inner() }';
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.equal(p.exports['f'](1), 6);
});

test('a captured function that gains a parameter is only called with it from new closures', async () => {
  const before = 'exports.make = function () { function help(a) { return [a] } return { f: (x) => help(x), g() { return help(1) } } }';
  const after = before.replace('help(a) { return [a] }', 'help(a, b) { return [a, b] }').replace('=> help(x)', '=> help(x, 2)');
  const report = await build({ 'index.js': before }, { 'index.js': after });
  assert.ok(report.verdicts.some((v) => v.code === 'closure-stranded'));
});

test('a closure in a loop of the top level reads the variable of its own turn', async () => {
  const before = 'exports.all = []; for (let i = 0; i < 3; i++) exports.all.push(() => i)';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('=> i)', '=> i * 10)') });
  await p.apply();
  assert.deepEqual(
    p.exports['all'].map((f: () => number) => f()),
    [0, 10, 20],
  );
});

test('a function with many inner functions gives each instance the new helper', async () => {
  const helpers = Array.from({ length: 16 }, (_, i) => `function h${i}() { return state + ${i} }`).join('\n');
  const before = `exports.make = function (state) { ${helpers}\n return { get: () => h1(), bump: () => ++state } }`;
  const after = before
    .replace('return state + 1 }', 'return twice(state) }')
    .replace('function h0', 'function twice(x) { return x * 2 + state }\nfunction h0');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const a = p.exports['make'](10);
  const b = p.exports['make'](20);
  a.bump();
  await p.apply();
  assert.deepEqual([a.get(), b.get(), p.exports['make'](1).get()], [33, 60, 3]);
});

test('a function that makes many closures in whichever way: one of them comes to need a variable that only others of them hold', async () => {
  const made: readonly ((i: number) => string)[] = [
    (i) => `function h${i}() { return own${i} }`,
    (i) => `const h${i} = () => own${i}`,
    (i) => `api.h${i} = function () { return own${i} }`,
  ];
  for (const [i, form] of made.entries()) {
    const variables = Array.from({ length: 40 }, (_, n) => `let own${n} = state + ${n};`).join('\n');
    const functions = Array.from({ length: 40 }, (_, n) => `${form(n)};`).join('\n');
    const before = `exports.make = function (state) { const api = {}; ${variables}\n${functions}\n
      api.bump = () => { own39 += 1000 }; api.get = () => own0; return api }`;
    const file = `many-${i}.js`;
    const p = await program({ [file]: before }, { [file]: before.replace('get = () => own0', 'get = () => own0 + own39') });
    const [a, b] = [p.exports['make'](10), p.exports['make'](20)];
    a.bump();
    await p.apply();
    assert.deepEqual([a.get(), b.get(), p.exports['make'](1).get()], [1059, 79, 41], form(0));
    await p.revert();
    assert.deepEqual([a.get(), b.get()], [10, 20]);
  }
});

test('a function in between, which makes the closures that need the variable, is made anew with them', async () => {
  const before = 'exports.make = (o) => { const a = o.a; return function outer(xs) { return xs.map((x) => x + a) } }';
  const after = 'exports.make = (o) => { const a = o.a; const b = o.b; return function outer(xs) { return xs.map((x) => x + a + b) } }';
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const old = p.exports['make']({ a: 1, b: 10 });
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.deepEqual(old([1, 2]), [2, 3], 'nothing of the patch is in force');
  const q = await program({ 'other.js': before }, { 'other.js': after });
  await q.apply();
  assert.deepEqual(q.exports['make']({ a: 1, b: 10 })([1, 2]), [12, 13]);
});

test('an arrow function that comes to use `this` is made anew by the method around it', async () => {
  const before = 'exports.C = class { constructor(d) { this.d = d } make() { return (xs) => xs.map((x) => x) } }';
  const after = before.replace('=> x)', '=> x + this.d)');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const c = new p.exports['C'](10);
  await p.apply();
  assert.deepEqual(p.codes('warning'), ['closure-stranded']);
  assert.deepEqual(c.make()([1, 2]), [11, 12]);
  await p.revert();
  assert.deepEqual(c.make()([1, 2]), [1, 2]);
  const q = await program({ 'other.js': before }, { 'other.js': after });
  const kept = new q.exports['C'](10).make();
  await assert.rejects(q.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.deepEqual(kept([1, 2]), [1, 2]);
});

test('an inner function that calls the one around it by the name that is new to it is carried by that', async () => {
  const p = await program(
    {
      'index.js': `exports.sum = function (list) { return list.reduce(function (all, x) { return all + (x.length ? exports.sum(x) : x) }, 0) }`,
    },
    {
      'index.js': `exports.sum = function sum(list) { return list.reduce(function (all, x) { return all + (x.length ? 10 * sum(x) : x) }, 0) }`,
    },
  );
  const { sum } = p.exports;
  await p.apply();
  assert.equal(sum([1, [2, 3]]), 51);
  p.clean();
});

test('a function whose own name is new, and that of another function in its place, calls itself by it', async () => {
  const source = (own: string, other: string): string => `exports.make = (k) => {
  function ${other}() { return k; }
  const own = function ${own};
  return own;
};
exports.own = exports.make(5);
function once() { return 'once'; }
exports.sum = function ${own.replaceAll('again', 'once').replaceAll('k', '1')};
`;
  const p = await patched(
    source('(a) { return a > 0 ? again() : k; }', 'again'),
    source('again(a) { return a > 0 ? again(a - 1) + 1 : k; }', 'other'),
  );
  const { own, sum, make } = p.exports;
  assert.deepEqual([own(3), sum(3), make(7)(2)], [8, 4, 9]);
  await p.revert();
  assert.deepEqual([own(3), sum(3), own(0)], [5, 'once', 5]);
});

test('closures of one name, of which more came: those that exist run what they became, not what came in their place', async () => {
  const p = await program(
    {
      'index.js': `exports.allow = (by) => {
  if (typeof by === 'function') return by;
  else return (name) => by.includes(name) ? name : by[0];
};
exports.chain = (list) => list.map((x) => x + 1).filter((x) => x > 2 && x < 10).map((x) => x * 2);`,
    },
    {
      'index.js': `exports.allow = (by) => {
  if (typeof by === 'string') return (name) => by === name ? name : null;
  if (typeof by === 'function') return by;
  else return (name) => by.includes(name) ? name : null;
};
exports.chain = (list) => list.map((x) => (x < 0 ? 0 : x)).map((x) => x + 1).filter((x) => x > 2 && x < 9).map((x) => x * 2);`,
    },
  );
  const held = p.exports['allow'](['a', 'b']);
  assert.deepEqual([held('b'), held('c')], ['b', 'a']);
  await p.apply();
  assert.deepEqual([held('b'), held('c')], ['b', null]);
  assert.deepEqual(p.exports['chain']([-5, 3, 8]), [8]);
  await p.revert();
  assert.deepEqual([held('b'), held('c')], ['b', 'a']);
});

test('which of more texts another became is told by what they have in common, in their order', () => {
  const words = (text: string): string[] => text.split('|');
  assert.deepEqual(alike(words('b c'), words('x y|b d')), [[0, 1]]);
  assert.deepEqual(alike(words('x y|b d|q'), words('b c|q r')), [
    [1, 0],
    [2, 1],
  ]);
  // In order where there is nothing to choose, and where nothing tells them apart.
  assert.deepEqual(alike(words('a|b'), words('b|a')), [
    [0, 0],
    [1, 1],
  ]);
  assert.deepEqual(alike(words('a'), words('b|c')), [[0, 0]]);
  assert.deepEqual(alike([], words('b|c')), []);
});
