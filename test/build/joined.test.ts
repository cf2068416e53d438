/** Members that the object literal of a call at the top level gains. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';

const HELPERS = {
  'define.js': `exports.define = function (constructor, factory, prototype) { constructor.prototype = factory.prototype = prototype; prototype.constructor = constructor; };
exports.extend = function (parent, definition) { const p = Object.create(parent.prototype); for (const key in definition) p[key] = definition[key]; return p; };
exports.hide = function (type, members) { for (const key in members) Object.defineProperty(type.prototype, key, { value: members[key], configurable: true, writable: true }); };
exports.wrap = function (type, members) { for (const key in members) type[key] = function () { return members[key].apply(this, arguments); }; };
exports.both = function (a, b, members) { Object.assign(a, members); Object.assign(b, members); };
exports.register = function (name, members) { exports.kept = members; };`,
};
const head = "const { define, extend, hide, wrap, both, register } = require('./define.js');\n";

const colours = (members: string, derived: string, more = ''): string => `${head}
function Color() {}
function color() { return new Color(); }
define(Color, color, { ${members} });
function toText() { return 'text ' + this.name(); }
function Rgb(r) { this.r = r; }
function rgb(r) { return new Rgb(r); }
define(Rgb, rgb, extend(Color, { ${derived} }));
${more}
Object.assign(exports, { Color, color, Rgb, rgb });`;

test('prototypes that helpers of another module make of literals', async () => {
  const p = await program(
    {
      'index.js': colours(
        "name: function () { return 'color' }, toText: toText, gone() {}",
        "name: function () { return 'rgb' }, sum: function (k) { return this.r + k }",
      ),
      ...HELPERS,
    },
    {
      'index.js': colours(
        "name() { return 'Color' }, toText: toText, upper: toUpper, limit: 5",
        "name() { return 'rgb' }, sum(k) { return this.half() + k }, half() { return this.r / 2 }",
        'function toUpper() { return this.toText().toUpperCase() }',
      ),
    },
  );
  const { color, Rgb, rgb, Color } = p.exports;
  const [old, base] = [rgb(4), color()];
  const look = (): unknown[] => [old.name(), old.sum(1), old.half?.(), rgb(8).half?.(), base.upper?.(), old.limit, base.name()];
  const before = look();
  assert.deepEqual(before, ['rgb', 5, undefined, undefined, undefined, undefined, 'color']);
  await p.apply();
  assert.deepEqual(look(), ['rgb', 3, 2, 4, 'TEXT COLOR', 5, 'Color']);
  assert.deepEqual(Object.keys(Rgb.prototype), ['name', 'sum', 'constructor', 'half']);
  assert.equal(old.upper(), 'TEXT RGB');
  assert.equal(Object.hasOwn(Color.prototype, 'half'), false);
  assert.ok(p.codes('warning').includes('statement-removed') && p.codes('warning').includes('value-copied'));
  await p.revert();
  assert.deepEqual(look(), before);
  assert.deepEqual(Object.keys(Rgb.prototype), ['name', 'sum', 'constructor']);
});

test('a library that extends itself, in two steps', async () => {
  const text = (members: string): string => `(function (root) {
  function lib() {}
  lib.extend = function (members) { for (const key in members) this[key] = members[key]; };
  lib.extend({ ${members} });
  root.lib = lib;
})(exports);`;
  const p = await program(
    { 'index.js': text('one: function () { return 1 }') },
    { 'index.js': text('one: function () { return this.two() - 1 }, two: function () { return 2 }') },
  );
  const { lib } = p.exports;
  await p.apply();
  assert.deepEqual([lib.one(), lib.two(), Object.keys(lib)], [1, 2, ['extend', 'one', 'two']]);
  await p.revert();
  assert.deepEqual([lib.one(), Object.keys(lib)], [1, ['extend', 'one']]);
});

const from = (call: string, members: string): string =>
  `${head}function A() {}\nfunction B() {}\n${call.replace('{}', `{ ${members} }`)}\nObject.assign(exports, { A, B });`;
for (const [what, call] of [
  ['functions that the helper wraps', 'wrap(A, {});'],
  ['an object that the call does not name', "register('a', {});"],
  ['two objects that both got them', 'both(A, B, {});'],
  ['members that are not enumerable', 'hide(A, {});'],
] as const)
  test(`${what}: the patch is not linked, and nothing changes`, async () => {
    const p = await program(
      { 'index.js': from(call, 'f() { return 1 }'), ...HELPERS },
      { 'index.js': from(call, 'f() { return 2 }, g() { return 3 }') },
    );
    await assert.rejects(p.apply(), { code: 'ERR_LINK' });
    assert.deepEqual(
      [p.exports['A'].f?.() ?? p.exports['A'].prototype.f?.() ?? 1, 'g' in p.exports['A'], 'g' in p.exports['A'].prototype],
      [1, false, false],
    );
  });

test('a member that the program has put another function in place of: the patch is not linked', async () => {
  const call = 'extendAll(A, {});\nfunction extendAll(a, members) { Object.assign(a.prototype, members); }';
  const p = await program(
    { 'index.js': from(call, 'f() { return 1 }'), ...HELPERS },
    { 'index.js': from(call, 'f() { return 1 }, g() { return 3 }') },
  );
  p.exports['A'].prototype.f = () => 'mine';
  await assert.rejects(p.apply(), { code: 'ERR_LINK' });
  assert.equal('g' in p.exports['A'].prototype, false);
});

for (const [what, was, now] of [
  ['a value that is another one', 'f() {}, limit: 1', 'f() {}, limit: 2'],
  ['a value that is made anew', 'f() {}', 'f() {}, list: []'],
  ['a variable that the program writes', 'f() { A = null }', 'f() { A = null }, a: A'],
  ['no function to tell the object by', 'limit: 1', 'limit: 1, f() {}'],
  ['an accessor', 'f() {}', 'f() {}, get g() { return 1 }'],
  ['a spread', 'f() {}', 'f() {}, ...{ g() {} }'],
  ['a function that gave way to a value', 'f() {}, h() {}', 'f() {}, h: 1'],
] as const)
  test(`${what} is refused`, async () => {
    const files = (members: string): Record<string, string> => ({ 'index.js': from('both(A, B, {});', members), ...HELPERS });
    const report = await build(files(was), files(now));
    assert.equal(report.patch, null);
    assert.ok(report.verdicts.some((v) => v.code === 'statement-changed' && v.verdict === 'refused'));
  });

test('two calls that say the same but for the literal are refused', async () => {
  const text = (first: string, second: string): string =>
    `${head}function A() {}\nwrap(A, { ${first} });\nwrap(A, { ${second} });\nexports.A = A;`;
  const report = await build(
    { 'index.js': text('f() {}', 'g() {}'), ...HELPERS },
    { 'index.js': text('f() {}, i() {}', 'g() {}, h() {}'), ...HELPERS },
  );
  assert.equal(report.patch, null);
});

for (const replace of [true, false])
  test(`two patches, one after the other: ${replace ? 'taking the place' : 'stacked'}`, async () => {
    const text = (derived: string): string => colours("name: function () { return 'color' }", derived);
    const before = "name: function () { return 'rgb' }, sum: function (k) { return this.r + k }";
    const after = (n: number): string =>
      before.replace('this.r + k', `this.add(${n}) + k`) + `, add: function (n) { return this.r + n * ${n} }`;
    const files = (derived: string): Record<string, string> => ({ 'index.js': text(derived), ...HELPERS });
    const first = await program(files(before), files(after(10)));
    const report = await build(files(before), files(after(100)));
    const second = new Program(first.root, first.exports, report);
    const rgb = first.exports['rgb'](1);
    const look = (): unknown[] => [rgb.sum(1), rgb.add?.(1)];
    await first.apply();
    assert.deepEqual(look(), [102, 11]);
    await currentRuntime()!.apply(report.patch!, { name: report.name, replace });
    assert.deepEqual(look(), [10_002, 101]);
    await second.revert();
    assert.deepEqual(look(), replace ? [2, undefined] : [102, 11]);
    if (!replace) await first.revert();
    assert.deepEqual(look(), [2, undefined]);
  });

const CLASS = `module.exports = function (members) { const made = function () { this.begin(); }; Object.assign(made.prototype, members); return made; };`;
const BEGIN = 'begin: function () { this.kinds = 0 }';
const tellOld = 'KINDS: ["a"], tell: function (kind) { return this.KINDS.indexOf(kind) >= 0 }';
const tellNew = 'tell: function (kind) { return this.known(kind) }, known: function (kind) { return kind === "b" }';
for (const [how, text, make] of [
  ['is given away', (m: string) => `const Box = Class({ ${m} });\nmodule.exports = Box;`, (e: any) => new e()],
  ['only makes objects', (m: string) => `const Box = Class({ ${m} });\nexports.box = () => new Box();`, (e: any) => e.box()],
  ['is the whole module', (m: string) => `module.exports = Class({ ${m} });`, (e: any) => new e()],
] as const)
  test(`what a call makes of a literal, and ${how}`, async () => {
    const files = (members: string): Record<string, string> => ({
      'index.js': `const Class = require('./class.js');\n${text(`${BEGIN}, ${members}`)}`,
      'class.js': CLASS,
    });
    const p = await program(files(tellOld), files(tellNew));
    const old = make(p.exports);
    const look = (): unknown[] => [old, make(p.exports)].flatMap((box) => [box.tell('a'), box.tell('b'), 'known' in box]);
    const before = look();
    assert.deepEqual(before, [true, false, false, true, false, false]);
    await p.apply();
    assert.deepEqual(look(), [false, true, true, false, true, true]);
    await p.revert();
    assert.deepEqual(look(), before);
  });

test('objects that a statement puts on another one, of which the new version names more', async () => {
  const source = (first: string, given: string, beside = ''): string => `const list = (x) => [x, ${first}];
function commands() { return { run(x) { return list(x) } } }
function queries() { return { ask(x) { return helped(x) } }; function helped(x) { return x } }
${beside}
class Api {}
Object.assign(Api.prototype, ${given});
exports.Api = Api; exports.call = (api, name, x) => api[name](x);`;
  const more = 'function reports() { return { report(x) { return this.run(x).length }, kind: "r" } }';
  const p = await program(
    { 'index.js': source('1', 'commands(), queries()') },
    { 'index.js': source('2', 'reports(), commands(), queries()', more) },
  );
  const { Api, call } = p.exports;
  const api = new Api();
  const [run] = [api.run];
  assert.deepEqual([call(api, 'run', 0), call(api, 'ask', 3), api.report], [[0, 1], 3, undefined]);
  await p.apply();
  assert.deepEqual(
    [call(api, 'run', 0), call(api, 'ask', 3), call(api, 'report', 0), api.kind, api.run === run],
    [[0, 2], 3, 2, 'r', true],
  );
  assert.deepEqual(p.codes('warning'), []);
  await p.revert();
  assert.deepEqual([call(api, 'run', 0), api.report, 'kind' in api], [[0, 1], undefined, false]);
  p.clean();
  const refused = {
    'what a later one gives too': ['{ ask: () => 0 }, commands(), queries()', ''],
    'what needs functions beside it': [
      'commands(), queries(), more()',
      'function more() { return { more: () => own() }; function own() { return 1 } }',
    ],
    'what a function computes': ['commands(), queries(), more()', 'function more() { const all = {}; all.x = list(1); return all }'],
    'what is spread': ['commands(), queries(), { ...list(1) }', ''],
    'fewer, and another': ['commands(), { more: () => 1 }', ''],
  };
  for (const [name, [given, beside]] of Object.entries(refused)) {
    const report = await build({ 'a.js': source('1', 'commands(), queries()') }, { 'a.js': source('2', given!, beside) });
    assert.deepEqual([report.patch, report.verdicts.find(({ verdict }) => verdict === 'refused')?.code], [null, 'statement-changed'], name);
  }
});
