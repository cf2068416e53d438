/** What compilers make of enumerations, accessors and re-exports: emitted otherwise, changed and new. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched, program } from './harness.ts';

const body = 'E["A"] = "a"; E[E["N"] = 0] = "N";';
const OLD = (members: string): string => `var E; (function (E) { ${members} })(E = exports.E || (exports.E = {}));`;
const NEW = (members: string): string => `var E; (function (E) { ${members} })(E || (exports.E = E = {}));`;

/** Exported by a statement of its own. */
const APART = (members: string): string => `var E; (function (E) { ${members} })(E || (E = {})); exports.E = E;`;

for (const [what, before, after] of [
  ['inside, from the old to the new', OLD, NEW],
  ['apart to inside', APART, NEW],
  ['inside to apart', NEW, APART],
  ['apart to inside, from the new to the old', APART, OLD],
] as const) {
  test(`an enumeration that another release of the compiler emitted is the same: exported ${what}`, async () => {
    const p = await patched(`${before(body)} exports.f = () => E.A`, `${after(body)} exports.f = () => E.A + E.N`);
    const { E } = p.exports;
    assert.deepEqual([p.codes(), p.exports['f'](), p.exports['E'] === E], [['function-changed'], 'a0', true]);
  });

  test(`an enumeration gains a member where it is emitted otherwise: exported ${what}`, async () => {
    const p = await patched(`${before(body)} exports.f = () => E.A`, `${after(`${body} E["B"] = "b";`)} exports.f = () => E.B`);
    const { E } = p.exports;
    assert.deepEqual([p.exports['f'](), E.B, p.exports['E'] === E], ['b', 'b', true]);
    await p.revert();
    assert.deepEqual([p.exports['f'](), E.B, p.exports['E'] === E], ['a', undefined, true]);
  });
}

test('an enumeration is exported from now on, and another no longer is', async () => {
  const own = 'var E; (function (E) { E["A"] = "a"; })(E || (E = {}));';
  const p = await patched(`${own} exports.f = () => E.A`, `${NEW('E["A"] = "a";')} exports.f = () => E`);
  assert.equal(p.exports['E'], p.exports['f']());
  assert.deepEqual(p.codes(), ['export-added', 'function-changed']);
  await p.revert();
  assert.equal('E' in p.exports, false);
  const q = await patched(`${NEW('E["A"] = "a";')} exports.f = () => E.A`, `${own} exports.f = () => E`);
  assert.deepEqual([q.codes(), 'E' in q.exports, q.exports['f']().A], [['function-changed', 'property-removed'], false, 'a']);
  await q.revert();
  assert.equal(q.exports['E'].A, 'a');
});

test('an enumeration gains a member, and another comes', async () => {
  const p = await patched(
    `${OLD(body)} exports.f = () => E.A`,
    `${NEW(`${body} E["B"] = "b";`)} var L; (function (L) { L["X"] = "x"; })(L || (L = {})); var P; (function (P) { P["Y"] = "y"; })(P || (exports.P = P = {}));
exports.f = () => [E.B, L.X, P.Y]`,
    'gains.js',
  );
  const { E } = p.exports;
  assert.deepEqual([p.exports['f'](), E.B, p.exports['P']], [['b', 'x', 'y'], 'b', { Y: 'y' }]);
  await p.revert();
  assert.deepEqual([p.exports['f'](), E.B, p.exports['P']], ['a', undefined, undefined]);
});

