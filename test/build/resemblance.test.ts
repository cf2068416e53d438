/** Two builds of a module in which a minifier named each variable anew: what is paired by what it is like where what stands around it leaves that open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

/** Enough of the same for the names to be a minifier's. */
const more = (f: string, g: string): string =>
  `function ${f}(e, t, n) { return e.a + t.b * n.c - (e.d || t.e || n.f) + (e && t && n) + (n && t && e) }\nfunction ${g}(e, t) { return [e, t, e, t, e, t].map(e => e ? t : 0) }\nexports.more = [${f}, ${g}];\n`;

const refused = async (before: string, after: string): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap(({ verdict, code, path }) => (verdict === 'refused' ? `${code} ${path}` : []));
};

/** Functions that are given away at two places, of which the new version gives others at one. */
const gives = (functions: string, first: string, second: string): string =>
  `${functions}exports.run = function (e, t) { return [w(e, t, ${first}, []), w(t, e, ${second}, [1])] };\nfunction w(e, t, n, r) { return r.push(n), n(e, t, r) }\n`;
const LAST = (name: string): string => `function ${name}(e, t) { return t }\n`;
const SUM = (name: string): string =>
  `function ${name}(e, t, n) { var r = e.total + n.length; return r > 2 ? e.other(t) : n.map(e => e && t) }\n`;

test('a function goes on as the only one that is like it, where code that changed gives another in its place as well', async () => {
  const before = more('y', 'z') + gives(LAST('c'), 'c', 'c');
  const after = more('x', 'y') + gives(SUM('c') + LAST('d'), 'c', 'd');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const run = p.exports['run'];
  assert.deepEqual(run({ total: 0 }, 5), [5, { total: 0 }]);
  await p.apply();
  assert.deepEqual(run({ total: 0, other: (e: number) => e }, 5)[0].length, 1);
  await p.revert();
  assert.deepEqual(run({ total: 0 }, 5), [5, { total: 0 }]);
});

test('it stays unclear where another is as much like it', async () => {
  const before = more('y', 'z') + gives(LAST('c'), 'c', 'c');
  const after = more('x', 'y') + gives(LAST('c').replace('t }', 't || 0 }') + LAST('d').replace('t }', 't || 1 }'), 'c', 'd');
  assert.deepEqual(await refused(before, after), ['names-unclear c']);
  // Of what these are about nothing is the same.
  const first = (name: string, of: string): string => `function ${name}(e, t) { return e && t ? e.${of} : t }\n`;
  const old = more('y', 'z') + gives(first('c', 'open'), 'c', 'c');
  assert.deepEqual(await refused(old, more('x', 'y') + gives(first('d', 'shut') + SUM('f'), 'd', 'f')), ['names-unclear c']);
  assert.deepEqual(await refused(old, more('x', 'y') + gives(first('d', 'open').replace('e && t', 't && e') + SUM('f'), 'd', 'f')), []);
});

test('one that is the same goes on as itself, where another that is like it is given beside it', async () => {
  const held = (name: string): string => `exports.held = ${name};\nexports.also = { e: ${name}, t: ${name}, n: ${name}, r: ${name} };\n`;
  const before = more('y', 'z') + gives(SUM('c'), 'c', 'c') + held('c');
  const after = more('x', 'y') + gives(SUM('f').replace('r > 2', 'r > 3') + SUM('d'), 'd', 'f') + held('d');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { held: function_, run } = p.exports;
  const other = { total: 1, other: () => 'other' };
  assert.equal(function_(other, 1, [0, 0]), 'other');
  await p.apply();
  assert.deepEqual([function_(other, 1, [0, 0]), p.exports['held'](other, 1, [0, 0])], ['other', 'other']);
  assert.equal(run(other, other)[1].length, 2);
  await p.revert();
  assert.equal(function_(other, 1, [0, 0]), 'other');
});

