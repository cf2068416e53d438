/** The smallest edits that mean another thing, one for each of what the grammar can say: none of them counts as no change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

/** Bodies of functions with the parameters `a` and `b`, in pairs. */
const BODIES: readonly (readonly [string, string])[] = [
  // Operators
  ['return a + b', 'return a - b'],
  ['return a ** b', 'return a * b'],
  ['return a >> b', 'return a >>> b'],
  ['return a < b', 'return a <= b'],
  ['return a == b', 'return a === b'],
  ['return a in b', 'return a instanceof b'],
  ['return a && b', 'return a || b'],
  ['return a || b', 'return a ?? b'],
  ['return typeof a', 'return void a'],
  ['return ~a', 'return !a'],
  ['return +a', 'return -a'],
  ['return a++', 'return ++a'],
  ['return ++a', 'return --a'],
  ['return delete a.b', 'return void a.b'],
  ['return a ? b : 1', 'return a ? 1 : b'],
  ['return (a, b)', 'return (b, a)'],
  ['a = b; return a', 'a += b; return a'],
  ['a ||= b; return a', 'a &&= b; return a'],
  ['a ??= b; return a', 'a ||= b; return a'],
  // Literals
  ['return 1', 'return 2'],
  ['return 1', 'return 1n'],
  ['return 1', 'return "1"'],
  ['return 0', 'return -0'],
  ['return null', 'return undefined'],
  ['return true', 'return false'],
  ['return /x/.test(a)', 'return /X/.test(a)'],
  ['return /x/.test(a)', 'return /x/g.test(a)'],
  ['return `x\\n${a}`', 'return `x${a}`'],
  ['return a`x\\n`', 'return a`x\n`'],
  // Members, calls and chains
  ['return a.b', 'return a[b]'],
  ['return a.b', 'return a.c'],
  ['return a.b', 'return a?.b'],
  ['return a(b)', 'return a?.(b)'],
  ['return a.b[0]', 'return a.b?.[0]'],
  ['return a?.b.c', 'return (a?.b).c'],
  ['return a?.b()', 'return (a?.b)()'],
  ['return a.b()', 'return (0, a.b)()'],
  ['return a.b()', 'return a.b'],
  ['return a(b)', 'return new a(b)'],
  ['return new a.b()', 'return new (a.b())'],
  ['return a(b)', 'return a(...b)'],
  ['return eval(a)', 'return (0, eval)(a)'],
  ['return import("a")', 'return import("b")'],
  ['return import("a")', 'return import("a", { with: { type: "json" } })'],
  ['return arguments', 'return [a, b]'],
  ['return new.target', 'return undefined'],
  ['return this', 'return globalThis'],
  // Lists, objects and patterns
  ['return [a]', 'return [, a]'],
  ['return [a]', 'return [a,,]'],
  ['return [a]', 'return [...a]'],
  ['return { a }', 'return { ...a }'],
  ['return { a }', 'return { b: a }'],
  ['return { a: b }', 'return { [a]: b }'],
  ['return { __proto__: a }', 'return { ["__proto__"]: a }'],
  ['return { x() { return a } }', 'return { get x() { return a } }'],
  ['return { get x() { return a } }', 'return { set x(v) { return a } }'],
  ['return { x() { return a } }', 'return { async x() { return a } }'],
  ['return { x() { return a } }', 'return { *x() { return a } }'],
  ['return { x: () => a }', 'return { x: async () => a }'],
  ['return { x: () => this }', 'return { x: function () { return this } }'],
  ['const [x] = a; return x', 'const { x } = a; return x'],
  ['const { x = 1 } = a; return x', 'const { x = 2 } = a; return x'],
  ['const { y } = a; return y', 'const { x: y } = a; return y'],
  ['const { ...y } = a; return y', 'const { x, ...y } = a; return y'],
  ['[a, b] = [b, a]; return a', '[a, b] = [a, b]; return a'],
  ['({ a } = b); return a', '({ a = 1 } = b); return a'],
  ['({ a } = b); return a', '({ b: a } = b); return a'],
  // Functions and classes
  ['return function () { return a }', 'return () => a'],
  ['return () => a', 'return () => { a }'],
  ['return () => { a }', 'return () => ({ a })'],
  ['return async () => { await a }', 'return async () => { a }'],
  ['return function* () { yield a }', 'return function* () { yield* a }'],
  ['return function (x) { return a }', 'return function (x = 1) { return a }'],
  ['return function (x) { return a }', 'return function (...x) { return a }'],
  ['return (x, y) => a', 'return ({ x, y }) => a'],
  ['return f(); function f() { return a }', 'return f(); async function f() { return a }'],
  ['{ function f() { return a } } return f()', '{ const f = () => a } return f()'],
  ['return class { x = a }', 'return class { static x = a }'],
  ['return class { x = a }', 'return class { x }'],
  ['return class { x = a }', 'return class { ["x"] = a; y }'],
  ['return class { x() { return a } }', 'return class { static x() { return a } }'],
  ['return class { x() { return a } }', 'return class { async x() { return a } }'],
  ['return class { get x() { return a } }', 'return class { static get x() { return a } }'],
  ['return class { #x = a; y() { return this.#x } }', 'return class { x = a; y() { return this.x } }'],
  ['return class { static { a() } }', 'return class { static { b() } }'],
  ['return class { [a]() {} }', 'return class { [b]() {} }'],
  ['return class extends a {}', 'return class extends b {}'],
  ['return class extends a {}', 'return class {}'],
  // Statements
  ['return a', 'return'],
  ['return a', 'throw a'],
  ['return a', '"use strict"; return a'],
  ['if (a) b()', 'if (!a) b()'],
  ['if (a) b(); else a()', 'if (a) b(); a()'],
  ['for (const x of a) b(x)', 'for (const x in a) b(x)'],
  ['for (const x of a) b(x)', 'for await (const x of a) b(x)'],
  ['for (let i = 0; i < 3; i++) b(() => i)', 'for (var i = 0; i < 3; i++) b(() => i)'],
  ['{ let x = a } return typeof x', '{ var x = a } return typeof x'],
  ['while (a()) b()', 'do b(); while (a())'],
  ['x: for (;;) { for (;;) break x }', 'x: for (;;) { for (;;) break }'],
  ['x: for (const y of a) { for (const z of b) continue x }', 'x: for (const y of a) { for (const z of b) break x }'],
  ['a: { b(); break a }', 'a: { b() }'],
  ['switch (a) { case 1: b(); break; default: a() }', 'switch (a) { case 1: b(); default: a() }'],
  ['switch (a) { case 1: b(); default: a() }', 'switch (a) { default: a(); case 1: b() }'],
  ['try { a() } catch { b() }', 'try { a() } finally { b() }'],
  ['try { a() } catch (e) { b(e) }', 'try { a() } catch (e) { b() }'],
  ['debugger; return a', 'return a'],
];

/** Where a body may stand: the text of the member number `i` of the module. */
const PLACES: Readonly<Record<string, (i: number, body: string) => string>> = {
  'a declaration': (i, body) => `async function f${i}(a, b) { ${body} }\nexports.f${i} = f${i};`,
  'a method': (i, body) => `exports.C${i} = class { async m(a, b) { ${body} } };`,
  'a function in another': (i, body) => `exports.f${i} = (a) => async function (b) { ${body} };`,
};

for (const [place, write] of Object.entries(PLACES))
  for (const [direction, from, to] of [
    ['one way', 0, 1],
    ['the other', 1, 0],
  ] as const)
    test(`no edit of ${place} goes unseen, ${direction}`, async () => {
      const source = (which: 0 | 1): string => BODIES.map((pair, i) => write(i, pair[which])).join('\n');
      const { verdicts } = await build({ 'index.js': source(from) }, { 'index.js': source(to) });
      const paths = verdicts.map(({ path }) => path);
      const unseen = BODIES.filter((_, i) => !paths.some((path) => new RegExp(`\\b[fC]${i}\\b`).test(path)));
      assert.deepEqual(
        unseen.map((pair) => `${pair[from]} => ${pair[to]}`),
        [],
      );
    });
