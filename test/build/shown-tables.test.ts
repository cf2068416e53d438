/** Tables that change in place, as code sees them that the patch runs when it is linked: what that computes is of the new version. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VerdictRow } from '../../src/patch/format.ts';
import { build, program } from './harness.ts';
import type { Exports, Files } from './harness.ts';

const one = (table: string, value: string, more = ''): Files => ({
  'index.js': `const T = ${table};
exports.T = T;
${more}const X = ${value};
exports.x = () => X;
exports.now = () => T;`,
});

for (const [what, before, after, value, wanted] of [
  ['an entry that is new', '{ a: 1 }', '{ a: 1, b: 2 }', 'T.b', 2],
  ['what an entry that is new holds', '{ a: 1 }', '{ a: 1, b: { c: 3 } }', 'T.b.c', 3],
  ['an entry that has another value', '{ a: 1 }', '{ a: 2 }', 'T.a + 0', 2],
  ['an entry further in', '{ a: { b: 1 } }', '{ a: { b: 2 } }', 'T.a.b + 0', 2],
  ['an entry that has gone', '{ a: 1, b: 2 }', '{ a: 1 }', "'b' in T", false],
  ['all of it', '{ a: 1 }', '{ a: 1, b: 2 }', 'Object.keys({ ...T }).join()', 'a,b'],
  ['an entry of a map', "new Map([['a', 1]])", "new Map([['a', 2], ['b', 3]])", "T.get('a') + T.get('b')", 5],
  ['an element of a list', '[1]', '[1, 2]', 'T[1]', 2],
  ['what a function reads that it calls', '{ a: 1 }', '{ a: 1, b: 2 }', 'read()', 2],
] as const)
  test(`a constant that is computed of ${what}`, async () => {
    const more = 'const read = () => T.b;\n';
    const p = await program(one(before, '0', more), one(after, value, more));
    const held = p.exports['T'] as object;
    const was = structuredClone(held);
    await p.apply();
    assert.deepEqual([p.exports['x'](), p.exports['now']() === held], [wanted, true]);
    await p.revert();
    assert.deepEqual([p.exports['x'](), held], [0, was]);
  });

test('what a constant takes out of a table is what the table holds from then on', async () => {
  const p = await program(one('{ a: 1 }', '0'), one('{ a: 1, b: { c: 3 } }', 'T.b'));
  await p.apply();
  assert.equal(p.exports['x'](), p.exports['T'].b);
  await p.revert();
});

const table = (text: string): string => `const T = ${text};\nexports.T = T;\nexports.read = () => T.b;\n`;
for (const [what, value] of [
  ['the table', 'T.b'],
  ['the module', 'all.T.b'],
  ['a function of the module', 'all.read()'],
] as const)
  test(`a constant of another module that is computed by ${what}`, async () => {
    const user = (own: string): string =>
      `const { T } = require('./table.js'), all = require('./table.js');\nconst X = ${own};\nexports.x = () => X;\nexports.T = T;`;
    const files = (text: string, own: string): Files => ({ 'index.js': user(own), 'table.js': table(text) });
    const p = await program(files('{ a: 1 }', '0'), files('{ a: 1, b: 2 }', value));
    await p.apply();
    assert.equal(p.exports['x'](), 2);
    await p.revert();
    assert.deepEqual([p.exports['x'](), p.exports['T']], [0, { a: 1 }]);
  });

test('the same of ES modules, with one in between that stays as it is', async () => {
  const files = (text: string, own: string): Files => ({
    'index.mjs': `import { T } from './between.mjs';\nconst X = ${own};\nexport const x = () => X;`,
    'between.mjs': "export { T } from './table.mjs';",
    'table.mjs': `export const T = ${text};`,
  });
  const p = await program(files('{ a: 1 }', '0'), files('{ a: 1, b: { c: 2 } }', 'T.b.c'));
  await p.apply();
  assert.equal(p.exports['x'](), 2);
  await p.revert();
  assert.equal(p.exports['x'](), 0);
});

test('a file that the patch brings along reads the table as it loads', async () => {
  const files = (text: string, own: string): Files => ({ 'index.js': `require('./table.js');\n${own}`, 'table.js': table(text) });
  const p = await program(files('{ a: 1 }', 'exports.x = () => 0;'), {
    ...files('{ a: 2, b: 3 }', "const added = require('./added.js');\nexports.x = () => added.x();"),
    'added.js': "const { T } = require('./table.js');\nconst X = [T.a, T.b];\nexports.x = () => X;",
  });
  await p.apply();
  assert.deepEqual(p.exports['x'](), [2, 3]);
  await p.revert();
});

test('a property that the top level sets, and a statement that fills another table', async () => {
  const source = (text: string, limit: string, more: string): Files => ({
    'index.js': `const T = ${text};
const all = new Map();
class Box { limit() { return Box.most } }
Box.most = ${limit};
${more}
exports.T = T;
exports.all = all;
exports.Box = Box;`,
  });
  const p = await program(source('{ a: 1 }', '0', ''), source('{ a: 1, b: 2 }', 'T.b', "all.set('b', T.b);"));
  await p.apply();
  assert.deepEqual([new p.exports['Box']().limit(), [...p.exports['all']]], [2, [['b', 2]]]);
  await p.revert();
  assert.deepEqual([new p.exports['Box']().limit(), [...p.exports['all']], p.exports['T']], [0, [], { a: 1 }]);
});

test('where the patch cannot be linked the table is as it was', async () => {
  const p = await program(one('{ a: 1 }', '0'), one('{ a: 2, b: 3 }', "JSON.parse('{')"));
  await assert.rejects(p.apply(), { code: 'ERR_LINK' });
  assert.deepEqual(p.exports['T'], { a: 1 });
});

test('what the program has put into the table is there meanwhile', async () => {
  const p = await program(one('{ a: 1 }', '0'), one('{ a: 1, b: 2 }', 'Object.keys(T).sort().join()'));
  p.exports['T'].own = 1;
  await p.apply();
  assert.equal(p.exports['x'](), 'a,b,own');
  await p.revert();
});

const reading = (own: string): string => `const { T } = require('./table.js'), all = require('./table.js');\n${own}\nexports.x = () => X;`;
for (const [what, own] of [
  ['an entry', 'const X = T.b;'],
  ['an entry of what the module gives', 'const X = all.T.b + 1;'],
  ['all of it', 'const X = { ...T };'],
  ['what a statement sets', 'let X;\nif (T.b) X = 1;'],
] as const)
  test(`another module that has computed something of what changes says so: ${what}`, async () => {
    const before = { 'index.js': reading(own), 'table.js': table('{ a: 1, b: 1 }') };
    const { verdicts } = await build(before, { ...before, 'table.js': table('{ a: 1, b: 2 }') });
    assert.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, file }) => `${code} ${file}`),
      ['computed-at-load index.js'],
    );
  });

for (const [what, own] of [
  ['reads what stays as it was', 'const X = T.a;'],
  ['only holds it', 'const X = T, Y = all.T;'],
  ['reads it in a function', 'const X = () => T.b;'],
] as const)
  test(`nothing is said where another module ${what}`, async () => {
    const before = { 'index.js': reading(own), 'table.js': table('{ a: 1, b: 1 }') };
    const { verdicts } = await build(before, { ...before, 'table.js': table('{ a: 1, b: 2 }') });
    assert.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'warning'),
      [],
    );
  });

test('the same of an ES module, of a default export and of a table that is all that a module exports', async () => {
  for (const [gives, takes] of [
    ['export const T = ', "import { T } from './table.mjs';\nconst X = T.b;"],
    ['export { T as default };\nconst T = ', "import T from './table.mjs';\nconst X = T.b;"],
  ] as const) {
    const files = (n: number): Files => ({ 'index.mjs': `${takes}\nexport const x = () => X;`, 'table.mjs': `${gives}{ a: 1, b: ${n} };` });
    const { verdicts } = await build(files(1), files(2));
    assert.ok(
      verdicts.some(({ code, file }) => code === 'computed-at-load' && file === 'index.mjs'),
      gives,
    );
  }
  const whole = (n: number): Files => ({
    'index.js': "const T = require('./table.js');\nconst X = T.b;\nexports.x = () => X;",
    'table.js': `const T = { a: 1, b: ${n}, own: () => T };\nmodule.exports = T;`,
  });
  const { verdicts } = await build(whole(1), whole(2));
  assert.ok(verdicts.some(({ code, file }) => code === 'computed-at-load' && file === 'index.js'));
});

const setting = (n: number): string => `class Foo {}
Foo.limit = ${n};
function Bar() {}
Bar.prototype.max = ${n};
class Box { static most = ${n} }
module.exports = { Foo, Bar, Box };`;
for (const value of ['Foo.limit', 'new Bar().max', 'Box.most', 'all.Foo.limit'])
  test(`properties that another module sets are there too: ${value}`, async () => {
    const user = (own: string): string =>
      `const { Foo, Bar, Box } = require('./set.js'), all = require('./set.js');\nconst X = ${own};\nexports.x = () => X;\nexports.all = () => [Foo.limit, new Bar().max, Box.most];`;
    const files = (n: number, own: string): Files => ({ 'index.js': user(own), 'set.js': setting(n) });
    const p = await program(files(1, '0'), files(2, value));
    await p.apply();
    assert.deepEqual([p.exports['x'](), p.exports['all']()], [2, [2, 2, 2]]);
    await p.revert();
    assert.deepEqual([p.exports['x'](), p.exports['all']()], [0, [1, 1, 1]]);
    if (value.startsWith('new')) return;
    const { verdicts } = await build(files(1, value), files(2, value));
    assert.ok(verdicts.some(({ code, file }) => code === 'computed-at-load' && file === 'index.js'));
  });

test('what a function of another module computes as the patch is linked is of its old version, and that is said', async () => {
  const files = (n: number, own: string): Files => ({
    'index.js': `const { compute } = require('./compute.js');\nconst X = ${own};\nexports.x = () => X;`,
    'compute.js': `exports.compute = (x) => x * ${n};`,
  });
  const p = await program(files(1, '0'), files(2, 'compute(5)'));
  assert.ok(
    p.report.verdicts.some(({ reason }) =>
      reason?.startsWith('compute of ./compute.js may run as the patch is linked, in its old version'),
    ),
  );
  await p.apply();
  assert.equal(p.exports['x'](), 5);
  await p.revert();
});

test('a module that has yet to run is left alone, as one that reads it is', async () => {
  const files = (n: number, own: string): Files => ({
    'index.js': `exports.late = () => require('./user.js');\nexports.n = () => ${n};`,
    'user.js': `const { Foo, T } = require('./set.js');\nconst X = ${own};\nexports.x = () => X;`,
    'set.js': `class Foo {}\nFoo.limit = ${n};\nconst T = { a: ${n} };\nmodule.exports = { Foo, T };`,
  });
  const p = await program(files(1, '0'), files(2, '[Foo.limit, T.a]'));
  await p.apply();
  assert.deepEqual(p.exports['late']().x(), [2, 2]);
  await p.revert();
});

for (const [what, before, after, read] of [
  ['an object', '{ a: 1, b: 2, c: 3 }', '{ a: 1, c: 3 }', 'Object.keys(T).join()'],
  ['a map', "new Map([['a', 1], ['b', 2], ['c', 3]])", "new Map([['a', 1], ['c', 3]])", '[...T.keys()].join()'],
  ['a set', "new Set(['a', 'b', 'c'])", "new Set(['a', 'c'])", '[...T].join()'],
] as const)
  test(`where the patch is refused, what was seen as gone from ${what} stands where it stood`, async () => {
    const source = (text: string, value: string): Files => ({
      'index.js': `const T = ${text};\nexports.T = T;\nconst X = ${value};\nexports.x = () => [X, ${read}];`,
    });
    const p = await program(
      source(before, '0'),
      source(after, `(() => { if (${read} !== 'a,c') throw new Error('not seen'); return JSON.parse('{'); })()`),
    );
    await assert.rejects(p.apply(), { code: 'ERR_LINK', message: /JSON/ });
    assert.deepEqual(p.exports['x'](), [0, 'a,b,c']);
  });

const saidOf = (verdicts: readonly VerdictRow[], file: string): string[] =>
  verdicts.flatMap((row) => (row.file === file && row.code === 'computed-at-load' ? `${row.line}: ${row.reason}` : []));

test('of modules that ask for each other one sees what the other sets, and of the other it is said that it does not', async () => {
  const files = (n: number): Files => ({
    'index.js': `function f() {}\nf.own = ${n};\nexports.f = f;\nconst other = require('./other.js');\nf.sum = other.g.own + ${n};\nexports.g = other.g;`,
    'other.js': `function g() {}\ng.own = ${n};\nexports.g = g;\nconst index = require('./index.js');\ng.sum = index.f.own + ${n};`,
  });
  const { verdicts } = await build(files(1), files(2));
  const early = 'it is computed from f of ./index.js as the patch is linked, before that has changed: the modules ask for each other';
  assert.deepEqual([saidOf(verdicts, 'index.js'), saidOf(verdicts, 'other.js')], [[], [`5: ${early}`]]);
  const p = await program(files(1), files(2));
  const { f, g } = p.exports;
  await p.apply();
  assert.deepEqual([f.own, f.sum, g.own, g.sum], [2, 4, 2, 3]);
  await p.revert();
  assert.deepEqual([f.own, f.sum, g.own, g.sum], [1, 2, 1, 2]);
});

test('a constant of one of two modules that ask for each other is said to be of the old table', async () => {
  const files = (n: number): Files => ({
    'index.js': `exports.T = { a: ${n} };\nconst other = require('./other.js');\nconst X = other.T.b + ${n};\nexports.x = () => X;\nexports.y = other.y;`,
    'other.js': `exports.T = { b: ${n} };\nconst index = require('./index.js');\nconst Y = index.T.a + ${n};\nexports.y = () => Y;`,
  });
  const { verdicts } = await build(files(1), files(2));
  assert.deepEqual([saidOf(verdicts, 'index.js').length, saidOf(verdicts, 'other.js').length], [0, 1]);
  const p = await program(files(1), files(2));
  await p.apply();
  assert.deepEqual([p.exports['x'](), p.exports['y']()], [4, 3]);
  await p.revert();
  assert.deepEqual([p.exports['x'](), p.exports['y']()], [2, 2]);
});

/** Forms in which a module computes of a table, and what of the exports tells. `own`: nothing is to be said where the table is of the module itself. */
const FORMS: readonly (readonly [what: string, code: string, told: (exports: Exports) => unknown, own: boolean])[] = [
  ['an export', 'exports.sum = T.a + 1;', (e) => e['sum'], true],
  ['an entry of the exports', 'module.exports = { sum: T.a + 1, T };', (e) => e['sum'], true],
  ['a getter', "const v = T.a + 1;\nObject.defineProperty(exports, 'sum', { enumerable: true, get: () => v });", (e) => e['sum'], true],
  ['a static field', 'class C { static sum = T.a + 1; }\nexports.C = C;', (e) => e['C'].sum, false],
  ['a static block', 'class C { static { this.sum = T.a + 1; } }\nexports.C = C;', (e) => e['C'].sum, false],
  ['a property of a prototype', 'function C() {}\nC.prototype.sum = T.a + 1;\nexports.C = C;', (e) => e['C'].prototype.sum, true],
  ['a constant', 'const sum = T.a + 1;\nexports.read = () => sum;', (e) => e['read'](), true],
];

for (const [what, code, told, isOwn] of FORMS)
  for (const where of ['the module', 'another module'])
    test(`${what} that is computed of a table of ${where} is made anew where its own source has changed, or is said to stay`, async () => {
      const table = (n: number): string => `const T = { a: ${n} };\nexports.T = T;\n`;
      const files = (n: number, text: string): Files =>
        where === 'the module'
          ? { 'index.js': `${table(n)}${text}` }
          : { 'index.js': `const { T } = require('./lib.js');\n${text}`, 'lib.js': table(n) };
      const isQuiet = isOwn || where !== 'the module';
      // A constant that is computed of the table's own module is made anew without that: see derived-tables.test.ts.
      const isConstant = where === 'the module' && code.startsWith('const ');
      for (const [text, isAnew] of [
        [code.replace('T.a', '(0, T.a)'), isQuiet],
        [code, isConstant],
      ] as const) {
        const { verdicts } = await build(files(1, code), files(2, text));
        assert.equal(saidOf(verdicts, 'index.js').length > 0, !isAnew);
        const p = await program(files(1, code), files(2, text));
        const made = p.exports;
        await p.apply();
        assert.equal(told(made), isAnew ? 3 : 2);
        await p.revert();
        assert.equal(told(made), 2);
      }
    });
