/** What a CommonJS module gives away by a name, and in the other version by the exports that have it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const source = (end: string, n = 1): string => `'use strict';
const box = (text) => [text, ${n}];
exports.size = 3;
exports.default = box;
exports.box = box;
${end}`;
const NAMED = 'module.exports = box; module.exports.default = box;';
const AGAIN = 'module.exports = exports.default; module.exports.default = module.exports;';

for (const [before, after] of [
  [NAMED, AGAIN],
  [AGAIN, NAMED],
] as const)
  test(`the module goes on as the function that it gave: ${before}`, async () => {
    const p = await program({ 'index.js': source(before) }, { 'index.js': source(after, 2) });
    const box = p.exports as unknown as (text: string) => unknown;
    assert.deepEqual(p.codes('warning'), []);
    assert.deepEqual(
      [box('a'), p.exports['default']('a')],
      [
        ['a', 1],
        ['a', 1],
      ],
    );
    await p.apply();
    assert.deepEqual(
      [box('a'), p.exports['default']('a')],
      [
        ['a', 2],
        ['a', 2],
      ],
    );
    await p.revert();
    assert.deepEqual(box('a'), ['a', 1]);
    p.clean();
  });

for (const [what, end] of Object.entries({
  'other code may have put something else there': "Object.assign(exports, require('./more.js')); module.exports = exports.default;",
  'a function puts something else there': 'exports.set = (fn) => { exports.default = fn }; module.exports = exports.default;',
  'it is another one': 'module.exports = exports.size;',
}))
  test(`where ${what}, it is not told what the module gives`, async () => {
    const more = 'exports.default = () => 0;';
    const { patch } = await build(
      { 'index.js': source('module.exports = box;'), 'more.js': more },
      { 'index.js': source(end, 2), 'more.js': more },
    );
    assert.equal(patch, null);
  });

test('a class that has another name from now on is given away by a variable that stands for it', async () => {
  const before = `var Box = /*#__PURE__*/function () { function Box(n) { this.n = n } Box.prototype.next = function () { return this.n + 1 }; return Box; }();
Box.version = '1';
{ register(Box); }
function register(type) { type.known = true }
module.exports = Box;`;
  const after = `var Box$1 = /*#__PURE__*/function () { function Box(n) { this.n = n } Box.prototype.next = function () { return this.n + 2 }; return Box; }();
Box$1.version = '1';
{ register(Box$1); }
function register(type) { type.known = true }
var Box = Box$1;
module.exports = Box;`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const Box = p.exports as unknown as new (n: number) => { next(): number };
  const box = new Box(1);
  await p.apply();
  assert.deepEqual([box.next(), new Box(5).next()], [3, 7]);
  await p.revert();
  assert.equal(box.next(), 2);
  p.clean();
});

test('a variable that may stand for something else by then is no other name', async () => {
  for (const end of [
    'let given = box; given = exports.size; module.exports = given;',
    'var given = box; exports.set = (fn) => { given = fn }; module.exports = given;',
    'module.exports = given; var given = box;',
  ]) {
    const { patch } = await build({ 'index.js': source('module.exports = box;') }, { 'index.js': source(end, 2) });
    assert.equal(patch, null, end);
  }
});
