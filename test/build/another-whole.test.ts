/** Modules of a package that give away another object or function as a whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

type Files = Record<string, string>;
let count = 0;
/** Each package has a name of its own, so that no patch of another is for it. */
const pack = (files: Files, more: Files = {}): Files => ({
  ...files,
  'package.json': JSON.stringify({ name: `p${count}`, version: '1.0.0', main: 'index.js', ...more }),
});

async function states(before: Files, after: Files): Promise<{ readonly states: readonly unknown[]; readonly codes: readonly string[] }> {
  count++;
  const p = await program(pack(before), pack(after));
  const found: unknown[] = [p.exports['all']()];
  await p.apply();
  found.push(p.exports['all']());
  await p.revert();
  return { states: [...found, p.exports['all']()], codes: p.codes('warning') };
}

async function refused(before: Files, after: Files, more: Files = {}): Promise<readonly string[]> {
  count++;
  const { verdicts } = await build(pack(before, more), pack(after, more));
  return verdicts.flatMap(({ verdict, code, file }) => (verdict === 'refused' ? `${code} ${file}` : []));
}

const user = (all: string, asks = "const m = require('./m.js');"): string => `${asks} exports.all = () => ${all};`;

test('the modules that ask for it take the new one, and a revert leads them back', async () => {
  const fn = 'module.exports = build; function build(n) { return n + 1 }';
  for (const [was, is] of [
    ['module.exports = { parse: (n) => n };', fn],
    ['exports.parse = (n) => n;', 'module.exports = (n) => n + 1;'],
    ['module.exports.parse = (n) => n;', fn],
    ['const old = { parse: (n) => n }; module.exports = old;', fn],
  ] as const) {
    const found = await states({ 'index.js': user('m.parse(1)'), 'm.js': was }, { 'index.js': user('m(1)'), 'm.js': is });
    assert.deepEqual(found.states, [1, 2, 1], was);
    assert.ok(found.codes.includes('value-copied'), was);
  }
  const back = await states(
    { 'index.js': user('m(1)'), 'm.js': 'module.exports = function (n) { return n };' },
    { 'index.js': user('parse(1)', "const { parse } = require('./m.js');"), 'm.js': 'module.exports = { parse: (n) => n + 1 };' },
  );
  assert.deepEqual(back.states, [1, 2, 1]);
});

test('so do members that are taken from it, functions that ask for it as they run, and a module that did not change', async () => {
  const taken = await states(
    {
      'index.js': user('parse(1)', "const parse = require('./m.js').parse;"),
      'm.js': 'module.exports = function () {}; module.exports.parse = (n) => n;',
    },
    { 'index.js': user('parse(1)', "const parse = require('./m.js').parse;"), 'm.js': 'module.exports = { parse: (n) => n + 1 };' },
  );
  assert.deepEqual(taken.states, [1, 2, 1]);
  const inside = await states(
    { 'index.js': "exports.all = () => require('./m.js').parse(1);", 'm.js': 'module.exports = { parse: (n) => n };' },
    { 'index.js': "exports.all = () => require('./m.js')(1);", 'm.js': 'module.exports = (n) => n + 1;' },
  );
  assert.deepEqual(inside.states, [1, 2, 1]);
  const same = user('typeof m');
  assert.deepEqual(
    (
      await states(
        { 'index.js': same, 'm.js': 'module.exports = { a: 1 };' },
        { 'index.js': same, 'm.js': 'module.exports = (n) => n + 1;' },
      )
    ).states,
    ['object', 'function', 'object'],
  );
  const brought = await states(
    { 'index.js': 'exports.all = () => 1;', 'm.js': 'module.exports = { a: 1 };', 'other.js': "require('./m.js')" },
    {
      'index.js': "const n = require('./new.js'); exports.all = () => n();",
      'm.js': 'module.exports = (n) => n + 1;',
      'new.js': "const m = require('./m.js'); module.exports = () => m(1);",
      'other.js': "require('./m.js')",
    },
  );
  assert.deepEqual(brought.states.slice(1), [2, 1]);
});

test('properties by assignments and an object that is written out are the same: who holds the one gets what is new in the other', async () => {
  const found = await states(
    { 'index.js': user('[m.a(), m.b?.(), typeof m]'), 'm.js': 'exports.a = a; function a() { return 1 }' },
    { 'index.js': user('[m.a(), m.b?.(), typeof m]'), 'm.js': 'module.exports = { a, b: () => 3 }; function a() { return 2 }' },
  );
  assert.deepEqual(found.states, [
    [1, undefined, 'object'],
    [2, 3, 'object'],
    [1, undefined, 'object'],
  ]);
});

