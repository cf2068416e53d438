/** Properties that the old top level gave to objects and the new one does not: taken off, and put back by a revert. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched, program } from './harness.ts';

test('exports and functions on objects that have gone are taken off, and put back as they were', async () => {
  const before = `
const util = module.exports = {};
util.kept = function () { return 1 };
util.setPath = function (o, k, v) { o[k] = v; return o };
util.table = { a: 1 };
function Parser() {}
Parser.prototype.run = function () { return 'run' };
Parser.prototype.unsafe = function () { return 'unsafe' };
Parser.evaluate = (text) => text;
exports.lost = 1;
util.Parser = Parser;`;
  const after = before
    .replace(/util\.setPath = .*/, '')
    .replace(/util\.table = .*/, '')
    .replace(/Parser\.prototype\.unsafe = .*/, '')
    .replace(/Parser\.evaluate = .*/, '');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  assert.deepEqual(
    p.report.verdicts.map(({ code, path }) => `${code} ${path}`),
    [
      'property-removed util.setPath',
      'property-removed util.table',
      'property-removed Parser.prototype.unsafe',
      'property-removed Parser.evaluate',
    ],
  );
  const { setPath, table, Parser } = p.exports;
  const { unsafe } = Parser.prototype;
  const parser = new Parser();
  await p.apply();
  assert.deepEqual(Object.keys(p.exports), ['kept', 'Parser']);
  assert.deepEqual(['unsafe' in parser, 'evaluate' in Parser, parser.run(), setPath({}, 'a', 1)], [false, false, 'run', { a: 1 }]);
  await p.revert();
  assert.deepEqual([p.exports['setPath'], p.exports['table'], Parser.prototype.unsafe], [setPath, table, unsafe]);
  assert.equal(Parser.evaluate('x'), 'x');
});

test('what the object literal of the exports no longer has, and what a variable was given to as well', async () => {
  const literal = await patched(
    'function a() { return 1 }\nmodule.exports = { a, b() { return 2 }, c: 3 }',
    'function a() { return 1 }\nmodule.exports = { a }',
  );
  assert.deepEqual(Object.keys(literal.exports), ['a']);
  await literal.revert();
  assert.deepEqual([literal.exports['b'](), literal.exports['c']], [2, 3]);
  const chained = await patched('const f = exports.f = () => 1; exports.g = () => f()', 'const f = () => 1; exports.g = () => f()');
  assert.deepEqual([Object.keys(chained.exports), chained.exports['g']()], [['g'], 1]);
});

test('what the program has put there since stays', async () => {
  const p = await program({ 'index.js': 'exports.f = () => 1; exports.g = () => 2' }, { 'index.js': 'exports.g = () => 2' });
  const wrapped = (p.exports['f'] = () => 3);
  await p.apply();
  assert.equal(p.exports['f'], wrapped);
});

test('where the new version may put it there in another way it stays, with a warning', async () => {
  const rest = "const other = require('./other');\nfunction C() {}\nexports.C = C;\n";
  const ways: readonly (readonly [string, string])[] = [
    ['Object.assign(exports, other);', 'exports.f = () => 1;'],
    ["for (const name of ['f']) exports[name] = () => 2;", 'exports.f = () => 1;'],
    ['const self = exports; const add = (o) => { o.f = () => 2 }; add(self);', 'exports.f = () => 1;'],
    ['const api = exports; exports.later = () => { api.f = () => 2 };', 'exports.f = () => 1;'],
    ['exports.later = function () { this.f = () => 2 };', 'exports.f = () => 1;'],
    ['const self = exports; self[other.name] = 1;', 'exports.f = () => 1;'],
    ['other.mixin(C);', 'C.prototype.f = () => 1;'],
    ['C.prototype = { f() { return 2 } };', 'C.prototype.f = () => 1;'],
    ['const made = other.mixin({}); exports.made = made;', 'made.f = () => 1;'],
  ];
  for (const [way, gone] of ways) {
    const report = await build(
      { 'index.js': `${rest}${way}\n${gone}`, 'other.js': 'exports.mixin = (o) => o' },
      { 'index.js': `${rest}${way}\nexports.g = () => 1`, 'other.js': 'exports.mixin = (o) => o' },
    );
    const codes = report.verdicts.map(({ code }) => code);
    assert.ok(codes.some((code) => code === 'export-removed' || code === 'statement-removed') && !codes.includes('property-removed'), way);
  }
});

