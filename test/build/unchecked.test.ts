/** What functions have put into tables that last, where the new version asks first whether it may be there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const HEAD = 'const store = new Map(), limit = 5; exports.all = () => [...store];\n';
const PUT = '{ store.set(k, v) }';

async function told(now: string, was = PUT, head = `${HEAD}exports.put = (k, v) => `): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': head + was }, { 'index.js': head + now });
  return verdicts.filter(({ verdict }) => verdict === 'warning').map(({ path, reason }) => `${path}: ${reason}`);
}

const free = (check: string, path = 'exports.put store'): string[] => [
  `${path}: what calls of it have put into ${path.split(' ')[1]} stays there, also where ${check} would have kept it out`,
];

const CHECKS: Readonly<Record<string, readonly [check: string, now: string, was?: string]>> = {
  'that leaves': ["k === '__proto__'", "{ if (k === '__proto__') return;store.set(k, v) }"],
  'that throws': ["typeof k !== 'string'", "{ if (typeof k !== 'string') { throw new TypeError('key') } store.set(k, v) }"],
  'around it': ["k !== '__proto__'", "{ if (k !== '__proto__') store.set(k, v) }"],
  'of the value, before it': ['v > 5', '{ v > 5 && store.set(k, v) }'],
  'that chooses it': ['v > 5', '{ return v > 5 ? store.set(k, v) : null }'],
  'of a part of the value': ['!v.done', '{ if (!v.done) store.set(k, v) }'],
  'that computes': ['~v', '{ if (~v) store.set(k, v) }'],
  'of how much there is': ['store.size < 100', '{ if (store.size < 100) store.set(k, v) }'],
  'beside another': ['v > 5', '{ if (k < 7) if (v > 5) store.set(k, v) }', '{ if (k < 7) store.set(k, v) }'],
  'in the place of another': ['k > 6', '{ if (k > 6) return; store.set(k, v) }', '{ if (k > 5) return; store.set(k, v) }'],
  'of one of two tables': ['v > 5', '{ limits.set(k, v); if (v > 5) store.set(k, v) }', '{ limits.set(k, v); store.set(k, v) }'],
};
for (const [what, [check, now, was]] of Object.entries(CHECKS))
  test(`what has been put there without a check stays: one ${what}`, async () => {
    const head = `const limits = new Map(); ${HEAD}exports.limits = limits; exports.put = (k, v) => `;
    assert.deepEqual(await told(now, was, head), free(check));
  });

test('what has been put into a list without a check stays', async () => {
  const head = 'const list = []; exports.all = () => list; exports.put = (v) => ';
  assert.deepEqual(await told('{ if (v > 5) list.push(v) }', '{ list.push(v) }', head), free('v > 5', 'exports.put list'));
});

const NO_CHECK: Readonly<Record<string, readonly [now: string, was?: string]>> = {
  'whether it is given': ['{ if (!k) return; store.set(k, v) }'],
  'whether there is a value': ['{ if (v) store.set(k, v) }'],
  'in the place of two': ['{ if (v > 5) store.set(k, v) }', '{ store.set(k, v); store.set(k, 5) }'],
  'of something else, behind one that was there': [
    '{ if (k > 5) return; if (process.exitCode) return; store.set(k, v) }',
    '{ if (k > 5) return; store.set(k, v) }',
  ],
  'of something else': ['{ if (process.exitCode) return; store.set(k, v) }'],
  'of what is made into the value as well': ['{ if (limit > 5) return; store.set(k, v + limit) }', '{ store.set(k, v + limit) }'],
  'behind it': ['{ store.set(k, v); if (k > 5) return }'],
  'by another name': ['{ const key = k; if (key > 5) return; store.set(k, v) }', '{ const one = k; if (one > 5) return; store.set(k, v) }'],
  'that does not leave': ['{ if (k > 5) { console.log(k) } store.set(k, v) }'],
  'that does nothing': ['{ if (k > 5) {} store.set(k, v) }'],
  'in which it is put there': ['{ if (store.set(k, v).size > k) return }'],
  'that chooses something else, in which it is put there': ['{ return store.set(k, v) ? k : v }'],
  'that comes to nothing': ['{ return store.set(k, v) && k > 5 }'],
  'that is none': ['{ return k.length + store.set(k, v).size }'],
  'where the rest is put there as well': ['{ if (v > 5) store.set(k, v); else store.set(k, v) }'],
};
for (const [what, [now, was]] of Object.entries(NO_CHECK))
  test(`nothing is said of a check ${what}`, async () => {
    assert.deepEqual(await told(now, was), []);
  });

test('where the rest is put there as something else, that is told of in place of the check', async () => {
  assert.deepEqual(await told('{ if (v > 5) store.set(k, v); else store.set(k, 5) }'), [
    'exports.put store: what calls of it have left in store keeps v',
  ]);
});

test('a check with a constant that is another now', async () => {
  const head =
    'const most = 9;\nconst store = new Map(); exports.all = () => [...store];\nexports.put = (k, v) => { if (k > most) return; store.set(k, v) }';
  const { verdicts } = await build({ 'index.js': head }, { 'index.js': head.replace('9', '8') });
  assert.deepEqual(
    verdicts.filter(({ verdict }) => verdict === 'warning').map(({ path, reason }) => `${path}: ${reason}`),
    free('k > most'),
  );
});

const TRIMS: Readonly<Record<string, readonly [now: string, was: string, test: string]>> = {
  'one that is new': ['{ if (list.length >= 5) list.shift(); list.push(v) }', '{ list.push(v) }', 'list.length >= 5'],
  'one behind it': ['{ list.push(v); if (list.length > 5) list.shift() }', '{ list.push(v) }', 'list.length > 5'],
  'one with another bound': [
    '{ if (list.length >= 5) list.pop(); list.push(v) }',
    '{ if (list.length >= 9) list.pop(); list.push(v) }',
    'list.length >= 5',
  ],
  'one for each that comes': [
    '{ for (const one of v) { if (list.length >= 5) list.shift(); list.push(one) } }',
    '{ for (const one of v) list.push(one) }',
    'list.length >= 5',
  ],
  'in an expression': ['{ list.length > 5 && list.shift(); list.push(v) }', '{ list.push(v) }', 'list.length > 5'],
};
for (const [what, [now, was, check]] of Object.entries(TRIMS))
  test(`more may be in a list than new code lets be there: ${what}`, async () => {
    const head = 'const list = []; exports.all = () => list; exports.put = (v) => ';
    assert.deepEqual(await told(now, was, head), [
      `exports.put list: more may be in list than ${check} lets be there, of which each call takes out one`,
    ]);
  });

test('more may be in the map of an object, by a constant, than new code lets be there', async () => {
  const before = `const most = 9;
exports.A = class { map = new Map(); all() { return [...this.map] } set(k, v) { if (this.map.size > most) this.map.delete(k); this.map.set(k, v) } };`;
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': before.replace('9', '5') });
  assert.deepEqual(
    verdicts.filter(({ verdict }) => verdict === 'warning').map(({ path }) => path),
    ['exports.A#set map'],
  );
});

const NO_TRIMS: Readonly<Record<string, readonly [now: string, was?: string]>> = {
  'where it takes out all that is too much': ['{ while (list.length >= 5) list.shift(); list.push(v) }'],
  'where it asks for something else': ['{ if (v) list.shift(); list.push(v) }'],
  'where it asks another list': ['{ if (v.length > 5) list.shift(); list.push(v) }'],
  'where it asks no more than whether there is any': ['{ if (list.length) list.shift(); list.push(v) }'],
  'where it did so before': [
    '{ if (list.length > 5) list.shift(); list.push(v); v() }',
    '{ if (list.length > 5) list.shift(); list.push(v) }',
  ],
  'of a list of the call': ['{ const list = [v]; if (list.length > 5) list.shift(); return list }', '{ const list = [v]; return list }'],
};
for (const [what, [now, was]] of Object.entries(NO_TRIMS))
  test(`nothing is said of more in a list: ${what}`, async () => {
    assert.deepEqual(await told(now, was ?? '{ list.push(v) }', 'const list = []; exports.all = () => list; exports.put = (v) => '), []);
  });

test('nothing is said of a table that a function is given', async () => {
  const head = 'exports.put = (list, v) => ';
  assert.deepEqual(await told('{ if (list.length > 5) list.shift(); list.push(v) }', '{ list.push(v) }', head), []);
  assert.deepEqual(await told('{ if (k > 5) store.set(k, v) }', PUT, 'exports.put = (store, k, v) => '), []);
});