test('enumerations in another order, as where a bundler puts its modules otherwise: each is the one it was', async () => {
  const enumeration = (name: string, member: string, more = ''): string =>
    `var ${name}; (function (${name}) { ${name}["${member}"] = "${member}"; ${more} })(${name} || (${name} = {}));\n`;
  const source = (order: readonly string[], f: string): string =>
    `${order.join('')} exports.E = E; exports.F = F; exports.G = G; exports.f = () => ${f}`;
  const [e, f, g] = [enumeration('E', 'A'), enumeration('F', 'B'), enumeration('G', 'C')];
  const before = source([e, f, g], 'E.A + F.B + G.C');
  const p = await patched(before, source([enumeration('G', 'C', 'G["D"] = "D";'), f, e], 'G.C + G.D + F.B + E.A'), 'order.js');
  assert.deepEqual([p.exports['f'](), p.exports['G'].D, p.exports['E']], ['CDBA', 'D', { A: 'A' }]);
  assert.deepEqual(p.codes().sort(), ['function-changed', 'property-set']);
  await p.revert();
  assert.deepEqual([p.exports['f'](), p.exports['G']], ['ABC', { C: 'C' }]);
  // A namespace of which others see when it ran has run in the old order.
  const [ran, also] = [enumeration('E', 'A', 'globalThis.seen.push("E");'), enumeration('F', 'B', 'globalThis.seen.push("F");')];
  const report = await build({ 'a.js': source([ran, also, g], 'E.A') }, { 'a.js': source([also, ran, g], 'E.A') });
  assert.deepEqual([report.patch, report.verdicts.at(-1)?.code], [null, 'statement-changed']);
});

test('properties that are defined: values, getters that stand there or are computed, enumerable or not', async () => {
  const source = (more: string): string => `class B { get a() { return 1 } }
Object.defineProperties(B.prototype, { a: { enumerable: true }${more} });
exports.B = B`;
  const after = source(
    ', c: { get: wrap(function () { return this.a + 1 }) }, d: { value: 7 }, e: { enumerable: true, get() { return 8 } }, f: { enumerable: !0, value: 9 }',
  );
  const p = await patched(
    source(''),
    `${after}; function wrap(f) { return f } Object.defineProperty(B, 's', { get: function () { return this.name } })`,
  );
  const b = new p.exports['B']();
  assert.deepEqual([b.a, b.c, b.d, b.e, b.f, p.exports['B'].s], [1, 2, 7, 8, 9, 'B']);
  const keys: string[] = [];
  for (const key in b) keys.push(key);
  assert.deepEqual([keys, Object.keys(p.exports['B'])], [['a', 'e', 'f'], []]);
  await p.revert();
  assert.deepEqual([b.c, p.exports['B'].s], [undefined, undefined]);
  const report = await build({ 'index.js': source('') }, { 'index.js': source('').replace('enumerable: true', 'enumerable: false') });
  assert.deepEqual([report.patch, report.verdicts.at(-1)?.code], [null, 'statement-changed']);
});

test('a property that is given a function which another property has; the one it had goes on under its other name', async () => {
  const p = await patched(
    `const d = exports.d = {}; d.t = d.j = function (v) { return v + 't' }; d.r = function (v) { return v + 'r' }`,
    `const d = exports.d = {}; d.t = function (v) { return v + 'T' }; d.j = d.r = function (v) { return v + 'R' }`,
  );
  const { d } = p.exports;
  assert.deepEqual([d.t(1), d.j(1), d.r(1)], ['1T', '1R', '1R']);
  assert.deepEqual(p.codes('warning'), ['value-copied']);
  await p.revert();
  assert.deepEqual([d.t(1), d.j(1), d.r(1)], ['1t', '1t', '1r']);
});

const helpers = `var __defProp = Object.defineProperty;
var __export = (target, all) => { for (var name in all) __defProp(target, name, { get: all[name], enumerable: true }); };
var __copyProps = (to, from) => { for (let key of Object.getOwnPropertyNames(from)) __defProp(to, key, { get: () => from[key], enumerable: true }); return to; };
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
`;
/** `NAME`: what the bundler calls the exports of the module that the bundle begins with. */
const bundled = (exported: string, members: string, code: string): string => `${helpers}var NAME = {};
__export(NAME, { ${exported} });
module.exports = __toCommonJS(NAME);
var Feature = ((Feature2) => { Feature2[Feature2["A"] = 1] = "A"; ${members} return Feature2; })(Feature || {});
${code}`;

