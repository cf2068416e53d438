/** Variables that the top level gives one value after another: what a statement meant is not what the name stands for later. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const lists = (first: string, second = '', third = '{ one: 2 }'): string => `var list; exports.all = {};
list = { one: 1 }; ${first} exports.all.a = list;
list = ${third}; ${second} exports.all.b = list;`;

async function refusals(before: string, after: string): Promise<readonly (readonly [string, number, string])[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap(({ verdict, code, line, reason }) => (verdict === 'refused' ? [[code, line, reason] as const] : []));
}
const ANOTHER = (name: string): string => `${name} stands for something else now than it did there`;

test('a property of an object whose variable stands for another by now is not set on that one', async () => {
  for (const [before, after] of [
    ['list.two = 1;', 'list.two = 2;'],
    ['', 'list.two = 2;'],
    ['list.parts = { a: 1 };', 'list.parts = { a: 1, b: 2 };'],
    ['', 'list.two = function () { return 2 };'],
    ['', "Object.defineProperty(list, 'two', { value: 2 });"],
  ] as const)
    assert.deepEqual(await refusals(lists(before), lists(after)), [['statement-changed', 2, ANOTHER('list')]], after);
});

test('one that the last object of the variable gets is set on it', async () => {
  const p = await program({ 'index.js': lists('list.two = 1;', 'list.two = 1;') }, { 'index.js': lists('list.two = 1;', 'list.two = 2;') });
  await p.apply();
  assert.deepEqual(p.exports['all'], { a: { one: 1, two: 1 }, b: { one: 2, two: 2 } });
  await p.revert();
  assert.deepEqual(p.exports['all'], { a: { one: 1, two: 1 }, b: { one: 2, two: 1 } });
});

test('a property that moves from one object of a variable to the next is seen', async () => {
  assert.deepEqual(await refusals(lists('', 'list.two = 1;'), lists('list.two = 1;')), [['statement-changed', 2, ANOTHER('list')]]);
});

test('what an object that the variable no longer stands for has lost is not taken from another', async () => {
  const version = (statement: string, n: number): string => `${lists(statement)} exports.n = () => ${n};`;
  const p = await program({ 'index.js': version('list.two = 1;', 1) }, { 'index.js': version('', 2) });
  p.exports['all'].b.two = 1;
  assert.deepEqual(p.codes(), ['statement-removed', 'function-changed']);
  await p.apply();
  assert.deepEqual(p.exports['all'].b, { one: 2, two: 1 });
});

test('what runs when the patch is linked and uses what a name stood for before is refused', async () => {
  const state = (exported: string): string => `let n = 1; ${exported} n = 2; exports.n = () => 1;`;
  for (const exported of [
    'exports.first = n;',
    'const doubled = n * 2; exports.first = () => doubled;',
    'exports.table = { n };',
    'console.log(n);',
  ])
    assert.deepEqual(await refusals(state(''), state(exported)), [['statement-changed', 1, ANOTHER('n')]], exported);
  const given = (value: string): string => `let n = 1; const doubled = ${value}; n = 2; exports.first = () => doubled;`;
  assert.deepEqual(await refusals(given('n * 2'), given('n * 3')), [['statement-changed', 1, ANOTHER('n')]]);
  const table = (more: string): string => `let n = 1; const kept = { a: n${more} }; n = 2; exports.put = (key) => { kept[key] = 1 };`;
  assert.deepEqual(await refusals(table(''), table(', b: n')), [['statement-changed', 1, ANOTHER('n')]]);
  const whole = (more: string): string => `let n = 1; module.exports = { a: 1${more} }; n = 2;`;
  assert.deepEqual(await refusals(whole(''), whole(', n')), [['statement-changed', 1, ANOTHER('n')]]);
  const filled = (more: string): string => `let n = 1; const kept = []; kept.push(0); ${more} n = 2; exports.kept = kept;`;
  assert.deepEqual(await refusals(filled(''), filled('kept.push(n);')), [['statement-changed', 1, ANOTHER('n')]]);
});

test('what only uses the name when it is called, or lists it as before, is none of that', async () => {
  const whole = (more: string): string => `let n = 1; module.exports = { n, ask: () => n${more} }; n = 2;`;
  const p = await program({ 'index.js': whole('') }, { 'index.js': whole(', double: () => n * 2') });
  await p.apply();
  assert.equal(p.exports['double'](), 4);
  const counted = (more: string): string => `let n = 1; ${more} exports.count = () => ++n;`;
  assert.deepEqual(await refusals(counted(''), counted('exports.first = n;')), []);
});

test('a getter that hands on what is declared further down, as Babel writes what a module passes on, is none of that', async () => {
  const passing = (names: readonly string[]): string =>
    `${names.map((name) => `Object.defineProperty(exports, '${name}', { enumerable: true, get: function () { return _lib.${name}; } });`).join('\n')}
var _lib = require('./lib.js');`;
  const lib = 'exports.a = () => 1; exports.b = () => 2;';
  const p = await program({ 'index.js': passing(['a']), 'lib.js': lib }, { 'index.js': passing(['a', 'b']), 'lib.js': lib });
  await p.apply();
  assert.equal(p.exports['b'](), 2);
  await p.revert();
  assert.equal(p.exports['b'], undefined);
});

test('a variable that is declared again with what an object without a name is given as well', async () => {
  const again = (n: number): string =>
    `var g = {}; var m = 1; var m = (g.format = {}).own = { a: 1 }; exports.f = () => m.a + g.format.own.a + ${n};`;
  const p = await program({ 'index.js': again(0) }, { 'index.js': again(1) });
  assert.equal(p.exports['f'](), 2);
  await p.apply();
  assert.equal(p.exports['f'](), 3);
  await p.revert();
  const { verdicts } = await build({ 'index.js': again(0) }, { 'index.js': again(1).replace('a: 1', 'a: 2') });
  assert.ok(verdicts.some(({ code }) => code === 'statement-changed'));
});

test('a new variable has the values of the new version, one after the other', async () => {
  const p = await program(
    { 'index.js': 'const first = 5; exports.first = () => first' },
    { 'index.js': 'let n = 1; const first = n + 1; const second = n + 2; n = 2; exports.first = () => first * 100 + second * 10 + n' },
  );
  await p.apply();
  assert.equal(p.exports['first'](), 232);
});

test('a declaration of the same variable further down gives it another value, and one of a function does not', async () => {
  const again = (more: string): string => `var list = { one: 1 }; ${more} exports.a = list; var list = { one: 2 }; exports.b = list;`;
  assert.deepEqual(await refusals(again(''), again('list.two = 2;')), [['statement-changed', 1, ANOTHER('list')]]);
  const looped = (more: string): string => `var k = 'a'; ${more} for (var k in { b: 1 }); exports.one = () => 1;`;
  assert.deepEqual(await refusals(looped(''), looped('exports.k = k;')), [['statement-changed', 1, ANOTHER('k')]]);
  const hoisted = (more: string): string => `exports.one = () => 1; ${more} function make() { return 2 } var unset;`;
  assert.deepEqual(await refusals(hoisted(''), hoisted('exports.make = make;')), []);
});

test('a variable that goes on as a namespace or a decorated class, or counts for loops that are run again, is none of these', async () => {
  const loops = (more: string): string =>
    `var i; var a = [], b = []; for (i = 0; i < 2; i++) a[i] = i${more}; for (i = 0; i < 2; i++) b[i] = i; exports.all = () => [a, b];`;
  const p = await program({ 'index.js': loops('') }, { 'index.js': loops(' + 1') });
  await p.apply();
  assert.deepEqual(p.exports['all'](), [
    [1, 2],
    [0, 1],
  ]);
  const spaces = (more: string): string => `var Kinds; (function (Kinds) { Kinds[Kinds['A'] = 0] = 'A' })(Kinds || (Kinds = {}));
${more} (function (Kinds) { Kinds.parse = function (text) { return Kinds[text] } })(Kinds || (exports.Kinds = Kinds = {}));`;
  assert.deepEqual(await refusals(spaces(''), spaces('exports.first = Kinds.A;')), []);
  const decorated = (more: string, value: string): string => `function __decorate(list, it) { return it }
const wrap = __decorate, Other = {};
function Box() {}
${more} Box = ${value}; exports.Box = Box;`;
  const added = (value: string): Promise<unknown> =>
    refusals(decorated('', value), decorated('Box.prototype.open = function () { return 1 };', value));
  assert.deepEqual(await added('__decorate([], Box)'), []);
  for (const value of ['wrap([], Box)', '__decorate([], Other)', 'Other'])
    assert.deepEqual(await added(value), [['statement-changed', 4, ANOTHER('Box')]], value);
});
