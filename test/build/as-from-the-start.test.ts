/**
 * Small programs in three versions: where nothing is said of a difference, what holds of a process that begins with a version
 * holds of one that gets it by a patch, by one that takes the place of another, and after a revert, for who calls it and for
 * who took something of it before.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, Program, program } from './harness.ts';
import type { Exports, Files } from './harness.ts';

type See = (lib: Exports) => () => unknown[];
interface Case {
  readonly name: string;
  readonly versions: readonly [string | Files, string | Files, string | Files];
  /** Takes something of the module, and gives what looks at it and at the module. */
  readonly see: See;
}

const called: See = (lib) => {
  const { f } = lib;
  const bound = lib['f'].bind(null, 2);
  return () => [f(1), bound(), lib['f'](3), typeof lib['more']];
};
const made: See = (lib) => {
  const { K } = lib;
  const k = new K(3);
  class Sub extends (K as new (n: number) => { m(): unknown }) {}
  return () => [k.m(), new K(1).m(), new Sub(2).m(), typeof k.more, k instanceof lib['K'], Object.keys(new K(1)).toSorted()];
};
const closures: See = (lib) => {
  const g = lib['make'](1, 2);
  return () => [g(3), lib['make'](4, 5)(6)];
};
const asked: See =
  ({ of }) =>
  () => [of()];

const FUNCTIONS: readonly (readonly [name: string, write: (parameters: string, value: string) => string])[] = [
  ['declaration', (p, v) => `function f(${p}) { return ${v}; } exports.f = f;`],
  ['expression', (p, v) => `const f = function (${p}) { return ${v}; }; exports.f = f;`],
  ['arrow function', (p, v) => `exports.f = (${p}) => ${v};`],
  ['method', (p, v) => `module.exports = { f(${p}) { return ${v}; } };`],
  ['method of an object', (p, v) => `const o = { m(${p}) { return ${v}; } }; exports.f = (x) => o.m(x);`],
  ['generator', (p, v) => `function* g(${p}) { yield ${v}; } exports.f = (x) => [...g(x)];`],
  [
    'private method',
    (p, v) => `class K { #m(${p}) { return ${v}; } m(x) { return this.#m(x); } } const k = new K(); exports.f = (x) => k.m(x);`,
  ],
  ['field', (p, v) => `class K { m = (${p}) => ${v}; } const k = new K(); exports.f = (x) => k.m(x);`],
  ['static block', (p, v) => `class K { static { this.m = (${p}) => ${v}; } } exports.f = (x) => K.m(x);`],
  [
    'function within another',
    (p, v) => `function outer(all) { function f(${p}) { return ${v}; } return f(...all); } exports.f = (...all) => outer(all);`,
  ],
  ['function called in place', (p, v) => `exports.f = (() => { const n = 1; return (${p}) => ${v} * n; })();`],
  ['argument of a call', (p, v) => `const wrap = (g) => (x) => g(x); exports.f = wrap((${p}) => ${v});`],
  ['entry of a table', (p, v) => `const T = { f: (${p}) => ${v} }; exports.f = (x) => T.f(x);`],
];

