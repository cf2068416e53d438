/** Two builds of a module in which a minifier named each variable anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before = `
var a = 0, b = new Map, c = /^x+$/;
function d(e) { a++; return b.get(e) }
function f(e, g) { a++; b.set(e, g); return h(g) }
function h(e) { return c.test(e) ? e.length : -1 }
class i { constructor(e) { this.size = h(e) } grow() { return this.size += a } }
exports.read = d; exports.write = f; exports.Box = i;
exports.later = function (e) { var g = 0; return function () { return e + g++ } };
exports.calls = function () { return a };
`;
/** One function more, that another calls now, and all names moved on by it. */
const after = `
var b = 0, d = new Map, a = /^x+$/;
function c(e) { return e === "__proto__" }
function e(a) { b++; return d.get(a) }
function g(a, f) { b++; if (c(a)) return -2; d.set(a, f); return i(f) }
function i(e) { return a.test(e) ? e.length : -1 }
class f { constructor(e) { this.size = i(e) } grow() { return this.size += b } }
exports.read = e; exports.write = g; exports.Box = f;
exports.later = function (d) { var e = 0; return function () { return d + e++ } };
exports.calls = function () { return b };
`;

test('state, classes and functions go on under the names of the old build', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { read, write, Box, later, calls } = p.exports;
  const box = new Box('xxx');
  const made = later(5);
  assert.deepEqual([write('k', 'xx'), write('__proto__', 'x'), made()], [2, 1, 5]);
  await p.apply();
  assert.deepEqual([read('k'), read('__proto__'), write('__proto__', 'x'), calls(), made()], ['xx', 'x', -2, 5, 6]);
  assert.ok(box instanceof p.exports['Box']);
  assert.equal(box.grow(), 8);
  assert.deepEqual(
    p.patch.modules[0]!.functions.map((fn) => fn.path),
    ['f'],
  );
  await p.revert();
  assert.deepEqual([write('__proto__', 'x'), made()], [1, 7]);
});

test('a build that differs in names alone is no patch', async () => {
  const same = after.replace('if (c(a)) return -2; ', '').replace(/function c.*\n/, '');
  await assert.rejects(build({ 'index.js': before }, { 'index.js': same }), /ERR_PATCH_EMPTY|nothing to patch/);
});

test('what is chosen of what every program has is no state: where it has gone, another that is new may stand in its place', async () => {
  const chosen = 'typeof performance == "object" && performance ? performance : Date';
  const p = await program(
    { 'index.js': `${before}var j = ${chosen};\nexports.clock = function () { return [j.now() > 0, 1] };` },
    {
      'index.js': `${after}var k = j();\nfunction j() { return { at: ${chosen} } }\nexports.clock = function () { return [k.at.now() > 0, 2] };`,
    },
  );
  const { write, calls, clock } = p.exports;
  assert.deepEqual([write('k', 'xx'), clock()], [2, [true, 1]]);
  await p.apply();
  assert.deepEqual([calls(), clock()], [1, [true, 2]]);
  await p.revert();
  assert.deepEqual(clock(), [true, 1]);
  p.clean();
});

test('a state that is one in what stayed, and another in what changed, is refused', async () => {
  const old = `
var a = 0, b = 0;
function c(e) { return e + e * e - e }
function d(f) { a += c(f); return a }
function g(f) { b += c(f) * 2; return b }
exports.d = d; exports.g = g; exports.c = c; exports.both = function (e, f) { return [e, f, c(e), c(f), a, b] };
`;
  const now = `
var d = 0, g = 0;
function a(e) { return e + e * e - e }
function b(f) { g -= a(f) / 3; return g ? 1 : 0 }
function c(f) { d = a(f) || 7; return [d] }
exports.d = b; exports.g = c; exports.c = a; exports.both = function (e, f) { return [e, f, a(e), a(f), d, g] };
`;
  const report = await build({ 'index.js': old }, { 'index.js': now });
  assert.equal(report.patch, null);
  assert.deepEqual([...new Set(report.verdicts.filter((v) => v.verdict === 'refused').map((v) => v.code))], ['names-unclear']);
});

