/** Properties that become enumerable at the top level, or no longer are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const text = (enumerable: string, inner: string, rest = 'configurable: true'): string => `var Box = (function () {
  function Box() { this._x = 1; }
  Object.defineProperty(Box.prototype, 'x', {
    get: function () { return this._x${inner}; },
    set: function (x) { this._x = x; },
    ${enumerable}${rest}
  });
  return Box;
})();
exports.Box = Box;`;

for (const [what, was, now] of [
  ['true to false', 'enumerable: true,', 'enumerable: false,'],
  ['true to nothing', 'enumerable: true,', ''],
  ['as minifiers write it', 'enumerable: !0,', 'enumerable: !1,'],
] as const)
  test(`an accessor is no longer enumerable, and its getter another one: ${what}`, async () => {
    const p = await program({ 'index.js': text(was, '') }, { 'index.js': text(now, ' * 10') });
    const { Box } = p.exports;
    const box = new Box();
    const look = (): unknown => {
      const keys = [];
      for (const key in box) keys.push(key);
      box.x = 2;
      return [keys, box.x];
    };
    assert.deepEqual(look(), [['_x', 'x'], 2]);
    await p.apply();
    assert.deepEqual(look(), [['_x'], 20]);
    await p.revert();
    assert.deepEqual(look(), [['_x', 'x'], 2]);
  });

test('a property that the program has put another one in place of keeps that', async () => {
  const p = await program({ 'index.js': text('enumerable: true,', '') }, { 'index.js': text('enumerable: false,', '') });
  const { Box } = p.exports;
  Object.defineProperty(Box.prototype, 'x', { value: 'mine', enumerable: true, configurable: true });
  await p.apply();
  assert.deepEqual(Object.getOwnPropertyDescriptor(Box.prototype, 'x'), {
    value: 'mine',
    writable: false,
    enumerable: false,
    configurable: true,
  });
  await p.revert();
  assert.equal(Object.getOwnPropertyDescriptor(Box.prototype, 'x')?.enumerable, true);
});

test('a property that the program has deleted stays away', async () => {
  const p = await program({ 'index.js': text('enumerable: true,', '') }, { 'index.js': text('enumerable: false,', '') });
  delete p.exports['Box'].prototype.x;
  await p.apply();
  assert.equal('x' in p.exports['Box'].prototype, false);
});

for (const [what, was, now] of [
  [
    'it cannot be defined again',
    text('enumerable: true,', '', 'configurable: false'),
    text('enumerable: false,', '', 'configurable: false'),
  ],
  ['it no longer can be', text('enumerable: true,', ''), text('enumerable: false,', '', 'configurable: false')],
  ['another object has it', text('enumerable: true,', ''), text('enumerable: false,', '').replace('Box.prototype,', 'Box,')],
] as const)
  test(`${what}: it is refused`, async () => {
    const report = await build({ 'index.js': was }, { 'index.js': now });
    assert.equal(report.patch, null, JSON.stringify(report.verdicts));
  });