const CASES: readonly Case[] = [
  ...FUNCTIONS.map(([name, write]) => ({
    name,
    versions: [
      write('x', 'x + 1'),
      `const STEP = 4; ${write('x', 'x + STEP')} module.exports.more = 1;`,
      `function twice(x) { return x * 2; } ${write('x, y = 7', 'twice(x) + y')}`,
    ] as const,
    see: called,
  })),
  {
    name: 'calls that another one comes ahead of',
    versions: ['', 'exports.more = wrap((x) => x * 7);', 'const other = wrap((x) => x * 9);'].map(
      (ahead, i) => `const wrap = (g) => (x) => g(x); ${ahead} exports.f = wrap((x) => x + ${i}); exports.g = wrap((x) => x * 100 + ${i});`,
    ) as unknown as Case['versions'],
    see: (lib) => {
      const { f, g } = lib;
      return () => [f(1), g(1), lib['g'](2)];
    },
  },
  {
    name: 'fields and private members',
    versions: [
      'class K { n; constructor(n) { this.n = n; } m() { return this.n; } } exports.K = K;',
      'class K { n; #add(x) { return x + 1; } constructor(n) { this.n = n; } m() { return this.#add(this.n); } more() {} } exports.K = K;',
      'class K { n; z = 5; #add(x) { return x + 2; } constructor(n) { this.n = n; } m() { return this.#add(this.n) + this.z; } } exports.K = K;',
    ],
    see: made,
  },
  {
    name: 'a class without a constructor',
    versions: [
      'class B { constructor(n) { this.n = n; } } class K extends B { m() { return this.n; } } exports.K = K;',
      'class B { constructor(n) { this.n = n; } } class K extends B { m() { return super.toString().length + this.n; } more() {} } exports.K = K;',
      'class B { constructor(n) { this.n = n; } half() { return this.n / 2; } } class K extends B { m() { return this.half(); } } exports.K = K;',
    ],
    see: made,
  },
  {
    name: 'a constructor and its prototype',
    versions: [
      'function K(n) { this.n = n; } K.prototype.m = function () { return this.n; }; exports.K = K;',
      'function K(n) { this.n = n; } K.prototype = { m() { return this.n; }, more() {} }; exports.K = K;',
      'function K(n) { if (!(this instanceof K)) return new K(n); this.n = n; } K.prototype.m = function () { return this.n * 2; }; K.prototype.more = function () {}; exports.K = K;',
    ],
    see: made,
  },
  {
    name: 'closures',
    versions: [
      'exports.make = function (a, b) { const self = { a }; return function (x) { return self.a + b + x; }; };',
      'exports.make = function (a, b) { const self = { a }; return (x) => self.a * b * x; };',
      'exports.make = function (a, b) { const self = { a }; const add = (x, y) => x + y; return function (x) { return add(self.a, b) - x; }; };',
    ],
    see: closures,
  },
  {
    name: 'what closures hold',
    versions: [
      'exports.make = (a) => { if (a) { const by = 2; return (x) => x * by; } return (x) => x; };',
      'exports.make = (a) => { if (a) { const by = 3; return (x) => x * by; } return (x) => x; };',
      'exports.make = ({ a } = {}) => { if (a) { const by = 2; return (x) => x * by; } return (x) => x + String(a); };',
    ],
    see: closures,
  },
  {
    name: 'static fields that are computed',
    versions: [
      'class K { static n = 1; } exports.of = () => [K.n];',
      'class K { static n = 2; } exports.of = () => [K.n];',
      'class K { static n = 1; static m = [K.n]; } exports.of = () => [K.n, K.m];',
    ],
    see: asked,
  },
  {
    name: 'a module that is asked for newly, and one that is given on',
    versions: [
      { 'index.js': 'exports.of = () => 0;', 'i.js': 'exports.q = 0;', 'y.js': 'exports.z = 1;' },
      {
        'index.js': 'const { h } = require("./y"); exports.of = () => h(1);',
        'i.js': 'exports.q = 0;',
        'y.js': 'exports.z = 1; exports.h = (n) => n + 2;',
      },
      {
        'index.js': 'const { h } = require("./i"); exports.of = () => h(1);',
        'i.js': 'exports.q = 0; exports.h = require("./y").h;',
        'y.js': 'exports.z = 1; exports.h = (n) => n + 3;',
      },
    ],
    see: asked,
  },
  {
    name: 'what a module gives away as a whole',
    versions: ['module.exports = (x) => x + 1;', 'module.exports = (x) => x + 2; module.exports.more = 1;', 'exports.f = (x) => x + 3;'],
    see: (lib) => {
      const f = lib as unknown as (x: number) => unknown;
      return () => [typeof f, typeof lib === 'function' ? f(1) : null];
    },
  },
];

let marks = 0;
const filesOf = (version: string | Files, mark: string): Files =>
  Object.fromEntries(
    Object.entries(typeof version === 'string' ? { 'index.js': version } : version).map(([file, text]) => [file, `// ${mark}\n${text}`]),
  );

function seen(look: () => unknown[]): string {
  try {
    return JSON.stringify(look());
  } catch (error) {
    return String(error);
  }
}

function fromTheStart(version: string | Files, see: See): string {
  const home = mkdtempSync(join(tmpdir(), 'livepatch-start-'));
  try {
    for (const [file, text] of Object.entries(filesOf(version, `start ${++marks}`))) writeFileSync(join(home, file), text);
    return seen(see(createRequire(join(home, 'x.js'))('./index.js') as Exports));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const isSilent = ({ report }: Program): boolean => report.verdicts.every(({ verdict }) => verdict.startsWith('carried'));

for (const { name, versions, see } of CASES)
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const)
    test(`${name}: ${first === 1 ? 'one' : 'the other'} and then in its place the ${first === 1 ? 'other' : 'one'}`, async () => {
      const mark = `${++marks}`;
      const manifest = { 'package.json': JSON.stringify({ name: `from-the-start-${mark}`, main: 'index.js' }) };
      const files = (i: 0 | 1 | 2): Files => ({ ...filesOf(versions[i], mark), ...manifest });
      const wanted = (i: number): string => fromTheStart(versions[i]!, see);
      const one = await program(files(0), files(first));
      const two = new Program(one.root, one.exports, await build(files(0), files(second)));
      const look = see(one.exports);
      const was = seen(look);
      for (const [p, i] of [
        [one, first],
        [two, second],
      ] as const)
        // What cannot be applied, or is said to differ, is another matter.
        if (p.report.patch !== null && isSilent(p)) {
          await p.apply();
          assert.equal(seen(look), wanted(i), JSON.stringify(p.codes()));
        }
      const last = [two, one].find((p) => p.report.patch !== null && isSilent(p));
      await last?.revert();
      assert.equal(seen(look), was);
    });
