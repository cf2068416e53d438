/** Tables that are asked beside a cache of an object: whether what is in the cache may be had anew all the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patched, program } from './harness.ts';

const table = (step: number, get: string, more = ''): string => `class Table {
  constructor() { this.cache = new Map(); this.known = new Map(); this.list = ['a'] }
  add(x, y) { this.known.set(x, y); this.list.unshift(x) }
  ${get.replaceAll('STEP', String(step))}
  ${more}
}
exports.Table = Table;`;

const BESIDE = `get(x) {
  let found = this.known.get(x);
  if (found !== undefined) return found;
  found = this.cache.get(x);
  if (found !== undefined) return found;
  for (let i = 0; i !== this.list.length; ++i) {
    const name = this.list[i];
    if (x.startsWith(name)) { const made = name + STEP; this.cache.set(x, made); return made }
  }
  return null;
}`;

test('a cache is emptied beside tables that are asked first and that something else fills', async () => {
  const p = await program({ 'index.js': table(1, BESIDE) }, { 'index.js': table(2, BESIDE) });
  const one = new p.exports['Table']();
  one.add('b', 'own');
  assert.deepEqual(
    ['ab', 'b', 'bc', 'x'].map((x) => one.get(x)),
    ['a1', 'own', 'b1', null],
  );
  await p.apply();
  assert.deepEqual(
    ['ab', 'b', 'bc', 'x'].map((x) => one.get(x)),
    ['a2', 'own', 'b2', null],
  );
  await p.revert();
  assert.deepEqual(
    ['ab', 'b', 'bc', 'x'].map((x) => one.get(x)),
    ['a1', 'own', 'b1', null],
  );
  assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], []]);
  p.clean();
});

const HAS = 'const found = this.cache.get(x); if (found) return found;';
const MAKES = 'const made = x + STEP; this.cache.set(x, made); return made';

/** By the way in which what is taken out is looked at. */
const TAKEN: Readonly<Record<string, string>> = {
  'in the same breath': `get(x) { if (this.known.has(x)) return 0; return this.cache.get(x) ?? (this.cache.set(x, x + STEP), this.cache.get(x) || 0) }`,
  'as it is given a name': `get(x) { let y; if (this.known.has(x) || (y = this.cache.get(x)) !== undefined) return y; ${MAKES} }`,
  'by its key': `get(x) { if (this.known.has(x)) return 0; if (!this.cache[x]) this.cache[x] = x + STEP; return this.cache[x] ? this.cache[x] || 0 : 0 }`,
  'beside what others do': `get(x) { if (this.known.has(x)) return 0; ${HAS} ${MAKES} } drop(x) { this.known.delete(x); this.cache.delete(x); return delete this.cache[x] }`,
};

for (const [name, get] of Object.entries(TAKEN))
  test(`what is taken out is looked at ${name}`, async () => {
    const q = await patched(table(1, get), table(2, get));
    assert.deepEqual([q.codes('carried-with-transform'), q.codes('warning')], [['cache-emptied'], []]);
    q.clean();
  });

/** Where the other table may say what is in the cache. */
const LED: Readonly<Record<string, readonly [get: string, more?: string]>> = {
  'takes it without a look': [`get(x) { if (this.known.has(x)) return this.cache.get(x); ${HAS} ${MAKES} }`],
  'takes it without a look by its key': [
    `get(x) { if (this.known.has(x)) return this.cache[x]; if (!this.cache[x]) this.cache[x] = x + STEP; return this.cache[x] || 0 }`,
  ],
  'takes it without a look elsewhere': [
    `get(x) { if (this.known.has(x)) return 0; ${HAS} ${MAKES} }`,
    'size(x) { return this.cache.get(x).length }',
  ],
  'looks at it when it has used it': [
    `get(x) { if (this.known.has(x)) return 0; const found = this.cache.get(x); this.last = found; if (found) return found; ${MAKES} }`,
  ],
  'notes it there': [`get(x) { ${HAS} if (this.known.has(x)) return 0; this.known.set(x, 1); ${MAKES} }`],
  'notes it there by a key': [`get(x) { ${HAS} if (this.known[x]) return 0; this.known[x] = 1; ${MAKES} }`],
  'takes it out there': [`get(x) { ${HAS} if (!this.list[x]) return 0; delete this.list[x]; ${MAKES} }`],
  'puts another there': [`get(x) { ${HAS} if (this.known.has(x)) return 0; this.known = new Map([[x, 1]]); ${MAKES} }`],
  'has it noted': [`get(x) { ${HAS} if (this.known.has(x)) return 0; this.note(x); ${MAKES} }`, 'note(x) { this.known.set(x, 1) }'],
  'has it noted by a class': [
    `get(x) { ${HAS} if (this.known.has(x)) return 0; new Note(this, x); ${MAKES} }`,
    '} class Note { constructor(of, x) { of.known.set(x, 1) }',
  ],
  'has it noted by a name that is put together': [
    `get(x) { ${HAS} if (this.known.has(x)) return 0; this['no' + 'te'](x); ${MAKES} }`,
    'note(x) { this.known.set(x, 1) }',
  ],
  'is called by who notes it': [
    `get(x) { ${HAS} if (this.known.has(x)) return 0; ${MAKES} }`,
    'load(x) { const y = this.get(x); this.known.set(x, y); return y }',
  ],
};

for (const [name, [get, more]] of Object.entries(LED))
  test(`it stays, and is told of, where its function ${name}`, async () => {
    const q = await patched(table(1, get, more), table(2, get, more));
    assert.ok(!q.codes('carried-with-transform').includes('cache-emptied'));
    assert.ok(q.codes('warning').includes('results-remembered'));
    q.clean();
  });
