/** What other modules computed as they loaded, by functions that have changed, stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

type Files = Record<string, string>;

/** The verdicts on what `reader` computed of lib, in which `$` stands for what differs. */
async function said(lib: string, reader: string, ending: string, more: Files = {}): Promise<string[]> {
  const files = (step: string): Files => ({ [`index.${ending}`]: reader, [`lib.${ending}`]: lib.replaceAll('$', step), ...more });
  const { patch, verdicts } = await build(files('1'), files('2'));
  assert.notEqual(patch, null, reader);
  return verdicts
    .filter(({ code }) => code === 'computed-at-load')
    .map(({ file, line, reason }) => `${file}:${line} ${reason.split(' may ')[0]!}`);
}

const COMMONJS = [
  ['exports.make = (x) => x + $;', "const lib = require('./lib');\nexports.made = lib.make(1);"],
  ['exports.make = (x) => x + $;', "const { make: other } = require('./lib');\nexports.made = other(1);"],
  ['exports.make = (x) => x + $;', "const make = require('./lib').make;\nexports.made = make(1);"],
  ['exports.make = (x) => x + $;', "\nexports.made = require('./lib').make(1);"],
  ['function make(x) { return x + $ } module.exports = { make };', "const { make } = require('./lib');\nexports.made = make(1);"],
  ['const make = (x) => x + $; exports.make = make;', "const lib_1 = require('./lib');\nexports.made = (0, lib_1.make)(1);"],
  ['exports.make = (x) => x + $;', "const { make } = require('./lib'); const own = { all: () => make(1) };\nexports.made = own.all();"],
  ['class Lib { constructor() { this.x = $ } } exports.make = Lib;', "const { make } = require('./lib');\nexports.made = new make();"],
] as const;
const ESM = [
  ['export function make(x) { return x + $ }', "import { make } from './lib.mjs';\nexport const made = make(1);"],
  ['const own = (x) => x + $; export { own as make };', "import { make as other } from './lib.mjs';\nexport const made = other(1);"],
  ['export const make = (x) => x + $;', "import * as lib from './lib.mjs';\nexport const made = lib.make(1);"],
] as const;

test('a call of what a module imports, as it loads', async () => {
  for (const [lib, reader] of COMMONJS) assert.deepEqual(await said(lib, reader, 'js'), ['index.js:2 make of ./lib'], reader);
  for (const [lib, reader] of ESM) assert.deepEqual(await said(lib, reader, 'mjs'), ['index.mjs:2 make of ./lib.mjs'], reader);
});

test('calls of one line have one row', async () => {
  const lib = 'exports.make = (x) => x + $; exports.take = (x) => x - $; exports.give = (x) => x * $;';
  const reader = (between: string): string =>
    `const { make, take, give } = require('./lib');\nexports.made = make(1) + take(make(1));${between}exports.given = give(1);`;
  assert.deepEqual(await said(lib, reader(' '), 'js'), ['index.js:2 make of ./lib and 2 more']);
  assert.deepEqual(await said(lib, reader('\n'), 'js'), ['index.js:2 make of ./lib and 1 more', 'index.js:3 give of ./lib']);
  const { verdicts } = await build(
    { 'index.js': reader(' '), 'lib.js': lib.replaceAll('$', '1') },
    { 'index.js': reader(' '), 'lib.js': lib.replaceAll('$', '2') },
  );
  assert.match(
    verdicts.find(({ code }) => code === 'computed-at-load')!.reason,
    / more may have run .* and have changed since: what they computed stays$/,
  );
});

test('a call of all that a module gives away, and of its default', async () => {
  assert.deepEqual(await said('module.exports = (x) => x + $;', "const lib = require('./lib');\nexports.made = lib(1);", 'js'), [
    'index.js:2 ./lib',
  ]);
  const reader = (call: string): string => `import lib from './lib.mjs';\nexport const made = lib${call}(1);`;
  assert.deepEqual(await said('export default function (x) { return x + $ }', reader(''), 'mjs'), ['index.mjs:2 default of ./lib.mjs']);
  const object = 'function make(x) { return x + $ } export default { make };';
  assert.deepEqual(await said(object, reader('.make'), 'mjs'), ['index.mjs:2 default.make of ./lib.mjs']);
});

test('what is called later, given away, or has not changed', async () => {
  const lib = 'exports.make = (x) => x + $; exports.other = (x) => x;';
  for (const reader of [
    "const { make } = require('./lib');\nexports.f = () => make(1);",
    "const { make } = require('./lib');\nprocess.on('x', make);",
    "const { make, other } = require('./lib');\nexports.made = other(1); exports.make = make;",
    "const { make } = require('node:path');\nexports.made = make && make(1); require('./lib');",
  ])
    assert.deepEqual(await said(lib, reader, 'js'), [], reader);
});

test('what is made anew is made by the old version of a function that changes, and by the new one of a value that is another', async () => {
  const lib = 'exports.make = (x) => x + $; exports.other = (x) => x;';
  const before = "const { make } = require('./lib');\nconst made = make(1);\nexports.f = () => made;";
  const { verdicts } = await build(
    { 'index.js': before, 'lib.js': lib.replace('$', '1') },
    { 'index.js': before.replace('make(1)', 'make(2)'), 'lib.js': lib.replace('$', '2') },
  );
  assert.ok(verdicts.some(({ code }) => code === 'constant-changed'));
  assert.ok(verdicts.some(({ code, reason }) => code === 'computed-at-load' && reason.includes('in its old version')));
  const of = (n: string): string => `const by = (n) => (x) => x + n;\nexports.make = by(${n});`;
  const another = await build(
    { 'index.js': before, 'lib.js': of('1') },
    { 'index.js': before.replace('make(1)', 'make(2)'), 'lib.js': of('2') },
  );
  assert.ok(!another.verdicts.some(({ reason }) => reason.includes('in its old version')));
});
