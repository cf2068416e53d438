import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patched, program } from './harness.ts';

const source = (step: number, cache = 'new Map()'): string => `const cache = ${cache};
const slow = (x) => x + STEP;
const STEP = ${step};
exports.of = (x) => { const found = cache.get(x); if (found !== undefined) return found; const y = slow(x); cache.set(x, y); return y };
exports.size = () => cache.size;
exports.clear = () => cache.clear();`;

test('new code begins with an empty cache, where old code filled it with what is computed in another way', async () => {
  const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
  const { of, size, clear } = p.exports;
  assert.deepEqual([of(5), of(6), size()], [6, 7, 2]);
  await p.apply();
  assert.deepEqual([size(), of(5), of(7), size()], [0, 7, 9, 2]);
  clear();
  assert.equal(size(), 0);
  assert.equal(of(1), 3);
  await p.revert();
  assert.deepEqual([of(5), of(7), of(1), size()], [6, 8, 2, 4]);
  assert.deepEqual(p.codes('carried-with-transform'), ['cache-emptied']);
  assert.deepEqual(p.codes('warning'), []);
  p.clean();
});

test('one of which functions ask for what they put there, by a function too, or whether it is there', async () => {
  const more = `const known = (x) => cache.get(x);
let misses = 0;
exports.other = (x) => { if (!cache.has(x)) { misses++; cache.set(x, slow(x)) } return known(x) };
exports.forget = (x) => { delete cache[x]; cache.delete(x) };
exports.isThere = (x) => cache.has(x);`;
  const p = await program({ 'index.js': `${source(1)}\n${more}` }, { 'index.js': `${source(2)}\n${more}` });
  const { other, forget, isThere } = p.exports;
  assert.equal(other(5), 6);
  await p.apply();
  assert.deepEqual([isThere(5), other(5), isThere(5)], [false, 7, true]);
  forget(5);
  assert.equal(isThere(5), false);
  assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], []]);
  p.clean();
});

test('one that its code replaces when it is full, or when what it depends on has moved', async () => {
  const version = (step: number): string => `let pathCache = {};
let count = 0;
exports.of = (x) => { if (++count > 3) { count = 1; pathCache = {} } if (!(x in pathCache)) pathCache[x] = x + ${step}; return pathCache[x] };
exports.has = (x) => x in pathCache;`;
  const p = await program({ 'index.js': version(1) }, { 'index.js': version(2) });
  const { of, has } = p.exports;
  assert.equal(of(5), 6);
  await p.apply();
  assert.deepEqual([has(5), of(5), of(6), of(7), has(5), has(7)], [false, 7, 8, 9, false, true]);
  await p.revert();
  assert.equal(of(5), 6);
  p.clean();
});

/** What `get` does, which remembers what `slow` gives, and whether that is said. */
const BY_OTHER_NAMES: Readonly<Record<string, readonly [code: string, isTold: boolean]>> = {
  'a name of the function itself': [
    'const all = new Map(); const get = (x) => { const own = all; if (!own.has(x)) own.set(x, slow(x)); return own.get(x) };',
    true,
  ],
  'both its names': [
    'const all = new Map(); const get = (x) => { const own = all; if (!own.has(x)) all.set(x, slow(x)); return own.get(x) };',
    true,
  ],
  'both its names, and looks there by the other': [
    'const all = new Map(); const get = (x) => { const own = all; if (!all.has(x)) own.set(x, slow(x)); return all.get(x) };',
    true,
  ],
  'a name for a property of the function': [
    'function get(x) { const own = get.cache; if (!own.has(x)) own.set(x, slow(x)); return own.get(x) } get.cache = new Map();',
    true,
  ],
  'a name for a property of an object of the module': [
    'const state = { all: new Map() }; const get = (x) => { const own = state.all; if (!own.has(x)) own.set(x, slow(x)); return own.get(x) };',
    true,
  ],
  'a name that is given something else': [
    'const all = new Map(); const get = (x) => { let own = all; own = new Map(); if (!own.has(x)) own.set(x, slow(x)); return own.get(x) };',
    false,
  ],
  'a name of a table of the call': [
    'const shared = {}; const get = (x) => { const other = shared; const all = new Map(); const own = all; if (!own.has(x)) own.set(x, slow(x)); return [own.get(x), other] };',
    false,
  ],
  'a name for what objects have': [
    'const shared = {}; const get = (x, o) => { const other = shared; const own = o.all; if (!own.has(x)) own.set(x, slow(x)); return [own.get(x), other] };',
    false,
  ],
  'a name by which it only looks': ['const all = new Map(); const get = (x) => { const own = all; return own.get(x) + slow(x) };', false],
};

