/** Objects on which a program has put what an object of a module had: they get what new code asks of them, and that has from now on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program, Program } from './harness.ts';

const old = "exports.css = function (a) { return 'css' + a; };";
const now = "exports.css = function (a) { return this._set(a); };\nexports._set = function (a) { return 'set' + a; };";

/** How a program puts what the module gives away on objects, each a function that gives one. */
const PUT: Readonly<Record<string, string>> = {
  'the prototype, of a file by its name': `function C() {}
['css'].forEach((name) => Object.assign(C.prototype, require('./api/' + name)));
module.exports = () => new C();`,
  'the prototype, by a function': `const extend = (to, from) => { for (const key in from) to[key] = from[key]; };
function C() {}
extend(C.prototype, require('./api/css'));
module.exports = () => new C();`,
  'a function for each call': `const proto = require('./api/css');
module.exports = () => Object.defineProperties(() => {}, Object.getOwnPropertyDescriptors(proto));`,
  'objects, by the constructor': `const api = require('./api/css');
class C { constructor() { Object.assign(this, api); } }
module.exports = () => new C();`,
  'an object of its own': "const all = { ...require('./api/css') };\nmodule.exports = () => all;",
};

for (const [what, index] of Object.entries(PUT))
  test(`put on ${what}`, async () => {
    const p = await program({ 'index.js': index, 'api/css.js': old }, { 'api/css.js': now });
    const make = p.exports as unknown as () => { css(a: number): string };
    const held = make();
    assert.equal(held.css(1), 'css1');
    await p.apply();
    assert.deepEqual([held.css(1), make().css(2)], ['set1', 'set2']);
    await p.revert();
    assert.deepEqual([held.css(1), '_set' in held, '_set' in make()], ['css1', false, false]);
  });

/** What the module gives away, and how it asks for more. */
const FORMS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a literal': [
    'module.exports = { css(a) { return a; } };',
    'module.exports = { css(a) { return this._set(a); }, _set(a) { return a + 1; } };',
  ],
  'a literal with a name': [
    'const api = { css(a) { return a; } };\nmodule.exports = api;',
    'const api = { css(a) { return this._set(a); }, _set(a) { return a + 1; } };\nmodule.exports = api;',
  ],
  'properties of an object': [
    'const api = module.exports = {};\napi.css = function (a) { return a; };',
    'const api = module.exports = {};\napi.css = function (a) { return this._set(a); };\napi._set = (a) => a + 1;',
  ],
  declarations: [
    'function css(a) { return a; }\nmodule.exports = { css };',
    'function css(a) { return this._set(a); }\nfunction _set(a) { return a + 1; }\nmodule.exports = { css, _set };',
  ],
  'what is no function': [
    'exports.css = function (a) { return a; };',
    'exports.css = function (a) { return a + this.step; };\nexports.step = 1;',
  ],
  'another name of this, within': [
    'exports.css = function (a) { return a; };',
    'exports.css = function (a) { const self = this; return [a].map(function (one) { return self._set(one); })[0]; };\nexports._set = (a) => a + 1;',
  ],
};

for (const [what, [before, after]] of Object.entries(FORMS))
  test(`asked for in ${what}`, async () => {
    const p = await program({ 'index.js': PUT['objects, by the constructor']!, 'api/css.js': before }, { 'api/css.js': after });
    const held = (p.exports as unknown as () => { css(a: number): number })();
    await p.apply();
    assert.deepEqual([held.css(1), held.css(2)], [2, 3]);
    await p.revert();
    assert.deepEqual([held.css(1), Object.keys(held)], [1, ['css']]);
  });

test('an object that has it itself, or inherits it, keeps that, and one that has nothing of the module gets nothing', async () => {
  const index = `const api = require('./api/css');
exports.own = { css: api.css, _set: () => 'own' };
exports.inherits = Object.create({ _set: () => 'above' }, { css: { value: api.css } });
exports.other = { other: api.css };
exports.frozen = Object.freeze({ css: api.css });`;
  const p = await program({ 'index.js': index, 'api/css.js': old }, { 'api/css.js': now });
  await p.apply();
  const { own, inherits, other, frozen } = p.exports;
  assert.deepEqual([own.css(1), inherits.css(1), Object.hasOwn(inherits, '_set')], ['own', 'above', false]);
  assert.throws(() => other.other(1), TypeError);
  assert.throws(() => frozen.css(1), TypeError);
  await p.revert();
});

test('a patch that takes the place gives its own, and a task under way has that of its patch', async () => {
  const files = { 'index.js': `// in place\n${PUT['objects, by the constructor']}`, 'api/css.js': old };
  const waiting = `exports.css = function (a) { return this._set(a); };
exports._set = function (a) { return 'set' + a; };
exports.wait = async function (until, a) { const before = this._set(a); await until; return [before, this._set(a)]; };`;
  const p = await program(files, { 'api/css.js': waiting });
  const held = (p.exports as unknown as () => { css(a: number): string; wait(until: Promise<void>, a: number): Promise<string[]> })();
  await p.apply();
  assert.equal(held.css(1), 'set1');
  const next = waiting.replaceAll("'set'", "'put'");
  const q = new Program(p.root, p.exports, await build(files, { ...files, 'api/css.js': next }));
  let end = (): void => {};
  const until = new Promise<void>((resolve) => (end = resolve));
  const task = held.wait(until, 1);
  const applied = currentRuntime()!.apply(q.report.patch!, { timeoutMs: 20_000 });
  while (!currentRuntime()!.engine.transitioning) await new Promise(setImmediate);
  end();
  assert.deepEqual([await task, (await applied).result], [['set1', 'set1'], 'complete']);
  assert.equal(held.css(3), 'put3');
  await q.revert();
  assert.deepEqual([held.css(1), Object.keys(held)], ['css1', ['css']]);
});

for (const [what, before, after, asks] of [
  ['a function', 'exports.f = function () { return 1; };', 'exports.f = function () { return this.g; };', true],
  ['a class', 'exports.C = class { f() { return 1; } };', 'exports.C = class { f() { return this.g; } };', false],
  ['a function that asks it of something else', 'exports.f = (o) => 1;', 'exports.f = (o) => o.g;', false],
  ['a function that stands for it', 'exports.f = () => 1;', 'exports.f = () => this.g;', false],
] as const)
  test(`whose this may be such an object: ${what}${asks ? '' : ' not'}`, async () => {
    const report = await build({ 'a.js': before }, { 'a.js': `${after}\nexports.g = 2;` });
    const { patch } = new Program('', {}, report);
    assert.deepEqual(
      patch.modules.map(({ mixes }) => mixes === true),
      [asks],
    );
  });
