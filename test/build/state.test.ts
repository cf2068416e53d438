/** Objects of the top level whose initialiser has changed, into which the program has put data in whatever way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const FIVE = 'max: 5';

/** By which way functions change `state`, and what the text around it says. */
const WAYS: Readonly<Record<string, string>> = {
  'a function that takes it': 'const state = { max: 5, count: 0 }; const up = (s) => { s.count++ }; exports.up = () => up(state);',
  'its own method': 'const state = { max: 5, count: 0, up() { this.count++ } }; exports.up = () => state.up();',
  'another name': 'const state = { max: 5, count: 0 }; exports.up = () => { const own = state; own.count++ };',
  'a part of it':
    'const state = { max: 5, list: [], get count() { return this.list.length } }; exports.up = () => { const { list } = state; list.push(1) };',
  'Object.assign': 'const state = { max: 5, count: 0 }; exports.up = () => { Object.assign(state, { count: 1 }) };',
  'a method of its class':
    'class S { constructor(o) { this.o = o; this.count = 0 } get max() { return this.o.max } up() { this.count++ } }\nconst state = new S({ max: 5 }); exports.up = () => state.up();',
  'a method that its class inherits':
    "class S extends require('node:events') { constructor(o) { super(); this.max = o.max } get count() { return this.listenerCount('x') } }\nconst state = new S({ max: 5 }); exports.up = () => { state.on('x', () => {}) };",
  'what a function has made':
    'const make = (max) => ({ max, count: 0 }); const state = make(5); exports.up = () => { const own = state; own.count++ };',
};

for (const [name, text] of Object.entries(WAYS))
  test(`an object goes on with what the program has put into it, and has the new entry: ${name}`, async () => {
    const before = `${text} exports.get = () => [state.max, state.count];`;
    const p = await program({ 'index.js': before }, { 'index.js': before.replace(FIVE, 'max: 9').replace('make(5)', 'make(9)') });
    p.exports['up']();
    await p.apply();
    assert.deepEqual(p.exports['get'](), [9, 1]);
    await p.revert();
    assert.deepEqual(p.exports['get'](), [5, 1]);
  });

test('an object that no function changes is made anew, and one of a class with private members that does not change as well', async () => {
  const before = `const table = { max: 5, words: { a: ['x'] } };
class S { #max; constructor(max) { this.#max = max } fits(n) { return n < this.#max } }
const s = new S(5);
const plus = ((a) => (b) => a + b)(5);
const pick = (list) => list[0];
exports.get = () => [table.max, pick(table.words.a), s.fits(7), plus(1)];`;
  const p = await program({ 'index.js': before }, { 'index.js': before.replaceAll('5', '9') });
  assert.ok(!p.codes().includes('table-changed') && !p.codes().includes('value-copied'));
  await p.apply();
  assert.deepEqual(p.exports['get'](), [9, 'x', true, 10]);
});

test('what only functions of an object hold cannot be taken over: the patch is refused, but for results that are remembered', async () => {
  const counter = 'const counter = (max) => { let n = 0; return { up() { n++ }, get: () => [n, max] } };\nconst c = counter(5);';
  const before = `${counter} exports.up = () => c.up(); exports.get = () => c.get();`;
  const report = await build({ 'index.js': before }, { 'index.js': before.replace('counter(5)', 'counter(9)') });
  assert.equal(report.patch, null);
  assert.deepEqual(
    report.verdicts.filter(({ verdict }) => verdict === 'needs-hook').map(({ code, path }) => `${code} ${path}`),
    ['live-data c'],
  );
  const memo = `const memoize = (f, max) => { const cache = new Map(); return (k) => { if (!cache.has(k)) cache.set(k, f(k) + max); return cache.get(k) } };
const f = memoize((k) => k * 2, 5); exports.get = f; exports.own = (k) => f(k);`;
  const remembered = memo.replace('exports.get = f; ', '');
  assert.notEqual((await build({ 'index.js': remembered }, { 'index.js': remembered.replace(', 5)', ', 9)') })).patch, null);
});

test('one that something else has made begins anew, and the report says so', async () => {
  const before =
    "const { EventEmitter } = require('node:events'); const e = new EventEmitter({ captureRejections: false });\nexports.on = (f) => { e.on('x', f) };";
  const report = await build({ 'index.js': before }, { 'index.js': before.replace('false', 'true') });
  assert.match(
    report.verdicts.find(({ code }) => code === 'initialiser-runs')?.reason ?? '',
    /have put into the one that it gave before is not in it/,
  );
});

const LIMITER = 'const limiter = (max) => (n) => n < max;\n';

test('a function that a call makes of another argument is exchanged where it is an entry of a table, and the report says who keeps the old one', async () => {
  const before = `${LIMITER}const table = { fits: limiter(5), has: ((m, n) => n < m).bind(null, 5) }; exports.table = table;`;
  const p = await program({ 'index.js': before }, { 'index.js': before.replaceAll('5)', '9)') });
  const { table } = p.exports;
  assert.ok(p.codes('warning').includes('value-copied'));
  await p.apply();
  assert.deepEqual([table.fits(7), table.has(7)], [true, true]);
  await p.revert();
  assert.deepEqual([table.fits(7), table.has(7)], [false, false]);
});

test('where it is part of what a call makes, or all that others hold, the patch is not applied', async () => {
  const all = [
    `${LIMITER}module.exports = limiter(5);`,
    `${LIMITER}exports.list = [limiter(5)];`,
    'function Box(max) { this.fits = (n) => n < max }\nconst box = new Box(5); exports.box = box;',
  ];
  for (const before of all) {
    const p = await program({ 'index.js': before }, { 'index.js': before.replace('(5)', '(9)') });
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_DATA' });
  }
  const given = `${LIMITER}exports.fits = limiter(5);`;
  const report = await build({ 'index.js': given }, { 'index.js': given.replace('(5)', '(9)') });
  assert.deepEqual(
    report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`),
    ['value-copied exports.fits'],
  );
});