for (const [name, [code, isTold]] of Object.entries(BY_OTHER_NAMES))
  test(`results in a table that its function knows by ${name}`, async () => {
    const version = (step: number): string => `const slow = (x) => x + ${step};\n${code}\nexports.get = get;`;
    const p = await patched(version(1), version(2));
    assert.deepEqual(p.codes('warning'), isTold ? ['results-remembered'] : []);
    p.clean();
  });

test('what is said of such a property names it', async () => {
  const version = (step: number): string => `const slow = (x) => x + ${step};
function get(x) { const own = get.cache; if (!own.has(x)) own.set(x, slow(x)); return own.get(x) }
get.cache = new Map();
exports.get = get;`;
  const p = await patched(version(1), version(2));
  assert.match(p.report.verdicts.find(({ code }) => code === 'results-remembered')!.reason, /in the cache of/);
  p.clean();
});

/** Where a table has `slow`, what is computed of the table, and whether that may be what `slow` gives. */
const OUT_OF_TABLES: Readonly<Record<string, readonly [table: string, computed: string, isTold: boolean]>> = {
  'by a key': ['const steps = { slow }', 'steps[k](x)', true],
  'by a key of a table that is given something else': ['let steps = { slow }; exports.use = (all) => { steps = all }', 'steps[k](x)', true],
  'by a key of a table that is filled': ['const steps = {}; steps.slow = slow', 'steps[k](x)', true],
  'by a key of a table that is given later': ['let steps; steps = { slow }', 'steps[k](x)', true],
  'by a key of a list': ['const steps = [slow]', 'steps[k](x)', true],
  'by a key of a list that is filled': ['const steps = []; steps.push(slow)', 'steps[k](x)', true],
  'by a key of a map': ['const steps = new Map([[1, slow]])', 'steps.get(k)(x)', true],
  'by a key of a map that is filled': ['const steps = new Map(); steps.set(1, slow)', 'steps.get(k)(x)', true],
  'by its place': ['const steps = [slow]', 'steps.at(k)(x)', true],
  'out of all values': ['const steps = new Map([[1, slow]])', '[...steps.values()][k](x)', true],
  'out of all entries': ['const steps = new Map([[1, slow]])', '[...steps.entries()][k][1](x)', true],
  'all together': ['const steps = [slow]', 'steps.reduce((y, step) => step(y), x)', true],
  'one after the other': ['const steps = [slow]', '(() => { let y = x; for (const step of steps) y = step(y); return y })()', true],
  'by a name, of which it has another': ['const steps = { slow, half: (y) => y / 2 }', 'steps.half(x)', false],
  'of another table': ['const steps = { slow }, others = { half: (y) => y / 2 }', 'others[k](x)', false],
  'out of all that an object has': ['const steps = { slow }', 'Object.values(steps)[k](x)', true],
  'out of a copy of the list': ['const steps = [slow]', '[...steps][k](x)', true],
  'of the prototype of an object': ['const steps = { slow }', 'Object.create(steps).half', false],
  'of a list that is only asked for it': ['const steps = [(y) => y / 2]; exports.has = steps.includes(slow)', 'steps[k](x)', false],
  'of an object that has the table': ['const all = { steps: {} }; all.steps.slow = slow', 'all[k](x)', false],
  'of a table of the call': ['const steps = { slow }', '((steps) => steps[k](x))({ half: (y) => y / 2 })', false],
};

