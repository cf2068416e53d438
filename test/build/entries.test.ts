/** Entries that an object literal gains: new code finds them on what old code wrote out, and on nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const index = (entry: string): string => `const codec = require('./codec.js');
exports.make = function (options) {
  options = options || { loose: false, depth: 20${entry} };
  return codec(options);
};`;
const codec = (check: string): string => `module.exports = function (settings) {
  return { read: (text) => parse(text, settings) };
  function parse(text, options) { ${check} return options.depth + text }
};`;
const check = `if (text === 'bad' && options.action === 'error') throw new SyntaxError(text);`;
const files = (entry: string, more: string): Record<string, string> => ({ 'index.js': index(entry), 'codec.js': codec(more) });

test('new code finds the entry on what old code wrote out and passed on, and not on what the program gave', async () => {
  const p = await program(files('', ''), files(`, action: 'error'`, check));
  const old = p.exports['make']();
  const given = p.exports['make']({ loose: true, depth: 20 });
  const others = [p.exports['make']({ depth: 5 }), p.exports['make'](Object.create({ loose: false, depth: 20 }))];
  assert.deepEqual(
    p.codes('carried').filter((code) => code !== 'function-changed'),
    ['entry-supplied'],
  );
  assert.deepEqual(p.codes('warning'), []);
  await p.apply();
  for (const made of [old, p.exports['make']()]) {
    assert.throws(() => made.read('bad'), /^SyntaxError: bad$/);
    assert.equal(made.read('good'), '20good');
  }
  assert.equal(given.read('bad'), '20bad');
  assert.deepEqual(
    others.map((one) => one.read('bad')),
    ['5bad', '20bad'],
  );
  assert.equal(p.exports['make']({ loose: false, depth: 20, action: 'pass' }).read('bad'), '20bad');
  await p.revert();
  assert.equal(old.read('bad'), '20bad');
  p.clean();
});

for (const [what, before, after] of [
  ['the old code writes to another entry', 'options.depth += 1;', 'options.depth += 1;'],
  ['the new code writes to it', '', `options.action = 'pass';`],
  ['the new code takes it out of the object', '', 'const { action } = options;'],
  [
    'another literal looks the same',
    'exports.like = () => ({ loose: false, depth: 1 });',
    'exports.like = () => ({ loose: false, depth: 1 });',
  ],
] as const)
  test(`it is not made up where ${what}`, async () => {
    const { verdicts } = await build(
      { 'index.js': index(''), 'codec.js': before.startsWith('exports') ? before + codec('') : codec(before) },
      { 'index.js': index(`, action: 'error'`), 'codec.js': after.startsWith('exports') ? after + codec(check) : codec(after + check) },
    );
    const codes = verdicts.map(({ code }) => code);
    assert.ok(codes.includes('instances-lack'));
    assert.ok(!codes.includes('entry-supplied'));
  });

test('many entries at once: none of them may be a word that the old version says anywhere', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `entry${i}`);
  const entries = names.map((name) => `, ${name}: 'error'`).join('');
  const checks = names.map((name) => `if (options.${name} === 'error') throw new SyntaxError(text);`).join('\n');
  for (const [beside, count] of [
    ['// $entry31, entry3x, aentry4', 40],
    ['// entry30', 0],
  ] as const) {
    const { verdicts } = await build({ ...files('', ''), 'other.js': beside }, { ...files(entries, checks), 'other.js': beside });
    assert.equal(verdicts.filter(({ code }) => code === 'entry-supplied').length, count, beside);
  }
});

test('the name of an entry may be any text', async () => {
  const index = (entry: string): string => `exports.make = (other) => {
  exports.table = { a: 1${entry} };
  return (key) => exports.table[key] || other;
};`;
  for (const name of ['*', '**', '.', '$(', '\\', '[a', '{', '|']) {
    const report = await build({ 'index.js': index('') }, { 'index.js': index(`, ${JSON.stringify(name)}: 2`) });
    assert.notEqual(report.patch, null, name);
  }
});
