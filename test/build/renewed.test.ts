/** Closures that the top level made and only calls by name, where the patch makes the value anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before = `const caches = new WeakMap();
const remember = (fn, { cache = new Map() } = {}) => {
  const remembered = (key) => { if (!cache.has(key)) cache.set(key, fn(key)); return cache.get(key) };
  caches.set(remembered, cache);
  return remembered;
};
const parse = remember((text) => text.length);
exports.size = (text) => parse(text) + 1;`;
const after = before
  .replace('cache = new Map() } = {}) => {', 'cache = new Map() } = {}, after = (x) => x) => {')
  .replace('return cache.get(key) }', 'return after(cache.get(key)) }')
  .replace('text.length)', 'text.length, undefined, (x) => x * 10)');

test('who calls it gets the new one, though the old one is there', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { size } = p.exports;
  assert.equal(size('abc'), 4);
  await p.apply();
  assert.equal(size('abc'), 31);
  assert.ok(p.codes('warning').includes('closure-kept'));
  await p.revert();
  assert.equal(size('abc'), 4);
});

const held: Readonly<Record<string, (text: string) => string>> = {
  'one that is given away': (text) => `${text}\nexports.parse = parse;`,
  'one of a maker that is given away': (text) => `${text}\nexports.remember = remember;`,
  'one that a list holds': (text) => text.replace('new WeakMap()', 'new Map()'),
  'one that another function passes on': (text) => `${text}\nexports.all = (list) => list.map(parse);`,
  'one of several, of which not all are made anew': (text) =>
    `${text}\nlet other = remember((text) => text);\nexports.other = (text) => other(text); exports.reset = () => { other = null };`,
  'one that counts': (text) =>
    text.replace('const remembered =', 'let calls = 0;\n  const remembered =').replace('(key) => {', '(key) => { calls++;'),
};
for (const [what, edit] of Object.entries(held))
  test(`${what} has to go first`, async () => {
    const report = await build({ 'index.js': edit(before) }, { 'index.js': edit(after) });
    assert.ok(report.verdicts.some((v) => v.code === 'closure-stranded'));
  });
