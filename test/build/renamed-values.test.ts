/** Variables of the top level that have another name, and another value all the same: that of what they come from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

/** The text with what stands under one name under another. */
const as = (text: string, was: string, now: string): string => text.replaceAll(new RegExp(`\\b${was}\\b`, 'g'), now);

test('a module that gives away another whole, and that is asked for under another name', async () => {
  const p = await program(
    {
      'index.js': `const read = require('./read');\nexports.parse = (text) => read(text).out;`,
      'read.js': `function read(text) { return { out: [text] } }\nmodule.exports = read;`,
      'package.json': '{"name":"reads","version":"1.0.0","main":"index.js"}',
    },
    {
      'index.js': `const Reader = require('./read');\nexports.parse = (text) => { const one = new Reader(1); return one.read(text).out };`,
      'read.js': `class Reader { constructor(n) { this.n = n } read(text) { return { out: [text, this.n] } } }\nmodule.exports = Reader;`,
    },
  );
  const { parse } = p.exports;
  assert.deepEqual(parse('x'), ['x']);
  await p.apply();
  assert.deepEqual(parse('x'), ['x', 1]);
  await p.revert();
  assert.deepEqual(parse('x'), ['x']);
  p.clean();
});

for (const [what, index, conf] of [
  [
    'a part of a module',
    `const { LIMIT: max } = require('./conf');\nexports.within = (n) => n <= max;`,
    ['conf.js', 'exports.LIMIT = 5;', 'exports.LIMIT = 10;'],
  ],
  [
    'what is computed from one',
    `const { LIMIT } = require('./conf');\nconst max = LIMIT * 1;\nexports.within = (n) => n <= max;\nexports.max = () => max;`,
    ['conf.js', 'exports.LIMIT = 5;', 'exports.LIMIT = 10;'],
  ],
] as const)
  test(`${what} that has another value, under another name`, async () => {
    const [file, before, after] = conf;
    const p = await program({ 'index.js': index, [file]: before }, { 'index.js': as(index, 'max', 'most'), [file]: after });
    const { within } = p.exports;
    assert.deepEqual([within(5), within(7)], [true, false]);
    await p.apply();
    assert.deepEqual([within(7), within(11)], [true, false]);
    await p.revert();
    assert.equal(within(7), false);
    p.clean();
  });

test('an import of an ES module that has another value, under another name', async () => {
  const index = `import { LIMIT as max } from './conf.mjs';\nexport const within = (n) => n <= max;`;
  const p = await program(
    { 'index.mjs': index, 'conf.mjs': 'export const LIMIT = 5;' },
    { 'index.mjs': as(index, 'max', 'most'), 'conf.mjs': 'export const LIMIT = 10;' },
  );
  const { within } = p.exports;
  await p.apply();
  assert.deepEqual([within(7), within(11)], [true, false]);
  await p.revert();
  assert.equal(within(7), false);
  p.clean();
});

test('one into which functions put something goes on as it is, and that is said', async () => {
  const index = `const { FIRST } = require('./conf');\nconst all = [FIRST];\nexports.add = (x) => { all.push(x); return all };\nexports.count = () => all.length;`;
  const p = await program(
    { 'index.js': index, 'conf.js': 'exports.FIRST = 1;' },
    { 'index.js': as(index, 'all', 'items'), 'conf.js': 'exports.FIRST = 2;' },
  );
  p.exports['add'](5);
  assert.ok(p.codes('warning').includes('computed-at-load'));
  await p.apply();
  assert.deepEqual([p.exports['add'](6), p.exports['count']()], [[1, 5, 6], 3]);
  p.clean();
});
