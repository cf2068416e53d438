/** Objects that a function makes of a prototype, and what it gives them: it is as with a constructor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const source = (make: string): string => `const methods = { read() { return this.size } };
const one = () => 1, bound = (n) => n;
exports.make = (options) => { ${make} };`;

const said = async (was: string, now: string): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': source(was) }, { 'index.js': source(now) });
  return verdicts.flatMap(({ code, path }) => (code.startsWith('instances-') ? `${code} ${path}` : []));
};

const forms: Readonly<Record<string, (given: string) => string>> = {
  'by Object.assign, which it returns': (given) =>
    `return Object.assign(Object.create(methods), { kept: 1${given && `, size: ${given}`} });`,
  'by Object.assign of a variable, which it returns': (given) =>
    `const own = Object.create(methods); return Object.assign(own, { kept: 1${given && `, size: ${given}`} });`,
  'by Object.assign': (given) =>
    `const own = Object.create(methods); Object.assign(own, { kept: 1${given && `, size: ${given}`} }); return own;`,
  'by an assignment': (given) => `const own = Object.create(methods); own.kept = 1; ${given && `own.size = ${given};`} return own;`,
};

const COMPUTED = [
  ['new Set()', 'new Set([1])'],
  ['bound(1)', 'bound(2)'],
] as const;

for (const [how, make] of Object.entries(forms)) {
  test(`what it gives ${how} in the new version only`, async () => {
    const { verdicts } = await build({ 'index.js': source(make('')).replace('this.size', '0') }, { 'index.js': source(make('5')) });
    assert.deepEqual(
      verdicts.flatMap(({ code, path }) => (code === 'instances-lack' ? path : [])),
      ['exports.make size'],
    );
  });
  test(`what it gives ${how} is another value`, async () => {
    for (const [was, now] of [
      ['5', '6'],
      // Of what is only put there nothing tells whether it is another for each.
      ...(how.includes('returns') ? COMPUTED : []),
      ['null', '() => 1'],
      ['one', 'one.bind(null, 1)'],
    ] as const)
      assert.deepEqual(await said(make(was), make(now)), ['instances-hold exports.make size'], `${was} ${now}`);
    assert.deepEqual(await said(make('() => 1'), make('() => 2')), []);
  });
}

test('what is put into options that an object keeps', async () => {
  const of = (given: string): string =>
    `class A { constructor(options) { this.options = Object.assign({}, options${given && `, { size: ${given} }`}); } read() { return ${given ? 'this.options.size' : '0'} } }
exports.A = A;`;
  const { verdicts } = await build({ 'index.js': of('') }, { 'index.js': of('5') });
  assert.ok(verdicts.some(({ code, path }) => code === 'instances-lack' && path === 'A#constructor size'));
});

test('what a call makes for itself is nothing of the kind', async () => {
  const of = (given: string): string =>
    `exports.read = (options) => { const all = Object.assign({}, options${given && `, { size: ${given} }`}); return one(all) };
const one = (all) => all.${given ? 'size' : 'kept'};`;
  const { verdicts } = await build({ 'index.js': of('') }, { 'index.js': of('5') });
  assert.ok(!verdicts.some(({ code }) => code === 'instances-lack'));
});
