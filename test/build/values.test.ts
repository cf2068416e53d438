/** What ran once as the module loaded: constants, tables, imports, exports, statements. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LivepatchError } from '../../src/errors/errors.ts';
import { build, patched, program } from './harness.ts';

test('a changed constant reaches every function that reads it, and what is computed from it', async () => {
  const before = 'const LIMIT = 5; const RE = new RegExp(`^.{0,${LIMIT}}$`); exports.ok = (s) => RE.test(s); exports.limit = () => LIMIT';
  const p = await patched(before, before.replace('LIMIT = 5', 'LIMIT = 2'));
  assert.equal(p.exports['ok']('abc'), false);
  assert.equal(p.exports['limit'](), 2);
  await p.revert();
  assert.equal(p.exports['ok']('abc'), true);
});

test('an exported constant reaches importers that did not change', async () => {
  const main = "import { LIMIT, name as n } from './limit.mjs'; export const f = () => [LIMIT, n]";
  const p = await program(
    { 'index.mjs': main, 'limit.mjs': "export const LIMIT = 5; export const name = 'x'" },
    { 'limit.mjs': "export const LIMIT = 9; export const name = 'x'" },
  );
  assert.deepEqual(p.exports['f'](), [5, 'x']);
  await p.apply();
  assert.deepEqual(p.exports['f'](), [9, 'x']);
});

test('an exported constant reaches a CommonJS reader that took it at load, and one that reads it each time', async () => {
  const main = "const { LIMIT } = require('./limit'); const all = require('./limit'); exports.f = () => [LIMIT, all.LIMIT]";
  const p = await program({ 'index.js': main, 'limit.js': 'exports.LIMIT = 5' }, { 'limit.js': 'exports.LIMIT = 9' });
  await p.apply();
  assert.deepEqual(p.exports['f'](), [9, 9]);
  await p.revert();
  assert.deepEqual(p.exports['f'](), [5, 5]);
});

test('new helpers, imports and files', async () => {
  const p = await program(
    { 'index.js': 'exports.f = (x) => x' },
    {
      'index.js':
        "const { sep } = require('node:path'); const { twice } = require('./twice'); class Box { constructor(v) { this.v = v } }\nfunction wrap(x) { return new Box(twice(x)) }\nexports.f = (x) => [wrap(x).v, sep]",
      'twice.js': 'exports.twice = (x) => x * 2',
    },
  );
  await p.apply();
  assert.deepEqual(p.exports['f'](4), [8, '/']);
});

test('new imports of an ES module: by name, by default, as a namespace', async () => {
  const p = await program(
    { 'index.mjs': 'export const f = () => 1', 'dep.cjs': 'module.exports = { a: 1 }' },
    {
      'index.mjs':
        "import fs, { readFileSync as read } from 'node:fs'; import * as path from 'node:path'; import dep from './dep.cjs';\nexport const f = () => [typeof fs.statSync, typeof read, path.sep, path.default.sep, dep.a]",
    },
  );
  await p.apply();
  assert.deepEqual(p.exports['f'](), ['function', 'function', '/', '/', 1]);
});

test('an export that one module gains and another uses', async () => {
  const p = await program(
    { 'index.js': "const m = require('./m'); exports.f = () => m.old()", 'm.js': 'exports.old = () => 1' },
    {
      'index.js': "const m = require('./m'); const { added } = require('./m'); exports.f = () => [m.old(), m.added(), added()]",
      'm.js': 'exports.old = () => 1\nexports.added = () => 2',
    },
  );
  await p.apply();
  assert.deepEqual(p.exports['f'](), [1, 2, 2]);
  assert.equal(p.load('m.js')['added'](), 2);
  await p.revert();
  assert.equal('added' in p.load('m.js'), false);
});

test('an export that one ES module gains and another uses', async () => {
  const p = await program(
    { 'index.mjs': "import { old } from './m.mjs'; export const f = () => old()", 'm.mjs': 'export const old = () => 1' },
    {
      'index.mjs': "import { old, added as more } from './m.mjs'; export const f = () => [old(), more()]",
      'm.mjs': 'export const old = () => 1\nexport function added() { return 2 }',
    },
  );
  await p.apply();
  assert.deepEqual(p.exports['f'](), [1, 2]);
});

test('module.exports as an object gains a function', async () => {
  const p = await program(
    { 'index.js': 'function a() { return 1 }\nmodule.exports = { a }' },
    { 'index.js': 'function a() { return 1 }\nfunction b() { return a() + 1 }\nmodule.exports = { a, b }' },
  );
  await p.apply();
  assert.equal(p.exports['b'](), 2);
});

test('a table that code fills is filled again', async () => {
  const before = "const table = []; const add = (x) => { table.push(x) }\nadd('a')\nadd('b')\nexports.f = () => table.join()";
  const p = await patched(before, before.replace('push(x)', "push(x + '!')"));
  assert.match(p.exports['f'](), /^a/);
});

test('state that functions write keeps its value, and the verdict says so', async () => {
  const before = 'let hits = 0; exports.f = () => ++hits';
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replace('hits = 0', 'hits = 100').replace('++hits', '(hits += 2)') },
  );
  p.exports['f']();
  await p.apply();
  assert.equal(p.exports['f'](), 3);
  assert.deepEqual(p.codes('warning'), ['live-state']);
});

test('a table that functions fill and code elsewhere makes needs a hook when its contents change', async () => {
  const before =
    "let n = 0; const seed = () => [[`a${n++}`, 1]];\nconst cache = new Map(seed('a')); exports.f = (k) => { cache.set(k, 1) }";
  const report = await build({ 'index.js': before }, { 'index.js': before.replace("seed('a')", "seed('b')") });
  assert.equal(report.patch, null);
  assert.deepEqual(
    report.verdicts.map((v) => [v.verdict, v.code]),
    [['needs-hook', 'live-data']],
  );
});

test('a statement that has run already is refused with its line', async () => {
  const before = "const app = require('node:events'); exports.f = () => 1\n";
  const report = await build({ 'index.js': before }, { 'index.js': `${before}\nprocess.on('exit', () => {})\n` });
  assert.equal(report.patch, null);
  const [row] = report.verdicts;
  assert.deepEqual([row?.code, row?.line, row?.excerpt], ['statement-changed', 3, "process.on('exit', () => {})"]);
});

test('layout, comments and quotes are no difference', async () => {
  await assert.rejects(
    build({ 'index.js': "exports.f = () => { return 'a' }" }, { 'index.js': '// note\nexports.f = () => {\n  return "a";\n};\n' }),
    { code: 'ERR_PATCH_EMPTY' },
  );
});

test('the same trees give the same patch', async () => {
  const files = [{ 'index.js': 'exports.f = () => 1' }, { 'index.js': 'exports.f = () => 2' }] as const;
  const [a, b] = [await build(...files), await build(...files)];
  const units = (text: string): unknown => JSON.parse(Buffer.from(JSON.parse(text).payload, 'base64').toString()).modules;
  assert.deepEqual(units(a.patch!), units(b.patch!));
});

test('UMD factories and prototype methods', async () => {
  const before = `(function (root, factory) { if (typeof module === 'object') module.exports = factory(); else root.x = factory() })(this, function () {
    var k = 1; function A() {} A.prototype.get = function () { return k }; A.prototype.self = function () { return this.get() }; return A })`;
  const after = before.replace('var k = 1;', 'var k = 5; function more(x) { return x + k }').replace('return k }', 'return more(k) }');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const a = new (p.exports as unknown as new () => { self(): number })();
  await p.apply();
  assert.equal(a.self(), 10);
});

test('properties that TypeScript and others define on the exports', async () => {
  const before =
    "Object.defineProperty(exports, '__esModule', { value: true });\nexports.a = void 0;\nconst dep_1 = require('./dep');\nexports.a = 1;";
  const after = `${before.replace('exports.a = void 0', 'exports.b = exports.a = void 0')}\nObject.defineProperty(exports, 'b', { enumerable: true, get: function () { return dep_1.b; } });`;
  const p = await program({ 'index.js': before, 'dep.js': 'exports.b = 2' }, { 'index.js': after });
  await p.apply();
  assert.equal(p.exports['b'], 2);
  await p.revert();
  assert.equal('b' in p.exports, false);
});

test('TypeScript as Node runs it', async () => {
  const before = 'interface A { x: number }\nexport function f(a: A): number { return a.x }\n';
  const p = await program({ 'index.mts': before }, { 'index.mts': before.replace('return a.x', 'const y: number = a.x; return y * 2') });
  await p.apply();
  assert.equal(p.exports['f']({ x: 2 }), 4);
  assert.equal(p.patch.modules[0]?.functions[0]?.line, 2);
});

test('a method that a prototype gains, and a property with another value', async () => {
  const before = 'function A() {}\nA.prototype.get = function () { return 1 };\nA.version = 1;\nexports.A = A;';
  const after = before.replace('A.version = 1', 'A.prototype.twice = function () { return this.get() * 2 };\nA.version = 2');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  assert.deepEqual(
    p.patch.modules[0]?.properties.map((x) => x.name),
    ['twice', 'version'],
  );
  assert.deepEqual(p.codes(), ['property-set', 'property-set']);
});

test('a getter that was defined on a prototype changes as a function', async () => {
  const before =
    "function A() {}\nObject.defineProperty(A.prototype, 'x', { enumerable: false, get: function () { return 1 } });\nexports.A = A;";
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('return 1', 'const y = 1; return y + 1') });
  const a = new p.exports['A']();
  await p.apply();
  assert.equal(a.x, 2);
});

test('a module that is one primitive value: who requires it again gets the new one', async () => {
  const main = "const kept = require('./version'); exports.f = () => [kept, require('./version')]";
  const p = await program({ 'index.js': main, 'version.js': "module.exports = '1.0.0'" }, { 'version.js': "module.exports = '1.0.1'" });
  await p.apply();
  assert.deepEqual(p.exports['f'](), ['1.0.0', '1.0.1']);
  await p.revert();
  assert.deepEqual(p.exports['f'](), ['1.0.0', '1.0.0']);
});

test('an import that a compiler wrapped otherwise is the same module, seen otherwise', async () => {
  const helpers =
    'var cache; function _interopRequireDefault(m) { return m && m.__esModule ? m : { default: m } }\nfunction _interopRequireWildcard(m) { cache = new WeakMap(); var all = { default: m }; cache.set(m, all); for (var k in m) all[k] = m[k]; return all }\n';
  const p = await program(
    {
      'index.js': `${helpers}var _lib = _interopRequireDefault(require('./lib'));\nexports.f = () => _lib.default.a`,
      'lib.js': 'exports.a = 1',
    },
    { 'index.js': `${helpers}var _lib = _interopRequireWildcard(require('./lib'));\nexports.f = () => [_lib.default.a, _lib.a]` },
  );
  await p.apply();
  assert.deepEqual(p.exports['f'](), [1, 1]);
  await p.revert();
  assert.equal(p.exports['f'](), 1);
});

test('a method that a prototype in a wrapper loses is taken off, and the report says so', async () => {
  const before = '(function () {\nfunction A() {}\nA.prototype.one = () => 1;\nA.prototype.two = () => 2;\nexports.A = A;\n})();';
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replace('A.prototype.two = () => 2;\n', '').replace('=> 1', '=> 3') },
  );
  assert.deepEqual(p.codes('warning'), ['property-removed']);
  const a = new p.exports['A']();
  await p.apply();
  assert.deepEqual([a.one(), 'two' in a], [3, false]);
  await p.revert();
  assert.deepEqual([a.one(), a.two()], [1, 2]);
});

test('a value that a function called in place computes, and what is computed from it', async () => {
  const source = (more: string): string => `const natives = (function () {
  try {
    ${more}
    return process.getBuiltinModule('util').types;
  } catch {}
})();
const native = natives && natives.isTypedArray;
function own(value) { return 'own' }
function wrap(fn) { return (value) => fn(value) }
const isTyped = native ? wrap(native) : own;
exports.f = (value) => isTyped(value);`;
  const p = await patched(source(''), source("if (process) return { isTypedArray: () => 'new' };"));
  assert.equal(p.exports['f']([]), 'new');
  await p.revert();
  assert.equal(p.exports['f']([]), false);
});

test('a function that is only called gives way to a value of another kind; a constructor that is held does not', async () => {
  const source = (how: string, more = ''): string => `function check(value) { return [value] }
const is = ${how};
${more}
exports.f = (value) => is(value);`;
  const p = await patched(source('function (value) { return 1 }'), source('check(1) ? check : () => 3'));
  assert.deepEqual(p.exports['f'](2), [2]);
  await p.revert();
  assert.equal(p.exports['f'](2), 1);
  const held = 'exports.is = is;';
  const report = await build(
    { 'index.js': source('function (value) { this.value = 1 }', held) },
    { 'index.js': source('check(1) ? check : () => 3', held) },
  );
  assert.equal(report.patch, null);
});

test('a variable that a function no longer assigns keeps what it was given, and the report says so', async () => {
  const p = await patched(
    `let last = null; exports.set = (value) => { last = value; return 1 }; exports.last = () => last; exports.set(5);`,
    `let last = null; exports.set = (value) => { return 2 }; exports.last = () => last; exports.set(5);`,
  );
  assert.deepEqual([p.exports['set'](6), p.exports['last']()], [2, 5]);
  assert.deepEqual(p.codes('warning').sort(), ['computed-at-load', 'state-unset']);
});

test('what a function computed at load from a value that has changed', async () => {
  const source = (version: string): string => `const version = '${version}';
function make() { return { version } }
const made = make();
exports.f = () => made.version;`;
  const p = await patched(source('1'), source('2'));
  assert.deepEqual([p.exports['f'](), p.codes('warning')], ['1', ['computed-at-load']]);
});

test('work that a module starts as it loads is not a value that it keeps', async () => {
  const source = (step: number): string => `let n = 0;
const count = () => { n += ${step} };
async function poll() { for (let i = 0; i < 2; i++) { await null; count() } }
void poll();
poll();
poll().catch(() => {}).catch(() => {});
exports.again = poll();
exports.n = () => n;`;
  const p = await patched(source(1), source(2));
  const said = p.report.verdicts.filter(({ code }) => code === 'computed-at-load');
  assert.deepEqual(
    said.map(({ line }) => line),
    [7],
  );
});

test('what a handler does is not done as the module loads', async () => {
  const source = (step: number): string => `const deep = (x) => x + ${step};
const handlers = [];
const app = { get: (path, handler) => handlers.push(handler) };
app.get('/', async (x) => deep(x));
exports.f = (x) => handlers[0](x);
exports.made = [1].map((x) => deep(x));`;
  const p = await patched(source(1), source(2));
  assert.equal(await p.exports['f'](1), 3);
  const said = p.report.verdicts.filter(({ code }) => code === 'computed-at-load');
  assert.deepEqual(
    said.map(({ code, line }) => [code, line]),
    [['computed-at-load', 6]],
  );
});

test('results of code that has changed, where a function remembers them', async () => {
  const source = (step: number, other: number): string => `const cache = new Map();
const plain = {};
const log = [];
const deep = (x) => x + ${step};
const slow = (x) => deep(x);
exports.map = (x) => { if (cache.has(x)) return cache.get(x); const y = slow(x); cache.set(x, y); return y };
exports.plain = (x) => plain[x] ?? (plain[x] = slow(x));
exports.short = (x) => (plain[x] ??= slow(x));
exports.fills = (x) => { log[x] = slow(x) };
exports.through = (x) => { const found = cache.get(x); if (found) return found; const all = { list: [] }; for (const y of [slow(x)]) all.list.push(y); return [all].map((z) => cache.set(x, z)).length };
exports.beside = (x) => { const at = cache.get(x) ?? { x }; cache.set(x, at); return slow(at.x) };
exports.other = (x) => { const own = new Map(); own.set(x, slow(x)); return own.get(x) + ${other} };`;
  const p = await patched(source(1, 0) + 'exports.map(5);', source(2, 0) + 'exports.map(5);');
  assert.deepEqual([p.exports['map'](5), p.exports['map'](6)], [6, 8]);
  const said = p.report.verdicts.filter(({ code }) => code === 'results-remembered');
  assert.deepEqual(
    said.map(({ path, reason }) => `${path}: ${reason}`),
    ['map cache', 'plain plain', 'short plain', 'fills log', 'through cache'].map((both) => {
      const [name, table] = both.split(' ');
      return `exports.${name}: results that the old version of deep computed are kept in ${table}`;
    }),
  );
  const q = await patched(source(1, 0), source(1, 1));
  assert.deepEqual(q.codes('warning'), []);
});

test('results that each object remembers for itself', async () => {
  const source = (step: number): string => `class Table { constructor() { this.cache = new Map(); this.kept = {}; this.memo = {}; }
get(x) { const found = this.cache.get(x); if (found) return found; const y = x + ${step}; this.cache.set(x, y); return y }
short(x) { return this.memo[x] ?? (this.memo[x] = x + ${step}) }
state(x) { return this.kept[x] ?? (this.kept[x] = x + ${step}) }
fill(x) { this.cache.set(x, x + ${step}); this.memo[x] = x + ${step} } }
exports.Table = Table;`;
  const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
  const table = new p.exports['Table']();
  table.get(5);
  await p.apply();
  assert.deepEqual([table.get(5), table.get(6)], [6, 8]);
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'results-remembered').map(({ path, reason }) => `${path}: ${reason}`),
    [
      'get: results that the old version of it computed are kept in the cache of objects that exist',
      'short: results that the old version of it computed are kept in the memo of objects that exist',
    ].map((r) => `Table#${r}`),
  );
});

test('what objects and closures hold of a function that has changed, of the same module or of another', async () => {
  const files = (limit: number): Record<string, string> => ({
    'index.mjs': `import { build, same } from './options.mjs';
import * as all from './options.mjs';
const local = (o) => ({ limit: ${limit}, of: o });
export class Parser {
  constructor(o) { this.options = build(o); this.own = local(o); this.more = o.more ?? all.build(o); this.fixed = same(o); this.unread = build(o); this.made = [build(o)]; }
  parse() { return [this.options.limit, this.own.limit, this.more.limit, this.fixed.limit, this.made.length]; }
}
export function create(o) { const options = build(o); const now = local(o); return () => [options.limit, [1].map(() => now.limit)[0]]; }
export function once(o) { const options = build(o); return [1].map(() => options.limit)[0]; }
`,
    'options.mjs': `export const build = (o) => ({ limit: ${limit}, of: o });\nexport const same = (o) => ({ limit: 7, ...o });\n`,
  });
  const p = await program(files(1), files(2));
  const { Parser, create } = p.exports;
  const [parser, run] = [new Parser({}), create({})];
  await p.apply();
  assert.deepEqual(
    [parser.parse(), run()],
    [
      [1, 1, 1, 7, 1],
      [1, 1],
    ],
  );
  assert.deepEqual([new Parser({}).parse(), create({})(), p.exports['once']({})], [[2, 2, 2, 7, 1], [2, 2], 2]);
  const said = p.report.verdicts.filter(({ reason }) => reason?.endsWith('made, which has changed since'));
  assert.deepEqual(said.map(({ code, path, reason }) => `${code} ${path}: ${reason!.replace(/ made, .*/, '')}`).sort(), [
    'capture-kept create now: closures that exist keep the now that local',
    'capture-kept create options: closures that exist keep the options that build of ./options.mjs',
    'instances-hold Parser#constructor made: objects that exist keep the made that build of ./options.mjs',
    'instances-hold Parser#constructor more: objects that exist keep the more that build of ./options.mjs',
    'instances-hold Parser#constructor options: objects that exist keep the options that build of ./options.mjs',
    'instances-hold Parser#constructor own: objects that exist keep the own that local',
  ]);
});

test('a function that was given to what remembers its results', async () => {
  const source = (
    step: number,
  ): string => `const memoize = (f) => { const found = new Map(); return (x) => { if (!found.has(x)) found.set(x, f(x)); return found.get(x) } };
