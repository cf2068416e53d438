/** New versions of functions, in every form a function can have, called through references that the old code made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched, program } from './harness.ts';

test('a declared function of a CommonJS module, and back', async () => {
  const p = await patched('function f(a) { return a + 1 }\nexports.f = f', 'function f(a) { return a + 2 }\nexports.f = f');
  const { f } = p.exports;
  assert.equal(f(1), 3);
  await p.revert();
  assert.equal(f(1), 2);
});

test('a function of an ES module that reads live bindings', async () => {
  const p = await patched(
    'let n = 1; export const inc = () => ++n; export function f() { return n }',
    'let n = 1; export const inc = () => ++n; export function f() { return n * 10 }',
    'index.mjs',
  );
  p.exports['inc']();
  assert.equal(p.exports['f'](), 20);
});

test('new parameters, defaults, rest and arguments', async () => {
  const p = await patched(
    'exports.f = function (a) { return [a] }; exports.g = (a, b) => a',
    'exports.f = function (a, b = 2, ...c) { return [a, b, c, arguments.length] }; exports.g = (a, { b } = { b: 7 }) => a + b',
  );
  assert.deepEqual(p.exports['f'](1), [1, 2, [], 1]);
  assert.deepEqual(p.exports['f'](1, 3, 4, 5), [1, 3, [4, 5], 4]);
  assert.equal(p.exports['g'](1), 8);
});

test('a method that reaches private members and super', async () => {
  const before = `class A { hi() { return 'A' } static make() { return 'sA' } }
    class B extends A { #n = 1; #bump() { return ++this.#n } hi() { return 'B' } static make() { return 'sB' } get n() { return this.#n } set n(v) { this.#n = v } }
    exports.b = new B(); exports.B = B`;
  const after = before
    .replace("hi() { return 'B' }", 'hi() { return super.hi() + this.#bump() + (() => super.hi())() }')
    .replace("make() { return 'sB' }", "make() { return super.make() + 'B' }")
    .replace('get n() { return this.#n }', 'get n() { return -this.#n }')
    .replace('this.#n = v }', 'this.#n = v * 100 }');
  const { exports } = await patched(before, after);
  assert.equal(exports['b'].hi(), 'A2A');
  assert.equal(exports['B'].make(), 'sAB');
  exports['b'].n = 3;
  assert.equal(exports['b'].n, -300);
});

test('constructors, with and without a superclass', async () => {
  const before = `class A { constructor(x) { this.x = x } who() { return 'who' } }
    class B extends A { y = 5; constructor(x) { super(x); this.z = 1 } }
    exports.A = A; exports.B = B`;
  const after = before
    .replace('this.x = x', 'this.x = x * 2')
    .replace(
      'super(x); this.z = 1',
      'const arrow = () => this.y; try { super(x + 1) } finally { } this.z = arrow() + 1; this.w = super.who(); this.t = new.target.name; if (x === 9) return { nine: true }',
    );
  const { exports } = await patched(before, after);
  assert.deepEqual({ ...new exports['A'](2) }, { x: 4 });
  const b = new exports['B'](1);
  assert.deepEqual({ ...b }, { x: 4, y: 5, z: 6, w: 'who', t: 'B' });
  assert.ok(b instanceof exports['B']);
  assert.deepEqual(new exports['B'](9), { nine: true });
  class C extends exports['B'] {}
  assert.equal(Reflect.construct(C, [1]).t, 'C');
});

test('a derived constructor whose super() throws', async () => {
  const before = "class A { constructor() { throw new Error('no') } } class B extends A { constructor() { super() } } exports.B = B";
  const after = before.replace('super() }', 'try { super() } catch (e) { return { caught: e.message } } }');
  const { exports } = await patched(before, after);
  assert.deepEqual(new exports['B'](), { caught: 'no' });
});

test('field initialisers, and arrow functions in fields', async () => {
  const before = 'class A { n = 1; f = () => this.n; g = [1] } exports.A = A; exports.old = new A()';
  const { exports } = await patched(
    before,
    before.replace('n = 1', 'n = 1 + this.constructor.name.length').replace('this.n;', 'this.n * 10;').replace('[1]', '[1, 2]'),
  );
  assert.equal(exports['old'].f(), 10);
  const a = new exports['A']();
  assert.deepEqual([a.n, a.f(), a.g], [2, 20, [1, 2]]);
});

test('arrow functions keep this and arguments of the function around them', async () => {
  const before = 'exports.make = function (a) { this.k = 5; return [() => this.k, () => arguments.length, () => 1] }';
  const after = 'exports.make = function (a) { this.k = 5; return [() => this.k + 1, () => arguments.length + arguments[1], () => 2] }';
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const made = p.exports['make'].call({}, 1, 2);
  await p.apply();
  assert.deepEqual(
    made.map((f: () => unknown) => f()),
    [6, 4, 2],
  );
});

test('async functions, generators and async generators', async () => {
  const before = `exports.a = async function (x) { return await x }; exports.g = function* (n) { yield n }; exports.ag = async function* (n) { yield n };
    exports.arrow = async (x) => x; exports.o = { async m(x) { return x }, *n() { yield 1 } }`;
  const after = `exports.a = async function (x) { const y = await x; const inner = async () => await y; return (await inner()) + 1 }; exports.g = function* (n) { const r = yield n; try { yield r } finally { yield 'end' } }; exports.ag = async function* (n) { for await (const v of [n, 2]) yield v };
    exports.arrow = async (x) => await x + 1; exports.o = { async m(x) { return (await x) * 2 }, *n() { yield* [1, 2] } }`;
  const { exports } = await patched(before, after);
  assert.equal(await exports['a'](1), 2);
  assert.equal(await exports['arrow'](1), 2);
  assert.equal(await exports['o'].m(4), 8);
  assert.deepEqual([...exports['o'].n()], [1, 2]);
  const g = exports['g'](1);
  assert.equal(g.next().value, 1);
  assert.equal(g.next('r').value, 'r');
  assert.deepEqual(g.return(9), { value: 'end', done: false });
  g.next();
  const seen: unknown[] = [];
  for await (const v of exports['ag'](1)) seen.push(v);
  assert.deepEqual(seen, [1, 2]);
});

test('properties of a function stay on the running function', async () => {
  const before =
    'function f() { return f.count = (f.count || 0) + 1 }\nexports.f = f; exports.g = function g() { return g.mark }; exports.g.mark = 7';
  const p = await patched(before, before.replace('+ 1', '+ 10').replace('return g.mark', 'return g.mark + 1'));
  p.exports['f']();
  assert.equal(p.exports['f'].count, 10);
  assert.equal(p.exports['g'](), 8);
});

test('a function that gains a parameter its callers use', async () => {
  const before = 'function help(a) { return a }\nexports.f = (x) => help(x)\nexports.h = (x) => help(x, 5)';
  const p = await patched(
    before,
    before.replace('help(a) { return a }', 'help(a, b) { return [a, b] }').replace('=> help(x)\n', '=> help(x, 2)\n'),
  );
  assert.deepEqual(p.exports['f'](1), [1, 2]);
  assert.deepEqual(p.exports['h'](1), [1, 5]);
});

test('new.target and functions used as constructors', async () => {
  const before =
    'exports.F = function F(a) { if (!new.target) return new F(a); this.a = a }; exports.G = function G(a) { if (!(this instanceof G)) return new G(a); this.a = a }';
  const { exports } = await patched(before, before.replaceAll('this.a = a', 'this.a = a + 1'));
  assert.equal(exports['F'](1).a, 2);
  assert.equal(new exports['F'](1).a, 2);
  assert.equal(exports['G'](1).a, 2);
});

test('import.meta and dynamic import', async () => {
  const p = await patched(
    'export const f = () => 1',
    "export const f = async () => [import.meta.url, (await import('node:path')).sep]",
    'index.mjs',
  );
  const [url, sep] = await p.exports['f']();
  assert.match(url, /index\.mjs$/);
  assert.equal(sep, '/');
});

test('generators without a body, in new code', async () => {
  const p = await patched(
    'exports.f = () => 1',
    `const none = function* () {}
async function* later() { 'use strict' }
exports.f = () => [[...none()], Object.getPrototypeOf(async function* () {}.prototype) !== null, later().next()]`,
  );
  const [items, made, step] = p.exports['f']();
  assert.deepEqual([items, made, await step], [[], true, { value: undefined, done: true }]);
});

test('a generator that nobody holds gives way to a function, and an async function to a generator', async () => {
  const p = await program(
    {
      'index.js': `function* parts(s) { for (const c of s) yield c }
async function load(x) { return x }
exports.all = (s) => [...parts(s)]
exports.slow = async (s) => { const found = []; for (const c of parts(s)) { await null; found.push(c) } return [found, await load(1)] }`,
    },
    {
      'index.js': `function parts(s, each) { for (const c of s) each(c + '!') }
async function* load(x) { yield x + 1 }
exports.all = (s) => { const found = []; parts(s, (c) => found.push(c)); return found }
exports.slow = async (s) => { const found = []; for (const c of exports.all(s)) { await null; found.push(c) } for await (const x of load(1)) found.push(x); return found }`,
    },
  );
  const before = p.exports['slow']('ab');
  await p.apply();
  assert.deepEqual(await before, [['a', 'b'], 1], 'who is in the middle of it goes on');
  assert.deepEqual(
    [p.exports['all']('ab'), await p.exports['slow']('ab')],
    [
      ['a!', 'b!'],
      ['a!', 'b!', 2],
    ],
  );
  await p.revert();
  assert.deepEqual(
    [p.exports['all']('ab'), await p.exports['slow']('ab')],
    [
      ['a', 'b'],
      [['a', 'b'], 1],
    ],
  );
  const held = 'exports.parts = parts; function* parts() { yield 1 } exports.f = () => [...parts()]';
  const report = await build(
    { 'index.js': held },
    { 'index.js': held.replace('function* parts() { yield 1 }', 'function parts() { return [1] }') },
  );
  assert.deepEqual([report.patch, report.verdicts.find((v) => v.verdict === 'refused')?.code], [null, 'generator-changed']);
});

test('an async function that is none any more: callers by its name and through exports get what it returns, others a promise', async () => {
  const source = (kind: string, more: string, wait: string): string =>
    `${kind}function f() { return 1${more} } exports.f = f; exports.other = ${kind}function () { return 2${more} }; exports.g = async () => [${wait}f(), ${wait}exports.other()];
class A { ${kind}m() { return 3${more} } } exports.A = A`;
  const p = await program({ 'index.js': source('async ', '', 'await ') }, { 'index.js': source('', '0', '') });
  const { f } = p.exports;
  await p.apply();
  assert.deepEqual([p.exports['f'](), p.exports['other'](), await p.exports['g']()], [10, 20, [10, 20]]);
  assert.deepEqual([f() instanceof Promise, await f(), await new p.exports['A']().m()], [true, 10, 30]);
  assert.deepEqual(p.codes('warning'), ['result-kind', 'result-kind', 'result-kind']);
  await p.revert();
  assert.deepEqual([p.exports['f']() instanceof Promise, await p.exports['g']()], [true, [1, 2]]);
});

test('a rest parameter in place of a declared one: what a caller left out is undefined, and the verdict says so', async () => {
  const p = await patched('exports.f = (a, b) => [a, b]', 'exports.f = (...all) => all', 'rest.js');
  assert.deepEqual([p.exports['f'](1, 2, 3), p.codes('warning')], [[1, 2, 3], ['arguments-seen']]);
});

test('a method of which only `async` or `*` differs has changed', async () => {
  const forms: readonly (readonly [string, string, string])[] = [
    ['async m() { return [1]; }', 'm() { return [1]; }', 'result-kind'],
    ['m() { return [1]; }', 'async m() { return [1]; }', 'result-kind'],
    ['*m() { return [1]; }', 'm() { return [1]; }', 'generator-changed'],
    ['m() { return [1]; }', '*m() { return [1]; }', 'result-kind'],
  ];
  for (const [from, to, code] of forms)
    for (const around of ['exports.A = class { static _ };', 'exports.a = { _ };', 'exports.A = class { #x = 1; _ };']) {
      const source = (method: string): string => around.replace('_', method);
      const report = await build({ 'index.js': source(from) }, { 'index.js': source(to) });
      assert.ok(
        report.verdicts.some((v) => v.code === code),
        `${source(to)}: ${report.verdicts.map((v) => v.code).join()}`,
      );
    }
});

test('code that becomes strict, or no longer is: the verdict says what that does not reach', async () => {
  const strictness = async (was: string, now: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': was }, { 'index.js': now });
    return verdicts.filter(({ code }) => code === 'strictness').map(({ path }) => path);
  };
  const plain = 'exports.f = function () { return [this] }; exports.g = () => 1;';
  const own = plain.replace('return', "'use strict'; return");
  assert.deepEqual(await strictness(plain, own), ['exports.f']);
  assert.deepEqual(await strictness(plain, own.replace('this', '1')), [], 'it needs no `this`');
  assert.deepEqual(await strictness(plain, `'use strict'; ${plain.replace('=> 1', '=> 2')}`), [''], 'f goes on as it was');
  assert.deepEqual(await strictness(`'use strict'; ${plain}`, plain.replace('=> 1', '=> 2')), ['']);
  assert.deepEqual(await strictness(`'use strict'; ${plain}`, `'use strict'; ${own}`), []);
});
