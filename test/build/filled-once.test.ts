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
    assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], []], before);
    await p.revert();
    assert.equal(get('a'), 1);
    p.clean();
  }
});

test('it stays, and that is said, where more is put into it, others may hold it, or its values have a state', async () => {
  const versions: ((value: number) => string)[] = [
    (v) =>
      `let table; function all() { if (!table) table = { a: ${v} }; return table } exports.get = (k) => all()[k]; exports.put = (k, x) => { all()[k] = x };`,
    (v) => `let table; function all() { if (!table) table = { a: ${v} }; return table } exports.get = (k) => all()[k]; exports.all = all;`,
    (v) =>
      `let table; function all() { if (!table) table = { a: ${v} }; return table } exports.get = (k) => all()[k]; exports.held = () => ({ own: all() });`,
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
    (v) =>
      `const { hostname } = require('os'); let table; function all() { if (!table) { table = { a: ${v} }; notify(hostname()) } return table } const notify = require('./notify'); exports.get = (k) => all()[k];`,
  ];
  for (const version of versions) {
    const beside = { 'notify.js': 'module.exports = () => {}' };
    const p = await program({ 'index.js': version(1), ...beside }, { 'index.js': version(2), ...beside });
    const { get } = p.exports;
    assert.equal(get('a'), 1);
    await p.apply();
    assert.equal(get('a'), 1);
    assert.deepEqual(p.codes('carried-with-transform'), [], version(1));
    assert.ok(
      p.codes('warning').some((code) => /^(results-remembered|instances-hold)$/.test(code)),
      version(1),
    );
    p.clean();
  }
});
