/** Classes: members come and go; what existing instances cannot be given is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before =
  "class A { hi() { return 'A' } }\nclass B extends A { #p = 1; hi() { return 'B' } static s() { return 1 } }\nexports.b = new B(); exports.B = B";

test('added members are there for existing instances, and gone after a revert', async () => {
  const after = before.replace(
    '#p = 1;',
    '#p = 1; more() { return super.hi() + this.#p } get twice() { return 2 } static t() { return super.name }',
  );
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.equal(p.exports['b'].more(), 'A1');
  assert.equal(p.exports['b'].twice, 2);
  assert.equal(p.exports['B'].t(), 'A');
  await p.revert();
  assert.equal(p.exports['b'].more, undefined);
});

test('a method that is gone from a subclass gives way to the one it overrode', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': before.replace("hi() { return 'B' }", '') });
  await p.apply();
  assert.equal(p.exports['b'].hi(), 'A');
  assert.deepEqual(p.codes('warning'), ['member-removed']);
});

for (const [what, change, code] of [
  ['another superclass', ['extends A', 'extends Array'], 'class-changed'],
  ['a new private method', ['#p = 1;', '#p = 1; #q() {}'], 'private-out-of-reach'],
  ['a static block', ['#p = 1;', '#p = 1; static { B.x = 1 }'], 'class-changed'],
  ['a constructor where there was none', ['#p = 1;', '#p = 1; constructor() { super() }'], 'constructor-changed'],
] as const) {
  test(`${what} is refused`, async () => {
    const report = await build({ 'index.js': before }, { 'index.js': before.replace(change[0], change[1]) });
    assert.equal(report.patch, null);
    assert.deepEqual([...new Set(report.verdicts.filter((v) => v.verdict === 'refused').map((v) => v.code))], [code]);
  });
}

test('a class inside a function: its methods change, its members do not', async () => {
  const inside = 'exports.make = () => { class P { get() { return 1 } } return new P() }';
  const p = await program({ 'index.js': inside }, { 'index.js': inside.replace('return 1', 'return 2') });
  const made = p.exports['make']();
  await p.apply();
  assert.equal(made.get(), 2);
  const report = await build(
    { 'index.js': inside },
    { 'index.js': inside.replace('get() { return 1 }', 'get() { return this.more() } more() { return 1 }') },
  );
  assert.deepEqual(
    report.verdicts.filter((v) => v.verdict === 'refused').map((v) => v.code),
    ['class-changed'],
  );
});

test('a property that only new instances get is pointed out', async () => {
  const q = 'class Q { constructor() { this.a = 1 } get() { return this.a } }\nexports.Q = Q';
  const report = await build(
    { 'index.js': q },
    {
      'index.js': q
        .replace('this.a = 1', 'this.a = 1; const b = Date.now(); this.b = b')
        .replace('return this.a', 'return this.a + this.b'),
    },
  );
  assert.deepEqual(
    report.verdicts.filter((v) => v.verdict === 'warning').map((v) => [v.code, v.path]),
    [
      ['instances-lack', 'Q#constructor b'],
      ['shape-early', 'Q#constructor'],
    ],
  );
});

test('a derived constructor of a class inside a function', async () => {
  const inside =
    'class A { constructor(x) { this.x = x } }\nexports.make = () => { class P extends A { constructor(x) { super(x) } } return P }';
  const p = await program({ 'index.js': inside }, { 'index.js': inside.replace('super(x)', 'super(x + 1)') });
  const P = p.exports['make']();
  await p.apply();
  assert.equal(new P(1).x, 2);
});
