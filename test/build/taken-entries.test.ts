/** What code has taken out of a table that changes in place, or has made of all that it had: the report says what stays as it was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

async function said(before: Files, change: readonly [string, string] = ['5', '9']): Promise<string[]> {
  const after = Object.fromEntries(Object.entries(before).map(([file, text]) => [file, text.replaceAll(...change)]));
  const report = await build(before, after);
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

const TABLE = 'T = { limit: 5, same: 1, read() { return 1 } };';
const own = (code: string): Files => ({ 'index.js': `const ${TABLE} exports.T = T;\n${code}` });
const of = (code: string, table = TABLE): Files => ({
  'index.js': `const { T } = require('./lib.js');\n${code}`,
  'lib.js': `exports.${table}`,
});

/** In functions: the code, and what is said. */
const KEPT: Readonly<Record<string, readonly [code: string, said: string]>> = {
  'by a constructor': [
    'exports.A = class { constructor() { this.limit = T.limit } get() { return this.limit } };',
    'instances-hold exports.A#constructor limit',
  ],
  'by a constructor, in a call': [
    'exports.A = class { constructor(db) { this.all = db.prepare(T.limit) } get() { return this.all } };',
    'instances-hold exports.A#constructor all',
  ],
  'by a field': ['class A { limit = T.limit; get() { return this.limit } } exports.A = A;', 'instances-hold A limit'],
  'by a method that alone sets it': [
    'exports.A = class { reset() { this.limit = T.limit } get() { return this.limit } };',
    'instances-hold exports.A#reset limit',
  ],
  'by a closure': ['exports.make = () => { const limit = T.limit; return () => limit };', 'capture-kept exports.make limit'],
  'by a closure, out of a pattern': [
    'exports.make = () => { const { limit } = T; return () => limit };',
    'capture-kept exports.make limit',
  ],
  'by the default of an argument': ['exports.make = (limit = T.limit) => () => limit;', 'capture-kept exports.make limit'],
  'by a map': ['const all = new Map(); exports.add = (k) => { all.set(k, T.limit + 1) }; exports.all = all;', 'value-copied exports.add'],
  'by a variable': ['let limit; exports.start = () => { limit = T.limit }; exports.get = () => limit;', 'value-copied exports.start'],
  'by who calls a function that gives it': [
    'const limit = () => T.limit + 1; exports.A = class { constructor() { this.limit = limit() } get() { return this.limit } };',
    'instances-hold exports.A#constructor limit',
  ],
  'by state that a function makes': [
    'exports.createState = () => ({ limit: T.limit }); exports.get = (state) => state.limit;',
    'instances-hold exports.createState limit',
  ],
  'with all else, by a class of the module': [
    'class B { constructor(o) { this.o = { ...o } } get() { return this.o.limit } } exports.make = () => new B(T);',
    'instances-hold B#constructor o',
  ],
  'with all else, by a superclass': [
    'class B { constructor(o) { this.o = { ...o } } get() { return this.o.limit } } exports.A = class extends B { constructor() { super(T) } };',
    'instances-hold B#constructor o',
  ],
  'by what a function of another module makes of the table': [
    "const { make } = require('node-maker'); exports.A = class { constructor() { this.made = make(T) } get() { return this.made } };",
    'instances-hold exports.A#constructor made',
  ],
  'by who calls a function that gives the table': [
    'const config = () => T; exports.A = class { constructor() { this.limit = config().limit } get() { return this.limit } };',
    'instances-hold exports.A#constructor limit',
  ],
  'by what is told of it by name': [
    'exports.plug = (app, names) => { for (const name of names) app.addFormat(name, T[name]) };',
    'instances-hold exports.plug app.addFormat',
  ],
  'through a variable that is another name for the table': [
    'const U = T; exports.A = class { constructor() { this.limit = U.limit } get() { return this.limit } };',
    'instances-hold exports.A#constructor limit',
  ],
  'as compilers write what is imported': [
    'exports.A = class { constructor(o) { this.o = { ...(0, T), ...o } } get() { return this.o.limit } };',
    'instances-hold exports.A#constructor o',
  ],
  'by that, of a function that is given the table': [
    'exports.plug = (app) => add(app, T); function add(app, of) { app.define("limit", of.limit) }',
    'instances-hold add app.define',
  ],
  'in a bound function': ['const f = (o, n) => o.limit + n; exports.make = () => f.bind(null, { ...T });', 'capture-kept exports.make f'],
  'with all else, compiled once': [
    'let all; exports.get = (k) => (all ??= Object.entries(T).map(([k, v]) => [k, v]))[k];',
    'value-copied exports.get',
  ],
};