/** What runs now, and what is to be done when all of it has ended: `second` is known by what it holds. */
const runs = (first: string, second: string, symbol = ''): string => {
  const keep =
    first === ''
      ? [`var n = ${second}; ${second} = null;`, `${second} = n`]
      : [`var n = ${first}, r = ${second}; ${first} = e; ${second} = null;`, `${first} = n, ${second} = r`];
  const key = symbol === '' ? '' : `e[${symbol}] = 1; `;
  const all = first === '' ? 'e' : first;
  return `exports.run = function (e, t) { ${keep[0]} try { ${key}return ${second} && ${second}.deps > 2 && (${second}.value = e), t(${all}) } finally { ${keep[1]} } };
exports.track = function (e) { return ${second} ? ${second}.deps++ : ${second} = { deps: 1, value: e }, ${second}.deps };\n`;
};

test('a state goes on as the one of which the same properties are known, also where another stood in its place; a symbol was none', async () => {
  const before = `${more('y', 'z')}var c = null, d = null;\n${runs('c', 'd')}`;
  const after = `${more('x', 'y')}var b = Symbol(), f = null;\n${runs('', 'f', 'b')}`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { track, run } = p.exports;
  assert.deepEqual([track('a'), run({}, track)], [1, 1]);
  await p.apply();
  const seen = {};
  assert.deepEqual([track('b'), run(seen, track), track('c')], [2, 1, 3]);
  assert.equal(Object.getOwnPropertySymbols(seen).length, 1);
  await p.revert();
  assert.equal(track('d'), 4);
});

test('it stays unclear where the same is known of another, where it begins with something else, and where too little is known', async () => {
  const after = `${more('x', 'y')}var f = null;\n${runs('', 'f')}`;
  const before = `${more('y', 'z')}var c = null, d = null;\n${runs('c', 'd')}`;
  assert.deepEqual(await refused(before, after), []);
  const knownToo = before.replace('t(c)', 't(c && c.value)');
  assert.ok((await refused(knownToo, after)).includes('names-unclear d'));
  const otherwise = after.replace('var f = null', 'var f = void 0');
  assert.ok((await refused(before, otherwise)).some((row) => row.startsWith('names-unclear')));
  const little = (text: string): string => text.replaceAll('.value', '.v').replaceAll('value:', 'v:');
  assert.ok((await refused(little(before), little(after))).includes('names-unclear d'));
});

test('it stays unclear where no function uses both, and in another place it is none of them', async () => {
  const track = (name: string): string =>
    `function (e) { return ${name} ? ${name}.deps++ : ${name} = { deps: 1, value: e }, ${name}.deps }`;
  const before = `${more('y', 'z')}var d = null;\nexports.track = ${track('d')};\nexports.list = [e => e];\n`;
  const elsewhere = `${more('x', 'y')}var f = null;\nexports.list = [e => e && f.deps + f.value];\nexports.follow = function (e, t) { return t.map(e => e.deps), f = { deps: 1, value: e } };\n`;
  assert.deepEqual(await refused(before, elsewhere), ['names-unclear d']);
  const within = `${more('x', 'y')}exports.make = function (e) { var f = null; return ${track('f')} };\nexports.track = exports.make();\nexports.list = [e => e];\n`;
  assert.ok(!(await build({ 'index.js': before }, { 'index.js': within })).verdicts.some(({ code }) => code === 'names-unclear'));
});

test('a symbol goes on as itself', async () => {
  const text = (name: string, test: string): string =>
    `var ${name} = Symbol();\nexports.mark = function (e) { return e[${name}] = 1, e };\nexports.is = function (e, t) { return ${test} };\n`;
  const p = await program(
    { 'index.js': more('y', 'z') + text('c', 'c in e') },
    { 'index.js': `${more('x', 'y')}var c = 5;\n${text('d', 't ? c : d in e')}` },
  );
  const marked = p.exports['mark']({});
  await p.apply();
  assert.deepEqual([p.exports['is'](marked), p.exports['is']({}), p.exports['is']({}, 1)], [true, false, 5]);
});
