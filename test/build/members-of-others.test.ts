/** What objects and tables hold of methods, accessors and properties of classes of other modules, which have changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

async function said(before: Files, was: string, now: string): Promise<string[]> {
  const after = Object.fromEntries(Object.entries(before).map(([file, text]) => [file, text.replaceAll(was, now)]));
  const report = await build(before, after);
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, file, path }) => `${code} ${file} ${path}`);
}

const SUB = (made: string): string => `const { B } = require('./b.js');
class A extends B { constructor() { super(); this.max = ${made} } get() { return this.max } }
exports.A = A;`;
const SUPER = (member: string): string => `class B { ${member} }\nexports.B = B;`;
const HELD = 'instances-hold index.js A#constructor max';

/** With `5`, which becomes `9`. */
const KEPT: Readonly<Record<string, readonly [files: Files, said: string]>> = {
  'a method of the class above': [{ 'index.js': SUB('this.limit()'), 'b.js': SUPER('limit() { return 5 }') }, HELD],
  'one of two classes above': [
    {
      'index.js': SUB('this.limit()'),
      'b.js': 'class C { limit() { return 5 } }\nclass B extends C {}\nexports.B = B;',
    },
    HELD,
  ],
  'a method by `super`': [{ 'index.js': SUB('super.limit()'), 'b.js': SUPER('limit() { return 5 }') }, HELD],
  'an accessor of the class above': [{ 'index.js': SUB('this.limit'), 'b.js': SUPER('get limit() { return 5 }') }, HELD],
  'a static method by the class below': [{ 'index.js': SUB('A.limit()'), 'b.js': SUPER('static limit() { return 5 }') }, HELD],
  'a static property by the class below': [{ 'index.js': SUB('A.limit'), 'b.js': SUPER('static limit = 5') }, HELD],
  'a property of the prototype': [{ 'index.js': SUB('this.limit'), 'b.js': 'class B {}\nB.prototype.limit = 5;\nexports.B = B;' }, HELD],
  'a method that a class below has': [
    {
      'index.js': "const { B } = require('./b.js');\nexports.A = class A extends B { limit() { return 5 } };",
      'b.js': 'class B { constructor() { this.max = this.limit() } get() { return this.max } }\nexports.B = B;',
    },
    'instances-hold b.js B#constructor max',
  ],
  'a method of what another module has made': [
    {
      'index.js':
        "const config = require('./b.js');\nclass A { constructor() { this.max = config.limit() } get() { return this.max } }\nexports.A = A;",
      'b.js': 'class C { limit() { return 5 } }\nmodule.exports = new C();',
    },
    HELD,
  ],
  'a method of what is made of a class of another module': [
    {
      'index.js':
        "const { B } = require('./b.js');\nconst b = new B();\nconst all = new Map();\nexports.put = (k) => { all.set(k, b.limit()) };\nexports.get = (k) => all.get(k);",
      'b.js': SUPER('limit() { return 5 }'),
    },
    'results-remembered index.js exports.put',
  ],
  'a function that calls one that has changed': [
    {
      'index.js':
        "const { limit } = require('./b.js');\nconst all = new Map();\nexports.put = (k) => { all.set(k, limit(k)) };\nexports.get = (k) => all.get(k);",
      'b.js': 'exports.limit = (k) => inner(k);\nconst inner = (k) => k + 5;',
    },
    'results-remembered index.js exports.put',
  ],
};

for (const [what, [files, expected]] of Object.entries(KEPT))
  test(`what is kept of another module's class is told of: ${what}`, async () => {
    assert.deepEqual(await said(files, '5', '9'), [expected]);
  });

test('what a method gives that a class below has in the place of the one that a constructor calls', async () => {
  const below = (own: string): Files => ({
    'index.js': `class B { constructor() { this.max = this.limit() } limit() { return 1 } }
exports.A = class A extends B { ${own} get() { return this.max } };`,
  });
  assert.deepEqual(await said(below('limit() { return 5 }'), '5', '9'), ['instances-hold index.js B#constructor max']);
  assert.deepEqual(await said(below('other() { return 5 }'), '5', '9'), []);
  const beside = { 'index.js': `${below('')['index.js']!}\nexports.C = class { limit() { return 5 } };` };
  assert.deepEqual(await said(beside, '5', '9'), []);
});

const LOST: Readonly<Record<string, Files>> = {
  'one that the class itself has': {
    'index.js': SUB('this.limit()').replace('get()', 'limit() { return 7 } get()'),
    'b.js': SUPER('limit() { return 5 }'),
  },
  'one of another class': {
    'index.js': SUB('this.limit()'),
    'b.js': 'class B { limit() { return 7 } }\nexports.B = B;\nexports.C = class { limit() { return 5 } };',
  },
  'a static one of the same name': {
    'index.js': SUB('this.limit()'),
    'b.js': SUPER('limit() { return 7 } static limit() { return 5 }'),
  },
  'what nobody keeps': {
    'index.js': "const { B } = require('./b.js');\nexports.A = class extends B { get() { return this.limit() } };",
    'b.js': SUPER('limit() { return 5 }'),
  },
};

for (const [what, files] of Object.entries(LOST))
  test(`nothing is said of members of other modules' classes: ${what}`, async () => {
    assert.deepEqual(await said(files, '5', '9'), []);
  });
