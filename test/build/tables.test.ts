/** Tables that the program holds and has put things into: what the source changed is changed in place. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { LivepatchError } from '../../src/errors/errors.ts';
import { build, patched, program, Program } from './harness.ts';

const outsideAnyTask = AsyncLocalStorage.snapshot();

test('a map that functions fill gains, changes and loses entries, and keeps what the program put into it', async () => {
  const before =
    "const types = new Map([['a', 1], ['b', 2], ['c', 3]]); exports.add = (k, v) => { types.set(k, v) }; exports.all = () => [...types]";
  const p = await program({ 'index.js': before }, { 'index.js': before.replace("['b', 2], ['c', 3]", "['b', 20], ['d', 4]") });
  p.exports['add']('own', 0);
  await p.apply();
  assert.deepEqual(p.exports['all']().toSorted(), [
    ['a', 1],
    ['b', 20],
    ['d', 4],
    ['own', 0],
  ]);
  await p.revert();
  assert.deepEqual(p.exports['all']().toSorted(), [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['own', 0],
  ]);
});

test('a generated parser: what statements gave its table stands in its literal, and a call of its own makes parts of it', async () => {
  const version = (literal: string, statement: string, table: string): string => `${table}
var lexer = { lex: function lex(text) { return this.rules.map(function (rule) { return rule.test(text) }) }${literal} }
${statement}
var parser = { parse: function parse(text) { return [lexer.lex(text), this.table[0], this.table[1]] }, table: [o(key, 1, { b: 2 }), {}] }
function Parser() {} Parser.prototype = parser
module.exports = { parser: new Parser(), lexer: lexer }`;
  const rules = (text: string): string => `[/${text}/]`;
  const p = await program(
    {
      'index.js': version(
        '',
        `lexer.rules = ${rules('a+')}\nlexer.kept = 1`,
        'var key = ["a"]\nfunction o(k, v) { var own = {}; own[k] = v; return own }',
      ),
    },
    {
      'index.js': version(
        `, rules: ${rules('^a')}, kept: 1`,
        '',
        'var key = ["a", "c"]\nvar o = function (k, v, own, i) { for (own = own || {}, i = k.length; i--; own[k[i]] = v); return own }',
      ),
    },
  );
  const { parser, lexer } = p.exports;
  assert.deepEqual(parser.parse('ba'), [[true], { a: 1 }, {}]);
  await p.apply();
  assert.deepEqual(parser.parse('ba'), [[false], { a: 1, b: 2, c: 1 }, {}]);
  assert.ok(!p.codes().includes('statement-removed'));
  assert.deepEqual([lexer.kept, String(lexer.rules)], [1, '/^a/']);
  await p.revert();
  assert.deepEqual(parser.parse('ba'), [[true], { a: 1 }, {}]);
  p.clean();
});

test('defaults that a program took out of a module before the patch', async () => {
  const before =
    'const defaults = { depth: Infinity, inner: { strict: false, list: [1, 2] }, gone: 1 };\nmodule.exports = { defaults, f: () => defaults.depth };';
  const after = before
    .replace('Infinity', '32')
    .replace('strict: false', 'strict: true')
    .replace('[1, 2]', '[1, 3, 4]')
    .replace(', gone: 1', '');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { defaults } = p.exports;
  const { inner } = defaults;
  defaults.mine = 'kept';
  await p.apply();
  assert.deepEqual(defaults, { depth: 32, inner: { strict: true, list: [1, 3, 4] }, mine: 'kept' });
  assert.equal(defaults.inner, inner);
  assert.equal(p.exports['f'](), 32);
  await p.revert();
  assert.deepEqual(defaults, { depth: Infinity, inner: { strict: false, list: [1, 2] }, gone: 1, mine: 'kept' });
});

test('an exported pattern matches anew, for who holds it and for who reads it', async () => {
  const before = 'const RE = /^(a+)+$/i;\nexports.RE = RE; exports.f = (s) => RE.test(s); exports.list = [/b/]';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('/^(a+)+$/i', '/^a+$/').replace('/b/', '/c/g') });
  const { RE, list } = p.exports;
  await p.apply();
  assert.deepEqual([RE.test('A'), RE.test('a'), p.exports['f']('A'), String(RE), String(list[0])], [false, true, false, '/^a+$/', '/c/g']);
  await p.revert();
  assert.deepEqual([RE.test('A'), p.exports['f']('A'), String(list[0])], [true, true, '/b/']);
});

test('a module that is one pattern, one list', async () => {
  const main = "const re = require('./re'); const list = require('./list'); exports.f = () => [String(re), ...list]";
  const p = await program(
    { 'index.js': main, 're.js': 'module.exports = /a/', 'list.js': "module.exports = ['x']" },
    { 're.js': 'module.exports = /b/', 'list.js': "module.exports = ['x', 'y']" },
  );
  await p.apply();
  assert.deepEqual(p.exports['f'](), ['/b/', 'x', 'y']);
});

test('a table of an ES module, for modules outside of the tree', async () => {
  const before = 'export const limits = { body: 1, header: { max: 2 } };';
  const p = await program({ 'index.mjs': before }, { 'index.mjs': before.replace('max: 2', 'max: 3, min: 1') });
  const { limits } = p.exports;
  await p.apply();
  assert.deepEqual(limits, { body: 1, header: { max: 3, min: 1 } });
});

test('what only another module can make, from an object of defaults', async () => {
  const base = 'exports.extend = (o) => Object.assign(Object.create({ inherited: 1 }), o)';
  const before =
    "const { extend } = require('./base');\nconst A = {}; const B = {};\nconst cfg = (exports.Thing = extend({ cfg: extend({ hasher: A, rounds: 1 }), run() { return this.cfg.rounds } }));\nexports.hashers = { A, B }; exports.own = () => cfg.cfg.rounds";
  const p = await program(
    { 'index.js': before, 'base.js': base },
    { 'index.js': before.replace('hasher: A, rounds: 1', 'hasher: B, rounds: 1000') },
  );
  const { Thing, hashers } = p.exports;
  await p.apply();
  assert.deepEqual([Thing.cfg.hasher === hashers.B, Thing.run(), p.exports['own']()], [true, 1000, 1000]);
  await p.revert();
  assert.deepEqual([Thing.cfg.hasher === hashers.A, Thing.run(), p.exports['own']()], [true, 1, 1]);
});

test('an entry that the program has changed as well is in conflict: nothing is applied', async () => {
  const before = 'const o = { a: 1, b: 1 }; exports.o = o; exports.f = () => 1';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('a: 1', 'a: 2').replace('=> 1', '=> 2') });
  p.exports['o'].a = 9;
  await assert.rejects(
    p.apply(),
    (error: unknown) => error instanceof LivepatchError && error.code === 'ERR_LIVE_DATA' && /o\.a/.test(error.message),
  );
  assert.deepEqual([p.exports['o'].a, p.exports['f']()], [9, 1]);
});

test('an entry that the program changes after the patch is not put back by a revert', async () => {
  const before = 'const o = { a: 1, b: 1 }; exports.o = o; exports.set = (k, v) => { o[k] = v }';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('a: 1, b: 1', 'a: 2, b: 2') });
  await p.apply();
  p.exports['set']('b', 9);
  await p.revert();
  assert.deepEqual(p.exports['o'], { a: 1, b: 9 });
});

test('a patch that replaces another merges with what was there before either', async () => {
  const source = (n: number): string => `const o = { a: ${n} }; exports.o = o; exports.set = (k, v) => { o[k] = v }`;
  const first = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
  const second = await program({ 'index.js': source(1) }, { 'index.js': source(3) });
  await first.apply();
  await second.apply();
  assert.deepEqual([first.exports['o'].a, second.exports['o'].a], [3, 3]);
  await second.revert();
  assert.deepEqual([first.exports['o'].a, second.exports['o'].a], [1, 1]);
});

test('a patch that replaces another keeps what both make of a table, and what it has to itself', async () => {
  const source = (a: number, b: number): string => `const own = { a: ${a}, b: ${b} }; exports.o = own`;
  const first = await program({ 'index.js': source(1, 1) }, { 'index.js': source(2, 1) });
  const second = await program({ 'index.js': source(1, 1) }, { 'index.js': source(2, 3) });
  await first.apply();
  await second.apply();
  assert.deepEqual(
    [first.exports['o'], second.exports['o']],
    [
      { a: 2, b: 3 },
      { a: 2, b: 3 },
    ],
  );
  await second.revert();
  assert.deepEqual(
    [first.exports['o'], second.exports['o']],
    [
      { a: 1, b: 1 },
      { a: 1, b: 1 },
    ],
  );
});

test('a revert that is turned round leaves the tables as the patch has them, whatever its mode', async () => {
  const source = (n: number): string => `const o = { a: ${n} }; exports.o = o; let go; exports.go = () => go();
exports.f = async () => { await new Promise((r) => { go = r }); return ${n} };`;
  for (const mode of ['task', 'barrier'] as const) {
    const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
    await currentRuntime()!.apply(p.report.patch!, { timeoutMs: 20_000, mode });
    const held = p.exports['f']();
    const alive = setInterval(() => {}, 10);
    assert.equal((await currentRuntime()!.revert(p.report.name, { timeoutMs: 20 })).result, 'reversed');
    clearInterval(alive);
    assert.equal(p.exports['o'].a, 2, mode);
    p.exports['go']();
    assert.equal(await held, 2);
    await p.revert();
    assert.equal(p.exports['o'].a, 1, mode);
  }
});

test('methods of a table: changed ones by their code, new ones in place', async () => {
  const before = 'const handlers = { a() { return 1 } };\nexports.on = (k, f) => { handlers[k] = f }; exports.run = (k) => handlers[k]()';
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replace('a() { return 1 }', 'a() { return 2 }, async b() { return 3 }') },
  );
  await p.apply();
  assert.equal(p.exports['run']('a'), 2);
  assert.equal(await p.exports['run']('b'), 3);
});

test('functions and classes that a table gains are called as its entries, also where other names would do', async () => {
  const before = 'exports.kinds = { old: 1 };';
  const gained = "'in-line': (x) => x, plain: function (x) { return x }, own: function named() {}, Box: class {}, __proto: class Other {}";
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('old: 1', `old: 1, ${gained}`) });
  const { kinds } = p.exports as unknown as { kinds: Record<string, { name?: string }> };
  await p.apply();
  assert.deepEqual(
    Object.keys(kinds).map((key) => kinds[key]!.name),
    [undefined, 'in-line', 'plain', 'named', 'Box', 'Other'],
  );
  await p.revert();
  assert.deepEqual(kinds, { old: 1 });
});

test('a new statement fills tables that the program holds; a revert empties them', async () => {
  const source = (more: string): string => `const types = exports.types = { a: 1 };
const list = exports.list = [];
function put(name, value) { types[name] = value; types[value] = name; list.push(name) }
put('x', 'y');
${more}
exports.size = () => list.length;`;
  const p = await patched(source(''), source("put('z', 'w');\nfor (const n of [1, 2]) put('n' + n, n);"));
  assert.deepEqual(p.codes(), ['table-filled', 'table-filled']);
  const { types, list } = p.exports;
  assert.deepEqual(types, { a: 1, x: 'y', y: 'x', z: 'w', w: 'z', n1: 1, n2: 2, 1: 'n1', 2: 'n2' });
  assert.deepEqual([list, p.exports['size']()], [['x', 'z', 'n1', 'n2'], 4]);
  Object.assign(types, { own: true });
  await p.revert();
  assert.deepEqual(types, { a: 1, x: 'y', y: 'x', own: true });
  assert.deepEqual(list, ['x']);
});

test('a table that the functions alone read is made anew by all that fills it', async () => {
  const p = await patched(
    `const algorithms = ['a', 'b']; const ready = true;
if (ready) { algorithms.splice(1, 0, 'p') }
algorithms.push('last');
exports.all = () => algorithms.join();`,
    `const algorithms = ['a', 'b']; const ready = true;
if (ready) { algorithms.splice(algorithms.length, 0, 'p', 'q') }
algorithms.push('last');
exports.all = () => algorithms.join();`,
  );
  assert.equal(p.exports['all'](), 'a,b,p,q,last');
  await p.revert();
  assert.equal(p.exports['all'](), 'a,p,b,last');
});

const registry = (calls: string, factor: number): string => `const names = exports.names = {};
const list = exports.list = [];
function add(id, name) { names[id] = name; names[name] = id; }
function set(id, name) { names[id] = name; }
function push(id, name) { list.push(id + name); }
function tally(id, name) { names[id] += name; }
function count(id, name) { names[id] = (names[id] || 0) + name.length; names.last = id; }
add('1', 'one');
${calls}
add('9', 'nine');
exports.add = (id, name) => add(id, name);
exports.put = (name) => { list.push(name) };
exports.look = (...keys) => keys.map((key) => names[key] + ${factor}).join();`;

test('a statement that registers something else under its key takes the place of what it registered; other keys stay', async () => {
  const p = await program(
    { 'index.js': registry("set('4', 'for');\nadd('5', 'fife');", 0) },
    { 'index.js': registry("set('4', 'four');\nadd('5', 'five');\nadd('6', 'six');", 1) },
  );
  assert.equal(p.codes('warning').filter((code) => code === 'statement-removed').length, 2);
  const look = (): unknown => p.exports['look']('1', '4', '5', '6', '9', 'fife', 'five', 'own');
  p.exports['add']('own', 'mine');
  assert.equal(look(), 'one0,for0,fife0,NaN,nine0,50,NaN,mine0');
  await p.apply();
  assert.equal(look(), 'one1,four1,five1,six1,nine1,51,51,mine1');
  await p.revert();
  assert.equal(look(), 'one0,for0,fife0,NaN,nine0,50,NaN,mine0');
});

test('one that another call overrides later, that is another call, or that does more than put values under keys, has run', async () => {
  for (const [before, after] of [
    ["set('9', 'x');", "set('9', 'y');"],
    ["add('9', 'x');", "add('9', 'y');"],
    ["tally('5', 'x');", "tally('5', 'y');"],
    ["add('5', 'x');", "set('5', 'y');"],
    ["push('5', 'x');", "push('5', 'y');"],
    ["count('5', 'x');", "count('5', 'yy');"],
    ["set(5, 'x');", "set(5, 'y');"],
  ] as const) {
    const { verdicts } = await build({ 'index.js': registry(before, 1) }, { 'index.js': registry(after, 1) });
    assert.ok(
      verdicts.some(({ code }) => code === 'statement-changed'),
      after,
    );
  }
});

test('a statement that does more than fill a table is refused', async () => {
  const files = (more: string): Record<string, string> => ({
    'index.js': `const types = exports.types = {}; const emit = require('./emit'); ${more}`,
    'emit.js': 'module.exports = () => {}',
  });
  for (const more of ['emit(types)', 'process.on("exit", () => types.x)', 'emit((types.x = 1))']) {
    const report = await build(files(''), files(more));
    assert.deepEqual([report.patch, report.verdicts.at(-1)?.code], [null, 'statement-changed'], more);
  }
});

test('tables that statements fill and others hold are made anew, with all that is made of them', async () => {
  const source = (b: string, more: string, safe: string): string => `const src = exports.src = [];
const re = exports.re = [];
${more}
var t = exports.t = {};
var R = 0;
function tok(n) { t[n] = R++ }
var debug;
if (process.env.NEVER) { debug = function () { console.log.apply(console, arguments) } } else { debug = function () {} }
tok('A')
src[t.A] = 'a+'
tok('B')
src[t.B] = src[t.A] + '${b}'
for (let i = 0; i < R; i++) { debug(i, src[i]); if (!re[i]) { re[i] = new RegExp(src[i]);${safe} } }
exports.test = (s) => re[t.B].test(s)`;
  const p = await program(
    { 'index.js': source('b+', '', '') },
    { 'index.js': source("c' + TAIL + '", "const safeRe = exports.safeRe = []; const TAIL = '$'", 'safeRe[i] = re[i]') },
  );
  const { src, re } = p.exports;
  const shown = (): unknown[] => [p.exports['test']('aab'), p.exports['test']('aac'), src[1], String(re[1]), p.exports['safeRe']?.length];
  assert.deepEqual(shown(), [true, false, 'a+b+', '/a+b+/', undefined]);
  await p.apply();
  assert.deepEqual(shown(), [false, true, 'a+c$', '/a+c$/', 2]);
  assert.deepEqual([p.exports['src'], p.exports['re'].map(String)], [src, re.map(String)]);
  await p.revert();
  assert.deepEqual(shown(), [true, false, 'a+b+', '/a+b+/', undefined]);
});

test('a table that functions hand out is made anew where a statement fills it otherwise', async () => {
  const source = (at: string): string => `const algorithms = ['a', 'b']; const more = true;
if (more) { algorithms.splice(${at}, 0, 'p') }
exports.options = (o) => { if (!o.list) o.list = algorithms; return o }`;
  const p = await program({ 'index.js': source('0') }, { 'index.js': source('algorithms.length') });
  const held = p.exports['options']({});
  await p.apply();
  assert.deepEqual(
    [p.exports['options']({}).list, held.list],
    [
      ['a', 'b', 'p'],
      ['a', 'b', 'p'],
    ],
  );
  await p.revert();
  assert.deepEqual(
    [p.exports['options']({}).list, held.list],
    [
      ['p', 'a', 'b'],
      ['p', 'a', 'b'],
    ],
  );
});

test('a statement that fills what is new does not run where it would fill again what the program has filled since', async () => {
  const source = (more: string): string =>
    `const live = new Map(); exports.add = (k) => live.set(k, 1); exports.size = () => live.size; ${more}`;
  const report = await build(
    { 'index.js': source('') },
    { 'index.js': source("const own = []; for (const k of ['a']) { own.push(k); live.set(k, 0) } exports.own = () => own") },
  );
  assert.deepEqual([report.patch, report.verdicts.find((v) => v.verdict === 'needs-hook')?.code], [null, 'live-data']);
});

test('a table among the exports changes in place where the text before it has grown, and goes by the name it has in the source', async () => {
  const p = await program(
    { 'index.js': "const a = 1;\nmodule.exports = { a, table: { x: 'old' }, get: (k) => module.exports.table[k] };" },
    {
      'index.js':
        "const a = 1;\n// A line more.\nconst b = 2;\nmodule.exports = { a, b, table: { x: 'new' }, get: (k) => module.exports.table[k] };",
    },
  );
  const { table } = p.exports;
  await p.apply();
  assert.deepEqual([table.x, p.exports['get']('x'), p.exports['b']], ['new', 'new', 2]);
  assert.deepEqual(
    p.patch.modules[0]!.merges!.map(({ name }) => name),
    ['module.exports.table.x'],
  );
  await p.revert();
  assert.deepEqual([table.x, p.exports['b']], ['old', undefined]);
});

test('a table that inherits from nothing any more, and again what it did when the patch is reverted', async () => {
  const text = (head: string): string => `const table = { ${head} a: 1 };
module.exports = { table, inner: { ${head} b: 2 }, has: (k) => k in table };`;
  const p = await program({ 'index.js': text('') }, { 'index.js': text('__proto__: null,') });
  const { table, inner, has } = p.exports;
  table.own = true;
  const look = (): unknown[] => [has('constructor'), 'constructor' in inner, has('a'), table.own];
  assert.deepEqual(look(), [true, true, true, true]);
  await p.apply();
  assert.deepEqual(look(), [false, false, true, true]);
  await p.revert();
  assert.deepEqual(look(), [true, true, true, true]);
});

test('a frozen table cannot be given another prototype: nothing is applied', async () => {
  const text = (head: string): string => `const table = { ${head} a: 1 }; module.exports = { table, lock: () => Object.freeze(table) };`;
  const p = await program({ 'index.js': text('') }, { 'index.js': text('__proto__: null,') });
  p.exports['lock']();
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_DATA' });
  assert.equal('constructor' in p.exports['table'], true);
});

test('a re-export of all that a new file has; a parameter of catch that nothing reads', async () => {
  const p = await program(
    {
      'index.js': `const star = (this && this.star) || function (m, exports) { for (const p in m) if (!(p in exports)) exports[p] = m[p] };
const __exportStar = star; __exportStar(require('./a.js'), exports); try { exports.n = 1 } catch (err) { exports.n = 2 }`,
      'a.js': 'exports.a = 1',
    },
    {
      'index.js': `const star = (this && this.star) || function (m, exports) { for (const p in m) if (!(p in exports)) exports[p] = m[p] };
const __exportStar = star; __exportStar(require('./a.js'), exports); __exportStar(require('./b/'), exports); try { exports.n = 1 } catch (_err) { exports.n = 2 }`,
      'b/index.js': 'exports.b = () => 2',
    },
  );
  await p.apply();
  assert.deepEqual([p.exports['a'], p.exports['b'](), p.exports['n']], [1, 2, 1]);
  await p.revert();
  assert.equal(p.exports['b'], undefined);
});

test('a table becomes an object of another kind: new code has it, who holds the old one keeps it', async () => {
  const source = (made: string, has: string, more: string): string => `const codes = ${made};
exports.has = (x) => codes.${has}(x); exports.hold = () => ({ codes }); ${more}`;
  const p = await program(
    { 'index.js': source("['a', 'b']", 'includes', '') },
    { 'index.js': source("new Set(['a', 'c'])", 'has', 'exports.codes = codes') },
  );
  const { codes } = p.exports['hold']();
  await p.apply();
  assert.deepEqual(
    [p.exports['has']('b'), p.exports['has']('c'), p.exports['codes'].size, p.exports['hold']().codes.size],
    [false, true, 2, 2],
  );
  assert.deepEqual([codes, p.codes('warning')], [['a', 'b'], ['value-copied']]);
  await p.revert();
  assert.deepEqual([p.exports['has']('b'), p.exports['codes'], p.exports['hold']().codes], [true, undefined, codes]);
});

test('a table that only the new version gives away has no holder yet', async () => {
  const p = await patched(
    "const codes = ['a']; exports.has = (x) => codes.includes(x)",
    "const codes = new Set(['b']); exports.codes = codes; exports.has = (x) => codes.has(x)",
  );
  assert.deepEqual([p.exports['has']('b'), p.exports['codes'].size, p.codes('warning')], [true, 1, []]);
});

test('a table of which statements make properties out of what its initialiser gave them', async () => {
  const before = `const rules = { tag: '(name)a', text: /^x/, end: 1 };
rules._name = 'n';
rules.tag = new RegExp(rules.tag.replace('name', rules._name));
class Lexer { static get rules() { return rules } find(s) { return rules.tag.test(s) } }
module.exports = { Lexer, rules, lexer: new Lexer() };
`;
  const p = await program({ 'index.js': before }, { 'index.js': before.replace("'(name)a'", "'(name)b'").replace('end: 1', 'end: 2') });
  const { rules, lexer } = p.exports;
  rules.mine = 'kept';
  const seen = (): unknown[] => [lexer.find('na'), lexer.find('nb'), String(rules.tag), rules.end, rules._name, rules.mine];
  const old = [true, false, '/(n)a/', 1, 'n', 'kept'];
  assert.deepEqual(seen(), old);
  await p.apply();
  assert.deepEqual(seen(), [false, true, '/(n)b/', 2, 'n', 'kept']);
  await p.revert();
  assert.deepEqual(seen(), old);
});

test('a new statement that says what an object inherits from: a revert takes that back too', async () => {
  const before = "function A() {}\nA.prototype.hi = () => 'a';\nfunction B() {}\nconst b = new B();\nexports.f = () => typeof b.hi;\n";
  const p = await program({ 'index.js': before }, { 'index.js': `${before}Object.setPrototypeOf(B.prototype, A.prototype);` });
  await p.apply();
  assert.equal(p.exports['f'](), 'function');
  await p.revert();
  assert.equal(p.exports['f'](), 'undefined');
});

test('a new statement whose effect could not be taken back refuses the patch', async () => {
  for (const [made, fill] of [
    ['new WeakSet()', 'T.add(exports);'],
    ['{ a: 1 }', 'lock(T);'],
  ]) {
    const source = (more: string): string =>
      `const T = ${made};\nfunction lock(o) { Object.freeze(o); o.x = 1 }\nexports.T = T; exports.add = (o) => T.add(o);\nexports.f = () => 1;\n${more}`;
    const report = await build({ 'index.js': source('') }, { 'index.js': source(fill!) });
    assert.deepEqual([report.patch, report.verdicts.map(({ code }) => code)], [null, ['statement-changed']], fill);
  }
});

test('new code finds what is new in a table while the transition lasts; and what has another value; what goes, and lists, wait for its end', async () => {
  const before = `
    const table = { one: () => 1, gone: 2, changed: 3, list: [1] };
    const types = new Map([['a', 1]]);
    const names = new Set(['a']);
    exports.table = table; exports.types = types; exports.names = names;
    exports.add = (key) => { types.set(key, 0); names.add(key) };
    exports.hold = async (gate) => { await gate; return [Object.keys(table).length, table.changed] };
    exports.serve = async () => table.one();
  `;
  const after = before
    .replace('gone: 2, changed: 3, list: [1]', 'changed: 4, list: [1, 2], two: () => 2')
    .replace("['a', 1]", "['a', 1], ['b', 2]")
    .replace("['a']", "['a', 'b']")
    .replace('exports.add =', "types.set('c', 3);\nexports.add =")
    .replace('length, ', 'length + 0, ')
    .replace('table.one()', "[table.two(), types.get('b'), types.get('c'), names.has('b'), table.changed]");
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { table, types, names, hold, serve } = p.exports;
  // Each request is a task of its own.
  const server = createServer((_, response) => void serve().then((found: unknown) => response.end(JSON.stringify(found)))).listen(0);
  const ask = async () => (await fetch(`http://localhost:${(server.address() as AddressInfo).port}`)).json();
  for (const end of ['complete', 'reversed'] as const) {
    const gate = Promise.withResolvers<void>();
    const pinned = outsideAnyTask(() => hold(gate.promise));
    const applied = currentRuntime()!.apply(p.report.patch!, {});
    for (let turns = 0; turns < 20; turns++) await new Promise((done) => setImmediate(done));
    assert.deepEqual(await ask(), [2, 2, 3, true, 4]);
    assert.deepEqual([table.gone, table.list], [2, [1]]);
    if (end === 'reversed') currentRuntime()!.reverse();
    gate.resolve();
    assert.equal((await pinned)[1], 3);
    assert.equal((await applied).result, end);
    const now = [table.gone, table.changed, table.list, 'two' in table, [...types.keys()], [...names]];
    const old = [2, 3, [1], false, ['a'], ['a']];
    assert.deepEqual(now, end === 'complete' ? [undefined, 4, [1, 2], true, ['a', 'b', 'c'], ['a', 'b']] : old);
    if (end === 'complete') {
      await p.revert();
      assert.deepEqual([table.gone, table.changed, table.list, 'two' in table, [...types.keys()], [...names]], old);
    }
  }
  server.close();
});

test('an entry that becomes an object of another kind: all tasks switch at once', async () => {
  const mode = async (was: string, is: string) => {
    const text = (value: string, read: string) =>
      `const table = { names: ${value} };\nexports.table = table; exports.has = (n) => ${read};`;
    const p = await program({ 'index.js': text(was, 'table.names.includes(n)') }, { 'index.js': text(is, '!!table.names && n !== 0') });
    await p.apply();
    await p.revert();
    return p.patch.mode;
  };
  assert.equal(await mode("['a']", "new Set(['a'])"), 'barrier');
  assert.equal(await mode("'a'", "['a']"), 'barrier');
  assert.equal(await mode("['a']", "['a', 'b']"), 'task');
  assert.equal(await mode("'a'", '1'), 'task');
});

test('of a table that cannot be made anew it is said why: who has put something into it, may have, or holds it', async () => {
  const reason = async (around: string): Promise<string | undefined> => {
    const text = (size: string): string =>
      `let n = 0;\nconst table = { rows: [], size: (n += ${size}) };\n${around}\nexports.size = () => table.size + n;\n`;
    const { verdicts } = await build({ 'index.js': text('1') }, { 'index.js': text('2') });
    return verdicts.find(({ code }) => code === 'live-data')?.reason;
  };
  assert.match((await reason('exports.add = (row) => { table.rows.push(row); };'))!, /but the program has put data into it since/);
  assert.match((await reason('exports.give = (to) => to.take(table);'))!, /but the program may have put data into it since/);
  assert.match((await reason('exports.table = table;'))!, /but others hold what it gave/);
});

test('a statement that fills what is new in a table, also while another patch that had it goes', async () => {
  const text = (more: string, fill: string, of: string): string =>
    `const convert = { a: { n: 1 }${more} };\nmodule.exports = convert;\nconvert.a.rgb = () => 'a';\n${fill}\nconvert.of = () => ${of};`;
  const before = { 'index.js': text('', '', "''") };
  const after = (result: string): Readonly<Record<string, string>> => ({
    'index.js': text(', b: { n: 2 }', `convert.b.rgb = () => '${result}';`, 'convert.b.rgb() + convert.b.n'),
  });
  const p = await program(before, after('b'));
  await p.apply();
  assert.equal(p.exports['of'](), 'b2');
  const q = new Program(p.root, p.exports, await build(before, after('c')));
  await q.apply();
  assert.equal(p.exports['of'](), 'c2');
  await q.revert();
  assert.deepEqual([p.exports['of'](), Object.keys(p.exports)], ['', ['a', 'of']]);
});
