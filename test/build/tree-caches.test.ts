/** Caches of what is made by what code finds under a key: the old version of what the patch changes may have had a hand in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

const CODECS = `exports.big = function (options) { this.size = options.table.size * 1; };
exports.small = (options) => options.table.size * 1;
`;
const TABLES = 'module.exports = { big: { size: 4 }, small: { size: 1 } };\n';
const index = (code: string): Files => ({
  'index.js': `const all = require('./all.js');\nconst codecs = all.codecs, tables = all.tables;\n${code}`,
  'all.js': "exports.codecs = require('./codecs.js');\nexports.tables = require('./tables.js');\n",
  'codecs.js': CODECS,
  'tables.js': TABLES,
});
const change = (files: Files): Files => ({ ...files, 'codecs.js': files['codecs.js']!.replaceAll('* 1', '* 2') });

async function said(before: Files, after: Files): Promise<string[]> {
  const { verdicts } = await build(before, after);
  return verdicts.flatMap(({ code, file, path, reason }) => (/ had a hand in /.test(reason) ? `${code} ${file} ${path}` : []));
}

const KEPT: Readonly<Record<string, readonly [code: string, path: string]>> = {
  'by a constructor that a variable stands for': [
    `const cache = {};
exports.get = (name) => {
  let own = cache[name];
  if (own) return own;
  const Codec = codecs[name];
  own = new Codec({ table: tables[name] });
  cache[name] = own;
  return own;
};`,
    'exports.get',
  ],
  'by a function, in a map': [
    `const memo = new Map();
exports.get = (name) => {
  if (!memo.has(name)) memo.set(name, codecs[name]({ table: tables[name] }));
  return memo.get(name);
};`,
    'exports.get',
  ],
  'by a function, on the exports': [
    `exports._cache = {};
exports.get = (name) => (exports._cache[name] ??= codecs[name]({ table: tables[name] }));`,
    'exports.get',
  ],
  'by a function that only the module calls': [
    `const cache = {};
exports.get = (name) => 1 + make(name);
function make(name) { return (cache[name] ??= codecs[name]({ table: tables[name] })); }`,
    'make',
  ],
  'by what a closure finds, which goes on': [
    `exports.open = () => {
  const cache = {};
  return function get(name) { return (cache[name] ??= codecs[name]({ table: tables[name] })); };
};`,
    'exports.open/get',
  ],
};
for (const [name, [code, path]] of Object.entries(KEPT))
  test(`what is made ${name} is told of`, async () => {
    const files = index(code);
    assert.deepEqual(await said(files, change(files)), [`results-remembered index.js ${path}`]);
    const data = { ...files, 'tables.js': TABLES.replace('size: 1', 'size: 3') };
    assert.deepEqual(await said(files, data), [`results-remembered index.js ${path}`], 'of a table');
  });

const [PLAIN] = KEPT['by a constructor that a variable stands for']!;
const QUIET: Readonly<Record<string, string>> = {
  'a table that is none by its name': `${PLAIN.replaceAll('cache', 'made')}\nexports.noCache = true;`,
  'one that nothing is looked for in':
    'const cache = {};\nexports.get = (name) => { cache[name] = codecs[name]({ table: tables[name] }); };',
  'one of what is found by a name': PLAIN.replace('codecs[name]', "codecs['big']"),
  'one of what it holds itself': `const cache = {};
exports.get = (name) => { if (!cache[name]) cache[name] = cache[tables[name]](); return cache[name]; };`,
  'one that each call has': `exports.get = (names) => {
  const cache = {};
  return names.map((name) => (cache[name] ??= codecs[name]({ table: tables[name] })));
};`,
  'one of what is no result': 'const cache = {};\nexports.get = (name) => (cache[name] ??= tables[name]);',
  'one that is filled as the module loads':
    "const cache = {};\nfor (const name of ['small']) cache[name] ??= codecs[name]({ table: tables[name] });\nexports.cache = cache;",
};
for (const [name, code] of Object.entries(QUIET))
  test(`nothing is told of ${name}`, async () => {
    const files = index(code);
    assert.deepEqual(await said(files, change(files)), []);
  });

test('nothing is told of a module that nothing leads from to what changed, nor of what changed nothing that is computed', async () => {
  const files = { ...index(PLAIN), 'other.js': 'exports.f = () => 1;\n' };
  assert.deepEqual(await said(files, { ...files, 'other.js': 'exports.f = () => 2;\n' }), []);
  assert.deepEqual(
    await said(files, { ...files, 'tables.js': `${TABLES}\nfunction more() {}\n`, 'other.js': 'exports.f = () => 2;\n' }),
    [],
  );
});

test('nothing is told of a cache that the patch empties', async () => {
  const own = (n: number): string => `const cache = new Map();
exports.get = (name) => {
  if (!cache.has(name)) cache.set(name, codecs[name]({ table: tables[name] }) + more(name));
  return cache.get(name);
};
function more(name) { return name.length * ${n}; }`;
  const [before, after] = [index(own(1)), change(index(own(2)))];
  const p = await program(before, after);
  assert.equal(p.exports['get']('small'), 6);
  await p.apply();
  assert.equal(p.exports['get']('small'), 12);
  assert.ok(!p.report.verdicts.some(({ reason }) => / had a hand in /.test(reason)));
  p.clean();
});
