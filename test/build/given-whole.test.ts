/** What is given to the call that makes what a module gives away, and goes on under another name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const plugin = `exports.plugin = (own, about) => Object.assign(own, { about });
exports.wrapped = (own) => (n) => own(n);
exports.other = (own) => own;`;

const version = (own: string, given: string, more = ''): string => `const { plugin, wrapped, other } = require('./plugin.js');
${own}
module.exports = ${given};
${more}`;

for (const [call, about] of [
  ['plugin', ", { name: 'plugin' }"],
  ['wrapped', ''],
] as const)
  test(`a function that ${call} is given has another name`, async () => {
    const p = await program(
      { 'index.js': version("function first(n) { return 'old ' + n }", `${call}(first${about})`), 'plugin.js': plugin },
      { 'index.js': version("function fresh(n) { return 'new ' + n }", `${call}(fresh${about})`), 'plugin.js': plugin },
    );
    assert.deepEqual(p.codes(), ['function-changed']);
    const held = p.load('index.js') as unknown as (n: number) => string;
    await p.apply();
    assert.deepEqual([held(1), p.load('index.js')], ['new 1', held]);
    await p.revert();
    assert.equal(held(1), 'old 1');
  });

test('its new name stands for the one that is there', async () => {
  const p = await program(
    { 'index.js': version("function first(n) { return 'old ' + n }", 'plugin(first)'), 'plugin.js': plugin },
    {
      'index.js': version("function fresh(n) { return 'new ' + n }", 'plugin(fresh)', 'module.exports.default = fresh;'),
      'plugin.js': plugin,
    },
  );
  const held = p.load('index.js');
  await p.apply();
  assert.equal(held['default'], held);
});

for (const [what, before, after] of [
  [
    'is given to another call',
    version('function first() { return 1 }', 'plugin(first)'),
    version('function fresh() { return 2 }', 'other(fresh)'),
  ],
  [
    'is given elsewhere',
    version('function first() { return 1 }', 'plugin(first)'),
    version('function fresh() { return 2 }', 'plugin({}, fresh)'),
  ],
  [
    'was there before',
    version('function first() { return 1 }\nfunction fresh() { return 0 }', 'plugin(first, fresh())'),
    version('function fresh() { return 0 }', 'plugin(fresh, fresh())'),
  ],
] as const)
  test(`one that ${what} is another`, async () => {
    const { verdicts } = await build({ 'index.js': before, 'plugin.js': plugin }, { 'index.js': after, 'plugin.js': plugin });
    assert.ok(verdicts.some(({ code, path }) => code === 'function-removed' && path === 'first'));
  });
