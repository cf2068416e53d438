/** Results that are kept of functions which code calls by what a variable, a table or a name that it puts together leads to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

/** `5` becomes `9`. */
async function said(before: Files): Promise<string[]> {
  const after = Object.fromEntries(Object.entries(before).map(([file, text]) => [file, text.replaceAll('5', '9')]));
  const report = await build(before, after);
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, file, path }) => `${code} ${file} ${path}`);
}

const KEEPS = (made: string): string => `const all = new Map();
exports.put = (k) => { all.set(k, ${made}) };
exports.get = (k) => all.get(k);`;
const REMEMBERED = 'results-remembered index.js exports.put';
const of = (index: string, lib: string): Files => ({ 'index.js': index, 'lib.js': lib });

const KEPT: Readonly<Record<string, readonly [files: Files, said: string]>> = {
  'one that is bound': [{ 'index.js': `function by(n, k) { return k + 5 }\nconst f = by.bind(null, 1);\n${KEEPS('f(k)')}` }, REMEMBERED],
  'one that a function has made': [{ 'index.js': `const make = () => (k) => k + 5;\nconst f = make();\n${KEEPS('f(k)')}` }, REMEMBERED],
  'one that a wrapper puts on its own object': [
    { 'index.js': `(function () {\nthis.by = (k) => k + 5;\n${KEEPS('this.by(k)')}\n}).call(this);` },
    'results-remembered index.js <iife>/exports.put',
  ],
  'one that a pattern takes': [
    { 'index.js': `const make = () => ({ by(k) { return k + 5 } });\nconst { by } = make();\n${KEEPS('by(k)')}` },
    REMEMBERED,
  ],
  'one of another module that is bound': [
    of(`const { by } = require('./lib.js');\nconst f = by.bind(null, 1);\n${KEEPS('f(k)')}`, 'exports.by = (n, k) => k + 5;'),
    REMEMBERED,
  ],
  'a method that is bound of an object of another module': [
    of(
      `const { A } = require('./lib.js');\nconst a = new A();\nconst f = a.by.bind(a);\n${KEEPS('f(k)')}`,
      'exports.A = class { by(k) { return k + 5 } };',
    ),
    REMEMBERED,
  ],
  'a method that calls one that has changed': [
    of(
      `const { A } = require('./lib.js');\nconst a = new A();\n${KEEPS('a.by(k)')}`,
      'const own = (k) => k + 5;\nexports.A = class { by(k) { return own(k) } };',
    ),
    REMEMBERED,
  ],
  'one of an object that another module makes': [
    of(
      `const { make } = require('./lib.js');\nconst a = make();\n${KEEPS('a.by(k)')}`,
      'exports.make = () => ({ by(k) { return k + 5 } });',
    ),
    REMEMBERED,
  ],
  'one by its name of an object that another module makes': [
    of(
      `const { make } = require('./lib.js');\nconst a = make();\n${KEEPS('a.by(k)')}`,
      'function own(k) { return k + 5 }\nexports.make = () => ({ by: own });',
    ),
    REMEMBERED,
  ],
  'one that an object is given that another module makes': [
    of(
      `const { make } = require('./lib.js');\nconst a = make();\n${KEEPS('a.by(k)')}`,
      'exports.make = () => { const a = {}; a.by = own; return a; function own(k) { return k + 5 } };',
    ),
    REMEMBERED,
  ],
  'one that a pattern takes of what another module makes': [
    of(
      `const { make } = require('./lib.js');\nconst { by } = make();\n${KEEPS('by(k)')}`,
      'exports.make = () => ({ by(k) { return k + 5 } });',
    ),
    REMEMBERED,
  ],
  'one that another module makes': [
    of(`const { make } = require('./lib.js');\nconst f = make();\n${KEEPS('f(k)')}`, 'exports.make = () => (k) => k + 5;'),
    REMEMBERED,
  ],
  'one that leads to another module': [
    {
      'index.js': `const { by } = require('./led.js');\n${KEEPS('by(k)')}`,
      'led.js': "const { make } = require('./lib.js');\nconst a = make();\nexports.by = (k) => a.by(k);",
      'lib.js': 'exports.make = () => ({ by(k) { return k + 5 } });',
    },
    REMEMBERED,
  ],
  'one that a function of the module is given': [
    of(
      "const { make } = require('./lib.js');\nconst a = make();\nconst all = {};\nconst once = (k, f) => (k in all ? all[k] : (all[k] = f()));\nexports.get = (k) => once(k, () => a.by(k));",
      'exports.make = () => ({ by(k) { return k + 5 } });',
    ),
    'results-remembered index.js once',
  ],
  'a method of its own by a name that is put together': [
    { 'index.js': 'exports.A = class { all = {}; get(k, n) { return (this.all[k] ??= this[n](k)) } by(k) { return k + 5 } };' },
    'instances-hold index.js exports.A#get all',
  ],
  'a method of a class below it': [
    {
      'index.js':
        'class A { all = {}; get(k, n) { return (this.all[k] ??= this[`on${n}`](k)) } }\nexports.A = class B extends A { onBy(k) { return k + 5 } };',
    },
    'instances-hold index.js A#get all',
  ],
  'a method of an object by a name that is put together': [
    { 'index.js': `class A { by(k) { return k + 5 } }\nconst a = new A();\n${KEEPS("a['b' + k](k)")}` },
    REMEMBERED,
  ],
  'a method of an object of another module by a name that is put together': [
    of(`const { A } = require('./lib.js');\nconst a = new A();\n${KEEPS('a[k](k)')}`, 'exports.A = class { by(k) { return k + 5 } };'),
    REMEMBERED,
  ],
  'one of an object that another module makes, by a name that is put together': [
    of(
      `const { make } = require('./lib.js');\nconst a = make();\n${KEEPS('a[k](k)')}`,
      'exports.make = () => ({ by(k) { return k + 5 } });',
    ),
    REMEMBERED,
  ],
  'one that a function puts into a table': [
    { 'index.js': `const table = {};\nfunction use(k, f) { table[k] = f }\nuse('x', (k) => k + 5);\n${KEEPS('table[k](k)')}` },
    REMEMBERED,
  ],
  'one that a function puts into a table with more': [
    {
      'index.js': `const table = new Map();\nconst use = (k, f) => table.set(k, { f, k });\nuse('x', by);\nfunction by(k) { return k + 5 }\n${KEEPS('table.get(k).f(k)')}`,
    },
    REMEMBERED,
  ],
  'one that is taken out of a table first': [
    {
      'index.js': `const table = new Map();\nconst use = (k, f) => table.set(k, f);\nuse('x', (k) => k + 5);\n${KEEPS('at(k)')}\nfunction at(k) { const f = table.get(k); return f(k) }`,
    },
    REMEMBERED,
  ],
  'one that an object puts into a table': [
    {
      'index.js': `class A { table = {}; use(k, f) { this.table[k] = f } run(k) { return this.table[k](k) } }\nconst a = new A();\na.use('x', (k) => k + 5);\n${KEEPS('a.run(k)')}`,
    },
    REMEMBERED,
  ],
  'one that another module puts into a table': [
    {
      'index.js': `const { run } = require('./lib.js');\nrequire('./use.js');\n${KEEPS('run(k)')}`,
      'lib.js': 'const table = new Map();\nexports.use = (k, f) => { table.set(k, f) };\nexports.run = (k) => table.get(k)(k);',
      'use.js': "require('./lib.js').use('x', (k) => k + 5);",
    },
    REMEMBERED,
  ],
  'one that an object of another module puts into a table': [
    of(
      `const { A } = require('./lib.js');\nconst a = new A();\na.use('x', (k) => k + 5);\n${KEEPS('a.run(k)')}`,
      'exports.A = class { table = {}; use(k, f) { this.table[k] = f } run(k) { return this.table[k](k) } };',
    ),
    REMEMBERED,
  ],
  'one that a container of another module makes a service by': [
    of(
      "const { A } = require('./lib.js');\nconst a = new A();\na.use('x', () => 5);\nexports.get = () => a.get('x');",
      'exports.A = class { table = new Map(); made = {}; use(k, f) { this.table.set(k, f) } get(k) { return (this.made[k] ??= this.table.get(k)()) } };',
    ),
    'instances-hold lib.js exports.A#get made',
  ],
  'one that a container makes a service by, in closures': [
    of(
      "const { make } = require('./lib.js');\nconst a = make();\na.use('x', () => 5);\nexports.get = () => a.get('x');",
      'exports.make = () => { const table = {}, made = {}; return { use(k, f) { table[k] = f }, get(k) { return (made[k] = made[k] ?? table[k]()) } } };',
    ),
    'capture-kept lib.js exports.make/<return>.get made',
  ],
  'one of a table that a class is given': [
    of(
      "const { A } = require('./lib.js');\nconst a = new A({ x: () => 5 });\nexports.get = () => a.get('x');",
      'exports.A = class { made = {}; constructor(table) { this.table = table } get(k) { return (this.made[k] ??= this.table[k]()) } };',
    ),
    'instances-hold lib.js exports.A#get made',
  ],
  'one of a table that a function is given': [
    {
      'index.js':
        "const make = (table) => { const made = {}; return { get(k) { return (made[k] = made[k] ?? table[k]()) } } };\nconst a = make({ x: () => 5 });\nexports.get = () => a.get('x');",
    },
    'capture-kept index.js make/<return>.get made',
  ],
};

