/** Modules that new code asks for and that nobody has loaded, where the patch changes them as well; and what code that runs as it is linked takes of others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { program } from './harness.ts';
import type { Files } from './harness.ts';

const OLD = 'exports.z = 1;';
const NEW = `${OLD} exports.h = (n) => n + 2; exports.N = 4; exports.mk = () => ({ q: 1 }); exports.K = class K { m() { return 4; } };`;
const OLD_ES = 'export const z = 1;';
const NEW_ES = `${OLD_ES} export const h = (n) => n + 2; export default 7;`;

// What `of` gives from then on.
const CASES: readonly (readonly [name: string, before: Files, after: Files, gives: unknown])[] = [
  [
    'by a name',
    { 'index.js': 'exports.of = () => 0;', 'y.js': OLD },
    { 'index.js': 'const { h } = require("./y"); exports.of = () => h(1);', 'y.js': NEW },
    3,
  ],
  [
    'as a member',
    { 'index.js': 'exports.of = () => 0;', 'y.js': OLD },
    { 'index.js': 'const own = { h: require("./y").h }; exports.of = () => own.h(1);', 'y.js': NEW },
    3,
  ],
  [
    'for what it computes as it is linked',
    { 'index.js': 'exports.of = () => 0;', 'y.js': OLD },
    {
      'index.js': 'const { N, mk } = require("./y"); const twice = N * 2; const made = mk(); exports.of = () => [twice, made];',
      'y.js': NEW,
    },
    [8, { q: 1 }],
  ],
  [
    'for a superclass',
    { 'index.js': 'exports.of = () => 0;', 'y.js': OLD },
    {
      'index.js': 'const { K } = require("./y"); class S extends K { m() { return super.m() + 1; } } exports.of = () => new S().m();',
      'y.js': NEW,
    },
    5,
  ],
  [
    'through another such module',
    { 'index.js': 'exports.of = () => 0;', 'y.js': OLD, 'w.js': OLD },
    {
      'index.js': 'const { h } = require("./y"); exports.of = () => h(1);',
      'y.js': 'const { h } = require("./w"); exports.z = 1; exports.h = (n) => h(n) * 10;',
      'w.js': NEW,
    },
    30,
  ],
  [
    'to give it on',
    { 'index.js': 'const { q } = require("./i"); exports.of = () => q;', 'i.js': 'exports.q = 0;', 'y.js': OLD },
    {
      'index.js': 'const { h } = require("./i"); exports.of = () => h(1);',
      'i.js': 'exports.q = 0; exports.h = require("./y").h;',
      'y.js': NEW,
    },
    3,
  ],
  [
    'as an object that it goes through',
    { 'index.js': 'exports.of = () => 0;', 'y.js': OLD },
    { 'index.js': 'const names = Object.keys(require("./y")); exports.of = () => names;', 'y.js': `${OLD} exports.h = () => 1;` },
    ['z', 'h'],
  ],
  [
    'by an import',
    { 'index.mjs': 'export const of = () => 0;', 'y.mjs': OLD_ES },
    { 'index.mjs': 'import seven, { h } from "./y.mjs"; export const of = () => h(seven);', 'y.mjs': NEW_ES },
    9,
  ],
  [
    'to give it on by its name',
    { 'index.mjs': 'import { q } from "./i.mjs"; export const of = () => q;', 'i.mjs': 'export const q = 0;', 'y.mjs': OLD_ES },
    {
      'index.mjs': 'import { g } from "./i.mjs"; export const of = () => g(1);',
      'i.mjs': 'export const q = 0; export { h as g } from "./y.mjs";',
      'y.mjs': NEW_ES,
    },
    3,
  ],
  [
    'to give all of it on',
    { 'index.mjs': 'import { q } from "./i.mjs"; export const of = () => q;', 'i.mjs': 'export const q = 0;', 'y.mjs': OLD_ES },
    {
      'index.mjs': 'import { h } from "./i.mjs"; export const of = () => h(1);',
      'i.mjs': 'export const q = 0; export * from "./y.mjs";',
      'y.mjs': NEW_ES,
    },
    3,
  ],
];

/** The same where the process has it. */
function loaded(before: Files): Files {
  return Object.fromEntries(
    Object.entries(before).map(([file, text]) => {
      if (!file.startsWith('index')) return [file, text];
      return [file, file.endsWith('.mjs') ? `import './y.mjs'; ${text}` : `require("./y"); ${text}`];
    }),
  );
}

let texts = 0;
const own = (files: Files): Files => {
  const mark = `// ${++texts}\n`;
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file, mark + text]));
};

for (const [name, before, after, gives] of CASES)
  for (const [where, base] of [
    ['', before],
    [' that is loaded', loaded(before)],
  ] as const)
    test(`a module${where}, ${name}`, async () => {
      const [was, now] = [own(base), own(after)];
      const p = await program(was, now);
      const old: unknown = p.exports['of']();
      for (let i = 0; i < 2; i++) {
        await p.apply();
        assert.deepEqual(p.exports['of'](), gives);
        await p.revert();
        assert.deepEqual(p.exports['of'](), old);
      }
    });

test('a dry run finds nothing amiss', async () => {
  const [, before, after] = CASES.find(([name]) => name === 'for a superclass')!;
  const p = await program(own(before), own(after));
  assert.equal(currentRuntime()!.check(p.report.patch!, {}).refusal, null);
});

test('one that waits as it runs, and is asked for already', async () => {
  const before = own({ 'index.mjs': 'import { z } from "./y.mjs"; export const of = () => z;', 'y.mjs': `await null; ${OLD_ES}` });
  const after = own({ 'index.mjs': 'import { h } from "./y.mjs"; export const of = () => h(1);', 'y.mjs': `await null; ${NEW_ES}` });
  const p = await program(before, after);
  await p.apply();
  assert.equal(p.exports['of'](), 3);
});

test('what a module takes of one that changes is shown to it by that, and not by those behind it', async () => {
  const files = (n: number): Files => ({
    'index.js': `const { a } = require('./a'); const made${n} = a() + ${n}; exports.of = () => made${n};`,
    'a.js': `const { b } = require('./b'); const made${n} = b() + ${n}; exports.a = () => made${n}; exports.A${n} = 1;`,
    'b.js': `exports.b = () => ${n}; exports.B${n} = 1;`,
  });
  const p = await program(own(files(1)), own(files(2)));
  assert.deepEqual(p.patch.modules.map(({ file, sees }) => [file, sees]).toSorted(), [
    ['a.js', ['b.js']],
    ['b.js', undefined],
    ['index.js', ['a.js']],
  ]);
});
