/** New variables that closures share: those that exist are given one for each call that made them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched } from './harness.ts';

const maker = (declared: string, go: string, stop: string, more = ''): string => `exports.make = function (options) {
  var state = 'new'
  ${declared}
  function emit(what) { state = what; return [options.name, what] }
  function go(x) { ${go}; return emit('go') }
  function stop() { ${stop}; return emit('stop') }
  ${more}
  return { go, stop, later: () => { const inner = () => { ${stop}; return emit('later') }; return inner }, state: () => state };
};
exports.made = [exports.make({ name: 'a' }), exports.make({ name: 'b' })];
exports.later = exports.made.map((one) => one.later());`;
const before = maker('', '', '');

test('closures of one call share a new variable, and those of another have one of their own', async () => {
  const p = await patched(
    before,
    maker(
      'let moved = false, count = 0, last; var seen = new Set([options.name])',
      `if (moved) return [options.name, 'moved', ++count, [...seen], last]; [moved, last = x] = [true]; seen.add(x)`,
      `moved = false; count += 10`,
    ),
  );
  assert.deepEqual([...new Set(p.codes('carried'))].toSorted(), ['capture-added', 'function-changed']);
  const [a, b] = p.exports['made'];
  assert.deepEqual(
    [a.go(1), a.go(2)],
    [
      ['a', 'go'],
      ['a', 'moved', 1, ['a', 1], 1],
    ],
  );
  assert.deepEqual(b.go(3), ['b', 'go']);
  assert.deepEqual(
    [a.stop(), a.go(4), a.go(5)],
    [
      ['a', 'stop'],
      ['a', 'go'],
      ['a', 'moved', 12, ['a', 1, 4], 4],
    ],
  );
  assert.deepEqual(p.exports['later'][0](), ['a', 'later'], 'a closure within a closure has the same');
  assert.deepEqual(
    [a.go(6), a.go(7)],
    [
      ['a', 'go'],
      ['a', 'moved', 23, ['a', 1, 4, 6], 6],
    ],
  );
  assert.deepEqual(b.go(8), ['b', 'moved', 1, ['b', 3], 3]);
  const c = p.exports['make']({ name: 'c' });
  assert.deepEqual([c.go(1), c.later()(), c.go(2), c.go(3)[2], a.state()], [['c', 'go'], ['c', 'later'], ['c', 'go'], 11, 'go']);
  await p.revert();
  assert.deepEqual(
    [a.go(1), a.go(2)],
    [
      ['a', 'go'],
      ['a', 'go'],
    ],
  );
});

for (const [what, was, is] of [
  ['it may be one of the old version by another name', maker('let old = 0', 'old++', ''), maker('let moved = 0', 'moved++', 'moved = 0')],
  ['it may have been a property', maker('', 'options.moved = x', ''), maker('let gone = 0', 'gone = x', 'gone = 0')],
  ['code around gives it another value', before, maker('let moved = 0', 'moved++', 'moved = 0', 'moved = 1')],
  ['code around fills it', before, maker('const list = []', 'list.push(x)', 'list.pop()', 'list.push(0)')],
  ['it begins with what has changed since', before, maker('let first = state', 'first += x', `first = ''`)],
  ['it begins with another that begins with it', before, maker('let a = () => b(), b = () => a()', 'a = b', 'b = a')],
  ['it begins with what a call gives', before, maker('let first = options.load()', 'first += x', `first = ''`)],
  [
    'the function around had no block',
    'exports.make = (options) => ({ go: () => options.go, stop: () => options.stop });',
    `exports.make = (options) => {
      let moved = 0;
      return { go: () => (moved++, options.go), stop: () => ((moved = 0), options.stop) };
    };`,
  ],
  [
    'what they hold is no object of their own',
    before.replaceAll(" emit('", " options.emit('"),
    maker('let moved = 0', 'moved++', 'moved = 0').replaceAll(" emit('", " options.emit('"),
  ],
] as const)
  test(`existing closures are not given it where ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': was }, { 'index.js': is });
    assert.ok(!verdicts.some(({ code }) => code === 'capture-added'));
    assert.ok(verdicts.some(({ code }) => code === 'closure-stranded'));
  });