test('what nothing uses is by where it is declared what it was, whatever it holds', async () => {
  const around = (text: string): string => `var run = f => { f(exports) };\nvar all = run(exports => {${text}});\n`;
  const p = await program({ 'index.js': around(before) }, { 'index.js': around(after) });
  p.exports['read']('k');
  await p.apply();
  p.exports['read']('k');
  assert.equal(p.exports['calls'](), 2);
  assert.deepEqual(p.codes('refused'), []);
});

test('a state that begins with another value goes on where it is used in all the places where it was, and the report says so', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': after.replace('b = 0', 'b = 100') });
  p.exports['read']('k');
  assert.deepEqual(
    p.report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => [code, path]),
    [
      ['live-state', 'a'],
      ['instances-hold', 'f b'],
    ],
  );
  await p.apply();
  p.exports['read']('k');
  assert.equal(p.exports['calls'](), 2);
});

test('one that begins with another value, and is used in one place more, is refused', async () => {
  const text = after.replace('b = 0', 'b = 100').replace('return -2', 'return b');
  const report = await build({ 'index.js': before }, { 'index.js': text });
  assert.deepEqual(
    report.verdicts.filter((v) => v.verdict === 'refused').map((v) => [v.code, v.path]),
    [['names-unclear', 'a']],
  );
});

test('a state that the new version has besides begins anew', async () => {
  const more = after
    .replace('var b = 0', 'var q = 0, b = 0')
    .replace('return d.get(a) }', 'q++; return d.get(a) }')
    .concat('exports.reads = function () { return q };\n');
  const p = await program({ 'index.js': before }, { 'index.js': more });
  p.exports['read']('k');
  await p.apply();
  p.exports['read']('k');
  assert.deepEqual([p.exports['calls'](), p.exports['reads']()], [2, 1]);
});

test('what stands for a name outside as well: shorthands, imports and exports', async () => {
  const old = `import { join as a, sep } from 'node:path';
let b = 0;
const c = (e, f) => { const { d = 1, g } = e; b += d; return { d, g, f, b, sep, p: a(f, g) } };
const h = e => { ({ b } = e); return [b, e, b, e] };
export { c as open, h };
export default function () { return b }
`;
  const now = `import { sep as b, join } from 'node:path';
let a = 0;
const h = (e, c) => { const { d: f = 1, g } = e; a += f; return { d: f, g, f: c, b: a, sep: b, p: join(c, g + '!') } };
const c = e => { ({ b: a } = e); return [a, e, a, e] };
export { h as open, c as h };
export default function () { return a }
`;
  const p = await program({ 'index.mjs': old }, { 'index.mjs': now });
  const { open, h } = p.exports;
  open({ g: 'x' }, 'y');
  await p.apply();
  assert.deepEqual(open({ g: 'x' }, 'y'), { d: 1, g: 'x', f: 'y', b: 2, sep: '/', p: 'y/x!' });
  h({ b: 40 });
  assert.equal(p.exports['default'](), 40);
  assert.deepEqual(
    p.patch.modules[0]!.functions.map((fn) => fn.path),
    ['c'],
  );
});

test('names that somebody chose say what they mean: a wrapper takes the name, and who holds it gets the wrapper', async () => {
  const filler = 'exports.add = (left, right) => { let total = left; total += right; return total + left - left + right - right };';
  const old = `${filler}\nfunction parse(text) { return text.length }\nexports.run = (text) => parse(text); const kept = [parse]; exports.kept = () => kept[0]('ab');`;
  const now = old.replace(
    'function parse(text) { return text.length }',
    'function parseAll(text) { return text.length }\nfunction parse(text) { return parseAll(text) + 1 }',
  );
  const p = await program({ 'index.js': old }, { 'index.js': now });
  await p.apply();
  assert.equal(p.exports['kept'](), 3);
  assert.ok(!p.codes().includes('names-paired'));
});
