/** What was copied of an object as a module loaded, by all that it had then: the report says that it lacks what the object has from now on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

async function said(before: Files, after: Files): Promise<string[]> {
  const report = await build(before, after);
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

const COPIES: Readonly<Record<string, string>> = {
  'a literal': 'const api = { ...lib };',
  'Object.assign': 'const api = Object.assign({}, lib);',
  'its keys': 'const api = Object.keys(lib);',
  'what is left of it': 'const { a, ...api } = lib;',
  'a loop': 'const api = {}; for (const key in lib) api[key] = lib[key];',
};

for (const [name, copy] of Object.entries(COPIES))
  test(`a copy by ${name}`, async () => {
    const own = (more: string): Files => ({
      'index.js': `const lib = {};\nlib.a = function () { return 1 };\n${more}${copy}\nexports.get = () => api;`,
    });
    assert.deepEqual(await said(own(''), own('lib.b = function () { return 2 };\n')), ['computed-at-load b']);
    const of = (more: string): Files => ({
      'index.js': `const lib = require('./lib.js');\n${copy}\nexports.get = () => api;`,
      'lib.js': `exports.a = () => 1;${more}`,
    });
    assert.deepEqual(await said(of(''), of('exports.b = () => 2;')), ['computed-at-load b'], 'of another module');
  });

test('a copy in a bundle of esbuild', async () => {
  const bundle = (more: string): Files => ({
    'index.js': `var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res) => function __init() {
  return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var lib_exports = {};
__export(lib_exports, {
  a: () => a${more === '' ? '' : ',\n  b: () => b'}
});
function a() { return 1; }
${more}var api;
var init_api = __esm({
  "api.js"() {
    api = { ...lib_exports };
  }
});
init_api();
exports.get = () => Object.keys(api);`,
  });
  assert.deepEqual(await said(bundle(''), bundle('function b() { return 2; }\n')), ['computed-at-load b']);
});

test('nothing is said of what a module goes on giving away, nor of a copy that is made anew', async () => {
  const again = (more: string): Files => ({
    'index.js': "module.exports = { ...require('./lib.js'), own: 1 };",
    'lib.js': `exports.a = () => 1;${more}`,
  });
  assert.deepEqual(await said(again(''), again('exports.b = () => 2;')), []);
  const called: Files = { 'index.js': 'const lib = {}; lib.a = () => 1; exports.get = () => ({ ...lib });' };
  const more: Files = { 'index.js': called['index.js']!.replace('lib.a = () => 1;', 'lib.a = () => 1; lib.b = () => 2;') };
  assert.deepEqual(await said(called, more), []);
  const fresh = {
    'index.js': more['index.js']!.replace('exports.get = () => ({ ...lib })', 'const all = { ...lib }; exports.get = () => all'),
  };
  assert.deepEqual(await said(called, fresh), [], 'of a variable that only the new version has');
});

test('objects keep a constant of another module that is another now', async () => {
  const limits = (n: number): Files => ({ 'limits.js': `exports.MAX = ${n};` });
  for (const [head, read] of [
    ["const { MAX } = require('./limits.js');", 'MAX'],
    ["const limits = require('./limits.js');", 'limits.MAX'],
  ]) {
    const files = { 'index.js': `${head}\nexports.Box = class { constructor() { this.max = ${read} } get() { return this.max } };` };
    assert.deepEqual(await said({ ...files, ...limits(5) }, { ...files, ...limits(9) }), ['instances-hold exports.Box#constructor max']);
  }
});

const BY_FUNCTIONS: Readonly<Record<string, string>> = {
  'that goes over its keys': 'function copy(o) { return Object.keys(o); }',
  'that loops over it': 'function copy(o) { const all = []; for (const key in o) all.push(key); return all; }',
  'that hands it on': 'const each = (n, o) => Object.keys(o).map((key) => [n, key]); function copy(o) { return each(1, o); }',
  'as esbuild writes it':
    'var names = Object.getOwnPropertyNames; var props = (to, from) => { for (let key of names(from)) to[key] = from[key]; return to; }; var copy = (mod) => props({}, mod);',
};
const made = (copy: string, more: string, call = 'copy(lib)'): Files => ({
  'index.js': `${copy}\nconst lib = {};\nlib.a = function () { return 1 };\n${more}const api = ${call};\nexports.get = () => api;`,
});
const MORE = 'lib.b = function () { return 2 };\n';

for (const [name, copy] of Object.entries(BY_FUNCTIONS))
  test(`a copy by a function ${name}`, async () => {
    assert.deepEqual(await said(made(copy, ''), made(copy, MORE)), ['computed-at-load b']);
  });

test('a function that takes something of it, or goes over something else', async () => {
  for (const [copy, call] of [
    ['function copy(o) { return o.a; }', 'copy(lib)'],
    ['function copy(o, p) { return Object.keys(p); }', 'copy(lib, {})'],
    ['function copy(o) { const all = []; for (o.key in {}) all.push(1); return all; }', 'copy({ lib })'],
    ['function copy(o) { return Object.is(o, 1); }', 'copy(lib)'],
    ['function copy(o) { return Reflect.apply(Object.keys, null, [o]).length; }', 'copy(1, lib)'],
  ] as const)
    assert.deepEqual(await said(made(copy, '', call), made(copy, MORE, call)), [], copy);
});

/** How a module goes over a list of others, of which the first gains a name. */
const LISTS: Readonly<Record<string, readonly [text: string, said: readonly string[]]>> = {
  'by a number': [
    "const libs = [require('./lib.js'), require('./more.js')];\nfor (let i = 0; i < libs.length; i++) { const lib = libs[i]; for (const key in lib) exports[key] = lib[key]; }",
    ['computed-at-load b'],
  ],
  'by each': ["const libs = [require('./lib.js')];\nfor (const lib of libs) Object.assign(exports, lib);", ['computed-at-load b']],
  'by a function': [
    "[require('./lib.js'), require('./more.js')].forEach((lib) => Object.keys(lib).forEach((key) => (exports[key] = lib[key])));",
    ['computed-at-load b'],
  ],
  'by a function that is called later': [
    "const libs = [require('./lib.js')];\nexports.all = () => { const found = {}; libs.forEach((lib) => Object.assign(found, lib)); return found; };",
    [],
  ],
  'by a loop that runs later': [
    "const libs = [require('./lib.js')];\nexports.all = () => { const found = {}; for (const lib of libs) Object.assign(found, lib); return found; };",
    [],
  ],
  'that is of others': ["const lib = require('./lib.js');\nfor (const other of [require('./more.js')]) Object.assign(exports, other);", []],
};

for (const [what, [text, warned]] of Object.entries(LISTS))
  test(`copies of what a list of modules has, ${what}`, async () => {
    const files = (more: string): Files => ({ 'index.js': text, 'lib.js': `exports.a = () => 1;${more}`, 'more.js': 'exports.c = 3;' });
    assert.deepEqual(await said(files(''), files('exports.b = () => 2;')), warned);
  });
