/** Functions of object literals that one version of a compiler writes as methods and another does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const module = (entry: string, factor: number): string => `const known = [];
function register(command) { known.push(command); }
register({ name: 'grow', ${entry} });
function grow(x) { return x * ${factor}; }
exports.run = (x) => known.map((command) => command.run(x)).join();
`;

const FORMS = ['run: function (x) { return grow(x); }', 'run: function run(x) { return grow(x); }', 'run(x) { return grow(x); }'];

test('a statement that gives away such a function goes on', async () => {
  for (const before of FORMS)
    for (const after of FORMS) {
      const p = await program({ 'index.js': module(before, 2) }, { 'index.js': module(after, 3) });
      assert.deepEqual(p.codes(), ['function-changed'], after);
      assert.equal(p.exports['run'](1), '2');
      await p.apply();
      assert.equal(p.exports['run'](1), '3');
      await p.revert();
      assert.equal(p.exports['run'](1), '2');
      p.clean();
    }
});

test('and its new code is what those run that were given away', async () => {
  const p = await program(
    { 'index.js': module('run: function run(x) { return grow(x); }', 2) },
    { 'index.js': module('run(x) { return -grow(x); }', 2) },
  );
  assert.deepEqual(p.codes(), ['function-changed']);
  await p.apply();
  assert.equal(p.exports['run'](1), '-2');
  await p.revert();
  assert.equal(p.exports['run'](1), '2');
});

test('where something may tell the two, the statement is another', async () => {
  for (const [before, after] of [
    ['Run: function (x) { return grow(x); }', 'Run(x) { return grow(x); }'],
    ['__proto__: function (x) { return grow(x); }', '__proto__(x) { return grow(x); }'],
    ['run: function (x) { return grow(x); }', 'get run() { return grow; }'],
  ] as const) {
    const { verdicts } = await build({ 'index.js': module(before, 2) }, { 'index.js': module(after, 2) });
    assert.ok(
      verdicts.some(({ code }) => /^statement-(changed|added)$/.test(code)),
      after,
    );
  }
});

test('a method that says super needs the object that it was written in', async () => {
  const { verdicts } = await build(
    { 'index.js': module('run: function (x) { return grow(x); }', 2) },
    { 'index.js': module('run(x) { return super.toString() + grow(x); }', 2) },
  );
  assert.ok(verdicts.some(({ code }) => code === 'super-out-of-reach'));
});
