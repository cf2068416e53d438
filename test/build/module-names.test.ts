/** Modules of a bundle that have a name which another one had. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

const LOADER = `var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };\n`;

type Modules = readonly (readonly [name: string, path: string, text: string])[];

/** As esbuild writes it. */
const bundle = (modules: Modules, end: string): string =>
  LOADER +
  modules
    .map(([name, path, text]) => `var ${name} = __commonJS({\n  ${JSON.stringify(path)}(exports, module) {\n${text}\n} });\n`)
    .join('') +
  end;

const store = (more: string): string => `var count = 0;\nvar step = 1;\nexports.next = () => (count += step)${more};`;
const END = 'exports.a = () => require_store().next();\nexports.b = () => require_store2().next();\n';

test('two that changed names go on with what each has', async () => {
  const [a, b] = ['lib/a/store.js', 'lib/b/store.js'];
  const before = bundle(
    [
      ['require_store', a, store('')],
      ['require_store2', b, store(' * 10')],
    ],
    END,
  );
  const after = bundle(
    [
      ['require_store', b, store(' * 10 + 1')],
      ['require_store2', a, store(' + 100')],
    ],
    'exports.a = () => require_store2().next();\nexports.b = () => require_store().next();\n',
  );
  const p = await program({ 'index.js': before }, { 'index.js': after });
  assert.deepEqual([p.exports['a'](), p.exports['a'](), p.exports['b']()], [1, 2, 10]);
  await p.apply();
  assert.deepEqual([p.exports['a'](), p.exports['b']()], [103, 21]);
  assert.ok(p.codes().every((code) => code === 'function-changed'));
  await p.revert();
  assert.deepEqual([p.exports['a'](), p.exports['b']()], [4, 30]);
});

test('one that has the name of one that has gone is new', async () => {
  const end = 'exports.make = () => { const debug = require_debug()("x"); return [debug, debug.on]; };\n';
  const before = bundle(
    [
      [
        'require_debug',
        'debug/debug.js',
        'module.exports = (name) => { made.push(name); return name; };\nvar made = [];\nmodule.exports.made = made;',
      ],
    ],
    end,
  );
  const after = bundle(
    [
      ['require_ms', 'ms/index.js', 'module.exports = (x) => x * 2;'],
      ['require_debug', 'debug/src/debug.js', 'var ms = require_ms();\nexports.debug = (name) => name + ms(2);\nexports.debug.on = true;'],
      ['require_src', 'debug/src/index.js', 'module.exports = require_debug().debug;'],
    ],
    end.replace('require_debug()', 'require_src()'),
  );
  const p = await program({ 'index.js': before }, { 'index.js': after });
  assert.deepEqual(p.exports['make'](), ['x', undefined]);
  await p.apply();
  assert.deepEqual(p.exports['make'](), ['x4', undefined]);
  await p.revert();
  assert.deepEqual(p.exports['make'](), ['x', undefined]);
});

test('a path that two have tells nothing', async () => {
  const both = (more: string): Modules => [
    ['require_store', 'lib/store.js', store(more)],
    ['require_store2', 'lib/store.js', store(` * 10${more}`)],
  ];
  const p = await program({ 'index.js': bundle(both(''), END) }, { 'index.js': bundle(both(' + 100'), END) });
  assert.deepEqual([p.exports['a'](), p.exports['b']()], [1, 10]);
  await p.apply();
  assert.deepEqual([p.exports['a'](), p.exports['b']()], [102, 120]);
  await p.revert();
});

const PIECE = 'var count = 0;\nvar first = 1;\nvar second = 2;\nvar third = first + second;\nexports.third = third;';
const piece = (more: string): string => `${PIECE}\nexports.next = () => ++count${more};`;

test('a piece of a package whose name has another hash is the same module', async () => {
  const other = 'exports.one = 1;\nexports.two = 2;\nexports.three = 3;';
  const at = (first: string, second: string, more: string): string =>
    bundle(
      [
        ['require_chunk', `node_modules/u/chunk-${first}.js`, piece(more)],
        ['require_chunk2', `node_modules/u/chunk-${second}.js`, other],
      ],
      'exports.next = () => require_chunk().next() + require_chunk2().one;\n',
    );
  const p = await program({ 'index.js': at('65XJMMLO', 'NISHYRIK', '') }, { 'index.js': at('BA2T7WQE', 'ZK4RR2PA', ' + 100') });
  assert.equal(p.exports['next'](), 2);
  await p.apply();
  assert.deepEqual([p.exports['next'](), p.codes()], [103, ['function-changed']]);
  await p.revert();
});

test('of two pieces that are like one neither is told to be it', async () => {
  const end = 'exports.next = () => require_chunk().next();\n';
  const at = (...names: readonly string[]): string =>
    bundle(
      names.map((name, i) => [`require_chunk${i === 0 ? '' : i + 1}`, `node_modules/u/chunk-${name}.js`, piece(` + ${i}`)] as const),
      end,
    );
  const p = await program({ 'index.js': at('65XJMMLO') }, { 'index.js': at('BA2T7WQE', 'ZK4RR2PA') });
  assert.equal(p.exports['next'](), 1);
  await p.apply();
  assert.equal(p.exports['next'](), 1, 'it is another module');
  await p.revert();
});

test('one that grew to many times what it was is the one of its name where no other is', async () => {
  const end = 'exports.next = () => require_chunk().next();\n';
  const grown = Array.from({ length: 20 }, (_, i) => `exports.more${i} = ${i};`).join('\n');
  const p = await program(
    { 'index.js': bundle([['require_chunk', 'node_modules/u/chunk-Co1RhryO.js', piece('')]], end) },
    { 'index.js': bundle([['require_chunk', 'node_modules/u/chunk-DfhegIxR.js', `${grown}\n${piece(' + 100')}`]], end) },
  );
  assert.equal(p.exports['next'](), 1);
  await p.apply();
  assert.equal(p.exports['next'](), 102);
  await p.revert();
});
