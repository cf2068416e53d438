/** What functions do once, as they find a variable empty. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const told = async (version: (more: string) => string): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': version('') }, { 'index.js': version('more(); ') });
  return verdicts.filter(({ code }) => code === 'results-remembered').map(({ path }) => path);
};
const MORE = 'function more() { put("b", 2) }\nfunction put(k, v) { table[k] = v }\n';

test('a table that a function makes and fills, and what it does as a flag says that it has not', async () => {
  const versions: ((more: string) => string)[] = [
    (more) => `let table; ${MORE}exports.get = function get(k) { if (!table) { table = {}; ${more}} return table[k] };`,
    (more) =>
      `let table = null; ${MORE}exports.get = function get(k) { if (table !== null) return table[k]; table = { a: 1 }; ${more}return table[k] };`,
    (more) =>
      `let table; ${MORE}exports.get = function get(k) { if (typeof table === 'undefined' || k === 0) { table = {}; ${more}} return table[k] };`,
    (more) =>
      `let table; ${MORE}exports.get = function get(k) { table ??= (() => { const own = {}; ${more}return own })(); return table[k] };`,
    (more) => `let table; ${MORE}exports.get = function get(k) { return (table || (table = { ${more ? 'b: 2' : ''} }))[k] };`,
    (more) =>
      `const table = {}; let done = false; ${MORE}exports.get = function get(k) { if (!done) { done = true; ${more}} return table[k] };`,
    (more) =>
      `const table = []; ${MORE}exports.get = function get(k) { if (table.length === 0) { table.push(1); ${more}} return table[k] };`,
    (more) =>
      `let table; ${MORE}exports.get = function get(k) { if (!table) { table = make(k); } return table[k] };\nfunction make(k) { const own = { k }; ${more}return own }`,
  ];
  for (const version of versions) assert.equal((await told(version)).length, 1, version('more(); '));
});

test('nothing is said where what it does once is the same, nor of locks, counts and queues', async () => {
  const versions: ((more: string) => string)[] = [
    (more) => `let table; ${MORE}exports.get = function get(k) { if (!table) { table = {}; } ${more}return table[k] };`,
    (more) =>
      `let busy = !1; ${MORE}exports.run = function run(k) { if (busy) return; busy = !0; ${more}done() };\nconst done = () => { busy = !1 };`,
    (more) =>
      `let busy = false; ${MORE}exports.run = function run(k) { const before = busy; if (!busy) { busy = true; ${more}} try { k() } finally { busy = before } };`,
    (more) =>
      `let busy = false; ${MORE}exports.run = function run(k) { if (busy) return; busy = true; ${more}done() };\nconst done = () => { busy = false };`,
    (more) =>
      `let calls = 0; ${MORE}exports.run = function run(k) { if (calls > 0) return; calls++; ${more}};\nexports.table = () => table; const table = {};`,
    (more) =>
      `const queue = []; ${MORE}exports.run = function run(k) { if (queue.length > 0) return; queue.push(k); ${more}queue.shift() };\nconst table = {};`,
    (more) => `${MORE}exports.run = function run(k) { let table2; if (!table2) { table2 = {}; ${more}} return table2 };\nconst table = {};`,
  ];
  for (const version of versions) assert.deepEqual(await told(version), [], version('more(); '));
});

test('a table that is filled once is filled anew where nothing else says what is in it and all look it up', async () => {
  const tables = (value: number): string[] => [
    `let table; function all() { if (!table) { table = {}; put(${value}, ['a', 'b']); } return table }
function put(x, names) { for (const name of names) table[name.toLowerCase()] = x }
exports.get = (k) => all()[k];`,
    `let table = null; const all = () => { if (table !== null) return table; table = { a: ${value}, b: ${value} }; return table };
exports.get = (k) => all()[k]; exports.forget = () => { table = null };`,
    `let table; exports.get = (k) => (table ??= { a: ${value}, b: ${value} })[k]; exports.forget = () => { table = null };`,
    `let table; exports.get = (k) => (table || (table = { a: ${value}, b: ${value} }))[k]; exports.forget = () => { table = 0 };`,
    `let table; const all = () => table ? table : (table = { a: ${value}, b: ${value} }); exports.get = (k) => all()[k];`,
    `let table; exports.get = (k) => { if (table == null) { table = { a: ${value}, b: ${value} } } return table[k] }; exports.forget = () => { table = null };`,
    `let table = null; exports.get = (k) => { if (k === '') return k; if (table !== null) { return table[k] } table = { a: ${value}, b: ${value} }; return table[k] };`,
    `let table; exports.get = (k) => { if (typeof table === 'undefined') { table = { a: ${value}, b: ${value} } } return table ? table[k] : null }; exports.forget = () => { table = void 0 };`,
    `const NAMES = ['a', 'b']; let table; exports.get = (k) => { if (!table) { table = {}; for (const name of NAMES) table[name] = ${value}; } return table[k] };`,
    `const LIMIT = ${value}; function first() {} let table; exports.get = (k) => { if (!table) { table = new Map(); table.set('a', LIMIT); const last = 'b'; table.set(last, LIMIT); table.set('first', first); } return table.get(k) };`,
    `let table; exports.get = (k) => { if (!table) { table = { a: ${value}, b: ${value} } } const found = table[k]; if (k === '') table = undefined; return found };`,
    `let table; exports.get = function get(k) { if (table === undefined) { table = new Map(); table.set('a', ${value}); table.set('b', ${value}); } return table.get(k) };`,
  ];
  for (const [i, before] of tables(1).entries()) {
    const p = await program({ 'index.js': before }, { 'index.js': tables(2)[i]! });
    const { get, forget } = p.exports;
    assert.equal(get('a'), 1);
    await p.apply();
    assert.deepEqual([get('a'), get('b'), get('c')], [2, 2, undefined], before);
    forget?.();
    assert.equal(get('a'), 2);
    assert.deepEqual([p.codes('carried-with-transform').at(-1), p.codes('warning')], ['cache-emptied', []], before);
    await p.revert();
    assert.equal(get('a'), 1);
    p.clean();
  }
});

test('it stays where one of the versions does more with it', async () => {
  const version = (value: number, more: string): string =>
    `let table; exports.get = (k) => { if (!table) { table = { a: ${value} } } return table[k] }; ${more}`;
  for (const [before, after] of [
    ['', 'exports.peek = () => table;'],
    ['exports.peek = () => table;', ''],
  ] as const) {
    const { verdicts } = await build({ 'index.js': version(1, before) }, { 'index.js': version(2, after) });
    assert.ok(!verdicts.some(({ code }) => code === 'cache-emptied'), before + after);
  }
});

test('it stays where an ES module gives away the table, or a function with which it is got or filled', async () => {
  const versions: ((value: number) => string)[] = [
    (v) => `export let table; export function get(k) { if (!table) { table = { a: ${v} } } return table[k] }`,
    (v) =>
      `let n = 0; let table; export function all() { if (!table) { table = { a: ${v} } } n++; return table } export const get = (k) => all()[k] && n;`,
    (v) =>
      `let table; export const get = (k) => { if (!table) { table = {}; put('a') } return table[k] }; export function put(k) { table[k] = ${v} }`,
  ];
  for (const version of versions) {
    const { verdicts } = await build({ 'index.mjs': version(1) }, { 'index.mjs': version(2) });
    assert.ok(!verdicts.some(({ code }) => code === 'cache-emptied'), version(1));
    assert.ok(
      verdicts.some(({ code }) => code === 'results-remembered'),
      version(1),
    );
  }
});

test('it stays, and that is said, where more is put into it, others may hold it, or its values have a state', async () => {
  const versions: ((value: number) => string)[] = [
    (v) =>
      `let table; function all() { if (!table) { table = {}; put('a', ${v}) } return table } function put(k, x) { table[k] = x } exports.get = (k) => all()[k]; exports.put = put;`,
    (v) => `let table; function all() { if (!table) table = { a: { n: ${v} } }; return table } exports.get = (k) => all()[k].n;`,
    (v) =>
      `let table; function all() { if (!table) { table = { a: ${v} }; other++ } return table } let other = 0; exports.get = (k) => all()[k]; exports.other = () => other;`,
    // What others wait for, and what goes by who asks first or when.
    (v) => `let table; exports.load = () => { if (!table) { table = { a: ${v} } } }; exports.load(); exports.get = (k) => table[k];`,
    (v) =>
      `let table; function get(k) { if (!table) { table = { a: ${v} } } return table[k] } exports.get = get; exports.isThere = () => table !== undefined;`,
    (v) =>
      `let table; function get(k) { if (!table) { table = { a: ${v} } } return table[k] } exports.get = get; exports.peek = () => table;`,
    (v) => `let table; exports.get = (k) => { if (k === 'b') return table[k]; if (!table) { table = { a: ${v} } } return table[k] };`,
    (v) => `let table; function all(k) { if (!table) table = { a: ${v}, by: k }; return table } exports.get = (k) => all(k)[k];`,
    (v) =>
      `let table, now = 1; exports.get = (k) => { if (!table) { table = { a: ${v}, at: now } } return table[k] }; exports.tick = () => { now++ };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v}, at: process.title } } return table[k] };`,
    (v) =>
      `let table; const own = { n: 1 }; exports.get = (k) => { if (!table) { table = { a: ${v}, n: own.n } } return table[k] }; exports.set = (n) => { own.n = n };`,
    (v) => `let table; exports.get = function (k) { if (!table) { table = { a: ${v}, by: this.by } } return table[k] };`,
    // What is not done whenever the table is looked up, or asked for.
    (v) =>
      `let table; exports.get = (k) => { if (k) { if (!table) { table = { a: ${v} } } return table[k] } return table ? table.a : 'none' };`,
    (v) => `let table; exports.get = (k) => { for (const one of k) { if (!table) { table = { a: ${v} } } } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table && k !== 'x') { table = { a: ${v} } } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table || k === 'x') { table = { a: ${v} } } return table[k] };`,
    (v) => `let table; exports.get = (k) => { const was = !table; if (!table) { table = { a: ${v} } } return was ? table[k] : table[k] };`,
    (v) => `let table; exports.get = (k) => { k && (table || (table = { a: ${v} })); return table[k] };`,
    (v) => `let table; exports.get = (k) => { const all = k && (table ||= { a: ${v} }); return all[k] };`,
    (v) => `let table; exports.get = (k) => [table && table.b, (table ||= { a: ${v} })[k]].at(-1);`,
    (v) => `let table; exports.get = (k) => { if (table) { return table[k] } else { table = { a: ${v} } } return table[k] };`,
    (v) => `let table, n = 0; exports.get = (k) => { if (!table) { table = { a: ${v} } } else n++; return table[k] }; exports.n = () => n;`,
    (v) => `let table; exports.get = (k) => { if (table) return table[k]; table = { a: ${v} }; return table[k] + 0 };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} }; return table[k] + 0 } return table[k] };`,
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = { a: ${v} }; if (k === 'x') throw new Error('first') } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { const later = () => table; table = { a: ${v} }; later() } return table[k] };`,
    (v) => `let table; exports.get = (k) => { const own = k === '' ? '' : (table ||= { a: ${v} })[k]; return own || (table && table.a) };`,
    (v) => `let table; exports.get = (k) => { const own = (table ||= { a: ${v} })[k]; return own ?? (table ||= { b: 2 })[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} }; return 1 } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} }; if (table.a > 5) throw table.a } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} }; Object.own = 1 } return table[k] };`,
    // What is done to it meanwhile is more than to put something there.
    (v) => `let table; exports.get = (k) => { if (!table) { table = {}; ['a'].forEach((one) => { table[one] = ${v} }) } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} }; table.a += 0 } return table[k] };`,
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = new Map(); table.set('a', ${v}); table.delete('b') } return table.get(k) };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} }; table[String(table)] = 1 } return table[k] };`,
    (v) =>
      `let table; const put = (k) => { table[k] = ${v} }; exports.get = (k) => { if (!table) { table = {}; put('a') } return table[k] }; exports.again = () => put('a');`,
    (v) =>
      `let table; const put = (k) => { table[k] = ${v} }; exports.get = (k) => { if (!table) { table = {}; ['a'].forEach(put) } return table[k] };`,
    (v) => `let table; const more = { b: 2 }; exports.get = (k) => { if (!table) { table = { ...more, a: ${v} } } return table[k] };`,
    (v) =>
      `let table; function own() {} exports.swap = () => { own = null }; exports.get = (k) => { if (!table) { table = { a: ${v}, own } } return table[k] };`,
    (v) => `let table; exports.run = (text) => eval(text); exports.get = (k) => { if (!table) { table = { a: ${v} } } return table[k] };`,
    // What stands for something else where the table is not there.
    (v) =>
      `let table; exports.off = () => { table = null }; exports.get = (k) => { if (table === undefined) { table = { a: ${v} } } return table ? table[k] : 'off' };`,
    (v) =>
      `let table = null; exports.off = () => { table = false }; exports.get = (k) => { if (table == null) { table = { a: ${v} } } return table && table[k] };`,
    (v) =>
      `let table = null; exports.off = () => { table = void 0 }; exports.get = (k) => { if (table === null) { table = { a: ${v} } } return table && table[k] };`,
    (v) =>
      `let table = undefined; exports.off = () => { table = null }; exports.get = (k) => { if (typeof table === 'undefined') { table = { a: ${v} } } return table && table[k] };`,
    (v) =>
      `let table; exports.off = () => { table &&= null }; exports.get = (k) => { if (!table) { table = { a: ${v} } } return table[k] };`,
    (v) =>
      `let table; exports.use = (own) => { table = own }; exports.get = (k) => { if (!table) { table = { a: ${v} } } return table[k] };`,
    // Values that whoever has got them may have changed, or may tell from others.
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = new Map(); table.set('a', ${v}); table.set('l', ['x']) } return table.get(k) };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = {}; table.a = ${v}; table.l = new Set(['x']) } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = {}; table.a = ${v}; table.l = 'a b'.split(' ') } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = {}; table.a = ${v}; table.l = Object.create(null) } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v}, word: /x/g } } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v}, get list() { return k } } } return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v}, ['b' + k]: 1 } } return table[k] };`,
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = {}; put(['x']) } return table[k] }; function put(x) { table.a = ${v}; table.l = x }`,
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = {}; for (const x of [['x']]) table.l = x; table.a = ${v} } return table[k] };`,
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = {}; put(1) } return table[k] }; function put() { table.a = ${v}; table.l = arguments }`,
    // What they are computed of may have changed since.
    (v) =>
      `let table; function own() {} own.n = 1; exports.set = (n) => { own.n = n }; exports.get = (k) => { if (!table) { table = { a: ${v}, n: own.n } } return table[k] };`,
    (v) =>
      `let table; function own() {} own.n = 'n'; exports.set = (n) => { own.n = n }; exports.get = (k) => { if (!table) { table = { a: ${v} }; table[own.n] = 1 } return table[k] };`,
    (v) =>
      `let table; const own = [1], same = own; exports.set = (n) => { same[0] = n }; exports.get = (k) => { if (!table) { table = { a: ${v}, n: own[0] } } return table[k] };`,
    (v) =>
      `let table; const own = { inner: { n: 1 } }; exports.inner = own.inner; exports.get = (k) => { if (!table) { table = { a: ${v}, n: own.inner } } return table[k] };`,
    // Ways in which it may be held, or written.
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } [table.b] = [1]; return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } ({ b: table.b } = { b: 1 }); return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } for (table.b of [1]); return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } delete table.b; return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } if (k === 'x') table.x(); return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } if (k === 'x') table.x\`\`; return table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } return k === '' ? table || k : table[k] };`,
    (v) => `let table; exports.get = (k) => { if (!table) { table = { a: ${v} } } return Object.keys(table).length > 9 ? k : table[k] };`,
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = new Map(); table.set('a', ${v}) } table.forEach((x, y, all) => x); return table.get(k) };`,
    (v) => `let table; exports.get = (k) => { if (!table) { const own = (table = {}); own.a = ${v} } return table[k] };`,
    (v) =>
      `let table; exports.get = (k) => { if (!table) { table = {}; fill(table) } return table[k] }; function fill(own) { own.a = ${v} }`,
    (v) =>
      `let table; const all = async () => { if (!table) { table = { a: ${v} } } return table }; all(); exports.get = (k) => (all(), all.b = all().b, ${v} > 1 && k === 'x' ? 0 : 1);`,
    (v) =>
      `const { hostname } = require('os'); let table; function all() { if (!table) { table = { a: ${v} }; notify(hostname()) } return table } const notify = require('./notify'); exports.get = (k) => all()[k];`,
  ];
  for (const version of versions) {
    const beside = { 'notify.js': 'module.exports = () => {}' };
    const p = await program({ 'index.js': version(1), ...beside }, { 'index.js': version(2), ...beside });
    const { get } = p.exports;
    assert.equal(get('a'), 1, version(1));
    await p.apply();
    assert.equal(get('a'), 1, version(1));
    assert.deepEqual(p.codes('carried-with-transform'), [], version(1));
    assert.ok(
      p.codes('warning').some((code) => /^(results-remembered|instances-hold)$/.test(code)),
      version(1),
    );
    p.clean();
  }
});