for (const [name, [table, computed, isTold]] of Object.entries(OUT_OF_TABLES))
  test(`results of a function that is taken out of a table ${name}`, async () => {
    const version = (step: number): string => `const slow = (x) => x + ${step};\n${table};\nexports.slow = slow;
const results = new Map();
exports.get = (k, x) => { const key = k + ' ' + x; if (!results.has(key)) results.set(key, ${computed}); return results.get(key) };`;
    const p = await patched(version(1), version(2));
    assert.deepEqual(p.codes('warning'), isTold ? ['results-remembered'] : []);
    p.clean();
  });

test('a table that may hold more than results stays as it is, and is told of', async () => {
  const all = {
    filled: 'exports.put = (x, y) => { cache.set(x, y) };',
    preset: "cache.set('a', 1);",
    'given away': 'exports.cache = cache;',
    walked: 'exports.all = () => [...cache];',
    'with counts': 'exports.hit = (x) => { cache[x] ??= {}; cache[x].hits = 1; };',
    'with lists': 'exports.add = (x) => { cache[x] ??= []; cache[x].push(x); };',
    'walked by a method': 'exports.all = () => { const all = []; cache.forEach((y) => all.push(y)); return all };',
    'with counts in what was taken out':
      'exports.hit = (x) => { const one = cache[x] || (cache[x] = { hits: 0, x: slow(x) }); one.hits++; return one.hits };',
    'of numbers that count on':
      'let last = 0;\nexports.id = (x) => { if (!cache.has(x)) cache.set(x, slow(x) + ++last); return cache.get(x) };',
    'of numbers that a function counts':
      'let last = 0;\nconst next = (x) => slow(x) + last++;\nexports.id = (x) => { let id = cache.get(x); if (id === undefined) { id = next(x); cache.set(x, id) } return id };',
    'of numbers that say how much is there':
      'exports.id = (x) => { if (!cache.has(x)) cache.set(x, slow(cache.size)); return cache.get(x) };',
    'of what chance gives': 'exports.id = (x) => { if (!cache.has(x)) cache.set(x, slow(Math.random())); return cache.get(x) };',
    'of what chance gives a function':
      'const { randomUUID } = require("crypto");\nconst make = (x) => slow(x) + randomUUID();\nexports.id = (x) => { if (!cache.has(x)) cache.set(x, make(x)); return cache.get(x) };',
    'that others cannot do without': 'exports.known = (x) => cache.get(x).length;',
    'that others cannot do without, by its key': 'exports.known = (x) => cache[x].length;',
    'that others get by a function': 'const known = (x) => cache.get(x);\nexports.known = (x) => known(x).length;',
    'of what is opened':
      "const { connect } = require('net');\nexports.to = (x) => { let found = cache.get(x); if (!found) { found = connect(x); cache.set(x, found) } return found };",
    'of objects of the program':
      'class Line { constructor(x) { this.x = x } }\nexports.line = (x) => { if (!cache.has(x)) cache.set(x, new Line(x)); return cache.get(x) };',
  };
  for (const [name, more] of Object.entries(all)) {
    const p = await patched(`${source(1)}\n${more}`, `${source(2)}\n${more}`);
    assert.deepEqual(p.codes('carried-with-transform'), [], name);
    assert.ok(p.codes('warning').includes('results-remembered'), name);
    p.clean();
  }
  const store = (step: number): string => source(step).replaceAll('cache', 'memory');
  const s = await patched(store(1), store(2));
  assert.deepEqual([s.codes('carried-with-transform'), s.codes('warning')], [[], ['results-remembered']]);
  s.clean();
  const q = await patched(source(1, "new Map([['a', 1]])"), source(2, "new Map([['a', 1]])"));
  assert.deepEqual(q.codes('carried-with-transform'), []);
  q.clean();
});

