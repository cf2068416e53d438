/** Tables into which functions no longer put what they did, or out of which they take what they left there: the report says that it stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function said(before: string, after: string): Promise<string[]> {
  assert.notEqual(before, after);
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path, reason }) => `${code} ${path}: ${reason}`);
}

const MAP = 'const map = new Map(); exports.get = (k) => map.get(k); exports.add = (k, v) => { map.set(k, v) };\n';
const UNPUT = (table: string): string => `what calls of it have put into ${table} stays there, which the new version does not put there`;
const TAKEN = (table: string): string => `what calls of it would have taken out of ${table} is still there`;

const TOLD: Readonly<Record<string, readonly [before: string, was: string, now: string, path: string, reason: string]>> = {
  'what is put there no more': [`${MAP}exports.put = (k, v) => { map.set(k, v); };`, 'map.set(k, v);', '', 'exports.put map', UNPUT('map')],
  'what is kept in a cache no more': [
    'exports.C = class { constructor() { this.cache = {} } get(k) { return this.cache[k] ?? this.make(k) } make(k) { const v = [k]; this.cache[k] = v; return v } };',
    'this.cache[k] = v;',
    '',
    'exports.C#make cache',
    UNPUT('cache'),
  ],
  'what is taken out of a map': [`${MAP}exports.end = (k) => { ; };`, '{ ; }', '{ map.delete(k); }', 'exports.end map', TAKEN('map')],
  'what is taken out in one more place': [
    `${MAP}exports.end = (k) => { if (k) map.delete(k); };`,
    'map.delete(k);',
    'map.delete(k); else map.delete(-1);',
    'exports.end map',
    TAKEN('map'),
  ],
  'what is taken out of a table': [
    'const table = {}; exports.put = (k, v) => { table[k] = v }; exports.get = (k) => table[k]; exports.end = (k) => { ; };',
    '{ ; }',
    '{ delete table[k]; }',
    'exports.end table',
    TAKEN('table'),
  ],
  'what is taken out of a list of an object': [
    'exports.C = class { constructor() { this.list = [] } put(v) { this.list.push(v) } first() { return this.list[0] } end() { ; } };',
    '{ ; }',
    '{ this.list.shift(); }',
    'exports.C#end list',
    TAKEN('list'),
  ],
};
for (const [what, [before, was, now, path, reason]] of Object.entries(TOLD))
  test(`what is there is told of: ${what}`, async () => {
    assert.deepEqual(await said(before, before.replace(was, now)), [`instances-hold ${path}: ${reason}`]);
  });

const SILENT: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'what another function puts there': [
    `${MAP}exports.put = (k, v) => { map.set(k, v) };`,
    `${MAP}exports.put = (k, v) => { store(k, v) }; function store(k, v) { map.set(k, v) }`,
  ],
  'what it puts there and takes out': [
    'const list = []; exports.put = (v) => { list.push(v); }; exports.first = () => list[0];',
    'const list = []; exports.put = (v) => { list.push(v); list.shift(); }; exports.first = () => list[0];',
  ],
  'what nobody looks for': [
    'const list = []; exports.more = (v) => { list.push(v) }; exports.put = (v) => { list.push(v); };',
    'const list = []; exports.more = (v) => { list.push(v) }; exports.put = (v) => { return v; };',
  ],
  'a list that it is given': ['exports.put = (list, v) => { list.push(v); };', 'exports.put = (list, v) => { return v; };'],
  'what it took out before, in another way': [
    'const list = []; exports.put = (v) => { list.push(v) }; exports.next = () => list[0] && list.pop();',
    'const list = []; exports.put = (v) => { list.push(v) }; exports.next = () => list[0] && list.shift();',
  ],
  'what another function took out': [
    `${MAP}exports.end = (k) => { map.delete(k) }; exports.stop = (k) => { ; };`,
    `${MAP}exports.end = (k) => { exports.stop(k) }; exports.stop = (k) => { map.delete(k) };`,
  ],
  'what is taken out of a table that is new': [
    `${MAP}exports.end = (k) => { ; };`,
    `${MAP}const own = new Map(); exports.own = own; exports.end = (k) => { own.delete(k); };`,
  ],
  'a property that is written out': [
    'const table = {}; exports.put = (k, v) => { table[k] = v }; exports.get = (k) => table[k]; exports.end = () => { ; };',
    'const table = {}; exports.put = (k, v) => { table[k] = v }; exports.get = (k) => table[k]; exports.end = () => { delete table.temporary; };',
  ],
};
for (const [what, [before, after]] of Object.entries(SILENT))
  test(`nothing is said of ${what}`, async () => {
    assert.deepEqual(await said(before, after), []);
  });

test('it is told of the function that takes it out', async () => {
  const before = `${MAP}exports.next = (k) => { map.delete(k); return 1 }; exports.end = (k) => { ; };`;
  const after = before.replace('return 1', 'return 2').replace('{ ; }', '{ map.delete(k); }');
  assert.deepEqual(await said(before, after), [`instances-hold exports.end map: ${TAKEN('map')}`]);
});