const each = (f) => (x) => f(x);
const named = (x) => x + ${step};
exports.inline = memoize(function inline(x) { return x + ${step} });
exports.named = memoize(named);
exports.each = each((x) => x + ${step});`;
  const p = await patched(source(1), source(2));
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'results-remembered').map(({ path }) => path.replace(/.*[.<]/, '')),
    ['named', 'inline'],
  );
});

test('a listener for one event, what goes through a cache and the steps of an async function are given to what remembers nothing', async () => {
  const source = (
    step: number,
    call: string,
  ): string => `var __generator = function (self, body) { let op, t, _ = { sent: () => t }; const step = (v) => { op = body.call(self, _); t = op; _.last = t; return op + v }; return { next: step } };
const cache = { once(key, f) { return (this[key] ??= f(1)) } };
const list = [1], emitter = new (require('events'))();
exports.f = (x) => { const step = (y) => y + ${step}; return ${call} };`;
  const codes = async (call: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': source(1, call) }, { 'index.js': source(2, call) });
    return verdicts.flatMap(({ code, verdict }) => (verdict === 'warning' ? code : []));
  };
  for (const call of ["emitter.once('end', step)", 'list.map(step)', '__generator(x, step).next(1)'])
    assert.deepEqual(await codes(call), [], call);
  assert.deepEqual(await codes('[cache].forEach((cache) => cache.forEach(step))'), []);
  assert.deepEqual(await codes("cache.once('a', step)"), ['results-remembered']);
});

test('a text that thousands of others are added to', async () => {
  const source = (n: number): string =>
    `const long = ${Array.from({ length: 5_000 }, (_, i) => `'${i}'`).join(' +\n')};\nexports.f = () => long.length + ${n};\n`;
  const p = await patched(source(1), source(2));
  assert.equal(p.exports['f'](), 18_892);
});

test('what is exported before its variable has a value stays undefined', async () => {
  const source = (n: number): string =>
    `exports.early = c; exports.fn = fn;\nvar c = ${n};\nexports.c = c; exports.get = () => c;\nfunction fn() { return ${n} }\n`;
  const p = await patched(source(1), source(2));
  assert.deepEqual([p.exports['early'], p.exports['c'], p.exports['get'](), p.exports['fn']()], [undefined, 2, 2, 2]);
  await p.revert();
  assert.deepEqual([p.exports['early'], p.exports['c'], p.exports['get']()], [undefined, 1, 1]);
});

test('a captured value that cannot be computed anew stays in closures that exist, and the report says so', async () => {
  const source = (size: number): string =>
    `let made = 0; const take = (n) => ({ n, id: made++ });