test('what a function has of itself is not taken from it', async () => {
  const report = await build(
    { 'index.js': 'function C() {}\nC.prototype.constructor = C;\nexports.C = C; exports.f = () => 1' },
    { 'index.js': 'function C() {}\nexports.C = C; exports.f = () => 2' },
  );
  assert.ok(!report.verdicts.some(({ code }) => code === 'property-removed'));
});

test('what was computed from it stays, and that is said', async () => {
  const before = 'exports.a = 1;\nexports.b = 2;\nexports.c = exports.b + 1;\nconst d = exports.b;\nexports.f = () => d;';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('exports.b = 2;', '') });
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'computed-at-load').map(({ path }) => path),
    ['exports.c', 'd'],
  );
  await p.apply();
  assert.deepEqual(Object.keys(p.exports), ['a', 'c', 'f']);
});

test('a method that a class inherits from now on is taken off the prototype that hid it', async () => {
  const before = `function Base() {}
function Own() { Base.call(this) }
Own.prototype = Object.create(Base.prototype);
Own.prototype.constructor = Own;
Own.prototype.run = function () { return 'old' };
module.exports = Own;`;
  const after = before
    .replace(/Own\.prototype\.run = .*\n/, '')
    .replace('function Own', "Object.assign(Base.prototype, { run() { return 'new' } });\nfunction Own");
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const Own = p.exports as unknown as new () => { run(): string };
  const own = new Own();
  await p.apply();
  assert.equal(own.run(), 'new');
  await p.revert();
  assert.equal(own.run(), 'old');
});

test('what is made with descriptors may have the property', async () => {
  const before =
    "function Base() {}\nfunction Own() {}\nOwn.prototype = Object.create(Base.prototype, { n: { value: 1 } });\nOwn.prototype.run = function () { return 'old' };\nmodule.exports = Own;";
  const report = await build({ 'index.js': before }, { 'index.js': before.replace(/Own\.prototype\.run = .*\n/, 'Own.go = () => 1;\n') });
  assert.ok(report.verdicts.every(({ code }) => code !== 'property-removed'));
});

const PARTS = 'module.exports = { limit: 3 };';
for (const [how, index] of Object.entries({
  'what it gives': "const lib = require('./lib'); lib.parts = require('./parts'); exports.f = () => [lib.parts.limit, lib.n()];",
  'what it gives on': "const lib = require('./on'); lib.parts = require('./parts'); exports.f = () => [lib.parts.limit, lib.n()];",
}))
  for (const [form, lib] of Object.entries({
    'an object': (n: number, parts: string) => `module.exports = { n: () => ${n}${parts} };`,
    'what a function returns': (n: number, parts: string) =>
      `module.exports = (function () { return { n: function () { return ${n} }${parts} }; })();`,
  }))
    test(`what another module puts on ${how} stays, though ${form} no longer has it`, async () => {
      const files = (n: number, parts: string): Record<string, string> => ({
        'index.js': index,
        'lib.js': lib(n, parts),
        'on.js': "module.exports = require('./lib');",
        'parts.js': PARTS,
        'package.json': '{"name":"p","version":"1.0.0","main":"index.js"}',
      });
      const p = await program(files(1, ", parts: require('./parts')"), files(2, ''));
      assert.ok(p.codes('warning').includes('export-removed'), p.codes().join());
      assert.deepEqual(p.exports['f'](), [3, 1]);
      await p.apply();
      assert.deepEqual(p.exports['f'](), [3, 2]);
      await p.revert();
      assert.deepEqual(p.exports['f'](), [3, 1]);
      p.clean();
    });

test('a source map that stands in another file is gone through once for that', async () => {
  const files = (parts: string): Record<string, string> => ({
    'index.js': `const lib = require('./lib'); exports.f = () => lib.parts;\n//# sourceMappingURL=data:application/json;base64,${'eyJ2ZXJz'.repeat(120_000)}`,
    'lib.js': `module.exports = { n: () => 1${parts} };`,
    'package.json': '{"name":"p","version":"1.0.0","main":"index.js"}',
  });
  // Where each letter of it begins a search, that does not end before the time that a test has.
  const { verdicts } = await build(files(", parts: 'a'"), files(''));
  assert.ok(verdicts.some(({ code }) => code === 'property-removed' || code === 'export-removed'));
});