test('what an entry of the package leads to, or who has made something else of it, is refused', async () => {
  const m = 'module.exports = { a: 1 };';
  const fn = 'module.exports = (n) => n + 1;';
  const both = (index: string): [Files, Files] => [
    { 'index.js': index, 'm.js': m },
    { 'index.js': index, 'm.js': fn },
  ];
  assert.deepEqual(await refused({ 'index.js': m }, { 'index.js': fn }), ['statement-changed index.js']);
  assert.deepEqual(await refused({ 'index.js': 'exports.a = 1;' }, { 'index.js': fn }), ['statement-changed index.js']);
  assert.deepEqual(await refused(...both(user('m')), { exports: { '.': './index.js', './m': './m.js' } } as never), [
    'statement-changed m.js',
  ]);
  assert.deepEqual(await refused(...both(user('m')), { exports: { './*': './*' } } as never), ['statement-changed m.js']);
  assert.deepEqual(await refused(...both("exports.m = require('./m.js');")), ['value-replaced index.js']);
  assert.deepEqual(await refused(...both("const kept = [require('./m.js')]; exports.all = () => kept;")), ['value-replaced index.js']);
  assert.deepEqual(await refused(...both("const { a = 1 } = require('./m.js'); exports.all = () => a;")), ['value-replaced index.js']);
  const { length } = await refused({ 'index.js': user('m'), 'm.js': m }, { 'index.js': user('m'), 'm.js': fn });
  assert.equal(length, 0);
});

test('so is one on which more is put, or that is made of the one before, or by code that may do anything', async () => {
  const to = async (now: string, was = 'module.exports = { a: 1 };'): Promise<readonly string[]> =>
    refused({ 'index.js': user('m'), 'm.js': was }, { 'index.js': user('m'), 'm.js': now });
  assert.deepEqual(await to('module.exports = (n) => n; module.exports.own = 1;'), ['statement-changed m.js']);
  assert.deepEqual(await to('module.exports = (n) => n; exports.own = 1;'), ['statement-changed m.js']);
  assert.deepEqual(await to('module.exports = (n) => n; const x = exports.own = 1;'), ['statement-changed m.js']);
  assert.deepEqual(await to('module.exports = () => module.exports.a;'), ['statement-changed m.js']);
  assert.deepEqual(await to("module.exports = (require('node:fs').existsSync('/'), (n) => n);"), ['statement-changed m.js']);
});

test('ES modules take it as what they import by default, and its members by their names', async () => {
  const m = { 'm.cjs': 'module.exports = { parse: (n) => n };' };
  const found = await states(
    { 'index.mjs': "import m from './m.cjs'; export const all = () => m.parse(1);", ...m },
    { 'index.mjs': "import m from './m.cjs'; export const all = () => m(1);", 'm.cjs': 'module.exports = (n) => n + 1;' },
  );
  assert.deepEqual(found.states, [1, 2, 1]);
  const named = await states(
    {
      'index.mjs': "import { parse } from './m.cjs'; export const all = () => parse(1);",
      'm.cjs': 'exports.parse = (n) => n; exports.other = 1;',
    },
    {
      'index.mjs': "import { parse } from './m.cjs'; export const all = () => parse(1);",
      'm.cjs': 'module.exports = made; function made() {} made.parse = (n) => n + 1;',
    },
  );
  assert.deepEqual(named.states, [1, 2, 1]);
  const brought = await states(
    { 'index.mjs': "import m from './m.cjs'; export const all = () => m.parse(1);", ...m },
    {
      'index.mjs': "import { run } from './new.mjs'; export const all = () => run();",
      'new.mjs': "import m from './m.cjs'; export const run = () => m(1);",
      'm.cjs': 'module.exports = (n) => n + 1;',
    },
  );
  assert.deepEqual(brought.states, [1, 2, 1]);
  const all = "import * as m from './m.cjs'; export const all = () => m.parse;";
  assert.deepEqual(await refused({ 'index.mjs': all, ...m }, { 'index.mjs': all, 'm.cjs': 'module.exports = (n) => n;' }), [
    'value-replaced index.mjs',
  ]);
});