test('one that a function of the module is given to fill', async () => {
  const version = (step: number, more = ''): string => `const lineCache = new Map(), other = new Map();
const keep = (cache, key, value, error) => { cache.set(key, [value, error]); return value || error };
exports.of = (x) => {
  const [found, error] = lineCache.get(x) || [];
  if (found) return found;
  if (error) throw error;
  try {
    return keep(lineCache, x, make(x));
  } catch (e) { throw keep(lineCache, x, null, e) }
};
exports.has = (x) => lineCache.has(x);
function make(x) { if (x > 10 * ${step}) throw new RangeError('much'); return x + ${step} }
${more}`;
  const p = await program({ 'index.js': version(1) }, { 'index.js': version(2) });
  const { of, has } = p.exports;
  assert.equal(of(5), 6);
  assert.throws(() => of(11), RangeError);
  await p.apply();
  assert.deepEqual([has(5), of(5), of(11), has(11)], [false, 7, 13, true]);
  await p.revert();
  assert.deepEqual([of(5), of(6)], [6, 7]);
  assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], []]);
  p.clean();
  const others = {
    'a function that keeps it': 'exports.more = (x) => hold(lineCache, x);\nconst held = [];\nfunction hold(cache) { held.push(cache) }',
    'a function that walks it': 'exports.more = () => all(lineCache);\nfunction all(cache) { return [...cache.values()] }',
    'one that nobody has looked for': 'exports.more = (x, y) => keep(lineCache, x, y);',
    'one that the function makes':
      "const { connect } = require('net');\nexports.more = (x) => lineCache.get(x) || open(lineCache, x);\nfunction open(cache, x) { return cache.set(x, connect(x)).get(x) }",
  };
  for (const [name, more] of Object.entries(others)) {
    const q = await patched(version(1, more), version(2, more));
    assert.deepEqual(q.codes('carried-with-transform'), [], name);
    assert.ok(q.codes('warning').includes('results-remembered'), name);
    q.clean();
  }
});

test('the caches of objects that exist are made anew when all tasks run the patch, and when it has gone', async () => {
  const version = (step: number): string => `const { Fifo, lru } = require('./fifo');
class Table {
  memo = lru(8);
  constructor() { this.cache = new Fifo(8); this.ownCache = {}; }
  get(x) { let y = this.cache.get(x); if (y === undefined) { y = x + ${step}; this.cache.set(x, y) } return y }
  short(x) { let y = this.memo.get(x); if (y === undefined) { y = x + ${step}; this.memo.set(x, y) } return y }
  own(x) { return this.ownCache[x] ?? (this.ownCache[x] = x + ${step}) }
  clear() { this.cache = new Fifo(8) }
}
function Old() { this.cache = Object.create(null) }
Old.prototype.get = function (x) { if (!this.cache[x]) this.cache[x] = x + ${step}; return this.cache[x] };
function Given(cache) { this.givenCache = cache || {} }
Given.prototype.get = function (x) { return (this.givenCache[x] ??= x + ${step}) };
module.exports = { Table, Old, Given };`;
  const fifo = `class Fifo { constructor(max) { this.max = max; this.held = {} } get(x) { return this.held[x] } set(x, y) { this.held[x] = y } }
module.exports = { Fifo, lru: (max) => new Fifo(max) };`;
  const p = await program({ 'index.js': version(1), 'fifo.js': fifo }, { 'index.js': version(2), 'fifo.js': fifo });
  const { Table, Old, Given } = p.exports;
  const [table, old, given] = [new Table(), new Old(), new Given()];
  const custom = new Map([[1, 'given']]);
  const foreign = Object.assign(new Table(), { cache: custom, memo: null });
  const all = (x: number): number[] => [table.get(x), table.short(x), table.own(x), old.get(x)];
  assert.deepEqual(all(5), [6, 6, 6, 6]);
  assert.equal(given.get(5), 6);
  await p.apply();
  assert.deepEqual([all(5), all(6)].flat(), [7, 7, 7, 7, 8, 8, 8, 8]);
  assert.equal(table.cache.max, 8);
  assert.deepEqual([foreign.cache, foreign.memo], [custom, null], 'what the program has put there stays');
  assert.equal(given.get(5), 6, 'what the program may have given stays');
  await p.revert();
  assert.deepEqual([all(5), all(6)].flat(), [6, 6, 6, 6, 7, 7, 7, 7]);
  assert.deepEqual(p.codes('carried-with-transform'), ['cache-emptied', 'cache-emptied', 'cache-emptied', 'cache-emptied']);
  assert.deepEqual(p.codes('warning'), ['results-remembered']);
  p.clean();
});

