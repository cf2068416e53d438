/** Constants of the top level that new code writes: nobody can write the one that runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const source = (keyword: string, name: string, reset: string): string => `${keyword} ${name} = new Map([['a', 1]]);
${name}.set('b', 2);
exports.get = (key) => ${name}.get(key);
exports.put = (key, value) => { ${name}.set(key, value) };
exports.size = () => [1].map(() => ${name}.size)[0];
exports.box = { get size() { return ${name}.size } };
exports.all = ${name};
exports.reset = () => ${reset};
`;

for (const name of ['table', 'store'])
  test(`new code goes on with what the constant holds${name === 'table' ? '' : ', under another name too'}`, async () => {
    const p = await program(
      { 'index.js': source('const', 'table', 'null') },
      { 'index.js': source('let', name, `{ const old = ${name}; ${name} = new Map(); return old }`) },
    );
    const { get, put, size, box, all, reset } = p.exports;
    put('c', 3);
    assert.deepEqual(p.codes('warning'), []);
    await p.apply();
    assert.deepEqual([get('c'), size(), box.size, p.exports['all'] === all], [3, 3, 3, true]);
    put('d', 4);
    assert.equal(all.get('d'), 4);
    assert.equal(reset(), all);
    assert.deepEqual([get('a'), size(), box.size, all.size], [undefined, 0, 0, 4]);
    put('e', 5);
    assert.deepEqual([get('e'), all.has('e')], [5, false]);
    await p.revert();
    assert.deepEqual([get('e'), get('d'), reset()], [undefined, 4, null]);
  });

test('code that is new writes it, as does a member that a class gains', async () => {
  const text = (keyword: string, method: string, more: string): string =>
    `${keyword} max = 1; class Box { get() { return max }${method} } exports.Box = Box; exports.get = () => max;${more}`;
  const p = await program(
    { 'index.js': text('const', '', '') },
    { 'index.js': text('let', ' set(x) { max = x }', ' exports.more = () => { max++ };') },
  );
  const box = new p.exports['Box']();
  await p.apply();
  box.set(7);
  p.exports['more']();
  assert.deepEqual([box.get(), p.exports['get']()], [8, 8]);
  await p.revert();
  assert.equal(box.get(), 1);
});

for (const [what, before, after] of [
  [
    'code that is new',
    'export const max = 1; export const get = () => max;',
    'export let max = 1; export const get = () => max; export const more = () => { max++ };',
  ],
  [
    'code that changed',
    'export const max = 1; export const get = () => max; export const more = () => 1;',
    'export let max = 1; export const get = () => max; export const more = () => { max++ };',
  ],
] as const)
  test(`one that ES modules import stays refused: ${what}`, async () => {
    const { patch, verdicts } = await build({ 'index.mjs': before }, { 'index.mjs': after });
    assert.equal(patch, null);
    assert.deepEqual(
      verdicts.flatMap(({ verdict, code }) => (verdict === 'refused' ? code : [])),
      ['closure-out-of-reach'],
    );
  });

for (const [what, after] of [
  ['what it begins with has changed', 'let max = [2]; exports.get = () => max; exports.more = () => { max = [3] };'],
  [
    'the top level writes it as well',
    'let max = [1]; if (process.pid) max = [2]; exports.get = () => max; exports.more = () => { max = [3] };',
  ],
  [
    'what is new at the top level writes it as it begins',
    'let max = [1]; const other = (max = [2]); exports.get = () => max; exports.more = () => { max = other };',
  ],
] as const)
  test(`stays refused where ${what}`, async () => {
    const { patch, verdicts } = await build({ 'index.js': 'const max = [1]; exports.get = () => max;' }, { 'index.js': after });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code }) => code === 'closure-out-of-reach' || code === 'statement-changed'));
  });

test('a getter that goes on as it is, as it names an export, and reads what is another value now', async () => {
  const getter = `Object.defineProperty(exports, '__esModule', { value: true });
Object.defineProperty(exports, 'max', { enumerable: true, get: function () { return max; } });\n`;
  for (const [before, after] of [
    ['const max = 1; exports.get = () => max;', 'const max = 2; exports.get = () => max;'],
    ['const max = 1; exports.get = () => max;', 'let max = 1; exports.get = () => max++;'],
  ] as const) {
    const { verdicts } = await build({ 'index.js': getter + before }, { 'index.js': getter + after });
    assert.deepEqual(
      verdicts.flatMap(({ verdict, code }) => (verdict === 'refused' ? code : [])),
      ['function-untouched'],
    );
  }
});

test('new code that begins with something else and writes it has a variable of its own, and old code goes on with the constant', async () => {
  const before = 'const re = /^(a|b)+$/; exports.test = (x) => re.test(x); exports.source = () => re.source;';
  const after = `const text = '^(a|c)+$';
let re;
exports.test = (x) => { if (!re) re = new RegExp(text); return re.test(x) };
exports.source = () => re?.source;`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { test: matches, source: of } = p.exports;
  await p.apply();
  assert.deepEqual([of(), matches('ac'), matches('ab'), of()], [undefined, true, false, '^(a|c)+$']);
  assert.deepEqual(p.codes('warning'), []);
  await p.revert();
  assert.deepEqual([matches('ac'), matches('ab'), of()], [false, true, '^(a|b)+$']);
});
