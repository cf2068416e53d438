/** Variables of the top level that get their values otherwise than by a declaration with the value. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

async function states(before: string, after: string, ask = 'all'): Promise<readonly unknown[]> {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const found = [p.exports[ask]()];
  await p.apply();
  found.push(p.exports[ask]());
  await p.revert();
  return [...found, p.exports[ask]()];
}

async function refusals(before: string, after: string): Promise<readonly string[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap(({ verdict, code, reason }) => (verdict === 'refused' ? `${code}: ${reason}` : []));
}

test('a variable that one statement gives its value is a constant as if it was declared with it', async () => {
  const version = (names: string, limit: string): string => `(function () {
  var ${names}; LIMIT = ${limit};
  check = function (n) { return n + LIMIT; };
  exports.all = function () { return check(1); };
}).call(this);`;
  assert.deepEqual(await states(version('LIMIT, check', '5'), version('check, LIMIT', '50')), [6, 51, 6]);
  const lets = (limit: string): string => `let limit; limit = ${limit}; exports.all = () => limit`;
  assert.deepEqual(await states(lets('5'), lets('6')), [5, 6, 5]);
  const twice = (limit: string): string => `var limit; var limit = Math.max(0, ${limit}); exports.all = () => limit`;
  assert.deepEqual(await states(twice('5'), twice('6')), [5, 6, 5]);
  const within = (limit: string): string => `if (process.pid) { var limit; } limit = Math.max(0, ${limit}); exports.all = () => limit`;
  assert.deepEqual(await states(within('5'), within('6')), [5, 6, 5]);
  assert.deepEqual(await states(lets('5'), 'const limit = 6; exports.all = () => limit'), [5, 6, 5]);
});

test('one that functions write, or that begins with what it held, is not', async () => {
  const written = (value: number): string => `let n; n = ${value}; exports.all = () => ${value * 10}; exports.set = () => { n = 9 }`;
  const { verdicts } = await build({ 'index.js': written(1) }, { 'index.js': written(2) });
  assert.deepEqual(
    verdicts.map(({ code }) => code),
    ['function-changed', 'live-state'],
  );
  const own = (value: string): string => `let all; all = all || ${value}; exports.all = () => all`;
  assert.deepEqual(await refusals(own('[1]'), own('[2]')), ['statement-changed: it has run already, with the old value']);
});

test('a variable that is declared again only gets another value', async () => {
  const version = (again: string, more = ''): string => `var BIAS = 1; exports.all = () => BIAS${more}; ${again}`;
  assert.deepEqual(await states(version('var BIAS = 1;'), version('BIAS = 1;', ' + 1')), [1, 2, 1]);
  assert.deepEqual(await states(version('BIAS = 1;'), version('var BIAS = 1;', ' + 1')), [1, 2, 1]);
  assert.deepEqual(await states(version('var BIAS = 1;'), version('BIAS = 2;')), [1, 2, 1]);
  assert.deepEqual(await states(version(''), version('BIAS = 3; BIAS = 4;')), [1, 4, 1]);
  const counted = (first: string, more: string): string =>
    `for (var i = 0; i < 3; i++) {} var all = []; ${first}; while (i < 3) all[i] = i++; exports.all = () => all${more};`;
  assert.deepEqual(await states(counted('var i = 0', ''), counted('i = 0', '.length')), [[0, 1, 2], 3, [0, 1, 2]]);
});

test('what stands between two values of a variable is made of the first', async () => {
  const version = (first: number, kept: string): string =>
    `var n = ${first}; const kept = ${kept}; var n = 5; exports.all = () => [n, kept];`;
  assert.deepEqual(await states('exports.all = () => 0', version(1, 'n + 1')), [0, [5, 2], 0]);
});

test('one that is given more than plain values does not begin anew', async () => {
  const version = (again: string): string => `var box = 1; exports.all = () => box; ${again}`;
  const old = ['statement-changed: it has run already, with the old value'];
  assert.deepEqual(await refusals(version('box = { a: 1 };'), version('box = { a: 2 };')), []);
  assert.deepEqual(await refusals(version('box = 1 + 1;'), version('box = 1 + 2;')), old);
  assert.deepEqual(await refusals(version('box = /a/; box = 2;'), version('box = /a/; box = 3;')), old);
  assert.deepEqual(
    await refusals(version('if (process.env.BOX) box = 4; box = 2;'), version('if (process.env.BOX) box = 4; box = 3;')),
    old,
  );
  const written = (value: number): string => `${version(`box = ${value};`)} exports.set = () => { box = 9 };`;
  assert.deepEqual(await refusals(written(2), written(3)), old);
  assert.deepEqual(await refusals(version('function other() {}'), version('other = 2; function other() {}')), [
    'statement-changed: a new assignment at the top level',
  ]);
});

test('a variable that a statement declares within is given anew where the statement differs', async () => {
  const before = 'var has = false; try { if (Buffer && Buffer.from) has = true; } catch (error) {} exports.all = () => has';
  const after = 'try { if (Buffer && Buffer.from) var has = true; } catch (error) { has = false; } exports.all = () => [has]';
  assert.deepEqual(await states(before, after), [true, [true], true]);
  const chosen = (value: string): string => `try { var kind = ${value}; } catch { kind = null; } exports.all = () => kind`;
  assert.deepEqual(await states(chosen("'a'"), chosen("'b'")), ['a', 'b', 'a']);
  const refused = ['statement-changed: code at the top level has run already and is not run again'];
  // What it makes may have a state.
  const made = (value: string): string => `${chosen(value)}; function make() { return {} }`;
  assert.deepEqual(await refusals(made('make()'), made('make(1)')), refused);
  const listed = (of: string): string => `for (var key in ${of}) if (!key) key = ''; exports.all = () => key`;
  assert.deepEqual(await refusals(listed('{ a: 1 }'), listed('{ b: 1 }')), refused);
});

test('a new loop has its index for itself', async () => {
  const version = (more: string): string => `const all = []; ${more} exports.all = () => all`;
  const { verdicts } = await build({ 'index.js': version('') }, { 'index.js': version('for (var i = 0; i < 2; i++) all.push(i);') });
  assert.ok(verdicts.every(({ path }) => path !== 'i'));
});