test('it is there for who asks for it when all tasks switch, at once', async () => {
  count++;
  const version = (use: string, m: string): Files =>
    pack({ 'index.js': `exports.wait = async (gate) => { await gate; return require('./m.js')${use}; };`, 'm.js': m });
  const p = await program(version('.parse(1)', 'module.exports = { parse: (n) => n };'), version('(1)', 'module.exports = (n) => n + 1;'));
  assert.equal(p.patch.mode, 'barrier');
  const gate = Promise.withResolvers<void>();
  const waiting = p.exports['wait'](gate.promise) as Promise<number>;
  const applying = p.apply();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(typeof p.load('m.js'), 'object');
  gate.resolve();
  assert.equal(await waiting, 1);
  await applying;
  assert.equal(await p.exports['wait'](null), 2);
  await p.revert();
  assert.equal(await p.exports['wait'](null), 1);
});

test('an entry gives what an object that is written out has, where it gave that away by assignments, and nothing else', async () => {
  const found = await states(
    { 'index.js': 'exports.all = all; function all() { return [1, typeof this.more] }' },
    { 'index.js': 'module.exports = { all, more: () => 1 }; function all() { return [2, typeof this.more] }' },
  );
  assert.deepEqual(found.states, [
    [1, 'undefined'],
    [2, 'function'],
    [1, 'undefined'],
  ]);
  const to = (was: string, now: string): Promise<readonly string[]> => refused({ 'index.js': was }, { 'index.js': now });
  const other = ['statement-changed index.js'];
  assert.deepEqual(await to('exports.a = function () {};', 'module.exports = { a: 1 };'), other);
  assert.deepEqual(await to('exports.a = 1;', 'module.exports = { get a() { return 2 } };'), other);
  assert.deepEqual(await to('exports.a = 1;', "module.exports = { ['a']: 2 };"), other);
  assert.deepEqual(await to('exports.a = 1;', 'module.exports = { ...process, b: 2 };'), other);
  const getter =
    "Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return n; } }); let n = 1; exports.set = () => { n = 2 };";
  assert.deepEqual(await to(getter, 'let n = 1; module.exports = { a: n, set: () => { n = 2 } };'), other);
  const defined = "Object.defineProperty(exports, 'a', { value: 1 });";
  assert.deepEqual(await to(defined, 'module.exports = { a: 2 };'), other);
});

test('what was an entry of either version is one, and what has been made of it beside a name for it stays', async () => {
  count++;
  const files = (m: string): Files => ({ 'index.js': user('m'), 'm.js': m });
  const main = (name: string): string => JSON.stringify({ name: `p${count}`, version: '1.0.0', main: name });
  for (const [was, is] of [
    ['m.js', 'index.js'],
    ['index.js', 'm.js'],
  ] as const) {
    const { verdicts } = await build(
      { ...files('module.exports = { a: 1 };'), 'package.json': main(was) },
      { ...files('module.exports = (n) => n;'), 'package.json': main(is) },
    );
    assert.ok(
      verdicts.some(({ code, file }) => code === 'statement-changed' && file === 'm.js'),
      was,
    );
  }
  const kept = "const m = require('./m.js'); const kept = [require('./m.js')]; exports.all = () => [m, kept];";
  assert.deepEqual(
    await refused({ 'index.js': kept, 'm.js': 'module.exports = { a: 1 };' }, { 'index.js': kept, 'm.js': 'module.exports = (n) => n;' }),
    ['value-replaced index.js'],
  );
  const bundle = (
    m: string,
  ): string => `var __commonJS = (cb, mod) => function __require() { return mod || (0, cb[Object.getOwnPropertyNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports; };
var require_own = __commonJS({ 'own.js'(exports, module) { ${m} } });
exports.own = () => require_own();`;
  const asks = "const m = require('./m.js'); exports.all = () => m.own();";
  assert.deepEqual(
    await refused(
      { 'index.js': asks, 'm.js': bundle('module.exports = { a: 1 };') },
      { 'index.js': asks, 'm.js': bundle('module.exports = (n) => n;') },
    ),
    ['statement-changed m.js'],
  );
});

test('one that is refused and left out gives what it gave', async () => {
  const files = (own: string, given: string): Files => ({
    'index.js': "const { n } = require('./n.js'); exports.all = () => n();",
    'n.js': `exports.n = () => ${own};`,
    'server.js': "if (process.env.LP_OTHER) { module.exports = require('./one.js'); } else { module.exports = require('./other.js'); }",
    'one.js': given,
    'other.js': `exports.render = () => ${own};`,
  });
  count++;
  const { patch, verdicts } = await build(
    pack(files('1', 'class Own extends Map {} module.exports = { render: () => new Own() };')),
    pack(files('2', 'class Own extends Set {} module.exports = () => new Own();')),
  );
  assert.notEqual(patch, null);
  assert.deepEqual(
    verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, file }) => `${code} ${file}`),
    ['file-unreachable one.js'],
  );
});