test('results of what another module computes, in a module that is the same', async () => {
  const user = `const { compute, same } = require('./compute');
const cache = new Map();
const wrap = (x) => compute(x);
exports.of = (x) => { if (!cache.has(x)) cache.set(x, wrap(x)); return cache.get(x) };
const cacheOfSame = new Map();
exports.same = (x) => { if (!cacheOfSame.has(x)) cacheOfSame.set(x, [same(x)]); return cacheOfSame.get(x) };
class Table { constructor() { this.memo = {} } of(x) { return (this.memo[x] ??= compute(x)) } }
exports.Table = Table;`;
  const compute = (step: number): string => `exports.compute = (x) => x + ${step};\nexports.same = (x) => x;`;
  const p = await program({ 'index.js': user, 'compute.js': compute(1) }, { 'index.js': user, 'compute.js': compute(2) });
  const { of, same, Table } = p.exports;
  const table = new Table();
  assert.deepEqual([of(5), table.of(5)], [6, 6]);
  const held = same(5);
  await p.apply();
  assert.deepEqual([of(5), table.of(5)], [7, 7]);
  assert.equal(same(5), held);
  await p.revert();
  assert.deepEqual([of(5), table.of(5)], [6, 6]);
  assert.deepEqual(p.codes('carried-with-transform'), ['cache-emptied', 'cache-emptied']);
  assert.deepEqual(p.codes('warning'), []);
  p.clean();
});

test('results of what another module computes with the help of a function that it gives to what it calls', async () => {
  const index = `const { list, later } = require('./lib');
const cache = new Map();
exports.of = (x) => { if (!cache.has(x)) cache.set(x, list(x)); return cache.get(x) };
exports.later = later;
const made = new Map();
exports.made = (x) => { if (!made.has(x)) made.set(x, later(x)); return made.get(x) };
`;
  const lib = (step: number): string => `exports.list = (x) => [x].map((y) => y + ${step});
exports.later = (x) => () => x + ${step};
`;
  const p = await program({ 'index.js': index, 'lib.js': lib(1) }, { 'lib.js': lib(2) });
  const { of, made } = p.exports;
  const held = made(1);
  assert.deepEqual([of(1), held()], [[2], 2]);
  await p.apply();
  assert.deepEqual([of(1), held() === 3, made(1) === held], [[3], true, true], 'a function that it made runs the new code');
  await p.revert();
  assert.deepEqual([of(1), held()], [[2], 2]);
  assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], []]);
  p.clean();
});

test('caches are emptied beside what is converted', async () => {
  const version = (step: number, bare: string): string => `class Table {
  constructor() { this.cache = new Map(); this.names = ${bare} }
  get(x) { let y = this.cache.get(x); if (y === undefined) { y = x + ${step}; this.cache.set(x, y) } return y }
  has(x) { return x in this.names }
}
exports.Table = Table;`;
  const p = await program({ 'index.js': version(1, '{}') }, { 'index.js': version(2, 'Object.create(null)') });
  const table = new p.exports['Table']();
  assert.deepEqual([table.get(5), table.has('toString')], [6, true]);
  await p.apply();
  assert.deepEqual([table.get(5), table.has('toString')], [7, false]);
  await p.revert();
  assert.deepEqual([table.get(5), table.has('toString')], [6, true]);
  p.clean();
});

test('results that reach the table through thousands of variables, each of which the next may be', async () => {
  const steps = Array.from({ length: 5000 }, (_, i) => `const v${i + 1} = v${i}.a ?? v${i}.b ?? v${i};`).join('\n');
  const source = (made: string): string => `const cache = new Map();
function make(k) { return { ${made} } }
exports.f = function (k) {
  if (cache.has(k)) return cache.get(k);
  const v0 = make(k);
  ${steps}
  cache.set(k, v5000.text);
  return v5000.text;
}`;
  const p = await program({ 'deep.js': source('text: "old"') }, { 'deep.js': source('text: "new"') });
  assert.equal(p.exports['f'](1), 'old');
  await p.apply();
  assert.deepEqual([p.exports['f'](1), p.codes().includes('cache-emptied')], ['new', true]);
});

