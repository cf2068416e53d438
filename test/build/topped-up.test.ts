/** Tables that a function fills once and that others may hold, or put something into: what differs is put into the one that is there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const tables: readonly ((v: number, more: string) => string)[] = [
  (v, more) =>
    `let table; function all() { if (!table) { table = {}; put(${v}, ['a', 'b']);${more} } return table }
function put(x, names) { for (const name of names) table[name] = x } exports.all = all;`,
  (v, more) => `let table; function all() { if (!table) { table = { a: ${v} };${more} } return table } exports.all = all;`,
  (v, more) =>
    `let table = null; const all = () => { if (table !== null) return table; table = { a: ${v} };${more} return table }; exports.all = all;`,
  (v, more) =>
    `let table; function all() { if (table === undefined) { table = Object.create(null); table.a = ${v};${more} } return table } exports.all = () => all();`,
  (v, more) => `let table; function fill() { if (!table) { table = { a: ${v} };${more} } } exports.all = () => { fill(); return table };`,
  (v, more) =>
    `var Kind; (function (Kind) { Kind[Kind["One"] = 1] = "One"; Kind[Kind["Two"] = 2] = "Two"; })(Kind || (Kind = {})); exports.Kind = Kind;
let table; function all() { if (!table) { table = { a: Kind.${v === 1 ? 'One' : 'Two'} };${more} } return table } exports.all = all;`,
];

test('what the new version fills it with is put into the table that is there, and what the program has put there stays', async () => {
  for (const version of tables) {
    const p = await program(
      { 'index.js': version(1, ' table.gone = 1; table.set = 1; table.off = 1; table.same = 1;') },
      { 'index.js': version(2, ' table.come = 2; table.taken = 2; table.set = 2; table.off = 2; table.same = 1;') },
    );
    const table = p.exports.all();
    Object.assign(table, { own: 7, set: 7, taken: 7 });
    delete table.off;
    const { b } = table;
    await p.apply();
    assert.equal(p.exports.all(), table);
    assert.deepEqual({ ...table }, { a: 2, ...(b && { b: 2 }), come: 2, same: 1, own: 7, set: 7, taken: 7 }, version(1, ''));
    assert.deepEqual([p.codes('carried').includes('table-changed'), p.codes('warning')], [true, []], version(1, ''));
    table.come = 3;
    await p.revert();
    assert.deepEqual({ ...table }, { a: 1, ...(b && { b: 1 }), gone: 1, come: 3, same: 1, own: 7, set: 7, taken: 7 }, version(1, ''));
    p.clean();
  }
});

test('maps and sets, and what was filled only while the patch was there', async () => {
  const maps = (v: number): string =>
    `let table; function all() { if (!table) { table = new Map(); table.set('a', ${v}); table.set('k${v}', 1) } return table } exports.all = all;`;
  const map = await program({ 'index.js': maps(1) }, { 'index.js': maps(2) });
  const held = map.exports.all();
  held.set('own', 7);
  await map.apply();
  assert.deepEqual(Object.fromEntries(held), { a: 2, own: 7, k2: 1 });
  await map.revert();
  assert.deepEqual(Object.fromEntries(held), { a: 1, own: 7, k1: 1 });
  map.clean();
  const sets = (v: number): string =>
    `let table; function all() { if (!table) { table = new Set(['a', 'k${v}']) } return table } exports.all = all;`;
  const set = await program({ 'index.js': sets(1) }, { 'index.js': sets(2) });
  await set.apply();
  const made = set.exports.all();
  made.add('own');
  assert.deepEqual([...made], ['a', 'k2', 'own']);
  await set.revert();
  assert.deepEqual([...made], ['a', 'own', 'k1']);
  set.clean();
});

test('a function of an ES module that gives it away as it is declared', async () => {
  const version = (v: number): string =>
    `let table; export function all() { if (!table) { table = { a: ${v} } } return table } export const get = (k) => all()[k];`;
  const { verdicts } = await build({ 'index.mjs': version(1) }, { 'index.mjs': version(2) });
  assert.deepEqual(
    verdicts.map(({ code }) => code),
    ['function-changed', 'table-changed'],
  );
});

test('it stays, and that is said, where the function or the module does more with it', async () => {
  const versions: ((v: number) => string)[] = [
    (v) =>
      `let table, n = 0; function all() { if (!table) { table = { a: ${v} } } n++; return table } exports.all = all; exports.n = () => n;`,
    (v) => `let table; function all(k) { if (!table) { table = { a: ${v} } } return k ? null : table } exports.all = all;`,
    (v) => `let table; function all() { if (!table) { table = { a: ${v} } } else { all.n = 1 } return table } exports.all = all;`,
    (v) => `let table; function all(k = Date.now()) { if (!table) { table = { a: ${v} } } return table } exports.all = all;`,
    (v) => `let table; async function all() { if (!table) { table = { a: ${v} } } return table } exports.all = all;`,
    (v) => `let table; function all() { if (!table) { table = ['a', ${v}] } return table } exports.all = all;`,
    (v) =>
      `let table; function all() { if (!table) { table = { a: ${v} } } return table } exports.all = all; exports.use = (own) => { table = own };`,
    (v) =>
      `let table; function all() { if (!table) { table = { a: ${v} } } return table } exports.all = all; exports.swap = () => { all = null };`,
    (v) => `let table; exports.all = () => { if (!table) { table = { a: ${v} } } return table };`,
    (v) => `let table; function all() { if (!table) { table = { a: { n: ${v} } } } return table } exports.all = all;`,
    (v) =>
      `var Kind; (function (Kind) { Kind[Kind["One"] = Date.now()] = "One" })(Kind || (Kind = {}));
let table; function all() { if (!table) { table = { a: ${v}, b: Kind.One } } return table } exports.all = all;`,
    (v) =>
      `var Kind; (function (Kind) { Kind[Kind["One"] = 1] = "One" })(Kind || (Kind = {})); exports.set = (n) => { Kind.One = n };
let table; function all() { if (!table) { table = { a: ${v}, b: Kind.One } } return table } exports.all = all;`,
  ];
  for (const version of versions) {
    const { verdicts } = await build({ 'index.js': version(1) }, { 'index.js': version(2) });
    const codes = verdicts.map(({ code }) => code);
    assert.ok(!codes.includes('table-changed') && !codes.includes('cache-emptied'), version(1));
    assert.ok(
      codes.some((code) => /^(results-remembered|instances-hold)$/.test(code)),
      version(1),
    );
  }
});
