/** Variables that statements of the top level have for themselves, by another name or declared otherwise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const module = (loop: string, step: number): string => `const marks = 'ab';
const table = {};
let count = 0;
function put(key, value) { count++; table[key] = value; }
${loop}
exports.look = (key) => [table[key] + ${step}, count].join();
`;

const LOOPS = [
  'for (var i = 0; i < marks.length; i++) { var mark = marks.charAt(i); put(mark, i); }',
  'for (var _i = 0; _i < marks.length; _i++) { var _mark = marks.charAt(_i); put(_mark, _i); }',
  'for (let i = 0; i < marks.length; i++) { const mark = marks.charAt(i); put(mark, i); }',
  'for (let i = 0; i < marks.length; i++) { let one = marks.charAt(i); put(one, i); }',
];

test('a loop is the one that it was', async () => {
  for (const before of LOOPS)
    for (const after of LOOPS) {
      const p = await program({ 'index.js': module(before, 1) }, { 'index.js': module(after, 5) });
      assert.deepEqual(p.codes(), ['function-changed'], after);
      assert.equal(p.exports['look']('b'), '2,2');
      await p.apply();
      assert.equal(p.exports['look']('b'), '6,2');
      await p.revert();
      assert.equal(p.exports['look']('b'), '2,2');
      p.clean();
    }
});

test('so are loops over what something holds, blocks and branches', async () => {
  for (const [before, after] of [
    ['for (var mark of marks) put(mark, 1);', 'for (const one of marks) put(one, 1);'],
    ['for (var at in marks) { put(at, 1); }', 'for (let key in marks) { put(key, 1); }'],
    ["{ var key = marks + 'x'; put(key, key); }", "{ const own = marks + 'x'; put(own, own); }"],
    ["if (marks) { var key = marks + 'x'; put(key, key); }", "if (marks) { const own = marks + 'x'; put(own, own); }"],
    ["while (count < 1) { var key = marks + 'x'; put(key, key); }", "while (count < 1) { const own = marks + 'x'; put(own, own); }"],
  ] as const) {
    const { verdicts } = await build({ 'index.js': module(before, 1) }, { 'index.js': module(after, 5) });
    assert.ok(verdicts.some(({ code }) => code === 'function-changed'));
    assert.ok(!verdicts.some(({ code }) => /statement|live/.test(code)), after);
  }
});

test('one whose variable is seen elsewhere, or keeps what the turn before gave it, is another', async () => {
  for (const [before, after] of [
    // Read behind the loop.
    ['for (var i = 0; i < 2; i++) put(i, i); exports.last = () => i;', 'for (var j = 0; j < 2; j++) put(j, j); exports.last = () => j;'],
    ['for (var i = 0; i < 2; i++) put(i, i); put(i, i);', 'for (let i = 0; i < 2; i++) put(i, i); put(2, 2);'],
    // Each turn has one of its own, or all have one.
    ['for (var i = 0; i < 2; i++) put(i, () => i);', 'for (let i = 0; i < 2; i++) put(i, () => i);'],
    // Not given a value in each turn, or only behind where it is read.
    ['for (var i = 0; i < 2; i++) { var old; put(i, old); old = i; }', 'for (var i = 0; i < 2; i++) { let old; put(i, old); old = i; }'],
    ['for (var i = 0; i < 2; i++) { put(i, old); var old = i; }', 'for (var i = 0; i < 2; i++) { put(i, was); var was = i; }'],
    // What a property is called is no name of a variable.
    ['for (var key = 0; key < 2; key++) put(key, { key });', 'for (var name = 0; name < 2; name++) put(name, { name });'],
    // Which of two.
    ['for (var i = 0, n = 2; i < n; i++) put(i, n);', 'for (var i = 0, n = 2; i < n; i++) put(n, i);'],
    ["for (var i = 0; i < 2; i++) put(i, eval('i'));", "for (var j = 0; j < 2; j++) put(j, eval('i'));"],
  ] as const) {
    const { verdicts } = await build({ 'index.js': module(before, 1) }, { 'index.js': module(after, 1) });
    assert.ok(
      verdicts.some(({ code }) => /^(statement-(changed|added)|live-data|closure-out-of-reach)$/.test(code)),
      after,
    );
  }
});

test('what a loop fills with what is new still runs', async () => {
  const loop = (declare: string): string => `for (${declare} i = 0; i < 2; i++) put(i, more + i);`;
  const p = await program(
    { 'index.js': module(loop('var'), 1).replace('const table', 'const more = 1; const table') },
    { 'index.js': module(loop('let'), 1).replace('const table', 'const more = 2; const table') },
  );
  assert.equal(p.exports['look'](1), '3,2');
  await p.apply();
  assert.equal(p.exports['look'](1), '4,2');
  await p.revert();
  assert.equal(p.exports['look'](1), '3,2');
});
