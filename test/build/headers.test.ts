/** Headers by which one file serves CommonJS, AMD and browsers: what counts is what they lead to in Node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const factory = 'function (core) { function f(x) { return core.one + x }\ncore.f = f; return { f } }';
const amdFirst = `(function (root, factory) {
  if (typeof define === 'function' && define.amd) define(['./core', './a'], factory);
  else if (typeof exports === 'object') module.exports = exports = factory(require('./core'), require('./a'));
  else root.lib = factory(root.core);
})(this, ${factory});`;
const other = (loads: string): string => `(function (global, make) {
  typeof exports === 'object' && typeof module !== 'undefined' && exports && typeof exports.nodeName !== 'string'
    ? (module.exports = exports = make(require('./core')${loads}))
    : typeof define === 'function' && define.amd ? define(['./core'], make) : (global = global || self, global.lib = make(global.core));
})(this, ${factory.replace('one + x', 'one + x * 2')});`;
const files = { 'core.js': 'exports.one = 1', 'a.js': "require('./core').a = true", 'b.js': "require('./core').b = true" };

test('another form of header, and other names of its parameters', async () => {
  const p = await program({ 'index.js': amdFirst, ...files }, { 'index.js': other(", require('./a')") });
  await p.apply();
  assert.equal(p.exports['f'](3), 7);
  assert.deepEqual(p.codes(), ['function-changed']);
});

test('a module that the header only loads is loaded', async () => {
  const p = await program({ 'index.js': amdFirst, ...files }, { 'index.js': other(", require('./a'), require('./b')") });
  assert.equal(p.load('core.js')['b'], undefined);
  await p.apply();
  assert.equal(p.load('core.js')['b'], true);
});

test('a module that is required or imported for what it does', async () => {
  for (const [name, load] of [
    ['index.js', "require('./b.js')"],
    ['index.mjs', "import './b.js'"],
  ] as const) {
    const give = name === 'index.js' ? 'exports.f = ' : 'export const f = ';
    const p = await program(
      { [name]: `${give}() => 1`, 'core.js': files['core.js'], 'b.js': files['b.js'] },
      { [name]: `${load};\n${give}() => 2` },
    );
    await p.apply();
    assert.deepEqual([p.exports['f'](), p.load('core.js')['b']], [2, true]);
  }
});

test('an import under another name is the same one, in functions and in statements', async () => {
  const before = "var native = require('node:os');\nif (native.EOL) { exports.a = () => native.EOL } else { exports.a = null }";
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replaceAll('native', 'nativeImpl').replace('=> nativeImpl.EOL', '=> [nativeImpl.EOL]') },
  );
  await p.apply();
  assert.deepEqual(p.exports['a'](), ['\n']);
  assert.deepEqual(p.codes(), ['function-changed']);
});

test('an import under another name, where a local has the old one', async () => {
  const before = "var a = require('node:os');\nexports.f = () => a.EOL";
  const p = await program(
    { 'index.js': before },
    { 'index.js': "var b = require('node:os');\nexports.f = () => { const a = 1; return [a, b.EOL] }" },
  );
  assert.equal(p.report.patch, null);
  assert.deepEqual(p.codes(), ['name-out-of-reach']);
});

/** A header that gives `exports` and then `asks` to a factory with the parameters `names`, and the body of that. */
const asking = (asks: readonly string[], names: readonly string[], body: string): string => `(function (global, factory) {
  typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports${asks.map((ask) => `, require('${ask}')`).join('')}) :
  typeof define === 'function' && define.amd ? define(['exports'], function (exports) { factory(exports${', global.lib'.repeat(asks.length)}) }) :
  factory(global.lib = {}${', global.lib'.repeat(asks.length)});
})(this, function (${['exports', ...names].join(', ')}) { 'use strict';
${body}
});`;
const lib = { 'one.js': 'exports.name = 1', 'two.js': 'exports.name = 2', 'three.js': 'exports.name = 3' };

