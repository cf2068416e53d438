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

test('a private method is added to instances that exist, in every form, and calls on another instance find it', async () => {
  const source = `class A { hi() { return 'A' } }
class C extends A { constructor(n) { super(); this.n = n } #old() { return this.n } run(o) { return this.#old() + (o ? 1 : 0) } }
class Bare { run() { return 0 } }
const all = [new C(1), new C(2)]
exports.C = C; exports.Bare = Bare; exports.all = all; exports.ask = (i) => all[i].run()`;
  const after = source
    .replace(
      'run(o) { return this.#old() + (o ? 1 : 0) }',
      `async #later(x) { return super.hi() + x + this.#old() }
  *#each() { yield this.n; yield* [1] }
  #sum(o) { return this.#old() + o.#old() + this.#rec(2) }
  #rec(k) { return k === 0 ? 0 : 1 + this.#rec(k - 1) }
  run(o) { return [this.#later('x'), [...this.#each()], this.#sum(o ?? all[1]), #sum in this, all[0].#rec(3)] }`,
    )
    .replace('run() { return 0 }', '#b() { return 7 } run() { return this.#b() }');
  const p = await program({ 'index.js': source }, { 'index.js': after });
  const bare = new p.exports['Bare']();
  await p.apply();
  const shown = async ([later, ...rest]: [Promise<string>, ...unknown[]]): Promise<unknown[]> => [await later, ...rest];
  assert.deepEqual(await shown(p.exports['all'][0].run()), ['Ax1', [1, 1], 5, true, 3]);
  assert.deepEqual(await shown(new p.exports['C'](5).run(p.exports['all'][0])), ['Ax5', [5, 1], 8, true, 3]);
  assert.equal(bare.run() + new p.exports['Bare']().run(), 14);
  await p.revert();
  assert.deepEqual([p.exports['ask'](0), bare.run()], [1, 0]);
});

test('a method with a computed name is added, also to a class that is made after the patch was applied', async () => {
  const source = `const KNOWN = Symbol('known')
class A { [KNOWN]() { return 1 } run() { return this[KNOWN]() } }
exports.A = A; exports.a = new A()`;
  const after = source.replace('class A {', "const NEW = Symbol('new'); const name = 'x'\nclass A {").replace(
    'run() { return this[KNOWN]() }',
    `async *[NEW]() { yield this[KNOWN]() } get [name + 'y']() { return 5 } static [NEW]() { return 's' }
  run() { return [this[NEW](), this.xy, A[NEW](), A[NEW].name] }`,
  );
  const p = await program(
    { 'index.js': `exports.late = () => require('./late.js')`, 'a.js': source, 'late.js': source },
    { 'a.js': after, 'late.js': after },
  );
  const first = p.load('a.js');
  await p.apply();
  for (const { a } of [first, p.exports['late']()]) {
    const [items, ...rest] = a.run();
    assert.deepEqual([(await items.next()).value, ...rest], [1, 5, 's', '[new]']);
    await items.return();
  }
  await p.revert();
  assert.equal(first['a'].run(), 1);
  assert.equal(first['a'].xy, undefined);
});

test('a method that is gone from a subclass gives way to the one it overrode', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': before.replace("hi() { return 'B' }", '') });
  await p.apply();
  assert.equal(p.exports['b'].hi(), 'A');
  assert.deepEqual(p.codes('warning'), ['member-removed']);
});

for (const [what, change, code] of [
  ['another superclass', ['extends A', 'extends Array'], 'class-changed'],
  ['a computed name that calls something', ['#p = 1;', '#p = 1; [process.cwd()]() {}'], 'class-changed'],
  ['a static block', ['#p = 1;', '#p = 1; static { Object.freeze(B) }'], 'class-changed'],
  ['a constructor where there was none, with fields', ['#p = 1;', '#p = 1; constructor() { super(); this.x = 1 }'], 'constructor-changed'],
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
});

test('a property that only new instances get is pointed out', async () => {
  const q = 'class Q { constructor() { this.a = 1 } get() { return this.a } }\nexports.Q = Q';
  const report = await build(
    { 'index.js': q },
    {
      'index.js': q
        .replace('this.a = 1', 'this.a = 1; let b = Date.now(); b += 1; this.b = b')
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

test('a property that the constructor no longer sets, and that other code reads, is pointed out', async () => {
  const source = 'class Q { constructor() { this.a = 1; this.b = 2 } get() { return this.a } }\nexports.Q = Q';
  const codes = async (gone: string): Promise<string[]> => {
    const report = await build({ 'index.js': source }, { 'index.js': source.replace(gone, '') });
    return report.verdicts.map((v) => v.code).filter((code) => code === 'state-unset');
  };
  assert.deepEqual([await codes('this.a = 1; '), await codes('; this.b = 2')], [['state-unset'], []]);
});

test('a class that has no constructor of its own, and an arrow function that is named as one', async () => {
  const source = (x: string): string =>
    `class A {} class B extends A { x = ${x} }\nconst Make = () => ${x};\nexports.f = () => [new B().x, Make(), new A()]`;
  const p = await program({ 'index.js': source('1') }, { 'index.js': source('2') });
  await p.apply();
  assert.deepEqual(p.exports['f']().slice(0, 2), [2, 2]);
});

test('a property that the constructor sets on some of its ways only, where it set it on all, is pointed out too', async () => {
  const codes = async (before: string, after: string): Promise<string[]> => {
    const source = (body: string): string => `class Q { constructor(n) { ${body} } get() { return this.a } }\nexports.Q = Q`;
    const report = await build({ 'index.js': source(before) }, { 'index.js': source(after) });
    return report.verdicts.map((v) => v.code).filter((code) => code === 'state-unset');
  };
  const all = 'if (n) { this.a = 1 } else if (n === 0) throw new Error(); else { this.a = 2 }';
  assert.deepEqual(
    [
      await codes(all, 'if (n) { this.a = 1 } else if (n === 0) throw new Error()'),
      await codes('try { this.b = this.a = n() } finally { n.end() }', 'try { n() } catch { this.a = 1 }'),
      await codes(all, 'this.a = n ? 1 : 2'),
      await codes(all, 'if (n === 0) throw new Error(); this.b = (0, this.a = 2)'),
      await codes('if (n) this.a = 1', 'if (n > 1) this.a = 1'),
    ],
    [['state-unset'], ['state-unset'], [], [], []],
  );
});
