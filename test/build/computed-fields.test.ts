/** Fields of a class under a key that a constant of the module gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched } from './harness.ts';

const before = `const kOld = Symbol('old');
class A { [kOld] = 1; go() { return this[kOld]; } }
exports.A = A;`;

test('objects that exist get one, and what is made from then on has it from the start, in its place', async () => {
  const after = before
    .replace("Symbol('old');", "Symbol('old'), kTimes = Symbol('times'), name = 'by name';")
    .replace(
      '[kOld] = 1; go() { return this[kOld]; }',
      '[kOld] = 1; [kTimes] = this[kOld] * 10; [name] = 3; ["plain"] = 4; go() { return this[kTimes]++; } keys() { return Reflect.ownKeys(this).map(String); }',
    );
  const p = await patched(before, after);
  await p.revert();
  const old = new p.exports['A']();
  await p.apply();
  const made = new p.exports['A']();
  assert.deepEqual([old.go(), old.go(), made.go(), old['by name'], old.plain], [10, 11, 10, 3, 4]);
  assert.deepEqual(made.keys(), ['by name', 'plain', 'Symbol(old)', 'Symbol(times)']);
  await p.revert();
  assert.deepEqual([old.go(), Reflect.ownKeys(old).map(String)], [1, ['Symbol(old)']]);
});

test('the class itself gets a static one', async () => {
  const after = before
    .replace("Symbol('old');", "Symbol('old'), kAll = Symbol('all');")
    .replace('class A {', 'class A { static [kAll] = [5]; static all() { return A[kAll]; }');
  const p = await patched(before, after);
  const { A } = p.exports;
  assert.deepEqual(
    [
      A.all(),
      Reflect.ownKeys(A)
        .filter((key) => typeof key === 'symbol')
        .map(String),
    ],
    [[5], ['Symbol(all)']],
  );
  await p.revert();
  assert.deepEqual([A.all, Reflect.ownKeys(A).filter((key) => typeof key === 'symbol')], [undefined, []]);
});

test('no field is carried where a constant says another key now', async () => {
  const named = (key: string): string => before.replace("Symbol('old')", `'${key}'`);
  const { patch, verdicts } = await build({ 'index.js': named('one') }, { 'index.js': named('two') });
  assert.equal(patch, null, JSON.stringify(verdicts));
  assert.ok(verdicts.some(({ code }) => code === 'class-changed'));
});

for (const [what, after] of Object.entries({
  'a key that is computed of more': before.replace('[kOld] = 1;', "[kOld] = 1; ['a' + exports.b] = 2;"),
  'a key that is given other values': `let k = 1;\n${before.replace('[kOld] = 1;', '[kOld] = 1; [k] = 2;')} exports.set = (v) => { k = v; };`,
}))
  test(`the patch is refused: ${what}`, async () => {
    const { patch, verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.equal(patch, null, JSON.stringify(verdicts.map(({ code, reason }) => [code, reason])));
    assert.ok(verdicts.some(({ code }) => code === 'class-changed'));
  });