for (const [what, [files, expected]] of Object.entries(KEPT))
  test(`results that are kept are told of: ${what}`, async () => {
    assert.deepEqual(await said(files), [expected]);
  });

const NOT_KEPT: Readonly<Record<string, Files>> = {
  'one that computes what it is given': of(
    `const { wrap } = require('./lib.js');\nconst f = wrap((k) => k);\n${KEEPS('f(k)')}`,
    'exports.wrap = (f) => (k) => { const n = 5; return f(k, n) };',
  ),
  'another of what another module makes': of(
    `const { make } = require('./lib.js');\nconst a = make();\n${KEEPS('a.own(k)')}`,
    'exports.make = () => ({ own(k) { return k }, by(k) { return k + 5 } });',
  ),
  'another name that is put together': {
    'index.js': 'exports.A = class { all = {}; get(k, n) { return (this.all[k] ??= this[`on${n}`](k)) } by(k) { return k + 5 } };',
  },
  'another name that ends otherwise': { 'index.js': `class A { by(k) { return k + 5 } }\nconst a = new A();\n${KEEPS("a[k + 'x'](k)")}` },
  'a method that goes by a symbol': {
    'index.js': `const own = Symbol('own');\nclass A { [own](k) { return k } by(k) { return k + 5 } }\nconst a = new A();\n${KEEPS('a[own](k)')}`,
  },
  'a method of another class by a name that is put together': {
    'index.js': `class A { on(k) { return k } }\nexports.B = class { by(k) { return k + 5 } };\nconst a = new A();\n${KEEPS('a[k](k)')}`,
  },
  'one that nothing keeps': of(
    "const { A } = require('./lib.js');\nconst a = new A();\na.use('x', () => 5);\nexports.get = () => a.get('x');",
    'exports.A = class { table = new Map(); use(k, f) { this.table.set(k, f) } get(k) { return this.table.get(k)() } };',
  ),
  'one that a call keeps for itself': {
    'index.js':
      'const each = (list, f) => { for (const one of list) f(one) };\nexports.join = (list) => { const found = {}; each(list, put); return found; function put(k) { found[k] = found[k] ?? by(k) } };\nconst by = (k) => k + 5;',
  },
  'one of another table': {
    'index.js': `const table = {};\nconst other = {};\nfunction use(k, f) { other[k] = f }\nuse('x', (k) => k + 5);\ntable.x = (k) => k;\nexports.run = (k) => other[k](k);\n${KEEPS('table[k](k)')}`,
  },
  'one of a table of another class': {
    'index.js': `class A { table = {}; use(k, f) { this.table[k] = f } }\nclass B { table = {}; run(k) { return this.table[k](k) } }\nnew A().use('x', (k) => k + 5);\nconst b = new B();\n${KEEPS('b.run(k)')}`,
  },
};

for (const [what, files] of Object.entries(NOT_KEPT))
  test(`nothing is said of results that are kept: ${what}`, async () => {
    const rows = await said(files);
    assert.deepEqual(
      rows.filter((row) => !row.startsWith('computed-at-load')),
      [],
    );
  });
