/** A constructor that goes on and is given another object as its prototype. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched } from './harness.ts';

const HEAD =
  'function B() {} B.prototype.m = function () { return 1; };\nfunction C() {} C.prototype.m = function () { return 2; };\nfunction K() {} exports.K = K;\n';

const refused: readonly (readonly [before: string, after: string])[] = [
  ['K.prototype = Object.create(B.prototype);', 'K.prototype = Object.create(C.prototype);'],
  ['K.prototype = Object.create(B.prototype, { x: { value: 1 } });', 'K.prototype = Object.create(B.prototype);'],
  ['K.prototype = new B();', 'K.prototype = Object.create(B.prototype); K.prototype.n = 1;'],
  ['K.prototype.m = function () { return 3; };', 'K.prototype = { m: function () { return 3; }, n: 1 };'],
  ['K.prototype = { get n() { return 1; }, m() { return 3; } };', 'K.prototype = { m() { return 3; } };'],
];
for (const [before, after] of refused)
  test(`refused: ${before} ${after}`, async () => {
    const { patch, verdicts } = await build({ 'index.js': HEAD + before }, { 'index.js': HEAD + after });
    assert.equal(patch, null);
    assert.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'refused').map(({ code, reason }) => [code, reason]),
      [['class-changed', 'objects that exist go on with the prototype that they were made with']],
    );
  });

test('what is written out goes on as the object that it is', async () => {
  const before = `${HEAD}K.prototype = { m() { return 3; }, gone() {} };`;
  const p = await patched(before, `${HEAD}K.prototype = { m() { return 4; }, n() { return 5; } };`);
  const { K } = p.exports;
  assert.deepEqual([new K().m(), new K().n(), 'gone' in K.prototype], [4, 5, false]);
});

test('a constructor that is new has what the source gives it', async () => {
  const after = `${HEAD}function N() {} N.prototype = Object.create(B.prototype); N.prototype.n = 4; exports.of = () => [new N().m(), new N().n];`;
  const p = await patched(`${HEAD}exports.of = () => [];`, after);
  assert.deepEqual(p.exports['of'](), [1, 4]);
});