exports.make = () => { const own = take(${size}); return () => own.n };
exports.kept = exports.make();`;
  const p = await patched(source(1), source(2));
  assert.deepEqual([p.exports['kept'](), p.exports['make']()()], [1, 2]);
  assert.deepEqual(p.codes('warning').sort(), ['capture-kept', 'computed-at-load']);
});

test('a new statement that calls a new function runs when the patch is linked; one that calls what is there is refused', async () => {
  const before = "const log = require('./log'); let n = 0; function old() { n++ } exports.n = () => n++; exports.log = log.all";
  const files = { 'log.js': 'exports.all = []; exports.note = (x) => exports.all.push(x)' };
  const p = await program(
    { 'index.js': before, ...files },
    {
      'index.js': `${before}; const make = (f) => { const own = {}; ['a'].forEach((k) => { own[k] = f }); return own }; const warm = () => { make(1); log.note('warm') }; warm(); exports.warm = warm`,
      ...files,
    },
  );
  await p.apply();
  assert.deepEqual([p.exports['log'], p.codes('warning')], [['warm'], ['initialiser-runs']]);
  for (const more of ['old()', 'const run = () => { n = 5 }; run()', 'const run = () => {}; run(process.cwd())']) {
    const report = await build({ 'index.js': before, ...files }, { 'index.js': `${before}; ${more}`, ...files });
    assert.deepEqual([report.patch, report.verdicts.find((v) => v.verdict === 'refused')?.code], [null, 'statement-changed'], more);
  }
});

test('a new statement that prints does so when the patch is linked; one that does more is refused', async () => {
  const before = `exports.get = () => 1;`;
  const after = `const isOff = process.env.TEST_OF_PRINTS !== 'off';
