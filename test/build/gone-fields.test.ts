/** A field that has gone: the running class goes on giving it, which only does no harm where nobody finds it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const base = `class Box {
  gone = new Map();
  left;
  size = 1;
  constructor(size) { this.size += size }
  grow() { return this.size }
}
exports.Box = Box;
exports.make = (size) => new Box(size);
`;
const edited = base.replace('  gone = new Map();\n  left;\n', '').replace('return this.size }', 'return this.size * 2 }');

test('fields that no code names any more are left where they are', async () => {
  const p = await program({ 'index.js': base }, { 'index.js': edited });
  const { make } = p.exports;
  const old = make(1);
  await p.apply();
  assert.deepEqual([old.grow(), make(2).grow()], [4, 6]);
  assert.deepEqual(
    p.report.verdicts.filter(({ verdict }) => verdict !== 'carried').map(({ code, path }) => [code, path]),
    [
      ['member-removed', 'Box#gone'],
      ['member-removed', 'Box#left'],
    ],
  );
  assert.ok('gone' in make(3), 'as the report says');
  await p.revert();
  assert.equal(old.grow(), 2);
});

test('one that the constructor sets in any case is on what is new all the same', async () => {
  const text = (field: string, set: string, factor: number): string =>
    `class Box { ${field}size; constructor(size) { this.size = size; ${set} } grow() { return this.size * ${factor} + this.all.length } }\nexports.make = (size) => new Box(size);\n`;
  for (const [before, after] of [
    [text('all; ', 'this.all = [];', 1), text('', 'this.all = [];', 2)],
    [text('all = []; ', '', 1), text('', 'this.all = [];', 2)],
  ] as const) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const old = p.exports['make'](1);
    await p.apply();
    assert.deepEqual([old.grow(), p.exports['make'](2).grow(), p.codes('warning'), p.codes('refused')], [2, 4, [], []]);
    await p.revert();
  }
  const sometimes = await build({ 'index.js': text('all = []; ', '', 1) }, { 'index.js': text('', 'if (size) this.all = [];', 1) });
  const other = await build({ 'index.js': text('all = []; ', '', 1) }, { 'index.js': text('', 'this.all = [size];', 1) });
  for (const { verdicts } of [sometimes, other])
    assert.ok(verdicts.some(({ code, path }) => code === 'class-changed' && path === 'Box#all'));
});

test('one that the constructor of a class of a superclass of another package sets in any case is set by that', async () => {
  const text = (field: string, set: string, factor: number): string =>
    `class Box extends require('node:events') { ${field}constructor(size) { super(); ${set} this.size = size } grow() { return this.size * ${factor} + this.all.length } }\nexports.make = (size) => new Box(size);\n`;
  const p = await program({ 'index.js': text('all = []; ', '', 1) }, { 'index.js': text('', 'this.all = [];', 2) });
  const old = p.exports['make'](1);
  await p.apply();
  assert.deepEqual([old.grow(), p.exports['make'](2).grow()], [2, 4]);
  assert.deepEqual(
    p.report.verdicts.filter(({ verdict }) => verdict !== 'carried').map(({ code, path }) => [code, path]),
    [['member-removed', 'Box#all']],
  );
  await p.revert();
  assert.deepEqual([old.grow(), p.exports['make'](2).grow()], [1, 2]);
});

for (const [what, before, after, beside] of [
  ['a method has its name now', base, edited.replace('grow()', 'gone() { return 7 }\n  grow()')],
  [
    'an accessor of a class above has its name',
    `class Top { get gone() { return 7 } }\n${base.replace('Box {', 'Box extends Top {').replace('(size) {', '(size) { super();')}`,
    `class Top { get gone() { return 7 } }\n${edited.replace('Box {', 'Box extends Top {').replace('(size) {', '(size) { super();')}`,
  ],
  [
    "the class above is another package's",
    base.replace('Box {', "Box extends require('node:events') {").replace('(size) {', '(size) { super();'),
    edited.replace('Box {', "Box extends require('node:events') {").replace('(size) {', '(size) { super();'),
  ],
  ['code asks for it', base, `${edited}exports.has = (x) => 'gone' in x;`],
  ['code reads it', base, `${edited}exports.has = ({ gone: own }) => own;`],
  ['a module beside names it', base, edited, 'exports.has = (x) => x.gone === undefined;'],
  [
    'a method lists what the object has',
    `${base}Box.f = 1;`.replace('grow()', 'all() { return { ...this } }\n  grow()'),
    `${edited}Box.f = 1;`.replace('grow()', 'all() { return { ...this } }\n  grow()'),
  ],
  [
    'a method takes out all that is left of it',
    `${base}Box.f = 1;`.replace('grow()', 'all() { const { size, ...more } = this; return more }\n  grow()'),
    `${edited}Box.f = 1;`.replace('grow()', 'all() { const { size, ...more } = this; return more }\n  grow()'),
  ],
  ['what it begins with does something', base.replace('new Map()', 'setInterval(() => {}, 5)'), edited],
] as const)
  test(`stays refused where ${what}`, async () => {
    const files = (text: string): Record<string, string> => ({ 'index.js': `require('./b.js');${text}`, 'b.js': beside ?? '' });
    const { patch, verdicts } = await build(files(before), files(after));
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code, path }) => code === 'class-changed' && path === 'Box#gone'));
  });