test('modules that a header asks for in another order, by the same names and by others', async () => {
  const body = (one: string, two: string, more: string): string =>
    `exports.same = () => [${one}.name, ${two}.name]; exports.other = () => [${two}.name, ${one}.name${more}];`;
  for (const [names, one, two] of [
    [['two', 'one'], 'one', 'two'],
    [['b', 'a'], 'a', 'b'],
    // What was called by one name is the other module now.
    [['one', 'two'], 'two', 'one'],
  ] as const) {
    const p = await program(
      { 'index.js': asking(['./one', './two'], ['one', 'two'], body('one', 'two', '')), ...lib },
      { 'index.js': asking(['./two', './one'], names, body(one, two, ', 0')) },
    );
    await p.apply();
    assert.deepEqual(
      [p.exports['same'](), p.exports['other']()],
      [
        [1, 2],
        [2, 1, 0],
      ],
    );
    assert.deepEqual([...new Set(p.codes())], ['function-changed']);
    await p.revert();
    assert.deepEqual(p.exports['other'](), [2, 1]);
  }
});

test('a function that is written the same, where the header gives its name to another module', async () => {
  const body = (n: number): string => `exports.f = () => one.name; exports.n = () => ${n};`;
  const p = await program(
    { 'index.js': asking(['./one', './two'], ['one', 'two'], body(1)), ...lib },
    { 'index.js': asking(['./one', './two'], ['two', 'one'], body(2)) },
  );
  await p.apply();
  assert.deepEqual([p.exports['f'](), p.exports['n']()], [2, 2]);
});

test('a module that a header asks for besides, no longer, or in the place of another', async () => {
  const body = (names: readonly string[]): string =>
    `const first = () => ${names[0]}.name; exports.f = () => [first(), ${names.map((n) => `${n}.name`).join(', ')}];`;
  const cases: readonly (readonly [readonly string[], readonly string[], readonly string[], readonly number[]])[] = [
    [['./one'], ['./three', './one'], ['import-added'], [3, 3, 1]],
    [[], ['./three'], ['import-added'], [3, 3]],
    [['./one', './two'], ['./two'], ['import-removed'], [2, 2]],
    [['./one'], ['./two'], ['import-added', 'import-removed'], [2, 2]],
    [['./one'], ['./new', './one'], ['import-added', 'file-added'], [9, 9, 1]],
  ];
  for (const [before, after, codes, wanted] of cases) {
    const named = (asks: readonly string[]): string[] => asks.map((ask) => ask.slice(2).replace('new', 'fresh'));
    const old = before.length === 0 ? 'exports.f = () => 0;' : body(named(before));
    const p = await program(
      { 'index.js': asking(before, named(before), old), ...lib },
      { 'index.js': asking(after, named(after), body(named(after))), 'new.js': 'exports.name = 9' },
    );
    const first = p.exports['f']();
    await p.apply();
    assert.deepEqual(p.exports['f'](), wanted);
    assert.deepEqual(
      p.codes().filter((code) => /^(import|file)-/.test(code)),
      codes,
    );
    await p.revert();
    assert.deepEqual(p.exports['f'](), first);
  }
});

test('a header of which it is not certain what it gives its factory is refused where that changes', async () => {
  const body = 'exports.f = () => [one.name, two.name];';
  const swapped = asking(['./two', './one'], ['two', 'one'], body.replace(']', ', 0]'));
  const plain = asking(['./one', './two'], ['one', 'two'], body);
  const ways: readonly (readonly [(header: string) => string, string])[] = [
    [(header) => header.replace("typeof exports === 'object'", 'global.setTimeout !== 1'), 'statement-changed'],
    [(header) => header.replace(/factory\((exports, require.*\))\) :/, '(factory(), factory($1)) :'), 'statement-changed'],
    [(header) => header.replace(/factory\((exports, require.*\))\) :/, '(() => factory($1))() :'), 'wrapper-changed'],
    [(header) => header.replace("'use strict';", 'arguments[1].name;'), 'statement-changed'],
  ];
  const refusal = async (before: string, after: string): Promise<string | undefined> => {
    const report = await build({ 'index.js': before, ...lib }, { 'index.js': after, ...lib });
    return report.verdicts.find(({ verdict }) => verdict === 'refused')?.code;
  };
  for (const [way, code] of ways) {
    assert.notEqual(way(plain), plain);
    assert.equal(await refusal(way(plain), way(swapped)), code, way(plain));
  }
  const more = swapped
    .replace('factory(exports, require', 'factory(exports, global, require')
    .replace('(exports, two', '(exports, self, two');
  assert.equal(await refusal(plain, more), 'statement-changed');
});