test('what a bundle exports through getters: one more, and an enumeration that gains a member', async () => {
  const source = (exported: string, members: string, code: string): string =>
    bundled(exported, members, code).replaceAll('NAME', 'src_exports');
  const p = await patched(
    source('f: () => f, Feature: () => Feature', '', 'function f() { return Feature.A }'),
    source(
      'Feature: () => Feature, f: () => f, g: () => g',
      'Feature2[Feature2["B"] = 2] = "B";',
      'function f() { return [Feature.B, g()] } function g() { return Feature[2] }',
    ),
  );
  assert.deepEqual([p.exports['f'](), p.exports['g'](), p.exports['Feature'].B], [[2, 'B'], 'B', 2]);
  await p.revert();
  assert.deepEqual([p.exports['f'](), p.exports['g'], p.exports['Feature'].B], [1, undefined, undefined]);
});

test('what a bundle exports through getters, under the name that another release of the bundler gives them', async () => {
  const source = (name: string, more: string, value: string): string =>
    bundled(`f: () => f, Feature: () => Feature${more}`, '', `function f() { return ${value} } function g() {}`).replaceAll('NAME', name);
  const p = await program(
    { 'index.js': source('src_exports', '', 'Feature.A') },
    { 'index.js': source('index_exports', ', g: () => g', 'Feature.A + 1') },
  );
  const { f, Feature } = p.exports;
  await p.apply();
  assert.deepEqual([f(), p.exports['f'] === f, p.exports['Feature'] === Feature, typeof p.exports['g']], [2, true, true, 'function']);
  assert.deepEqual(p.codes(), ['names-paired', 'export-added', 'function-changed']);
  await p.revert();
  assert.deepEqual([f(), p.exports['f'] === f, p.exports['Feature'] === Feature, 'g' in p.exports], [1, true, true, false]);
});

test('private members as TypeScript keeps them: the collections that the program holds stay, and its objects are entered in new ones', async () => {
  const helper = `var get = (o, s, kind, f) => { if (!s.has(o)) throw new TypeError('no such private member'); return kind === 'm' ? f : s.get(o) };`;
  const source = (names: string, set: string, made: string, body: string): string => `${helper} var _A_instances, _A_x, _A_m${names};
class A { constructor() { _A_instances.add(this); _A_x.set(this, 1);${set} } f() { return ${body} } }
exports.A = A;
_A_x = new WeakMap(), ${made}_A_instances = new WeakSet(), _A_m = function _A_m() { return get(this, _A_x, 'f')`;
  const p = await patched(
    `${source('', '', '', "get(this, _A_instances, 'm', _A_m).call(this)")} };`,
    `${source(', _A_y, _A_n', ' _A_y.set(this, 2);', '_A_y = new WeakMap(), ', "get(this, _A_instances, 'm', _A_m).call(this) + (_A_y.get(this) ?? 0) + get(this, _A_instances, 'm', _A_n).call(this)")} * 10 }, _A_n = function _A_n() { return 100 };`,
  );
  const a = new p.exports['A']();
  assert.deepEqual([p.codes('warning'), a.f()], [[], 112]);
  await p.revert();
  assert.deepEqual([a.f(), new p.exports['A']().f()], [1, 1]);
});

/** As the compiler wrote it up to 5.7, and from 5.8 on. */
const STAR_OF = 'function (mod) { var result = {}; for (var k in mod) result[k] = mod[k]; result.default = mod; return result; }';
const STAR_BY =
  '(function () { var ownKeys = function (o) { ownKeys = Object.getOwnPropertyNames; return ownKeys(o); }; return function (mod) { var result = {}; for (var k of ownKeys(mod)) result[k] = mod[k]; result.default = mod; return result; }; })()';
const starred = (helper: string, given: string): string => `var __importStar = ${helper};
const path = __importStar(require('node:path'));
Object.defineProperty(exports, 'path', { enumerable: true, get: function () { return path; } });
exports.f = () => ${given}`;

test('a helper that another release of the compiler writes out otherwise: what it gave as the module loaded stays', async () => {
  const own = (value: string): string => `(this && this.__importStar) || ${value}`;
  const p = await patched(starred(own(STAR_OF), "path.join('a', 'b')"), starred(own(STAR_BY), "path.join('a', 'c')"));
  const { path } = p.exports;
  assert.deepEqual([p.codes(), p.exports['f'](), p.exports['path'] === path], [['function-changed'], 'a/c', true]);
  await p.revert();
  assert.deepEqual([p.exports['f'](), p.exports['path'] === path], ['a/b', true]);
});