for (const [name, [code, expected]] of Object.entries(KEPT))
  test(`an entry that is kept ${name}`, async () => {
    assert.deepEqual(await said(own(code)), [expected]);
    assert.deepEqual(await said(of(code)), [expected], 'of another module');
  });

const OWN: Readonly<Record<string, readonly [code: string, said: string]>> = {
  'of a class, by its name': [
    'class A { constructor() { this.n = A.LIMIT } get() { return this.n } } A.LIMIT = 5; exports.A = A;',
    'instances-hold A#constructor n',
  ],
  'of a class that a superclass asks for': [
    'class B { constructor() { this.n = this.constructor.LIMIT } } exports.A = class extends B { static LIMIT = 5; get() { return this.n } };',
    'instances-hold B#constructor n',
  ],
  'of a prototype': [
    'function A() { this.n = this.limit } A.prototype.limit = 5; A.prototype.get = function () { return this.n }; exports.A = A;',
    'instances-hold A n',
  ],
  'of a table on a prototype': [
    'function A() { this.n = this.limits.max } A.prototype.limits = { max: 5 }; A.prototype.get = function () { return this.n }; exports.A = A;',
    'instances-hold A n',
  ],
  'of what a module gives away': [
    'exports.limits = { max: 5 }; exports.make = () => { const max = exports.limits.max; return () => max };',
    'capture-kept exports.make',
  ],
  'of what a module gives away as a whole': [
    'module.exports = { limits: { max: 5 }, make() { const max = this.limits.max; return () => max } };',
    'capture-kept module.exports.make max',
  ],
};

for (const [name, [code, expected]] of Object.entries(OWN))
  test(`an entry ${name}`, async () => {
    assert.deepEqual(await said({ 'index.js': code }), [expected]);
  });

const OTHERS: Readonly<Record<string, Files>> = {
  'of the static table of a class': {
    'index.js':
      "const { B } = require('./lib.js'); exports.A = class { constructor() { this.o = { ...B.defaults } } get() { return this.o.limit } };",
    'lib.js': 'class B { static defaults = { limit: 5 } } exports.B = B;',
  },
  'of a static field': {
    'index.js': "const { B } = require('./lib.js'); exports.A = class { constructor() { this.o = B.limit } get() { return this.o } };",
    'lib.js': 'class B { static limit = 5 } exports.B = B;',
  },
  'of what a function gives': {
    'index.js':
      "const { config } = require('./lib.js'); exports.A = class { constructor() { this.o = config().limit } get() { return this.o } };",
    'lib.js': 'const table = { limit: 5 }; exports.table = table; exports.config = () => table;',
  },
  'of what a compiler has passed through a helper': {
    'index.js': `var _lib = _interopRequireDefault(require('./lib.js'));
function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e } }
exports.A = class { constructor() { this.o = _lib.default.limit } get() { return this.o } };`,
    'lib.js': "Object.defineProperty(exports, '__esModule', { value: true }); const table = (exports.default = { limit: 5, same() {} });",
  },
  'of a constant, in a text': {
    'index.js': "const c = require('./lib.js'); exports.A = class { constructor() { this.o = [`n ${c.LIMIT}`] } get() { return this.o } };",
    'lib.js': 'exports.LIMIT = 5;',
  },
  'of a module that is passed on under a name': {
    'index.js':
      "const { lib } = require('./all.js'); exports.A = class { constructor() { this.o = lib.T.limit } get() { return this.o } };",
    'all.js': "exports.lib = require('./lib.js');",
    'lib.js': `exports.${TABLE}`,
  },
  'of what TypeScript passes on': {
    'index.js':
      "const all_1 = require('./all.js'); exports.A = class { constructor() { this.o = all_1.T.limit } get() { return this.o } };",
    'all.js': `exports.T = void 0; var lib_1 = require('./lib.js');
Object.defineProperty(exports, 'T', { enumerable: true, get: function () { return lib_1.T; } });`,
    'lib.js': `exports.${TABLE}`,
  },
};

for (const [name, files] of Object.entries(OTHERS))
  test(`an entry of another module, ${name}`, async () => {
    assert.deepEqual(await said(files), ['instances-hold exports.A#constructor o']);
  });

