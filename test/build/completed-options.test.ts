/** Options that a function makes of what it is given, and returns: those that exist lack what the new version gives them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function lacking(before: string, after: string): Promise<string[]> {
  const report = await build({ 'index.js': before }, { 'index.js': after });
  return report.verdicts.filter(({ code }) => code === 'instances-lack').map(({ path, reason }) => `${path}: ${reason}`);
}

const normalising = (more: string, name = 'normalize', read = 'options.retries'): string =>
  `exports.${name} = (given) => { const own = { ...given }; own.name ??= 'x'; ${more} return own };
exports.use = (options) => ${read} ?? 1;`;

test('what a function that completes options gives them in the new version alone', async () => {
  const said = ['exports.normalize retries: objects that calls of it made have no retries, which other code reads'];
  assert.deepEqual(await lacking(normalising(''), normalising('own.retries ??= 3;')), said);
  assert.deepEqual(await lacking(normalising(''), normalising('if (!own.retries) own.retries = 3;')), said);
});

test('what another function gives objects that somebody keeps', async () => {
  const before = `const make = (given) => { const own = { ...given }; return own };
exports.A = class { constructor(given) { this.own = make(given) } get() { return this.own } };`;
  const after = before.replace('return own };', 'own.retries = 3; return own };').replace('return this.own', 'return this.own.retries');
  assert.deepEqual(await lacking(before, after), ['make retries: objects that calls of it made have no retries, which other code reads']);
});

const configured = (entry: string, read: string, more = ''): string => `const { merge } = require('lodash');
exports.defineConfig = (given) => { const defaults = { size: 1, ${entry} }; const config = merge({}, defaults, given); return config };
exports.A = class { hop() { return 1 } go() { return this.hop() } ${more} };
exports.use = (config) => ${read};`;

test('an entry of defaults that are merged into what is given, also under a name that so far was a method', async () => {
  const said = ['exports.defineConfig hop: objects that calls of it made have no hop, which other code reads'];
  assert.deepEqual(await lacking(configured('', 'config.size'), configured('hop: { hosts: [] }', 'config.hop.hosts')), said);
});

test('nothing is said of an entry that is a method, that was read before, or that nobody reads as a value', async () => {
  const [before, after] = [configured('', 'config.size'), configured('hop: { hosts: [] }', 'config.hop.hosts')];
  assert.deepEqual(await lacking(before, configured('hop() { return [] }', 'config.hop()')), []);
  assert.deepEqual(await lacking(configured('', 'config.hop?.hosts'), after), []);
  assert.deepEqual(await lacking(configured('', 'config.size', "keys() { return ['hop'] }"), after), []);
  assert.deepEqual(await lacking(before, configured('hop: { hosts: [] }', 'config.size')), []);
});

const compiled = (make: string, more: string): string => `const rulesOf = (options) => ({ one: new RegExp(options.one) });
function compile(self) { ${make} rules.two = 2; ${more} }
exports.A = class { constructor(options) { this.options = options; compile(this) } get() { return this.rules.three } };`;

for (const make of ['const rules = self.rules = rulesOf(self.options);', 'const rules = rulesOf(self.options); self.rules = rules;'])
  test(`what a function gives objects that it puts somewhere: ${make}`, async () => {
    const said = ['compile three: objects that calls of it made have no three, which other code reads'];
    assert.deepEqual(await lacking(compiled(make, '').replace('.three', '.two'), compiled(make, 'rules.three = 3;')), said);
  });

test('nothing is said of what a function gives objects that it puts nowhere, or that are others', async () => {
  for (const make of [
    'const rules = rulesOf(self.options);',
    'const rules = rulesOf(self.options); use(rules);',
    'let rules = self.rules = rulesOf(self.options); rules = {};',
    'const put = {}; const rules = put.rules = rulesOf(self.options);',
  ])
    assert.deepEqual(await lacking(compiled(make, '').replace('.three', '.two'), compiled(make, 'rules.three = 3;')), [], make);
});

test('nothing is said of what was given before, what nobody reads, what a call gives, or an object of another', async () => {
  assert.deepEqual(await lacking(normalising('own.retries = 2;'), normalising('own.retries = 3;')), []);
  assert.deepEqual(
    await lacking(normalising('', 'normalize', 'options.name'), normalising('own.retries = 3;', 'normalize', 'options.name')),
    [],
  );
  assert.deepEqual(await lacking(normalising('', 'parse'), normalising('own.retries = 3;', 'parse')), []);
  assert.deepEqual(
    await lacking(
      normalising('', 'normalize', 'Object.keys(options).map((key) => options[key])'),
      normalising('for (const key in given) own[key] = 3;', 'normalize', 'Object.keys(options).map((key) => options[key])'),
    ),
    [],
  );
  const other = 'const other = {}; other.retries = 3;';
  assert.deepEqual(await lacking(normalising(''), normalising(other)), []);
});
