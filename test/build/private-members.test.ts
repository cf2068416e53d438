/** Private members that a class shares with its instances, added to a class that exists: accessors, and what is static. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before = `class A { hi() { return 'A' } static who() { return 'sA' } }
class C extends A { #own = 1; run(o) { return 0 } static all() { return 0 } }
exports.C = C; exports.one = new C(); exports.two = new C()`;
const after = before.replace(
  '#own = 1; run(o) { return 0 } static all() { return 0 }',
  `#own = 1
  get #x() { return this.#own }
  set #x(v) { this.#own = v * 10 }
  get #name() { return super.hi() }
  static #count = 4
  static #bare
  static async #later(n) { return [n, super.who(), await C.#count] }
  static get #last() { return C.#count }
  static set #last(v) { C.#count = v }
  static *#each() { yield this.#count }
  run(o) {
    const was = [this.#x, (o) .#x, o?.#x, null?.#x, this
      /* . */ .#name]
    this.#x += 1;
    [o.#x] = [5]
    const { y = #x in o } = {}
    const inner = class { #x = 'inner'; read() { return this.#x } }
    return [...was, this.#x, o.#x, y, #x in {}, new inner().read(), this.#x++]
  }
  static all() {
    this.#last = this.#last + 1
    C.#bare ??= []
    C.#bare.push(C.#count)
    return [this.#last, [...C.#each()], #later in C, C.#bare, C.#later(2)]
  }`,
);

test('accessors and static members, in every form that they are named in; and off again', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { one, two, C } = p.exports;
  await p.apply();
  assert.deepEqual(one.run(two), [1, 1, 1, undefined, 'A', 20, 50, true, false, 'inner', 20]);
  assert.deepEqual([new C().run(new C())[4], one.run(two)[0]], ['A', 210], 'what is set stays');
  const [last, each, has, bare, later] = C.all();
  assert.deepEqual([last, each, has, bare, await later], [5, [5], true, [5], [2, 'sA', 5]]);
  assert.deepEqual(C.all()[3], [5, 6]);
  assert.deepEqual([Object.keys(C), Object.keys(C.prototype), Object.keys(one)], [[], [], []]);
  await p.revert();
  assert.deepEqual([one.run(two), C.all()], [0, 0]);
  assert.deepEqual([Object.getOwnPropertySymbols(C.prototype), Object.keys(C)], [[], []]);
  p.clean();
});

test('in a module that comes while the patch is there, as its top level runs too', async () => {
  const lib = 'class L { static of() { return 1 } run() { return 2 } }\nexports.first = L.of(); exports.L = L';
  const p = await program(
    { 'index.js': "exports.load = () => require('./lib.js'); exports.v = () => 1", 'lib.js': lib },
    {
      'index.js': "exports.load = () => require('./lib.js'); exports.v = () => 2",
      'lib.js': lib.replace(
        'static of() { return 1 } run() { return 2 }',
        "static #make() { return 'made' } get #y() { return 'y' } static of() { return L.#make() } run() { return this.#y }",
      ),
    },
  );
  await p.apply();
  const { first, L } = p.exports['load']();
  assert.deepEqual([first, L.of(), new L().run()], ['made', 'made', 'y']);
  await p.revert();
  assert.deepEqual([L.of(), new L().run()], [1, 2]);
  p.clean();
});

for (const [what, from, to, code] of [
  ['a static field computed from one that is new', '#own = 1;', '#own = 1; static #a = 1; static b = C.#a + 1;', 'class-changed'],
] as const) {
  test(`${what} is refused`, async () => {
    const source = before.replace('return 0', 'return this.#own');
    const report = await build({ 'index.js': source }, { 'index.js': source.replace(from, to) });
    const refused = report.verdicts.filter((v) => v.verdict === 'refused').map((v) => v.code);
    assert.deepEqual([report.patch, [...new Set(refused)]], [null, [code]]);
  });
}

const kinds: Readonly<Record<string, readonly [before: string, after: string, wanted: readonly unknown[]]>> = {
  'a field becomes an accessor': [
    '#x = 1; #y = 2; get() { return this.#x + this.#y }',
    'get #x() { return this.#y * 10 } #y = 2; get() { return this.#x + this.#y }',
    [3, 22],
  ],
  'a method becomes a field': ['#x() { return 1 } get() { return this.#x() }', '#x = () => 2; get() { return this.#x() }', [1, 2]],
  'a field becomes a method': [
    '#x = 1; get() { return this.#x }',
    '#x() { return 4 } get() { return this.#x() + (#x in this ? 1 : 0) }',
    [1, 5],
  ],
  'an accessor gains a setter': [
    '#y = 1; get #x() { return this.#y } get() { return this.#x }',
    '#y = 1; get #x() { return this.#y } set #x(v) { this.#y = v + 1 } get() { return (this.#x = 5), this.#x }',
    [1, 6],
  ],
  'a field becomes static': ['#x = 1; get() { return this.#x }', 'static #x = 7; get() { return A.#x }', [1, 7]],
};
for (const [what, [old, now, [was, is]]] of Object.entries(kinds))
  test(`a private name that stands for another kind of member: ${what}`, async () => {
    const wrap = (body: string): string => `class A { ${body} }\nexports.A = A; exports.one = new A();`;
    const p = await program({ 'index.js': wrap(old) }, { 'index.js': wrap(now) });
    const { A, one } = p.exports;
    assert.equal(one.get(), was);
    await p.apply();
    assert.deepEqual([one.get(), new A().get()], [is, is]);
    await p.revert();
    assert.deepEqual([typeof one.get(), new A().get()], ['number', was]);
    p.clean();
  });

test('a private accessor of a module that is looked at more than once, as where code puts it somewhere', async () => {
  const wrap = (member: string, code: string): string =>
    `class A { log = []; ${member} one() { ${code}; return this.log.length } }\nexports.A = A;`;
  const now = wrap('get #own() { return 5 } static #all = 6;', 'this.log.push(this.#own, A.#all)');
  const p = await program({ 'index.js': wrap('', '') }, { 'index.js': now });
  const one = new p.exports['A']();
  await p.apply();
  assert.deepEqual([one.one(), one.log], [2, [5, 6]]);
  await p.revert();
});