test('a function of such a name that the module writes for itself is compared as any other', async () => {
  const outcome = await build(
    { 'index.js': starred(STAR_OF, "path.join('a', 'b')") },
    { 'index.js': starred(STAR_BY, "path.join('a', 'c')") },
  );
  assert.ok(outcome.verdicts.some(({ code, verdict }) => code === 'function-untouched' && verdict === 'refused'));
});

/** As TypeScript wrote it up to 5.5, and from 5.6 on. */
const STEPS_OF = '; return g = { next: verb(0), "return": verb(2) }, g';
const STEPS_BY = ' = Object.create(Object.prototype); return g.next = verb(0), g["return"] = verb(2), g';
const stepped = (helper: string, made: string, more: string): string => `var ${helper} = (this && this.${helper}) || function (body) {
  var _ = { label: 0, sent: function () { return sent; } }, sent, g${made};
  function verb(n) { return function (v) { return step([n, v]); }; }
  function step(op) { if (g && op[0] > 8) g = 0; sent = op[1]; var r = body(_); return { value: r[1], done: r[0] === 2 }; }
};
exports.start = function () { return ${helper}(function (_a) { switch (_a.label) { case 0: _a.label = 1; return [4, 1]; default: return [2, _a.sent()${more}]; } }); };`;

test('what the helper of another release made goes on, and nothing is said of it: an async function that is under way', async () => {
  const p = await program(
    { 'index.js': stepped('__generator', STEPS_OF, ' + 1') },
    { 'index.js': stepped('__generator', STEPS_BY, ' + 2') },
  );
  const held = p.exports['start']();
  held.next();
  await p.apply();
  assert.deepEqual([held.next(5).value, Object.keys(p.exports['start']())], [7, ['next', 'return']]);
  assert.deepEqual(p.codes('warning'), []);
  await p.revert();
  assert.equal(held.next(5).value, 6);
});

test('what a function of the module has made in that way is told', async () => {
  const text = (made: string, more: string): string => stepped('__generator', made, more).replace('(this && this.__generator) || ', '');
  const own = (made: string, more: string): string => text(made, more).replaceAll('__generator', 'machine');
  const outcome = await build({ 'index.js': own(STEPS_OF, ' + 1') }, { 'index.js': own(STEPS_BY, ' + 2') });
  assert.ok(outcome.verdicts.some(({ code }) => code === 'set-up-kept' || code === 'capture-kept'));
});

/** A class as TypeScript wrote it up to 5.2 where a parameter has a default, and from 5.3 on. */
const derived = (
  begin: string,
  read: string,
): string => `var __extends = function (d, b) { Object.setPrototypeOf(d.prototype, b.prototype); };
var Base = (function () { function Base() {} return Base; }());
var Server = (function (_super) {
  __extends(Server, _super);
  function Server(options) { ${begin} _this.options = options; return _this; }
  Server.prototype.limit = function () { return ${read}; };
  return Server;
}(Base));
exports.Server = Server;`;

test('a constructor that names its object before the superclass is called, and one that does so after: objects have the same', async () => {
  const [before, after] = [
    'var _this = this; if (options === void 0) { options = { limit: 1 }; } _this = _super.call(this) || this;',
    'if (options === void 0) { options = { limit: 1 }; } var _this = _super.call(this) || this;',
  ];
  const p = await program({ 'index.js': derived(before, 'this.options.limit') }, { 'index.js': derived(after, 'this.options.limit + 1') });
  const held = new p.exports['Server']();
  await p.apply();
  assert.equal(held.limit(), 2);
  assert.deepEqual(p.codes('warning'), []);
  await p.revert();
  assert.equal(held.limit(), 1);
});

