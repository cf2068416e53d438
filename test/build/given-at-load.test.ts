/** What a module computed as another one loaded, with a function of that one which has changed since, stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

type Files = Record<string, string>;

/** The verdicts on a program in which `$` stands for what differs. */
async function said(files: Files): Promise<string[]> {
  const texts = (step: string): Files =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('$', step)]));
  const { patch, verdicts } = await build(texts('1'), texts('2'));
  assert.notEqual(patch, null);
  return verdicts
    .filter(({ code, file }) => code === 'computed-at-load' && file === 'index.js')
    .map(({ line, reason }) => `${line} ${reason}`);
}

const ONE = ' may have run as the module loaded, and has changed since: what it computed stays';
const REGISTER = 'const all = {}; exports.register = (name, make) => { all[name] = make(5); }; exports.get = (name) => all[name];';
const OTHER = { 'csv.js': 'module.exports = (x) => x + $;' };

test('a function of another module that a registry runs as it is given it', async () => {
  const index = "const lib = require('./lib');\nlib.register('csv', require('./csv')); exports.get = lib.get;";
  const rows = [`2 ./csv${ONE}`];
  assert.deepEqual(await said({ 'index.js': index, 'lib.js': REGISTER, ...OTHER }), rows);
  const made = `function create(own) { const all = {}; function register(name, make) { all[name] = make(own); } Object.assign(own, { register, get: (name) => all[name] }); return own; }
module.exports = create({});`;
  assert.deepEqual(await said({ 'index.js': index, 'lib.js': made, ...OTHER }), rows);
  const named = "const { register } = require('./lib'); const csv = require('./csv');\nregister('csv', csv);";
  assert.deepEqual(await said({ 'index.js': named, 'lib.js': REGISTER, ...OTHER }), rows);
  const by =
    'const all = {}; const run = (f) => f.call(null, 5); exports.register = (name, make) => { all[name] = [1].map(() => run(make)); };';
  assert.deepEqual(await said({ 'index.js': named, 'lib.js': by, ...OTHER }), rows);
});

test('many that are given to the same have one row', async () => {
  const index = "const lib = require('./lib');\nlib.register('csv', require('./csv'));\nlib.register('tsv', require('./tsv'));";
  assert.deepEqual(await said({ 'index.js': index, 'lib.js': REGISTER, ...OTHER, 'tsv.js': 'module.exports = (x) => x - $;' }), [
    '2 ./csv and 1 more may have run as the module loaded, and have changed since: what they computed stays',
  ]);
});

test('a function of the module itself, and one that leads to what has changed', async () => {
  const index =
    "const lib = require('./lib');\nlib.register('csv', csv); function csv(x) { return add(x); } const add = (x) => x + $; exports.csv = csv;";
  assert.deepEqual(await said({ 'index.js': index, 'lib.js': REGISTER }), [`2 csv${ONE}`]);
});

test('what is only kept, runs later, is given in another place or has not changed', async () => {
  const index = "const lib = require('./lib');\nlib.register('csv', require('./csv')); exports.get = lib.get;";
  for (const lib of [
    'const all = {}; exports.register = (name, make) => { all[name] = make; };',
    'const all = {}; exports.register = (name, make) => { all[name] = () => make(5); };',
    'const all = {}; exports.register = (make, more) => { all.x = make(5, more); };',
  ])
    assert.deepEqual(await said({ 'index.js': index, 'lib.js': lib.replace('make(5, more)', 'String(make)'), ...OTHER }), [], lib);
  const same = { 'csv.js': 'module.exports = (x) => x; exports.other = (x) => x + $;' };
  assert.deepEqual(await said({ 'index.js': index, 'lib.js': REGISTER, ...same }), []);
  const later = "const lib = require('./lib');\nexports.late = () => lib.register('csv', require('./csv'));";
  assert.deepEqual(await said({ 'index.js': later, 'lib.js': REGISTER, ...OTHER }), []);
});

const APP = 'class App { constructor() { this.all = {}; } register(name, make) { this.all[name] = make(5); return this; } }\n';

test('an object that another module made or whose class it has runs what its method is given', async () => {
  const call = "app.register('csv', require('./csv'));";
  for (const [made, lib] of [
    [`const App = require('./lib'); const app = new App();\n${call}`, 'module.exports = App;'],
    [`const create = require('./lib'); const app = create();\n${call}`, 'module.exports = () => new App();'],
    ["const App = require('./lib');\nconst app = new App().register('csv', require('./csv')); exports.app = app;", 'module.exports = App;'],
  ] as const)
    assert.deepEqual(await said({ 'index.js': made, 'lib.js': `${APP}${lib}`, ...OTHER }), [`2 ./csv${ONE}`], made);
});

test('a function that the module itself runs for a value, by whatever name it has', async () => {
  for (const made of ['((f) => f(5))(csv)', 'run(csv)', '[1, 2].map(csv)', 'csv.call(null, 5)'])
    assert.deepEqual(
      await said({ 'index.js': `const csv = require('./csv'); const run = (f) => f(5);\nexports.made = ${made};`, ...OTHER }),
      [`2 ./csv${ONE}`],
      made,
    );
  const kept = "const csv = require('./csv'); const keep = (f) => () => f(5);\nexports.made = keep(csv);";
  assert.deepEqual(await said({ 'index.js': kept, ...OTHER }), []);
});

test('any of the functions of a module that has one which has changed', async () => {
  const index =
    "const lib = require('./lib'); const all = require('./all');\nfor (const name of Object.keys(all)) lib.register(name, all[name]);";
  assert.deepEqual(await said({ 'index.js': index, 'lib.js': REGISTER, 'all.js': "exports.csv = require('./csv');", ...OTHER }), [
    `2 a function of ./all${ONE}`,
  ]);
});

test('what an object or a module has under a name, which a registry runs by that', async () => {
  const plugin = { 'csv.js': 'exports.make = (x) => x + $; exports.other = (x) => x - $;' };
  const by = 'const all = {}; exports.register = (name, plugin) => { all[name] = plugin.make(5); };';
  const given = "const lib = require('./lib');\nlib.register('csv', require('./csv'));";
  assert.deepEqual(await said({ 'index.js': given, 'lib.js': by, ...plugin }), [`2 make of ./csv${ONE}`]);
  assert.deepEqual(await said({ 'index.js': given, 'lib.js': by.replace('plugin.make(5)', 'plugin.unknown(5)'), ...plugin }), []);
  const written = "const lib = require('./lib'); const csv = require('./csv');\nlib.register('csv', { make: csv, more: 1 });";
  assert.deepEqual(await said({ 'index.js': written, 'lib.js': by, ...OTHER }), [`2 ./csv${ONE}`]);
  const taken = 'const all = {}; exports.register = (name, { make }) => { all[name] = make(5); };';
  assert.deepEqual(await said({ 'index.js': written, 'lib.js': taken, ...OTHER }), [`2 ./csv${ONE}`]);
  assert.deepEqual(await said({ 'index.js': written.replace('make: csv', 'late: csv'), 'lib.js': taken, ...OTHER }), []);
});
