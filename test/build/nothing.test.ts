/** Values that stand for nothing, and what asks for them, as bundlers and minifiers write them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExpressionAt } from 'acorn';
import type { AnyNode } from 'acorn';
import { booleanOf, isNull, isUndefined, nothingTest } from '../../src/build/version/forms/nothing.ts';
import { program } from './harness.ts';

const parsed = (text: string): AnyNode => parseExpressionAt(text, 0, { ecmaVersion: 'latest' }) as AnyNode;

test('undefined, null and booleans are known by each way to write them', () => {
  const texts = ['undefined', 'void 0', 'void x()', 'null', '!0', '!1', 'true', 'false', '!x', "!''"];
  const kinds = texts.map((text) => {
    const node = parsed(text);
    return isUndefined(node) ? 'undefined' : isNull(node) ? 'null' : String(booleanOf(node));
  });
  assert.deepEqual(kinds, ['undefined', 'undefined', 'null', 'null', 'true', 'false', 'true', 'false', 'null', 'null']);
});

const TESTS: Readonly<Record<string, string | null>> = {
  'x === undefined': 'undefined true',
  'void 0 !== x': 'undefined false',
  'x == null': 'null or undefined true',
  'null != x': 'null or undefined false',
  'null === x': 'null true',
  "typeof x === 'undefined'": 'undefined true',
  "'undefined' != typeof x": 'undefined false',
  "typeof x > 'u'": 'undefined true',
  "typeof x < 'u'": 'undefined false',
  "'u' < typeof x": 'undefined true',
  "'u' > typeof x": 'undefined false',
  "typeof x > 't'": null,
  "typeof x === 'string'": null,
  'x === 0': null,
  'x > null': null,
  x: null,
};
for (const [text, expected] of Object.entries(TESTS))
  test(`what \`${text}\` asks`, () => {
    const found = nothingTest(parsed(text));
    assert.equal(found && `${found.kind} ${found.holds}`, expected);
    if (found) assert.equal((found.of as { readonly name?: string }).name, 'x');
  });

for (const none of ['undefined', 'void 0', 'null', 'false', '!1'])
  test(`a cache of closures that may be ${none} is emptied`, async () => {
    const files = (part: string) => ({
      'index.js': `const { part } = require('./part');
exports.make = (off) => { const cache = off ? ${none} : new Map(); return (key) => { if (!cache) return part(key);
  if (!cache.has(key)) cache.set(key, part(key)); return cache.get(key); }; };`,
      'part.js': `exports.part = (key) => key + '${part}';`,
    });
    const p = await program(files('a'), files('b'));
    const made = p.exports['make']();
    assert.equal(made('x'), 'xa');
    await p.apply();
    assert.equal(made('x'), 'xb');
    await p.revert();
  });

for (const empty of ['table === undefined', 'void 0 === table', "typeof table > 'u'", 'null == table', '!table'])
  test(`a table that is filled where \`${empty}\``, async () => {
    const text = (n: number): string =>
      `let table;\nexports.of = (key) => { if (${empty}) { table = {}; table.a = ${n}; } return table[key]; };`;
    const p = await program({ 'index.js': text(1) }, { 'index.js': text(2) });
    assert.equal(p.exports['of']('a'), 1);
    await p.apply();
    assert.equal(p.exports['of']('a'), 2);
    await p.revert();
  });

for (const asks of [
  'options.max !== undefined',
  'void 0 !== options.max',
  "typeof options.max < 'u'",
  'null != options.max',
  "'number' == typeof options.max",
])
  test(`an option that is taken where \`${asks}\` counts as not given`, async () => {
    const text = (entries: string, more: string, max: string): string =>
      `exports.make = (options) => { var settings = { size: 10${entries} }; if (options) {${more} } return (n) => n < settings.size${max}; };`;
    const p = await program(
      { 'index.js': text('', '', '') },
      { 'index.js': text(', max: 5', ` if (${asks}) { settings.max = options.max; }`, ' && n < settings.max') },
    );
    const made = p.exports['make']({ size: 10 });
    assert.equal(made(7), true);
    await p.apply();
    assert.deepEqual([made(7), p.exports['make']({ max: 8 })(7)], [false, true]);
    await p.revert();
  });

for (const lacks of ['options === undefined', 'void 0 === options', "typeof options > 'u'", 'null == options'])
  test(`options that are made where \`${lacks}\` are those that were given`, async () => {
    const text = (more: string, gives: string): string =>
      `exports.Box = class Box { constructor(options) { if (${lacks}) options = {}; this.size = options.size;${more} } get() { return ${gives}; } };`;
    const p = await program({ 'index.js': text('', 'this.size') }, { 'index.js': text(' this.max = options.max || 5;', 'this.max') });
    const made = new p.exports['Box']({ size: 10 });
    await p.apply();
    assert.equal(made.get(), 5);
    await p.revert();
  });
