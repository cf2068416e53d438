/** Tables that a generator has written row by row, with one variable that stands for each row in turn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const row = (at: number, ...entries: string[]): string =>
  `row = Object.create(null);\n${entries.map((entry, i) => `row[${i}] = ${entry};\n`).join('')}exports.list[${at}] = row;\n`;
const rows = (...all: string[]): string =>
  `var row;\nexports.list = Object.create(null);\n${all.join('')}exports.list.length = ${all.length};\n`;
const user = "const { list } = require('./rows.js'); exports.all = () => Array.from(list, (row) => ({ ...row })); exports.first = list[0];";

test('rows change, come and go in the table that the program holds', async () => {
  const p = await program(
    { 'index.js': user, 'rows.js': rows(row(0, '/a/', '"A"'), row(1, '/b/', '0'), row(2, '/c/', '0')) },
    { 'rows.js': rows(row(0, '/a+/', '"A"', '1'), row(1, '/b/', '"B"')) },
  );
  const { first } = p.exports;
  const old = [
    { 0: /a/, 1: 'A' },
    { 0: /b/, 1: 0 },
    { 0: /c/, 1: 0 },
  ];
  assert.deepEqual(p.exports['all'](), old);
  await p.apply();
  assert.deepEqual(p.exports['all'](), [
    { 0: /a+/, 1: 'A', 2: 1 },
    { 0: /b/, 1: 'B' },
  ]);
  assert.equal(first[0].source, 'a+');
  assert.equal(Object.getPrototypeOf(first), null);
  await p.revert();
  assert.deepEqual(p.exports['all'](), old);
});

test('a row that is new is made as the others, and verdicts name its line', async () => {
  const p = await program(
    { 'index.js': user, 'rows.js': rows(row(0, '1'), row(1, '2')) },
    { 'rows.js': rows(row(0, '1'), row(1, '5'), row(2, '3', '4')) },
  );
  assert.deepEqual(
    p.report.verdicts.filter(({ file }) => file === 'rows.js').map(({ code, line }) => `${code} ${line}`),
    ['table-changed 6', 'property-set 9', 'property-set 13'],
  );
  await p.apply();
  assert.deepEqual(p.exports['all'](), [{ 0: 1 }, { 0: 5 }, { 0: 3, 1: 4 }]);
});

test('keys may be texts, names and numbers', async () => {
  const version = (value: number): string =>
    `let row; exports.list = {}; row = Object.create(null); row.name = ${value}; row['a b'] = 2; exports.list.a = row; row = Object.create(null); row.name = 3; exports.list.b = row;`;
  const p = await program({ 'rows.js': version(1) }, { 'rows.js': version(9) });
  await p.apply();
  assert.deepEqual({ ...p.exports['list'].a }, { name: 9, 'a b': 2 });
  assert.deepEqual({ ...p.exports['list'].b }, { name: 3 });
});

test('a variable that is more than a row in turn is not read so', async () => {
  const refused = async (version: (value: number) => string): Promise<boolean> =>
    (await build({ 'rows.js': version(1) }, { 'rows.js': version(2) })).verdicts.some(({ code }) => code === 'statement-changed');
  const two = (one: string, more = '', begin = 'exports.list = {};'): string =>
    `var row; ${begin} row = Object.create(null); ${one} exports.list.a = row; ${more} row = Object.create(null); row.n = 3; exports.list.b = row;`;
  assert.equal(await refused((n) => two(`row.n = ${n};`)), false);
  for (const version of [
    (n: number): string => two(`row.n = ${n};`, 'exports.kept = row;'),
    (n: number): string => two(`row.n = ${n}; row.self = row;`),
    (n: number): string => two(`row.n = ${n}; exports.other = 1;`),
    (n: number): string => two(`row.n = ${n}; row.n += 1;`),
    (n: number): string => two(`row.n = ${n}; row.deep.n = 1;`).replace('row.n', 'row.deep = {}; row.n'),
    (n: number): string => two(`row['__proto__'] = { n: ${n} };`),
    (n: number): string => two(`row.__proto__ = { n: ${n} };`),
    (n: number): string => two(`row[exports.key] = ${n};`, '', "exports.key = 'k'; exports.list = {};"),
    (n: number): string => `exports.bare = Object.create(null); ${two(`row.n = ${n};`).replaceAll('Object.create(null)', '{}')}`,
    (n: number): string => two(`row.n = ${n};`, '', 'exports.list = {}; exports.ask = () => 1;'),
    (n: number): string => two(`row.n = ${n};`, '', 'exports.list = {}; exports.ask = () => row;'),
    (n: number): string => `${two(`row.n = ${n};`)} row = Object.create(null); row.n = 4;`,
  ])
    assert.equal(await refused(version), true, version(1));
});

test('who keeps how many rows there were needs a hook that counts again', async () => {
  const counting =
    "const { list } = require('./rows.js');\nlet n = list.length;\nexports.all = () => Array.from(list).slice(0, n).length; exports.set = (to) => { n = to };";
  const before = { 'index.js': counting, 'rows.js': rows(row(0, '1'), row(1, '2')) };
  const after = { ...before, 'rows.js': rows(row(0, '1'), row(1, '2'), row(2, '3')) };
  const { verdicts } = await build(before, after);
  assert.deepEqual(
    verdicts.flatMap(({ verdict, code, file, line }) => (verdict === 'needs-hook' ? `${code} ${file}:${line}` : [])),
    ['live-data index.js:2'],
  );
  const hook = {
    name: 'hook.mjs',
    text: `export const claims = ['index.js live-data'];
export const module = 'index.js';
const count = () => { n = list.length; };
export const postPatch = count;
export const postUnpatch = count;`,
  };
  const p = await program(before, after, hook);
  assert.equal(p.exports['all'](), 2);
  await p.apply();
  assert.equal(p.exports['all'](), 3);
  await p.revert();
  assert.equal(p.exports['all'](), 2);
  const codes = async (index: string, now: string): Promise<readonly string[]> =>
    (await build({ ...before, 'index.js': index }, { ...before, 'index.js': index, 'rows.js': now })).verdicts.map(({ code }) => code);
  assert.equal((await codes(counting, rows(row(0, '5'), row(1, '2')))).includes('live-data'), false);
  assert.equal((await codes(counting.replace('list.length', 'list[0]'), after['rows.js'])).includes('live-data'), false);
  const made =
    "const { list } = require('./rows.js'); exports.A = class { constructor() { this.n = list.length } get() { return this.n } };";
  const found = await codes(made, after['rows.js']);
  assert.deepEqual([found.includes('instances-hold'), found.includes('live-data')], [true, false]);
});