test('a constructor that goes on naming another object by the same variable: what it gives that is not what its own have', async () => {
  const before = 'var _this = this; _super.call(this); _this = { other: true };';
  const outcome = await build(
    { 'index.js': derived(before, 'this.options.limit') },
    { 'index.js': derived('var _this = _super.call(this) || this;', 'this.options.limit + 1') },
  );
  assert.ok(outcome.verdicts.some(({ code }) => code === 'instances-lack'));
});

test('what SWC gives away by accessors, or by methods of an object: one more', async () => {
  const exporting = (get: string, more: string): string => `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
function _export(target, all) {
    for(var name in all)Object.defineProperty(target, name, { enumerable: true, get: ${get} });
}
_export(exports, { ${more} });
`;
  for (const [get, own] of [
    ['Object.getOwnPropertyDescriptor(all, name).get', (name: string): string => `get ${name} () { return ${name}; }`],
    ['all[name]', (name: string): string => `${name} () { return ${name}; }`],
  ] as const) {
    const p = await patched(
      `${exporting(get, own('f'))}function f() { return 1; }\n`,
      `${exporting(get, `${own('f')}, ${own('g')}`)}function f() { return 2; }\nfunction g() { return 3; }\n`,
      `swc-${get.length}.js`,
    );
    assert.deepEqual([p.exports['f'](), p.exports['g']()], [2, 3]);
    await p.revert();
    assert.deepEqual([p.exports['f'](), p.exports['g']], [1, undefined]);
  }
});

test('functions and classes whose names esbuild keeps: one more of each', async () => {
  const naming = (by: string): string => `var __defProp = ${by};
var __name = (target, value) => __defProp(target, "name", { value, configurable: true });
`;
  const old = `function f(n) { return n; }\n__name(f, "f");\nexports.f = f;\n`;
  const now = `function g(n) { return n * 2; }\n__name(g, "times");\nvar _Late = class _Late { static {} make() { return new _Late(); } };\n__name(_Late, "Late");\nvar Late = _Late;\n`;
  const used = old.replace('return n;', 'return [g(n), g.name, Late.name, new Late().make() instanceof Late];');
  const of = naming('Object.defineProperty');
  const p = await patched(of + old, of + now + used, 'names.js');
  assert.deepEqual(p.exports['f'](2), [4, 'times', 'Late', true]);
  assert.equal(p.codes().filter((code) => code === 'statement-added').length, 2);
  await p.revert();
  assert.equal(p.exports['f'](2), 2);
  // Of a function that runs, or by what may be another function, nothing is known.
  const other = naming('(target, key, { value }) => { target.is = value; return target; }');
  const may = `${naming('Object.defineProperty')}exports.swap = (by) => { __defProp = by; };\n`;
  for (const [head, more] of [
    [of, `__name(f, "other");\n`],
    [may, now],
    [other, `var table = {};\n__name(table, "x");\n__name(f, "y");\n`],
    [`const Object = { defineProperty: (target) => target };\n${of}`, now],
  ] as const) {
    const { patch, verdicts } = await build({ 'index.js': head + old }, { 'index.js': head + (more === now ? now + used : old + more) });
    assert.deepEqual([patch, verdicts.find(({ verdict }) => verdict === 'refused')?.code], [null, 'statement-changed'], more);
  }
});

test('what such a helper is given besides what is new is another matter', async () => {
  const old = `var __defProp = Object.defineProperty;
var __name = (target, value) => __defProp(target, "name", { value, configurable: true });
function f(n) { return n; }
exports.f = f;
`;
  const now = (code: string): string =>
    `${old.replace('return n', 'return table')}var table = {};\nfill(table);\nfunction fill(own) { own.a = 1; ${code} }\n`;
  for (const [code, runs] of [
    ['__name(() => 1, "x"); __defProp({}, "x", {});', true],
    ['__defProp(class {}, "x", {});', true],
    ['__name(f(process), "x");', false],
    ['__defProp(f(process), "x", {});', false],
  ] as const) {
    const { patch, verdicts } = await build({ 'index.js': old }, { 'index.js': now(code) });
    assert.equal(patch !== null, runs, code);
    assert.ok(
      verdicts.some((v) => v.code === (runs ? 'statement-added' : 'statement-changed')),
      code,
    );
  }
});