test('an entry of another module of a bundle', async () => {
  const bundle = `(() => {
var modules = {
  1: (module, exports, load) => { const { C } = load(2); class A { constructor() { this.l = C.limit } get() { return this.l } } exports.A = A; },
  2: (module, exports) => { exports.C = { limit: 5, same() {} }; },
};
var cache = {};
function __webpack_require__(id) { if (cache[id]) return cache[id].exports; var module = (cache[id] = { exports: {} }); modules[id](module, module.exports, __webpack_require__); return module.exports }
module.exports = __webpack_require__(1);
})();`
    .replaceAll('modules', '__webpack_modules__')
    .replace('exports, load) =>', 'exports, __webpack_require__) =>')
    .replace('load(2)', '__webpack_require__(2)');
  assert.deepEqual(
    (await said({ 'index.js': bundle })).map((one) => one.replace(/ .*#/, ' #')),
    ['instances-hold #constructor l'],
  );
});

const AT_LOAD: Readonly<Record<string, string>> = {
  'by itself': 'const limit = T.limit; exports.get = () => limit;',
  'out of a pattern': 'const { limit } = T; exports.get = () => limit;',
  'with all else': 'const all = { ...T, more: 1 }; exports.get = () => all;',
  'with all else, in a loop': 'const all = new Map(); for (const [k, v] of Object.entries(T)) all.set(k, v); exports.get = () => all;',
  'by a static field': 'class A { static limit = T.limit } exports.A = A;',
  'by what another makes of it': "const agent = require('node-agent').of(T); exports.get = () => agent;",
  'by a mixin': 'class A {} Object.assign(A.prototype, T); exports.A = A;',
};

for (const [name, code] of Object.entries(AT_LOAD))
  test(`an entry that another module has taken as it loaded, ${name}`, async () => {
    assert.deepEqual(await said(of(code)), ['computed-at-load ']);
  });

test('an entry out of a pattern within that of the module', async () => {
  const files = {
    ...of(''),
    'index.js': "const { T: { limit } } = require('./lib.js'); exports.get = () => limit;",
  };
  assert.deepEqual(await said(files), ['computed-at-load ']);
});

test('through modules that pass the table on', async () => {
  const code = 'exports.A = class { constructor() { this.o = { ...T } } get() { return this.o.limit } };';
  const files = {
    ...of(code),
    'index.js': `const { T } = require('./all.js');\n${code}`,
    'all.js': "module.exports = { ...require('./lib.js') };",
  };
  assert.deepEqual(await said(files), ['instances-hold exports.A#constructor o']);
  const esm = {
    'index.mjs': "import { T } from './all.mjs'; export class A { constructor() { this.o = { ...T } } get() { return this.o.limit } }",
    'all.mjs': "export * from './lib.mjs';",
    'lib.mjs': `export const ${TABLE}`,
  };
  assert.deepEqual(await said(esm), ['instances-hold A#constructor o']);
});

test('all that a module gave away', async () => {
  const code =
    "const all = require('./lib.js'); exports.A = class { constructor() { this.o = { ...all } } get() { return this.o.LIMIT } };";
  assert.deepEqual(await said({ 'index.js': code, 'lib.js': 'exports.LIMIT = 5;' }), ['instances-hold exports.A#constructor o']);
  const late = "let limit; exports.start = () => { limit = require('./lib.js').LIMIT }; exports.get = () => limit;";
  assert.deepEqual(await said({ 'index.js': late, 'lib.js': 'exports.LIMIT = 5;' }), ['value-copied exports.start']);
});

const QUIET: Readonly<Record<string, string>> = {
  'the name that it is told by': 'exports.plug = (app) => { app.addFormat(T.limit, 1) };',
  'what is told of it is made by the call':
    'exports.plug = (make) => { const app = make(); app.addFormat("limit", T.limit); return app.run() };',
  'a method that keeps nothing, as far as its name tells': 'exports.plug = (app) => { app.checkFormat("limit", T.limit) };',
  'a method whose name only begins so': 'exports.plug = (app) => { app.address("limit", T.limit) };',
  'is read where it is used': 'exports.get = (n) => n > T.limit;',
  'is the same': 'exports.A = class { constructor() { this.same = T.same } get() { return this.same } };',
  'is a function that has a successor': 'exports.A = class { constructor() { this.read = T.read } get() { return this.read() } };',
  'goes no further than the call': 'exports.get = (o) => { const all = { ...T, ...o }; return all.limit + 1 };',
  'is held with the table': 'exports.A = class { constructor() { this.t = T } get() { return this.t.limit } };',
  'is called for': 'exports.A = class { constructor() { this.own = T.read() } get() { return this.own } };',
  'is looked for in a text':
    'exports.A = class { constructor(text) { const m = text.match(T.limit); this.m = m[1] } get() { return this.m } };',
  'is part of a message': 'exports.fail = () => { throw new Error(T.limit) };',
};

for (const [name, code] of Object.entries(QUIET))
  test(`nothing is said of an entry that ${name}`, async () => {
    assert.deepEqual(await said(own(code)), []);
    assert.deepEqual(await said(of(code)), [], 'of another module');
  });

test('nothing is said of a module that passes on the table itself', async () => {
  const files = of("exports.all = { ...require('./lib.js') }; exports.get = () => T.limit;");
  assert.deepEqual(await said(files), []);
});

test('nothing is said of a class that has another property where it is passed on', async () => {
  const code = "const B = require('./lib.js'); function A() {} require('node:util').inherits(A, B); exports.A = A;";
  assert.deepEqual(await said({ 'index.js': code, 'lib.js': 'function B() {} B.limit = 5; module.exports = B;' }), []);
});

test('what is new in a table is lacking where all of it was copied, and nobody has taken it out before', async () => {
  const change = ['limit: 5', 'limit: 5, more: 1'] as const;
  const copy = 'exports.A = class { constructor() { this.o = { ...T } } get() { return this.o.more } };';
  assert.deepEqual(await said(of(copy), change), ['instances-hold exports.A#constructor o']);
  assert.deepEqual(await said(of('exports.A = class { constructor(k) { this.o = T[k] } get() { return this.o } };'), change), []);
});

const COMPLETED: Readonly<Record<string, readonly [made: string, isKept: boolean]>> = {
  'fills up what it is given': ['merge.defaults({}, o, T)', true],
  'takes the table first, and something for it': ['merge(T, o)', true],
  'takes only a copy of it': ['merge.cloneDeep(T)', true],
  'is a static method': ['this.constructor.merge(T, o)', true],
  'takes the table alone, and gives it': ['merge.defaults(T)', false],
  'does something else by its name': ['merge.check(o, T)', false],
  'makes an object that is no options': ['new merge.Defaults({}, T)', false],
};

for (const [name, [made, isKept]] of Object.entries(COMPLETED))
  test(`what is new in a table where code out of sight makes an object of it that ${name}`, async () => {
    const code = `const merge = require('node-merge'); exports.A = class { constructor(o) { this.o = ${made} } get() { return this.o.more } };`;
    const warnings = await said(of(code), ['limit: 5', 'limit: 5, more: 1']);
    assert.deepEqual(warnings, isKept ? ['instances-hold exports.A#constructor o'] : []);
  });

test('an object goes on with what it was given', async () => {
  const files = of('exports.A = class { constructor() { this.limit = T.limit } get() { return [this.limit, T.limit] } };');
  const p = await program(files, { 'lib.js': files['lib.js']!.replace('5', '9') });
  const held = new p.exports['A']();
  await p.apply();
  assert.deepEqual(held.get(), [5, 9]);
  assert.deepEqual(new p.exports['A']().get(), [9, 9]);
  await p.revert();
  assert.deepEqual(held.get(), [5, 5]);
});

test('what a module computed, as it loaded, of a table that it took out of another one by a name', async () => {
  const m = { 'm.js': 'exports.list = [1, 2]; exports.other = [1];' };
  const atLoad = async (index: string): Promise<readonly string[]> => {
    const { verdicts } = await build(
      { 'index.js': index, ...m },
      { 'index.js': index, 'm.js': 'exports.list = [1, 2, 3]; exports.other = [1];' },
    );
    return verdicts.flatMap(({ code, file, line }) => (code === 'computed-at-load' ? `${file} ${line}` : []));
  };
  const use = (taken: string, computed = 'list.length'): string =>
    `const m = require('./m.js');\n${taken}\nconst n = ${computed};\nexports.all = () => list.slice(0, n);`;
  for (const taken of [
    'const list = m.list;',
    'let list = m.list; exports.set = (l) => { list = l };',
    'const { list } = m;',
    'const { list: list } = m;',
  ])
    assert.deepEqual(await atLoad(use(taken)), ['index.js 3'], taken);
  assert.deepEqual(await atLoad(use('const { list: own } = m; const list = [];', 'own.length')), ['index.js 3']);
  assert.deepEqual(await atLoad(use('const list = m.other;')), []);
  assert.deepEqual(await atLoad(use('const list = m.list;', '2')), []);
  assert.deepEqual(await atLoad(use('const lib = { list: [] }; const list = lib.list;')), []);
  assert.deepEqual(await atLoad(use("const own = require('./m.js').other; const list = own.list;")), []);
  assert.deepEqual(await atLoad(use('const { sub: list } = m.list;')), ['index.js 2']);
});

test('of a table that functions copy it is said what the copies that exist lack', async () => {
  const files = (more: string): Files => ({
    'index.js': `const T = { limit: 5, same: 1, read() { return 1 }${more} }; exports.T = T;
const build = (o) => Object.assign({}, T, o);
exports.A = class { constructor(o) { this.options = build(o) } get(x) { return this.options.limit + x } };`,
  });
  const { verdicts } = await build(files(''), files(', late: false, update(t) { return t }'));
  assert.deepEqual(
    verdicts.filter(({ code }) => code === 'value-copied').map(({ reason }) => reason),
    ['what build has copied of it stays as it was, without late, update'],
  );
});
