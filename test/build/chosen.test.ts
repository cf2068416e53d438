/** One of two functions, as a condition decided when the module loaded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const version = (ws: string, more = '', made = 'curried'): string => `var ws = '${ws}';
var zero = '\\u200b';
function curried(fn) { return function call(text) { return arguments.length === 0 ? call : fn.apply(this, arguments); }; }
var trim = ws.trim() || !zero.trim()
  ? ${made}(function trim(text) { return text.replace(new RegExp('^[' + ws + ']+'), 'R')${more}; })
  : ${made}(function trim(text) { return text.trim()${more}; });
module.exports = trim;`;

test('who holds the one that was chosen runs the one that the new version chooses', async () => {
  const p = await program({ 'index.js': version(' x') }, { 'index.js': version(' ') });
  const trim = p.exports as unknown as (text: string) => string;
  assert.equal(trim(' xa '), 'Ra ');
  assert.deepEqual(p.codes('carried').toSorted(), ['constant-changed', 'constant-changed', 'function-relinked', 'function-relinked']);
  await p.apply();
  assert.equal(trim(' xa '), 'xa');
  await p.revert();
  assert.equal(trim(' xa '), 'Ra ');
});

test('also the other way, and where both have changed', async () => {
  const p = await program({ 'index.js': version(' ') }, { 'index.js': version(' x', ' + "!"') });
  const trim = p.exports as unknown as (text: string) => string;
  assert.equal(trim(' xa '), 'xa');
  await p.apply();
  assert.equal(trim(' xa '), 'Ra !');
  await p.revert();
  assert.equal(trim(' xa '), 'xa');
});

test('it is refused where one function cannot be called in the place of the other, or the choice may be another each time', async () => {
  const refused = async (before: string, after: string): Promise<readonly string[]> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.flatMap(({ verdict, code }) => (verdict === 'refused' ? code : []));
  };
  const chosen = (test: string, a: string, b: string, more = ''): string =>
    `const old = ${test}; ${more} exports.run = old ? ${a} : ${b};`.replace('exports.run = old', 'const run = old') + ' exports.run = run;';
  const cases: [string, string][] = [
    ['(a) => a', '(a, b) => b'],
    ['(a, b) => b', '(a) => a'],
    ['wrap((a) => a)', 'wrap((a, b) => b)'],
    ['(a) => a', 'function (a) { return a }'],
    ['function (a) { return this }', 'function (a) { return a }'],
    ['function (a) { return arguments }', 'function (a) { return a }'],
    ['function (a) { return new.target }', 'function (a) { return a }'],
    ['async (a) => a', '(a) => a'],
    ['function* (a) { yield a }', 'function (a) { return a }'],
    ['(...a) => a', '(a) => a'],
    ['wrap((a) => a)', '(a) => a'],
    ['wrap((a) => a, 1)', 'wrap((a) => 2, 1)'],
    ['wrap(1, (a) => a)', 'wrap(2, (a) => 2)'],
  ];
  const wrap = 'const wrap = (f, g) => (a) => (g || f)(a);';
  for (const [a, b] of cases)
    assert.deepEqual(await refused(chosen('1', a, b, wrap), chosen('0', a, b, wrap)), ['value-replaced'], `${a} ${b}`);
  assert.deepEqual(await refused(chosen('1', '(a) => a', '(a) => 2'), chosen('0', '(a) => a', '(a) => 2')), []);
  const other = `${wrap} const other = (f) => (a) => -f(a);`;
  assert.deepEqual(
    await refused(chosen('1', 'wrap((a) => a)', 'wrap((a) => 2)', other), chosen('0', 'other((a) => a)', 'other((a) => 2)', other)),
    ['value-replaced'],
  );
  const [one, two] = ['function one(a) { return a }', 'function two(a) { return 2 }'];
  assert.deepEqual(await refused(chosen('1', one, two), chosen('0', two, one)), ['value-replaced']);
  const asm = "function (a) { 'use asm'; return 2 }";
  assert.ok(
    (await refused(chosen('1', 'function (a) { return a }', asm), chosen('0', 'function (a) { return a }', asm))).includes(
      'value-replaced',
    ),
  );
  const state = (value: string): string =>
    `let old = ${value}; exports.set = () => { old = 1 }; const run = old && ${value} ? (a) => a : (a) => 2; exports.run = run;`;
  assert.ok((await refused(state('1'), state('0'))).includes('value-replaced'));
  const called = (value: string): string =>
    `const { ask } = require('node:test'); const run = ask?.(${value}) ? (a) => a : (a) => 2; exports.run = run;`;
  assert.ok((await refused(called('1'), called('0'))).includes('value-replaced'));
});

const BOTH = 'function one(a) { return `one ${a}` }\nfunction two(a) { return `two ${a}` }\nfunction three(a) { return `three ${a}` }\n';
const asked = (old: string, code: string): string => `const old = ${old};\n${BOTH}${code}`;

test('so does what an assignment or a table gives away, by whichever way the functions are written', async () => {
  for (const given of [
    'exports.run = old ? (a) => `one ${a}` : (b) => `two ${b}`;',
    'exports.run = old ? one : two;',
    'module.exports = { run: old ? one : two };',
    'const run = old ? one : two; exports.run = run;',
    'exports.run = old ? () => `one 1` : (a) => `two ${a}`;',
  ]) {
    const p = await program({ 'index.js': asked('true', given) }, { 'index.js': asked('false', given) });
    assert.deepEqual(p.codes('warning'), [], given);
    const run = p.exports['run'] as (a: number) => string;
    assert.equal(run(1), 'one 1');
    await p.apply();
    assert.deepEqual([run(1), p.exports['run']], ['two 1', run], given);
    await p.revert();
    assert.equal(run(1), 'one 1');
  }
  const whole = 'module.exports = old ? one : two;';
  const p = await program({ 'index.js': asked('true', whole) }, { 'index.js': asked('false', whole) });
  const run = p.exports as unknown as (a: number) => string;
  await p.apply();
  assert.equal(run(1), 'two 1');
});

test('where no function does what another does now, that is said', async () => {
  const warned = async (before: string, after: string, [old, now] = ['true', 'true']): Promise<readonly string[]> => {
    const { verdicts } = await build({ 'index.js': asked(old!, before) }, { 'index.js': asked(now!, after) });
    return verdicts.flatMap(({ verdict, code }) => (verdict === 'carried' ? [] : code));
  };
  const flips = ['true', 'false'] as const;
  const used = 'exports.one = one;\nexports.run = old ? one : two;';
  assert.deepEqual(await warned(used, used, [...flips]), ['value-copied']);
  const named = 'const run = old ? one : two;\nexports.run = run;\nexports.one = () => one(2);';
  assert.deepEqual(await warned(named, named, [...flips]), ['value-copied']);
  assert.deepEqual(await warned('exports.run = old ? one : two;', 'exports.run = old ? one : three;'), ['value-copied']);
  assert.deepEqual(await warned('module.exports = { run: old ? one : two };', 'module.exports = { run: old ? one : three };'), [
    'value-copied',
  ]);
  const either = 'exports.run = old && one || two;';
  assert.deepEqual(await warned(either, either, [...flips]), ['value-copied']);
  assert.deepEqual(await warned('exports.run = old ? 5 : old || two;', 'exports.run = old ? 5 : old || three;'), ['value-copied']);
  assert.deepEqual(await warned('exports.run = old ? one : 5;', 'exports.run = old ? one : 6;'), []);
  assert.deepEqual(
    await warned(
      'const run = old ? one : two;\nexports.run = () => run(1);',
      'const run = old ? one : three;\nexports.run = () => run(1);',
    ),
    [],
  );
});
