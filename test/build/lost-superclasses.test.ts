/** Classes that extend nothing any more: whoever holds one goes on with it, and its constructor makes the object itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const module = (box: string): string => `class Base { constructor() { this.made = 'base' } hi() { return 'base' } }
class Box ${box}
class Sub extends Box { constructor(n) { super(n); this.sub = 1 } }
exports.Box = Box; exports.Sub = Sub;`;
const old = 'extends Base { constructor(n) { super(); this.n = n } hi() { return [this.n, super.hi()] } gone() { return this.hi() } }';

test('a constructor that called super() makes the object, for subclasses as well', async () => {
  const p = await program(
    { 'index.js': module(old) },
    {
      'index.js': module(
        "{ constructor(n, m = 2) { this.all = arguments.length; if (n === 0) return; const set = () => { this.n = n + m }; set(); this.of = new.target.name } hi() { return ['own', this.n] } }",
      ),
    },
  );
  const { Box, Sub } = p.exports;
  class Outside extends (Box as new (n: number) => object) {
    own = 1;
  }
  const before = new Box(5);
  await p.apply();
  assert.deepEqual({ ...new Box(1) }, { all: 1, n: 3, of: 'Box' });
  assert.deepEqual({ ...new Box(1, 4) }, { all: 2, n: 5, of: 'Box' });
  assert.deepEqual({ ...new Box(0) }, { all: 1 });
  assert.deepEqual({ ...new Sub(1) }, { all: 1, n: 3, of: 'Sub', sub: 1 });
  assert.deepEqual({ ...new Outside(1) }, { all: 1, n: 3, of: 'Outside', own: 1 });
  assert.ok(new Box(1) instanceof Box && new Sub(1) instanceof Sub && new Outside(1) instanceof Box);
  assert.deepEqual(
    [new Box(1).hi(), before.hi(), before.gone()],
    [
      ['own', 3],
      ['own', 5],
      ['own', 5],
    ],
  );
  const None = Object.assign(function none() {}, { prototype: null });
  assert.equal(Object.getPrototypeOf(Reflect.construct(Box, [1], None)), Object.prototype);
  await p.revert();
  assert.deepEqual([{ ...new Sub(1) }, new Box(1).hi()], [{ made: 'base', n: 1, sub: 1 }, [1, 'base']]);
  const said = p.report.verdicts.filter(({ code }) => code === 'member-removed');
  assert.deepEqual(
    said.map(({ path }) => path),
    ['Box', 'Box#gone'],
  );
});

test('a constructor that a class does not write', async () => {
  const without = 'extends Base { hi() { return [this.n, super.hi()] } }';
  for (const [before, after, made] of [
    [without, "{ hi() { return 'own' } }", { sub: 1 }],
    [without, "{ constructor(n) { this.n = n } hi() { return 'own' } }", { n: 7, sub: 1 }],
    [old, "{ hi() { return 'own' } }", { sub: 1 }],
  ] as const) {
    const p = await program({ 'index.js': module(before) }, { 'index.js': module(after) });
    const { Sub } = p.exports;
    const first = { ...new Sub(7) };
    await p.apply();
    assert.deepEqual({ ...new Sub(7) }, made);
    assert.equal(new Sub(7).hi(), 'own');
    await p.revert();
    assert.deepEqual({ ...new Sub(7) }, first);
    p.clean();
  }
});

const to = "{ constructor(n) { this.n = n } hi() { return 'own' } }";
for (const [what, before, after] of [
  ['a field of the running class', old.replace('{', '{ f = 1;'), to.replace('{', '{ f = 1;')],
  ['a new field', old, to.replace('{', '{ f = 1;')],
  ['a private method', old.replace('{', '{ #p() {}'), to.replace('{', '{ #p() {}')],
  ['an object that the constructor returns', old, to.replace('this.n = n', 'return { n }')],
  ['a constructor that says super', old, to.replace('this.n = n', 'this.n = super.toString')],
  ['a class of the language', 'extends Map { hi() { return 1 } }', '{ hi() { return 2 } }'],
  ['a class of another package', "extends require('node:events') { hi() { return 1 } }", '{ hi() { return 2 } }'],
] as const)
  test(`${what}: it is refused`, async () => {
    const { verdicts, patch } = await build({ 'index.js': module(before) }, { 'index.js': module(after) });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code }) => code === 'constructor-changed' || code === 'class-changed'));
  });

test('a superclass by the name of another module is one of the package, or it is refused', async () => {
  for (const [source, isCarried] of [
    ['./base.js', true],
    ['node:events', false],
  ] as const) {
    const text = (box: string): string => `const Base = require('${source}');\nclass Box ${box}\nexports.Box = Box;`;
    const files = { 'base.js': "module.exports = class Base { hi() { return 'base' } }" };
    const { patch } = await build(
      { 'index.js': text('extends Base { hi() { return 1 } }'), ...files },
      { 'index.js': text('{ hi() { return 2 } }'), ...files },
    );
    assert.equal(patch !== null, isCarried);
  }
});

test('one that each call of a function makes is refused while one is alive', async () => {
  const of = (box: string): string => `class Base { hi() { return 'base' } }
exports.make = () => class Box ${box};`;
  const { verdicts, patch } = await build({ 'index.js': of(old) }, { 'index.js': of(to) });
  assert.equal(patch, null);
  assert.ok(verdicts.some(({ code }) => code === 'constructor-changed'));
});
