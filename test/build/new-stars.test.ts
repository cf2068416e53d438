/** Modules that an ES module gives away all names of from now on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const files = {
  'index.mjs': "export * from './a.mjs';\nexport const own = 7;",
  'a.mjs': 'export const a = 1;',
  'c.cjs': 'exports.c = 1;',
  'use.mjs': "import * as all from './index.mjs';\nexport { a } from './index.mjs';\nexport const use = () => [all.a, 1];",
};
const entry = { 'main.mjs': "export * from './use.mjs';\nexport * from './index.mjs';", ...files };

test('new code finds the names of a module that is new, of those behind it, and none of what has none', async () => {
  const p = await program(entry, {
    'index.mjs': `${files['index.mjs']}\nexport * from './b.mjs';\nexport * from './types.mjs';`,
    'b.mjs':
      "export * from './deep.mjs';\nexport * as space from './a.mjs';\nexport { a as own } from './a.mjs';\nexport function b() { return 2 }\nexport default 3;",
    'deep.mjs': 'export const deep = 4;\nexport class Deep {}',
    'types.mjs': 'export {};',
    'use.mjs': `import { a, b, deep, Deep, own, space } from './index.mjs';\nexport { a };\nexport const use = () => [a, b(), deep, typeof Deep, own, space.a];`,
  });
  assert.equal(
    p.report.verdicts.some(({ path }) => path === 'default'),
    false,
  );
  assert.deepEqual(p.exports['use'](), [1, 1]);
  await p.apply();
  assert.deepEqual(p.exports['use'](), [1, 2, 4, 'function', 7, 1]);
  await p.revert();
  assert.deepEqual(p.exports['use'](), [1, 1]);
});

test('one that stands there twice, and others of which two give the same name, hinder nothing', async () => {
  const index =
    "export * from './a.mjs';\nexport * from './d.mjs';\nexport * from './a.mjs';\nexport * from './d2.mjs';\nexport const own = 7;";
  const more = { 'd.mjs': 'export const d = 1;', 'd2.mjs': 'export const d = 2;' };
  const use = (text: string): string => `import * as all from './index.mjs';\n${text}`;
  const p = await program(
    { ...entry, ...more, 'index.mjs': index, 'use.mjs': use('export const use = () => [all.a, 1];') },
    {
      'index.mjs': `${index}\nexport * from './b.mjs';\nexport * from './b.mjs';`,
      'b.mjs': 'export const b = 2;',
      'use.mjs': "import { a, b } from './index.mjs';\nexport const use = () => [a, b];",
    },
  );
  assert.deepEqual(p.exports['use'](), [1, 1]);
  await p.apply();
  assert.deepEqual(p.exports['use'](), [1, 2]);
  await p.revert();
  assert.deepEqual(p.exports['use'](), [1, 1]);
});

for (const [what, star, more] of [
  ['a package', 'node:path', {}],
  ['a CommonJS module', './c.cjs', {}],
  [
    'one that gives away more than a module of which it gives all',
    './d.cjs',
    {
      'd.cjs': "exports.d = 1;\nconst tslib = require('tslib');\ntslib.__exportStar(require('./e.mjs'), exports);",
      'e.mjs': 'export const e = 1;',
    },
  ],
  ['one that does something and gives nothing', './b.mjs', { 'b.mjs': 'console.log(1);' }],
  ['one that gives away all names of such a one', './b.mjs', { 'b.mjs': "export * from './c.cjs';" }],
  ['one that gives a name which another one gives', './b.mjs', { 'b.mjs': 'export const a = 2;' }],
  ['one with a name that is none', './b.mjs', { 'b.mjs': "const b = 1;\nexport { b as 'the b' };" }],
  ['one that leads back', './b.mjs', { 'b.mjs': "export * from './d.mjs';", 'd.mjs': "export * from './b.mjs';\nexport const d = 1;" }],
] as const)
  test(`${what}: it is refused`, async () => {
    const { verdicts } = await build(files, { ...files, ...more, 'index.mjs': `${files['index.mjs']}\nexport * from '${star}';` });
    assert.equal(
      verdicts.some(({ code }) => code === 'statement-changed'),
      true,
    );
  });

test('a name that another module may give as well, of which that is not known', async () => {
  const before = "export * from './c.cjs';";
  const all = { ...files, 'b.mjs': 'export const b = 1;' };
  const { verdicts } = await build({ ...all, 'index.mjs': before }, { ...all, 'index.mjs': `${before}\nexport * from './b.mjs';` });
  assert.equal(
    verdicts.some(({ code }) => code === 'statement-changed'),
    true,
  );
});
