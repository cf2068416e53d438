/** Parameters that closures hold, and that have another name in the new version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

/** `eat` gives a closure that holds its parameter; what changes is elsewhere. */
const source = (eat: string, step: number): string => `const eat = ${eat};
const one = (input, pos, quote) => pos + quote + ${step};
const quoted = eat(10, 0);
exports.go = (x) => quoted('', x);
exports.eat = eat;
`;

async function codes(before: string, after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': source(before, 1) }, { 'index.js': source(after, 2) });
  return verdicts.filter(({ path }) => path.startsWith('eat')).map(({ code }) => code);
}

const EAT = '(quote_cc, from) => (input, pos) => { const at = pos + from; return one(input, at, quote_cc) }';

test('closures that exist go on where nothing but the name differs', async () => {
  const p = await program({ 'index.js': source(EAT, 1) }, { 'index.js': source(EAT.replaceAll('quote_cc', 'quoteCc'), 2) });
  const { go, eat } = p.exports;
  const own = eat(5, 1);
  assert.deepEqual([go(1), own('', 1)], [12, 8]);
  await p.apply();
  assert.deepEqual([go(1), own('', 1), eat(7, 0)('', 0)], [13, 9, 9]);
  await p.revert();
  assert.deepEqual([go(1), own('', 1)], [12, 8]);
  assert.deepEqual(p.codes(), ['function-changed']);
  p.clean();
});

test('a closure that is linked anew finds it under the old name', async () => {
  const source = (name: string, step: number): string => `const STEP = ${step};
exports.eat = (${name}) => () => [${name}, STEP];
`;
  const p = await program({ 'index.js': source('quote_cc', 1) }, { 'index.js': source('quoteCc', 2) });
  const own = p.exports['eat'](5);
  assert.deepEqual(own(), [5, 1]);
  await p.apply();
  assert.deepEqual(
    [own(), p.exports['eat'](6)()],
    [
      [5, 2],
      [6, 2],
    ],
  );
  await p.revert();
  assert.deepEqual(own(), [5, 1]);
  assert.deepEqual(p.codes(), ['constant-changed', 'function-relinked']);
  p.clean();
});

test('where what is in the function has changed as well, it is not told which of them it is', async () => {
  const source = (name: string, text: string): string => `exports.eat = (${name}) => () => [${name}, ${text}];`;
  const { verdicts } = await build({ 'index.js': source('quote_cc', "'old'") }, { 'index.js': source('quoteCc', "'new'") });
  assert.ok(verdicts.some(({ code }) => code === 'closure-stranded'));
});

const OTHERS: readonly [string, string, string][] = [
  ['its name is that of a property', '(quote_cc) => () => one({ quote_cc }, 0, 0)', '(quoteCc) => () => one({ quoteCc }, 0, 0)'],
  ['two have changed places', '(a, b) => () => one(a, b, 0)', '(b, a) => () => one(b, a, 0)'],
  ['something else has the name', '(a) => { const b = 1; return () => one(a, b, 0) }', '(b) => { const a = 1; return () => one(b, a, 0) }'],
  ['another variable had no name of its own', '(a) => { var a; return () => one(a, a, 0) }', '(b) => { var a; return () => one(b, a, 0) }'],
  [
    'a variable of a block has the name',
    '(a) => { { let a = 1; return () => one(a, 0, 0) } }',
    '(b) => { { let a = 1; return () => one(b, 0, 0) } }',
  ],
  ['a variable outside has the name', '(one) => () => one(one, 0, 0)', '(two) => () => one(two, 0, 0)'],
  ['code that is evaluated may say it', '(a) => (x) => [a, eval(x)]', '(b) => (x) => [b, eval(x)]'],
  ['what is done with it differs', '(a) => () => one(a, 1, 0)', '(b) => () => one(b, 2, 0)'],
  ['there is one more', '(a) => () => one(a, 1, 0)', '(b, c) => () => one(b, 1, 0)'],
];
for (const [name, before, after] of OTHERS) test(`not where ${name}`, async () => assert.notDeepEqual(await codes(before, after), []));

test('properties of either name are no variables', async () => {
  const before = '(a) => () => ({ a: one(a.a, 0, 0), b: a })';
  assert.deepEqual(await codes(before, '(b) => () => ({ a: one(b.a, 0, 0), b: b })'), []);
});

test('one that no closure holds is no matter of theirs', async () => {
  assert.deepEqual(await codes('(a) => { a++; return () => one(0, 1, 0) }', '(b) => { b++; return () => one(0, 1, 0) }'), [
    'function-changed',
  ]);
});
