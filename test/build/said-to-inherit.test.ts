/** Constructors that go on inheriting what they did, where the new version says so in another way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const source = (says: string, n = 1, head = ''): string => `'use strict';
const util = require('util');
${head}
function Base() {}
Base.prototype.kind = function () { return 'base' };
function Other() {}
function Box() {}
${says}
Box.prototype.n = function () { return ${n} };
exports.Box = Box;
exports.Base = Base;
exports.box = new Box();`;

test('Node says it from now on, and notes the superclass', async () => {
  const p = await program(
    { 'index.js': source('Box.prototype.__proto__ = Base.prototype;') },
    { 'index.js': source('util.inherits(Box, Base);', 2) },
  );
  const { box, Box, Base } = p.exports;
  assert.deepEqual(p.codes('warning'), []);
  await p.apply();
  assert.deepEqual([box.n(), box.kind(), Box.super_ === Base, Object.keys(Box)], [2, 'base', true, []]);
  await p.revert();
  assert.deepEqual([box.n(), box.kind(), 'super_' in Box], [1, 'base', false]);
  p.clean();
});

const ELSE = "const inherits = require('inherits');";
for (const [what, before, after] of [
  [
    'the emitter of Node by its other name',
    source("util.inherits(Box, require('events'));"),
    source("util.inherits(Box, require('events').EventEmitter);", 2),
  ],
  [
    'a name for what says it',
    source("util.inherits(Box, require('events').EventEmitter);"),
    source('inherits(Box, EventEmitter);', 2, "const { inherits } = require('node:util'); const EventEmitter = require('events');"),
  ],
] as const)
  test(`it is said as before: ${what}`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    assert.deepEqual(p.codes('warning'), []);
    await p.apply();
    assert.deepEqual([p.exports['box'].n(), typeof p.exports['box'].emit], [2, 'function']);
    p.clean();
  });

for (const [what, before, after] of [
  ['of another class', 'Box.prototype.__proto__ = Base.prototype;', 'util.inherits(Box, Other);'],
  ['of nothing so far', '', 'util.inherits(Box, Base);'],
  ['of what is no class of Node', "util.inherits(Box, require('events'));", "util.inherits(Box, require('stream').Readable);"],
  ['with a function of the same name', 'util.inherits(Box, Base);', 'const inherits = (a, b) => { a.of = b }; inherits(Box, Base);'],
] as const)
  test(`a constructor that inherits otherwise is refused: ${what}`, async () => {
    const { patch } = await build({ 'index.js': source(before) }, { 'index.js': source(after, 2) });
    assert.equal(patch, null);
  });

test('the package that Node has it of says the same', async () => {
  const { verdicts } = await build(
    { 'index.js': source('util.inherits(Box, Base);') },
    { 'index.js': source('inherits(Box, Base);', 2, ELSE) },
  );
  assert.ok(!verdicts.some(({ code }) => code === 'statement-changed' || code === 'statement-removed'));
});