test('a table that another one leads into stays as it is, and is told of: what that says is there has to be', async () => {
  const led = (step: number): string => `const valueCache = Object.create(null), seen = new Set();
exports.of = (x) => { if (!seen.has(x)) valueCache[x] = [x + ${step}]; seen.add(x); const y = valueCache[x]; return y[0] };`;
  const early = (step: number): string => `const valueCache = new Map(), seen = {};
exports.of = (x) => { const old = seen[x]; if (old) return valueCache.get(x)[0]; if (valueCache.has(x)) return 0; seen[x] = true; valueCache.set(x, [x + ${step}]); return x + ${step} };`;
  const own = (step: number): string => `class Table { constructor() { this.cache = new Map(); this.seen = new Set() }
of(x) { if (this.seen.has(x)) return this.cache.get(x)[0]; if (!this.cache.has(x)) this.cache.set(x, [x + ${step}]); this.seen.add(x); return this.cache.get(x)[0] } }
const one = new Table(); exports.of = (x) => one.of(x)`;
  for (const version of [led, early, own]) {
    const p = await program({ 'index.js': version(1) }, { 'index.js': version(2) });
    const { of } = p.exports;
    assert.equal(of(5), 6);
    await p.apply();
    assert.deepEqual([of(5), of(6)], [6, 8]);
    assert.deepEqual([p.codes('carried-with-transform'), [...new Set(p.codes('warning'))]], [[], ['results-remembered']], version(1));
    await p.revert();
    assert.deepEqual([of(5), of(7)], [6, 8]);
    p.clean();
  }
});

test('two caches of which one is asked before the other, and one that stays beside a table that never changes', async () => {
  const version = (step: number): string => `const nearCache = new Map(), farCache = new Map(), WORDS = new Set(['a']);
exports.of = (x) => {
  if (WORDS.has(x)) return 0;
  if (nearCache.has(x)) return nearCache.get(x);
  const found = farCache.get(x) ?? x + ${step};
  farCache.set(x, found); nearCache.set(x, found);
  return found;
};`;
  const p = await program({ 'index.js': version(1) }, { 'index.js': version(2) });
  const { of } = p.exports;
  assert.equal(of(5), 6);
  await p.apply();
  assert.deepEqual([of(5), of('a')], [7, 0]);
  assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied', 'cache-emptied'], []]);
  p.clean();
});

test('a cache goes with the list of what is in it', async () => {
  const version = (step: number, more = ''): string => `const valueCache = Object.create(null), keyCache = new Set();
exports.of = (x) => {
  if (!keyCache.has(x)) valueCache[x] = [x + ${step}];
  else keyCache.delete(x);
  keyCache.add(x);
  const y = valueCache[x];
  if (keyCache.size > 2) for (const key of keyCache) { keyCache.delete(key); delete valueCache[key]; break }
  return y[0];
};
${more}`;
  const p = await program({ 'index.js': version(1) }, { 'index.js': version(2) });
  const { of } = p.exports;
  assert.deepEqual([of(5), of(6)], [6, 7]);
  await p.apply();
  assert.deepEqual([of(5), of(6), of(7), of(5)], [7, 8, 9, 7]);
  assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied', 'cache-emptied'], []]);
  await p.revert();
  assert.deepEqual([of(5), of(8)], [6, 9]);
  p.clean();
  for (const more of ['exports.count = () => keyCache.size;', 'exports.keys = keyCache;', "keyCache.add('a');"]) {
    const q = await patched(version(1, more), version(2, more));
    assert.deepEqual(q.codes('carried-with-transform'), [], more);
    assert.ok(q.codes('warning').includes('results-remembered'), more);
    q.clean();
  }
});
