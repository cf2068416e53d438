/** Constants that the top level computes from a table which others hold: they are what a process has that starts with the new version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

const one = (table: string, value: string, more = 'exports.T = T;'): Files => ({
  'index.js': `const T = ${table};\n${more}\nconst X = ${value};\nexports.x = () => X;`,
});

const LIST = ["['a']", "['a', 'b']"] as const;
const OBJECT = ['{ a: 1 }', '{ a: 3, b: 2 }'] as const;

for (const [value, [before, after], was, wanted] of [
  ["new RegExp(T.join('|')).source", LIST, 'a', 'a|b'],
  ['T.length', LIST, 1, 2],
  ['[...new Set(T)].join()', LIST, 'a', 'a,b'],
  ['T.map((one) => one.toUpperCase()) + ``', LIST, 'A', 'A,B'],
  ['Object.keys(T).length', OBJECT, 1, 2],
  ["new Map(Object.entries(T)).get('a') + 0", OBJECT, 1, 3],
  ['Math.max(...Object.values(T))', OBJECT, 1, 3],
  ["'b' in T", OBJECT, false, true],
  ["T.a + '!' // end", OBJECT, '1!', '3!'],
  ['T.size', ["new Set(['a'])", "new Set(['a', 'b'])"], 1, 2],
  ["T.get('a') + 0", ["new Map([['a', 1]])", "new Map([['a', 2]])"], 1, 2],
] as const)
  test(`a constant that is ${value} of a table that changes in place`, async () => {
    const p = await program(one(before, value), one(after, value));
    const held = p.exports['T'] as unknown;
    await p.apply();
    assert.deepEqual([p.exports['x'](), p.exports['T'] === held], [wanted, true]);
    await p.revert();
    assert.equal(p.exports['x'](), was);
  });

test('what the program has put into the table is not in it, and is still in the table', async () => {
  const p = await program(one('{ a: 1 }', 'Object.keys(T).join()'), one('{ a: 1, b: 2 }', 'Object.keys(T).join()'));
  p.exports['T'].own = 1;
  await p.apply();
  assert.deepEqual([p.exports['x'](), p.exports['T']], ['a,b', { a: 1, b: 2, own: 1 }]);
  await p.revert();
});

test('what is computed of such a constant in turn, in an ES module too', async () => {
  const source = (more: string): string =>
    `export const T = ['a'${more}];\nconst names = new Set(T), size = names.size * 2;\nexport const x = () => size;`;
  const p = await program({ 'index.mjs': source('') }, { 'index.mjs': source(", 'b'") });
  await p.apply();
  assert.equal(p.exports['x'](), 4);
});

const stays = async (table: readonly [string, string], value: string, more?: string): Promise<readonly string[]> => {
  const report = await build(one(table[0], value, more), one(table[1], value, more));
  return report.verdicts.flatMap(({ code, path }) => (code === 'computed-at-load' ? [path] : []));
};

for (const [what, value, more] of [
  ['others hold it', 'Object.keys(T)', 'exports.T = T; exports.held = () => X;'],
  ['functions write it', 'Object.keys(T).length', 'exports.T = T; exports.set = () => { X = 1 };'],
  ['functions put something into it', 'new Set(Object.keys(T))', 'exports.T = T; exports.set = () => X.add(1);'],
  ['a function makes it', 'count(T)', 'exports.T = T; const count = (t) => Object.keys(t).length;'],
  ['it is of something else as well', 'Object.keys(T).length + more', 'exports.T = T; const more = Date.now();'],
  ['it may be another each time', 'Object.keys(T).length + Math.random()', undefined],
  ['a function of the language may give another each time', 'Object.keys(T).map(Math.random).length', undefined],
  ['the top level puts something into the table', 'Object.keys(T).length', 'exports.T = T; T.c = 1;'],
  ['the top level does so by another name', 'Object.keys(T).length', 'exports.T = T; exports.T.c = 1;'],
  ['a statement does so', 'Object.keys(T).length', "exports.T = T; for (const one of ['c']) exports.T[one] = 1;"],
  ['a function may', 'Object.keys(T).length', 'exports.T = T; exports.put = (key) => { T[key] = 1 };'],
  ['it may be the table', 'Object.freeze(T).a', undefined],
] as const)
  test(`it stays, and that is said, where ${what}`, async () => {
    assert.ok((await stays(OBJECT, value, more)).includes('X'));
  });

test('it stays where the table holds objects, which the program may hold as well', async () => {
  assert.deepEqual(await stays(['[{ a: 1 }]', '[{ a: 1 }, { a: 2 }]'], 'T.filter((one) => one.a)'), ['X']);
});

test('where functions look into a list of which it tells the length, all tasks switch at once', async () => {
  const source = (list: string, more: string): Files => one(list, 'T.length', `exports.T = T;\nexports.at = () => ${more};`);
  for (const [more, mode] of [
    ['T[X - 1]', 'barrier'],
    ['1', 'task'],
  ] as const) {
    const p = await program(source(LIST[0], more), source(LIST[1], more));
    assert.equal(p.patch.mode, mode);
    if (mode === 'task') continue;
    await p.apply();
    assert.equal(p.exports['at'](), 'b');
  }
});