if (isOff) { console.warn('checks are', isOff ? 'off' : 'on'); } else process.emitWarning('on');
exports.get = () => (isOff ? 2 : 3);`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { warn } = console;
  const said: unknown[][] = [];
  console.warn = (...words) => void said.push(words);
  try {
    await p.apply();
  } finally {
    console.warn = warn;
  }
  assert.deepEqual([p.exports['get'](), said, p.codes('warning')], [2, [['checks are', 'off']], ['initialiser-runs']]);
  await p.revert();
  for (const other of [
    `console.warn(require('fs').readdirSync('.'));`,
    `const console = { warn() { process.exitCode = 3 } };\nconsole.warn('x');`,
    `if (Date.now() < 1) process.exit(1);`,
    `process.on('exit', () => {});`,
  ]) {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': `${other}\nexports.get = () => 2;` });
    assert.ok(
      verdicts.some(({ code }) => code === 'statement-changed'),
      other,
    );
  }
});

test('a new statement that sets a global variable that nobody has runs when the patch is linked; others are refused', async () => {
  const old = `function at(path) { return path }\nexports.at = at`;
  const now = `function at(path) { return lp_test_roots[path] || path }\nlp_test_roots = { a: 'b' }\nexports.at = at`;
  const p = await program({ 'index.js': old }, { 'index.js': now });
  const { at } = p.exports;
  await p.apply();
  assert.deepEqual([at('a'), at('c')], ['b', 'c']);
  assert.deepEqual(p.codes('warning'), ['initialiser-runs']);
  await p.revert();
  assert.equal(at('a'), 'a');
  p.clean();
  for (const [before, after] of [
    [`'use strict'\n${old}`, `'use strict'\n${now}`],
    [`${old}\nexports.has = () => typeof lp_test_roots`, `${now}\nexports.has = () => typeof lp_test_roots`],
    [old, now.replaceAll('lp_test_roots', 'process')],
    [old, now.replace("{ a: 'b' }", 'exports.at()')],
  ] as const) {
    const q = await program({ 'index.js': before }, { 'index.js': after });
    assert.deepEqual(q.codes('refused'), ['statement-changed'], after);
    q.clean();
  }
});

test('a symbol by another description is the one that objects are marked with', async () => {
  const source = (name: string, more: string): string =>
    `const MARK = Symbol('${name}'); exports.mark = (o) => { o[MARK] = 1; return o }; exports.has = (o) => MARK in o${more}`;
  const p = await program({ 'index.js': source('old', '') }, { 'index.js': source('new', ' && o.x === 1') });
  const marked = p.exports['mark']({ x: 1 });
  await p.apply();
  assert.deepEqual([p.exports['has'](marked), p.exports['has']({ x: 1 }), p.codes('warning')], [true, false, ['computed-at-load']]);
});

test('a release that only takes things away: there is nothing to patch, and what stays is named', async () => {
  const before = "const util = require('node:util');\nexports.get = () => 1;\nglobalThis.atLoad = 2;\nutil.inspect.old = 3;\n";
  const after = "const util = require('node:util');\nexports.get = () => 1;\n";
  await assert.rejects(build({ 'index.js': before }, { 'index.js': after }), (error) => {
    assert.ok(error instanceof LivepatchError);
    assert.equal(error.code, 'ERR_PATCH_EMPTY');
    assert.match(
      error.hint ?? '',
      /stays in a process that has loaded it: globalThis\.atLoad \(index\.js:3\), util\.inspect\.old \(index\.js:4\)\.$/,
    );
    return true;
  });
});

test('a release in which nothing but JSON differs that modules read: it is named, and the package file is not', async () => {
  const release = (version: string): Record<string, string> => ({
    'index.js': "exports.all = [require('./data.json'), require('./package.json').version];",
    'data.json': `{"rules": "${version}"}`,
    'unread.json': `{"rules": "${version}"}`,
    'package.json': `{"name": "app", "version": "${version}"}`,
  });
  await assert.rejects(build(release('1.0.0'), release('1.0.1')), {
    code: 'ERR_PATCH_EMPTY',
    hint: 'Modules that have read a file of JSON keep what they read: data.json.',
  });
});

test('a variable that a statement of the top level chooses: what it is given is there without it', async () => {
  const files = { 'one.js': 'exports.name = "one"', 'two.js': 'exports.name = "two"' };
  const chosen = (test: string, one: string, beside = ''): string => `const os = require('node:os');
