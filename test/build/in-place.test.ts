/** What the code of a patch computes as it is linked, where that takes the place of another: what the other has put there it does not see. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Properties } from '../../src/node/apply/properties.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';
import type { Exports, Files } from './harness.ts';

interface Case {
  readonly name: string;
  readonly before: Files;
  readonly first: Files;
  readonly second: Files;
  /** What `of` gives under the second: where it takes the place of the first, and where it lies above it. */
  readonly gives: readonly [instead: unknown, above: unknown];
  meanwhile?(exports: Exports): void;
}

const INDEX = 'const y = require("./y"); exports.y = y; exports.of = () => 0;';
const computes = (text: string): Files => ({ 'index.js': `const y = require("./y"); exports.y = y; ${text}` });

const CASES: readonly Case[] = [
  {
    name: 'a static field',
    before: { 'index.js': 'class K { static n = 1; } exports.K = K; exports.of = () => [K.n];' },
    first: { 'index.js': 'class K { static n = 2; } exports.K = K; exports.of = () => [K.n];' },
    second: { 'index.js': 'class K { static n = 1; static m = [K.n]; } exports.K = K; exports.of = () => [K.n, K.m];' },
    gives: [
      [1, [1]],
      [2, [2]],
    ],
  },
  {
    name: 'an export of its own',
    before: { 'index.js': 'exports.LIMIT = 1; exports.of = () => exports.LIMIT;' },
    first: { 'index.js': 'exports.LIMIT = 2; exports.of = () => exports.LIMIT;' },
    second: { 'index.js': 'exports.LIMIT = 1; const twice = exports.LIMIT * 2; exports.of = () => twice;' },
    gives: [2, 4],
  },
  {
    name: 'one of another module',
    before: { 'index.js': INDEX, 'y.js': 'exports.N = 1;' },
    first: { 'y.js': 'exports.N = 5;' },
    second: computes('const twice = y.N * 2; exports.of = () => twice;'),
    gives: [2, 10],
  },
  {
    name: 'what the other has taken off',
    before: { 'index.js': INDEX, 'y.js': 'exports.N = 1; exports.mk = () => 7;' },
    first: { 'y.js': 'exports.N = 1;' },
    second: computes('const made = y.mk?.(); exports.of = () => made;'),
    gives: [7, undefined],
  },
  {
    name: 'the names that a module has',
    before: { 'index.js': INDEX, 'y.js': 'exports.N = 1;' },
    first: { 'y.js': 'exports.N = 1; exports.more = 2;' },
    second: computes('const names = Object.keys(y); exports.of = () => names;'),
    gives: [['N'], ['N', 'more']],
  },
  {
    name: 'an entry of a table',
    before: { 'index.js': INDEX, 'y.js': 'const T = { a: 1 }; exports.T = T; exports.get = () => T;' },
    first: { 'y.js': 'const T = { a: 3, b: 1 }; exports.T = T; exports.get = () => T;' },
    second: computes('const all = { ...y.T }; exports.of = () => all;'),
    gives: [{ a: 1 }, { a: 3, b: 1 }],
  },
  {
    name: 'what the program has changed meanwhile',
    before: { 'index.js': INDEX, 'y.js': 'exports.N = 1;' },
    first: { 'y.js': 'exports.N = 5;' },
    second: computes('const twice = y.N * 2; exports.of = () => twice;'),
    gives: [18, 18],
    meanwhile: ({ y }) => {
      y.N = 9;
    },
  },
  {
    name: 'what its code changes',
    before: { 'index.js': INDEX, 'y.js': 'exports.N = 1;' },
    first: { 'y.js': 'exports.N = 5;' },
    second: computes('const add = () => (y.N += 10); const sum = add(); exports.of = () => [sum, y.N];'),
    gives: [
      [11, 11],
      [15, 15],
    ],
  },
];

let texts = 0;

for (const { name, before, first, second, gives, meanwhile } of CASES)
  for (const replace of [true, false])
    test(`${name}, ${replace ? 'instead' : 'above'}`, async () => {
      const mark = `// ${++texts}\n`;
      const own = (files: Files): Files => Object.fromEntries(Object.entries(files).map(([file, text]) => [file, mark + text]));
      const manifest = { 'package.json': JSON.stringify({ name: `in-place-${texts}`, main: 'index.js' }) };
      const base = { ...own(before), ...manifest };
      const one = await program(base, own(first));
      const two = new Program(one.root, one.exports, await build(base, { ...base, ...own(second) }));
      await one.apply();
      meanwhile?.(one.exports);
      const seen = JSON.stringify(one.exports);
      await currentRuntime()!.apply(two.report.patch!, { replace, timeoutMs: 20_000 });
      assert.deepEqual(one.exports['of'](), gives[replace ? 0 : 1]);
      await two.revert();
      if (!replace && name !== 'what its code changes') assert.equal(JSON.stringify(one.exports), seen);
      if (!replace) await one.revert();
    });

test('what other patches have put there stays while code runs without those of some owners', () => {
  const properties = new Properties();
  const [staying, going] = [{}, {}];
  const o: Record<string, unknown> = { a: 1, b: 1, c: 1 };
  const put = (owner: object, key: string, value: unknown): void =>
    properties.put(owner, [
      { place: { kind: 'property', object: o, key }, content: { value, writable: true, enumerable: true, configurable: true } },
    ]);
  put(staying, 'a', 2);
  put(going, 'b', 2);
  put(staying, 'c', 2);
  put(going, 'c', 3);
  put(going, 'd', 3);
  const seen = properties.without(
    (owner) => owner === going,
    () => ({ ...o }),
  );
  assert.deepEqual(seen, { a: 2, b: 1, c: 2 });
  assert.deepEqual(o, { a: 2, b: 2, c: 3, d: 3 });
});

test('a module that comes later sees what its own patch has put there', async () => {
  const p = await program(
    {
      'index.js': 'globalThis.inPlace = exports; exports.N = 1; exports.load = () => require("./y");',
      'y.js': 'exports.of = () => 0;',
    },
    {
      'index.js': 'globalThis.inPlace = exports; exports.N = 5; exports.load = () => require("./y");',
      'y.js': 'const twice = globalThis.inPlace.N * 2; exports.of = () => twice;',
    },
  );
  await p.apply();
  assert.equal(p.exports['load']().of(), 10);
});
