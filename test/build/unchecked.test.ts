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
  'that does not leave': ['{ if (k > 5) { console.log(k) } store.set(k, v) }'],
  'that does nothing': ['{ if (k > 5) {} store.set(k, v) }'],
  'in which it is put there': ['{ if (store.set(k, v).size > k) return }'],
  'that chooses something else, in which it is put there': ['{ return store.set(k, v) ? k : v }'],
  'that comes to nothing': ['{ return store.set(k, v) && k > 5 }'],
  'that is none': ['{ return k.length + store.set(k, v).size }'],
  'that takes the place of another': ['{ if (k > 6) return; store.set(k, v) }', '{ if (k > 5) return; store.set(k, v) }'],
  'where the rest is put there as well': ['{ if (v > 5) store.set(k, v); else store.set(k, 5) }'],
};
for (const [what, [now, was]] of Object.entries(NO_CHECK))
  test(`nothing is said of a check ${what}`, async () => {
    assert.deepEqual(await told(now, was), []);
  });

test('nothing is said of a table that a function is given', async () => {
  assert.deepEqual(await told('{ if (k > 5) store.set(k, v) }', PUT, 'exports.put = (store, k, v) => '), []);
});