let found;
switch (${test}) { case 'none': found = require('./two'); break; default: found = ${one} }
${beside}
exports.name = () => found.name;
exports.of = (f) => f(found);`;
  const [before, after] = [chosen('os.platform()', "require('./one')"), chosen('os.platform() && "none"', "require('./one')")];
  const p = await program({ 'chosen.js': before, ...files }, { 'chosen.js': after });
  assert.equal(p.exports['name'](), 'one');
  await p.apply();
  assert.deepEqual([p.exports['name'](), p.codes('warning')], ['two', []]);
  await p.revert();
  assert.equal(p.exports['name'](), 'one');
  p.clean();
  for (const [name, one, beside] of [
    ['an object that is made there', '{ name: "three" }', ''],
    ['an object that a block makes', 'null; { const made = { name: "three" }; found = made }', ''],
    ['a function that is made there', 'Object.assign(() => 1, { name: "three" })', ''],
    ['one that functions write', "require('./one')", 'exports.set = (one) => { found = one };'],
    ['one that functions change', "require('./one')", 'exports.rename = (name) => { found.name = name };'],
  ] as const) {
    const report = await build(
      { 'a.js': chosen('os.platform()', one, beside), ...files },
      { 'a.js': chosen('os.platform() && "none"', one, beside), ...files },
    );
    assert.deepEqual([report.patch, report.verdicts.find(({ verdict }) => verdict === 'refused')?.code], [null, 'statement-changed'], name);
  }
  // What asks more than Node is not asked again.
  const report = await build(
    { 'a.js': chosen("os.loadavg() && 'x'", "require('./one')"), ...files },
    { 'a.js': chosen("os.loadavg() && 'none'", "require('./one')"), ...files },
  );
  assert.equal(report.patch, null);
});

test('calls that register something under a name, in another order among the others', async () => {
  const lib = 'exports.all = {}; exports.register = (name, one) => { exports.all[name] = one }; exports.start = () => {};';
  const source = (order: readonly string[], n: number): string =>
    `const lib = require('./lib');\n${order.join('\n')}\nexports.lib = lib; exports.n = () => ${n};`;
  const register = (name: string, value = 1): string => `lib.register('${name}', ${value});`;
  const p = await program(
    { 'index.js': source([register('a'), register('b'), register('c')], 1), 'lib.js': lib },
    { 'index.js': source([register('b'), register('c'), register('a')], 2) },
  );
  await p.apply();
  assert.deepEqual([p.exports['n'](), Object.keys(p.exports['lib'].all)], [2, ['a', 'b', 'c']]);
  assert.deepEqual(p.codes('warning'), ['computed-at-load']);
  p.clean();
  for (const [before, after] of [
    // Of one name the last wins; others are begun in between; what has no name is in its place in a row.
    [
      [register('a', 1), register('a', 2)],
      [register('a', 2), register('a', 1)],
    ],
    [
      [register('a'), 'lib.start();', register('b')],
      ['lib.start();', register('b'), register('a')],
    ],
    [
      ['lib.use(1, 1);', 'lib.use(2, 2);'],
      ['lib.use(2, 2);', 'lib.use(1, 1);'],
    ],
  ] as const) {
    const report = await build({ 'a.js': source(before, 1), 'lib.js': lib }, { 'a.js': source(after, 2), 'lib.js': lib });
    const refused = report.verdicts.find(({ verdict }) => verdict === 'refused')?.code;
    assert.deepEqual([report.patch, refused], [null, 'statement-changed'], before.join(' '));
  }
});

test('a class that a function makes, of other arguments: code has the new one, and the report says that objects that exist go by the old one', async () => {
  const text = (first: string, base: string): string => `
    function make(code, Base) {
      function Made(x) { this.x = x; this.code = code }
      Made.prototype = new (Base || Error)();
      return Made;
    }
    const Top = make('top');
    const First = make(${first}${base});
    const Counted = make(${first});
    Counted.all = [];
    exports.first = (x) => new First(x);
    exports.isFirst = (it) => it instanceof First;
    exports.isTop = (it) => it instanceof Top;
    exports.counted = (x) => { Counted.all.push(x); return new Counted(x).code };
  `;
  const p = await program({ 'index.js': text("'a'", '') }, { 'index.js': text("'a'", ', Top') });
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'value-copied').map(({ path, reason }) => [path, reason]),
    [['First', 'objects that the old one made go by what it was made with, and are no instances of the new one']],
  );
  const old = p.exports['first'](1);
  await p.apply();
  const now = p.exports['first'](2);
  assert.deepEqual(
    [now, old].map((it) => [it.x, it.code, p.exports['isFirst'](it), p.exports['isTop'](it)]),
    [
      [2, 'a', true, true],
      [1, 'a', false, false],
    ],
  );
  await p.revert();
  assert.equal(p.exports['isFirst'](old), true);
  assert.equal(p.exports['isTop'](p.exports['first'](3)), false);
  // What functions put on the class itself, not on objects of it, stays there.
  const counted = await program({ 'index.js': text("'a'", '') }, { 'index.js': text("'b'", '') });
  counted.exports['counted'](1);
  await assert.rejects(counted.apply(100), { code: 'ERR_LIVE_DATA' });
  assert.equal(counted.exports['counted'](2), 'a');
});

test('results of a method of the module that has changed, where a function remembers them', async () => {
  const text = (made: string): readonly string[] => [
    `const lib = { make: (key) => ${made} + key }; const cache = {};
     exports.f = (key) => { if (cache.hasOwnProperty(key)) return cache[key]; const r = lib.make(key); cache[key] = r; return r };`,
    `const cache = {}; exports.make = (key) => ${made} + key;
     exports.f = (key) => { if (cache.hasOwnProperty(key)) return cache[key]; const r = exports.make(key); cache[key] = r; return r };`,
    `const cache = {}; function f(key) { if (cache.hasOwnProperty(key)) return cache[key]; const r = f.make(key); cache[key] = r; return r }
     f.make = function (key) { return ${made} + key }; exports.f = f;`,
  ];
  const after = text("'new '");
  for (const [i, before] of text("'old '").entries()) {
    const p = await program({ 'index.js': before }, { 'index.js': after[i]! });
    assert.deepEqual(p.codes('carried-with-transform'), ['cache-emptied']);
    assert.equal(p.exports['f']('a'), 'old a');
    await p.apply();
    assert.equal(p.exports['f']('a'), 'new a');
    await p.revert();
    assert.equal(p.exports['f']('a'), 'old a');
  }
  // One that the module gives away is for the program to empty.
  const given = await build(
    { 'index.js': `${text("'old '")[0]} exports.cache = cache;` },
    { 'index.js': `${after[0]} exports.cache = cache;` },
  );
  assert.ok(given.verdicts.some(({ code }) => code === 'results-remembered'));
});

test('what an AMD module puts on its exports is given away as it loads: no object that it was given lacks it', async () => {
  const source = (more: string, how: string): string =>
    `const define = (name, needs, make) => { (exports.made ??= []).push(make); };
define('utils', [${how}], function (a) { a.all = (x) => x${more === '' ? '' : ' + a.limit.length'};${more} });
exports.f = (x) => x;`;
  const codes = async (how: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': source('', how) }, { 'index.js': source(" a.limit = 'abc';", how) });
    return verdicts.flatMap(({ code }) => (code === 'instances-lack' ? code : []));
  };
  assert.deepEqual([await codes("'exports'"), await codes("'./other'")], [[], ['instances-lack']]);
});

test('a value that the module waits for is refused where its source is another, and said to stay where only what it calls is', async () => {
  const text = 'const load = async () => 5;\nconst limit = await load(1);\nexport const get = () => limit;';
  const codes = async (after: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.mjs': text }, { 'index.mjs': after });
    return verdicts.map(({ code, verdict }) => `${verdict} ${code}`);
  };
  assert.deepEqual(await codes(text.replace('load(1)', 'load(2)')), ['refused statement-changed']);
  assert.ok((await codes(`${text}\nexport const more = await load(3);`)).includes('refused statement-changed'));
  assert.deepEqual(await codes(text.replace('=> 5', '=> 9')), ['carried function-changed', 'warning computed-at-load']);
});
