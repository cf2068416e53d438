/** A table of the module that a function gives away as a default, or as one of two values: who has it sees what it becomes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patched, program } from './harness.ts';

const FORMS = [
  '(own = T) => () => [own.limit, own.gone]',
  '(given) => { const own = given || T; return () => [own.limit, own.gone]; }',
  '(given) => { const own = given ?? T; return () => [own.limit, own.gone]; }',
  '(given) => { const own = given ? given : T; return () => [own.limit, own.gone]; }',
  '(given) => { const own = !given ? T : given; return () => [own.limit, own.gone]; }',
];

for (const form of FORMS)
  test(form, async () => {
    const text = (table: string): string => `const T = ${table};\nexports.make = ${form};`;
    const p = await program({ 'index.js': text('{ limit: 1, gone: 0 }') }, { 'index.js': text('{ limit: 1 }') });
    const held = p.exports['make']();
    await p.apply();
    assert.deepEqual(
      [held(), p.exports['make']()()],
      [
        [1, undefined],
        [1, undefined],
      ],
    );
    await p.revert();
    assert.deepEqual(held(), [1, 0]);
  });

test('one that is only asked whether it is there is no table that anyone has', async () => {
  const text = (table: string): string => `const T = ${table};\nexports.of = () => (T ? T.limit : 0);`;
  const p = await patched(text('{ limit: 1 }'), text('{ limit: 2 }'));
  assert.deepEqual([p.exports['of'](), p.codes('carried').includes('table-changed')], [2, false]);
});
