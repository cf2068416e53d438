/** Results that a module keeps of functions which have changed in modules that it does not ask itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

const keeps = (call: string, head = "const lib = require('./lib');"): string =>
  `${head}\nconst results = new Map();\nexports.get = (x) => { if (!results.has(x)) results.set(x, ${call}); return results.get(x) };\n`;
const STEP = (n: number): string => `exports.step = (x) => x + ${n};\n`;

/** What is said of the module that keeps them. */
async function codes(before: Files, after: Files): Promise<string[]> {
  const { verdicts } = await build(before, { ...before, ...after });
  return verdicts
    .filter(({ file, verdict }) => file.startsWith('index.') && verdict !== 'carried')
    .map(({ code, reason }) => `${code}: ${reason}`);
}

const kept = (by: string): string[] => [`results-remembered: results that the old version of ${by} computed are kept in results`];

const LIBS: readonly [string, string][] = [
  ['one of its functions', "exports.step = require('./deep').step;"],
  ['all of it', "module.exports = require('./deep');"],
  ['all of it, by a name', "const deep = require('./deep');\nmodule.exports = deep;"],
  ['an object with it', "const { step } = require('./deep');\nmodule.exports = { step };"],
  ['what it computes', "const deep = require('./deep');\nexports.step = (x) => [deep.step(x)];"],
  [
    'what it computes, by a variable',
    "const deep = require('./deep');\nexports.step = (x) => { const found = deep.step(x); return { found } };",
  ],
  [
    'what a function of its own computes with it',
    "const { step } = require('./deep');\nconst own = (x) => step(x);\nexports.step = (x) => own(x) + 1;",
  ],
  ['what a callback computes with it', "const { step } = require('./deep');\nexports.step = (x) => [x].map((y) => step(y));"],
];
for (const [name, lib] of LIBS)
  test(`of a module that gives away ${name}`, async () => {
    const before = { 'index.js': keeps('lib.step(x)'), 'lib.js': lib, 'deep.js': STEP(1) };
    assert.deepEqual(await codes(before, { 'deep.js': STEP(2) }), kept('step of ./lib'));
  });

test('through several modules, and of modules that import', async () => {
  const chain = {
    'a.mjs': "import { b } from './b.mjs';\nexport { b as a };\n",
    'b.mjs': "import c from './c.mjs';\nexport const b = (x) => c(x);\n",
  };
  const before = {
    'index.mjs':
      "import { a } from './a.mjs';\nconst results = new Map();\nexport const get = (x) => { if (!results.has(x)) results.set(x, a(x)); return results.get(x) };\n",
    ...chain,
    'c.mjs': 'export default (x) => x + 1;\n',
  };
  assert.deepEqual(await codes(before, { 'c.mjs': 'export default (x) => x + 2;\n' }), kept('a of ./a.mjs'));
});

test('what gives nothing of it is not told of', async () => {
  const libs = [
    // It computes when it is called, and the function that exists runs the new code.
    "const { step } = require('./deep');\nexports.step = (x) => () => step(x);",
    "const { step } = require('./deep');\nexports.step = (x) => { let y = x; function later() { y = step(y); return y } return later };",
    "const deep = require('./deep');\nexports.step = (x) => function (y) { y = deep.step(y); return y };",
    "const { step } = require('./deep');\nexports.step = (x) => ({ run: () => step(x) });",
    "const { step, log } = require('./deep');\nexports.step = (x) => { step(x); return x };",
    "const deep = require('./deep');\nexports.step = (x) => x;\nexports.other = deep.step;",
  ];
  for (const lib of libs) {
    const before = { 'index.js': keeps('lib.step(x)'), 'lib.js': lib, 'deep.js': STEP(1) };
    assert.deepEqual(await codes(before, { 'deep.js': STEP(2) }), [], lib);
  }
});

test('of what is called by two names, or has parts that have changed', async () => {
  const cases: readonly [string, (n: number) => string, string][] = [
    ['lib.api.step(x)', (n) => `exports.api = { step(x) { return x + ${n} } };`, 'api.step'],
    ['lib.P.step(x)', (n) => `class P { static step(x) { return x + ${n} } }\nexports.P = P;`, 'P.step'],
    ['lib.step(x)', (n) => `const visitors = { num: (y) => y + ${n} };\nexports.step = (x) => visitors.num(x);`, 'step'],
    [
      'lib.step(x)',
      (n) => `class Lexer { constructor(x) { this.x = x } run() { return this.x + ${n} } }\nexports.step = (x) => new Lexer(x).run();`,
      'step',
    ],
    [
      'lib.step(x)',
      (n) => `const walk = require('./walk');\nexports.step = (x) => { let r; walk(x, { num(y) { r = y + ${n} } }); return r };`,
      'step',
    ],
  ];
  for (const [call, lib, by] of cases) {
    const before = { 'index.js': keeps(call), 'lib.js': lib(1), 'walk.js': 'module.exports = (x, visitor) => { visitor.num(x) };' };
    const said = await codes(before, { 'lib.js': lib(2) });
    assert.ok(
      said.length === 1 && (said[0] === kept(`${by} of ./lib`)[0] || said[0]!.startsWith('cache-emptied')),
      `${call}: ${said.join('; ')}`,
    );
  }
});

test('a method of the class is not one of its objects', async () => {
  const both = (n: number): string =>
    `class P { static other() { return ${n} } step(x) { return x + ${n} } }\nP.step = (x) => x;\nexports.P = P;`;
  assert.deepEqual(await codes({ 'index.js': keeps('lib.P.step(x)'), 'lib.js': both(1) }, { 'lib.js': both(2) }), []);
  const lib = (n: number): string => `class P { static other() { return ${n} } step(x) { return x } }\nexports.P = P;`;
  assert.deepEqual(await codes({ 'index.js': keeps('lib.P.step(x)'), 'lib.js': lib(1) }, { 'lib.js': lib(2) }), []);
});
