/** A module that a bundler wrote for every kind of loader in one version, and for `require` alone in the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const HEADER = `(function (global, factory) {
  typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) :
  typeof define === 'function' && define.amd ? define(['exports'], factory) :
  (global = global || self, factory(global.lib = {}));
}(this, (function (exports) { 'use strict';
`;
const umd = (code: string): string => `${HEADER}\n${code}\n})));\n`;
const flat = (code: string): string => `'use strict';\n\n${code}`;
const code = (step: number): string => `let count = 0;
var Box = /*#__PURE__*/function () {
  function Box() { this.n = count; }
  Box.prototype.next = function next() { return count += ${step}; };
  return Box;
}();
function next() { return count += ${step}; }
exports.Box = Box;
exports.next = next;
`;

for (const [what, before, after] of [
  ['no longer', umd, flat],
  ['from now on', flat, umd],
] as const)
  test(`a module that is written for every loader ${what} goes on with its state`, async () => {
    const p = await program({ 'index.js': before(code(1)) }, { 'index.js': after(code(10)) });
    assert.deepEqual(new Set(p.codes('carried')), new Set(['function-changed']));
    const { next, Box } = p.exports;
    const box = new Box();
    assert.deepEqual([next(), box.next()], [1, 2]);
    await p.apply();
    assert.deepEqual([next(), box.next(), p.exports['next'] === next], [12, 22, true]);
    await p.revert();
    assert.equal(next(), 23);
  });

test('lines are those of the new version', async () => {
  for (const [before, after] of [
    [umd, flat],
    [flat, umd],
  ] as const) {
    const { verdicts } = await build({ 'index.js': before(code(1)) }, { 'index.js': after(code(10)) });
    const line =
      after(code(10))
        .split('\n')
        .findIndex((text) => text.startsWith('function next')) + 1;
    assert.ok(
      verdicts.some((v) => v.line === line),
      JSON.stringify(verdicts),
    );
  }
});

test('it is as ever where the code would do something else there', async () => {
  const refused = async (before: string, after: string): Promise<boolean> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.some(({ verdict }) => verdict === 'refused');
  };
  assert.equal(await refused(umd(code(1)), flat(code(10))), false);
  const cases: Readonly<Record<string, readonly [before: string, after: string]>> = {
    'a module that asks for `this`': [umd(code(1)), flat(`${code(10)}exports.self = this;`)],
    'one that asks for its arguments': [
      umd(`${code(1)}exports.own = arguments.length;`),
      flat(`${code(10)}exports.own = arguments.length;`),
    ],
    'one that declares what the function takes': [umd(code(1)), flat(`var exports = module.exports;\n${code(10)}`)],
    'a function that returns the module': [
      umd(`${code(1)}return exports;`).replace('? factory(exports)', '? module.exports = factory(exports)'),
      flat(code(10)),
    ],
    'one that is given something else': [umd(code(1)).replace('? factory(exports)', '? factory(module.exports)'), flat(code(10))],
    'one that calls it by another name': [umd(code(1)).replace('(function (exports) {', '(function (lib) {'), flat(code(10))],
    'a function that asks for `this`': [flat(code(1)), umd(`${code(10)}exports.self = this;`)],
    'one that asks for its arguments in turn': [
      flat(`${code(1)}exports.own = arguments.length;`),
      umd(`${code(10)}exports.own = arguments.length;`),
    ],
  };
  for (const [what, [before, after]] of Object.entries(cases)) assert.equal(await refused(before, after), true, what);
});
