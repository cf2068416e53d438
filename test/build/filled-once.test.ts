/** What functions do once, as they find a variable empty. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

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
