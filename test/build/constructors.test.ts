/** Constructors whose parameters change, and those that a class gains or loses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { task } from '../../src/index.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from './harness.ts';

test('a constructor that gains parameters gets them from everyone who constructs it', async () => {
  const before = `class Base { constructor(a) { this.a = a } }
class Sub extends Base { constructor(a) { super(a) } }
class Own extends Base { mark = 1 }
const Local = class { constructor() {} }
exports.Base = Base; exports.Sub = Sub; exports.Own = Own
exports.make = () => [new Base(1).a, new Sub(1).a, new Own(1).a, new Local()]
exports.strict = class { constructor(a) { 'use strict'; this.a = a } }
exports.evaluated = class { constructor(a) { this.a = eval('a') } }`;
  const after = `class Base { constructor(a, b = 'none', ...rest) { this.a = [a, b, ...rest] } }
class Sub extends Base { constructor(a, b) { super(a, b, 'sub') } }
class Own extends Base { mark = 1 }
const Local = class { constructor(...all) { this.all = all } }
exports.Base = Base; exports.Sub = Sub; exports.Own = Own
exports.make = () => [new Base(1).a, new Sub(1, 2).a, new Own(1, 3, 4).a, new Local(5, 6).all]
exports.strict = class { constructor(a, b) { 'use strict'; this.a = [a, b] } }
exports.evaluated = class { constructor(a, b) { this.a = [eval('a'), b, arguments.length] } }`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { Base, Sub, Own, make, strict, evaluated } = p.exports;
  class Outside extends (Base as new (...args: unknown[]) => { readonly a: unknown[] }) {
    constructor(a: unknown, b: unknown) {
      super(a, b);
    }
  }
  await p.apply();
  assert.deepEqual(make(), [
    [1, 'none'],
    [1, 2, 'sub'],
    [1, 3, 4],
    [5, 6],
  ]);
  assert.deepEqual(new Base(1, 2, 3).a, [1, 2, 3]);
  assert.deepEqual(new Sub(1, 2).a, [1, 2, 'sub']);
  assert.deepEqual({ ...new Own(7, 8) }, { a: [7, 8], mark: 1 });
  assert.deepEqual((Reflect.construct(Sub, [3, 4], Outside) as { readonly a: unknown }).a, [3, 4, 'sub']);
  assert.deepEqual(new Outside(5, 6).a, [5, 6]);
  assert.deepEqual(
    [new strict(1, 2).a, new evaluated(1, 2).a],
    [
      [1, 2],
      [1, 2, 2],
    ],
  );
  assert.deepEqual([Base.length, Sub.length, Own.length, strict.length], [1, 1, 0, 1], 'the classes are those that were there');
  await p.revert();
  assert.deepEqual([new Base(1, 2).a, new Sub(1, 2).a, new Own(7, 8).a, new strict(1, 2).a, new evaluated(1, 2).a], [1, 1, 7, 1, 1]);
  p.clean();
});

test('a constructor that loses a parameter, and one whose parameters change places', async () => {
  const before = `exports.A = class { constructor(a, b) { this.all = [a, b] } }
exports.B = class extends exports.A { constructor(first, second) { super(first, second) } }
exports.make = () => new exports.B(1, 2).all`;
  const after = `exports.A = class { constructor(a) { this.all = [a, arguments.length] } }
exports.B = class extends exports.A { constructor({ second }, first = 7) { super(second, first) } }
exports.make = () => new exports.B({ second: 2 }).all`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.deepEqual(
    [p.exports['make'](), new p.exports['B']({ second: 3 }, 4).all],
    [
      [2, 2],
      [3, 2],
    ],
  );
  await p.revert();
  assert.deepEqual(p.exports['make'](), [1, 2]);
  p.clean();
});

test('what stands before super() ends without a semicolon', async () => {
  const before = `class Base { constructor(o) { this.o = o } }
exports.A = class extends Base {
  constructor(name, o) {
    o = o || {}
    super(o)
    this.name = name
  }
}
exports.B = class extends Base {
  constructor(o) {
    let all = [o]
    if (o) {
      all = [o, o]
      super(all)
    } else
      super([])
    this.all = all
  }
}`;
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replace('= name', "= name + '!'").replace('= all', '= all.length') },
  );
  await p.apply();
  const { A, B } = p.exports;
  assert.deepEqual({ ...new A('a') }, { o: {}, name: 'a!' });
  assert.deepEqual({ ...new A('a', 1) }, { o: 1, name: 'a!' });
  assert.deepEqual({ ...new B(1) }, { o: [1, 1], all: 2 });
  assert.deepEqual({ ...new B() }, { o: [], all: 1 });
  p.clean();
});

test('`arguments` of a constructor of a subclass is what its caller gave', async () => {
  const before = `class Parent { constructor(...all) { this.all = all } }
exports.A = class extends Parent { constructor() { super(...arguments); this.n = 1 } }
exports.B = class extends Parent { constructor(a, b = 5) { super(a); this.n = b } }
exports.C = class extends Parent { constructor(a) { super(a) } }`;
  const after = before
    .replace('this.n = 1', 'this.n = 2')
    .replace(
      'super(a); this.n = b',
      'const inner = () => arguments.length; super(inner(), ...arguments); a = 0; this.n = [arguments[0], b, new.target === exports.B]',
    )
    .replace('constructor(a) { super(a)', 'constructor() { super(arguments.length, arguments[1])');
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { A, B, C } = p.exports;
  await p.apply();
  assert.deepEqual({ ...new A('x', 'y') }, { all: ['x', 'y'], n: 2 });
  assert.deepEqual({ ...new A() }, { all: [], n: 2 });
  assert.deepEqual({ ...new B('x', 'y') }, { all: [2, 'x', 'y'], n: ['x', 'y', true] });
  assert.deepEqual({ ...new C('x', 'y', 'z') }, { all: [3, 'y'] });
  await p.revert();
  assert.deepEqual({ ...new A('x', 'y') }, { all: ['x', 'y'], n: 1 });
});

const bare = `const log = []
class Base { hi() { return this.v } }
class Parent { constructor(x) { this.x = x } static make(...all) { return new this(...all) } }
class Sub extends Parent { hi() { return [this.x, this.v] } }
class Wide extends Sub {}
class Filled extends Parent { f = [this.x]; #g = 2; all() { return [this.f, this.#g] } }
exports.Base = Base; exports.Sub = Sub; exports.Wide = Wide; exports.Filled = Filled
exports.late = () => (function () { class Late extends Parent {} ; return Late })()
exports.make = () => [new Base().v, new Sub(1).v]`;

test('a class that wrote no constructor gets one, and loses it with a revert', async () => {
  const p = await program(
    { 'index.js': bare },
    {
      'index.js': bare
        .replace(
          'hi() { return this.v } }',
          "constructor(v = 'none') { this.v = [v, new.target.name, arguments.length] } hi() { return this.v } }",
        )
        .replace(
          'class Sub extends Parent {',
          'class Sub extends Parent { constructor(v, w) { super(v, w); this.v = [w, super.constructor.name, new.target.name] }',
        )
        .replace('#g = 2;', "#g = 2; constructor(x) { if (x < 0) throw new RangeError('negative'); super(x * 2) }")
        .replace('new Base().v, new Sub(1).v', 'new Base(1).v, new Sub(1, 2).v'),
    },
  );
  const { Base, Sub, Wide, Filled, make } = p.exports;
  const old = [new Base(), new Sub(1)];
  await p.apply();
  assert.deepEqual(make(), [
    [1, 'Base', 1],
    [2, 'Parent', 'Sub'],
  ]);
  class Outside extends (Base as new (...args: unknown[]) => { hi(): unknown }) {}
  assert.deepEqual(
    [new Base().hi(), new Outside(5).hi(), (Reflect.construct(Base, [7], Wide) as { readonly v: unknown }).v],
    [
      ['none', 'Base', 0],
      [5, 'Outside', 1],
      [7, 'Wide', 1],
    ],
  );
  assert.ok(new Outside() instanceof Base);
  assert.deepEqual({ ...new Wide(3, 4) }, { x: 3, v: [4, 'Parent', 'Wide'] });
  assert.deepEqual(Sub.make(1, 2).hi(), [1, [2, 'Parent', 'Sub']], 'what is static is inherited as before');
  assert.deepEqual(new Filled(3).all(), [[6], 2]);
  assert.throws(() => new Filled(-1), RangeError);
  assert.deepEqual(
    old.map((o) => o.v),
    [undefined, undefined],
  );
  await p.revert();
  assert.deepEqual(
    [{ ...new Base(1) }, { ...new Sub(1, 2) }, { ...new Wide(3) }, new Filled(-3).all(), make()],
    [{}, { x: 1 }, { x: 3 }, [[-3], 2], [undefined, undefined]],
  );
  assert.equal(Object.getPrototypeOf(Sub).name, 'Parent');
  await p.apply();
  assert.deepEqual(new Sub(1, 2).hi(), [1, [2, 'Parent', 'Sub']], 'and gets it again');
  await p.revert();
  p.clean();
});

test('fields that the running class would initialise behind what its new constructor does', async () => {
  const report = await build(
    { 'index.js': bare },
    { 'index.js': bare.replace('#g = 2;', '#g = 2; constructor(x) { super(x); this.#g = 3 }') },
  );
  assert.deepEqual(
    report.verdicts.filter((v) => v.verdict === 'refused').map((v) => [v.code, v.path]),
    [['constructor-changed', 'Filled#constructor']],
  );
});

test('a class that writes no constructor any more', async () => {
  const before = `class Parent { constructor(x) { this.x = x } }
class Sub extends Parent { g = 1; constructor(x) { super(x + 1); this.more = 1 } }
class Base { constructor() { this.b = 1 } }
exports.Sub = Sub; exports.Base = Base`;
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replace('constructor(x) { super(x + 1); this.more = 1 }', '').replace('constructor() { this.b = 1 }', '') },
  );
  await p.apply();
  assert.deepEqual([{ ...new p.exports['Sub'](1) }, { ...new p.exports['Base']() }], [{ x: 1, g: 1 }, {}]);
  await p.revert();
  assert.deepEqual([{ ...new p.exports['Sub'](1) }, { ...new p.exports['Base']() }], [{ x: 2, g: 1, more: 1 }, { b: 1 }]);
  p.clean();
});

test('a module that comes while the patch is there, and a class that is made then', async () => {
  const lib = `class Parent { constructor(x) { this.x = x } }
exports.wrap = (function () { class In extends Parent {} ; return In })()
exports.Base = class { name() { return 'base' } }`;
  const p = await program(
    { 'index.js': "exports.load = () => require('./lib.js'); exports.v = () => 1", 'lib.js': lib },
    {
      'index.js': "exports.load = () => require('./lib.js'); exports.v = () => 2",
      'lib.js': lib
        .replace('class In extends Parent {}', 'class In extends Parent { constructor(x) { super([x]) } }')
        .replace("name() { return 'base' }", "constructor() { this.made = 1 } name() { return 'base' }"),
    },
  );
  await p.apply();
  const { wrap, Base } = p.exports['load']();
  assert.deepEqual([new wrap(1).x, new Base().made], [[1], 1]);
  await p.revert();
  assert.deepEqual([new wrap(1).x, new Base().made], [1, undefined]);
  p.clean();
});

test('while a transition runs each task constructs with the constructor that is its own', async () => {
  const before = `class Parent {}
class Sub extends Parent {}
class Base {}
exports.work = async (gate) => { const one = make(); await gate; return [one, make()] }
function make() { return [{ ...new Sub() }, { ...new Base() }] }
exports.make = make`;
  const p = await program(
    { 'index.js': before },
    {
      'index.js': before
        .replace('class Sub extends Parent {}', 'class Sub extends Parent { constructor() { super(); this.s = 1 } }')
        .replace('class Base {}', 'class Base { constructor() { this.b = 1 } }')
        .replace('return [one, make()] }', 'return [one, make(), 1] }'),
    },
  );
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const working = task('work', () => p.exports['work'](gate));
  const applying = p.apply();
  while (!currentRuntime()!.engine.transitioning) await new Promise((resolve) => setImmediate(resolve));
  open();
  assert.deepEqual(await working, [
    [{}, {}],
    [{}, {}],
  ]);
  await applying;
  assert.deepEqual(p.exports['make'](), [{ s: 1 }, { b: 1 }]);
  await p.revert();
  assert.deepEqual(p.exports['make'](), [{}, {}]);
  p.clean();
});

test('a property takes the place of an accessor: new code sets it, and objects that exist go on with the accessor until it does', async () => {
  const before = `exports.Job = class { constructor(t) { this.t = t } get once() { return this.t > 1 } again(t) { this.t = t } state() { return this.once } }
exports.Pair = class { constructor(v) { this.own = v } get v() { return this.own } set v(x) { this.own = x } twice() { return this.v * 2 } }`;
  const after = `exports.Job = class { constructor(t) { this.once = t > 1; this.t = t } again(t) { this.once = t > 1; this.t = t } state() { return this.once } }
exports.Pair = class { constructor(v) { this.v = v } twice() { return this.v * 2 } }`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { Job, Pair } = p.exports;
  const [job, pair] = [new Job(2), new Pair(2)];
  await p.apply();
  assert.deepEqual({ ...new Job(2) }, { once: true, t: 2 });
  assert.deepEqual({ ...new Pair(3) }, { v: 3 });
  assert.deepEqual([job.state(), new Job(1).state(), pair.twice(), new Pair(3).twice()], [true, false, 4, 6]);
  job.again(0);
  pair.v = 5;
  assert.deepEqual([job.state(), pair.twice()], [false, 10]);
  await p.revert();
  assert.deepEqual([new Job(2).state(), Object.keys(new Job(2)), new Pair(4).twice()], [true, ['t'], 8]);
});

test('a constructor may catch what super() throws, and is refused where it calls that again', async () => {
  const before = `class Parent { constructor(x) { if (x === 'bad') throw new Error('bad'); this.x = x } }
exports.A = class extends Parent { constructor(x) { try { super(x) } catch (error) { throw new TypeError(error.message) } } }
exports.B = class extends Parent { constructor(x) { try { super(x) } catch { super('good') } this.n = 1 } }`;
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('TypeError(error', 'RangeError(error') });
  await p.apply();
  assert.throws(() => new p.exports['A']('bad'), { name: 'RangeError', message: 'bad' });
  assert.equal(new p.exports['A']('x').x, 'x');
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': before.replace('n = 1', 'n = 2') });
  assert.deepEqual(
    verdicts.filter(({ verdict }) => verdict === 'refused').map(({ code }) => code),
    ['super-out-of-reach'],
  );
});

test('an accessor that has gone where code of another file sets a property of its name is refused: objects with a copy of it would throw', async () => {
  const mixed = (own: string, set: string): Record<string, string> => ({
    'index.js': `'use strict'; const { Part } = require('./part.js');
class Box { constructor() { this.size = 1; ${set} } }
for (const key of Reflect.ownKeys(Part.prototype)) if (!(key in Box.prototype)) Object.defineProperty(Box.prototype, key, Object.getOwnPropertyDescriptor(Part.prototype, key));
exports.make = () => new Box().items;`,
    'part.js': `exports.Part = class Part { ${own} more() { return 1 } };`,
  });
  const refused = async (before: Record<string, string>, after: Record<string, string>): Promise<readonly string[]> => {
    const { verdicts } = await build(before, after);
    return verdicts.flatMap(({ verdict, code, path }) => (verdict === 'refused' ? `${code} ${path}` : []));
  };
  const getter = 'get items() { return [] }';
  const before = mixed(getter, '');
  assert.deepEqual(await refused(before, mixed('', 'this.items = [];')), ['class-changed exports.Part#items']);
  assert.deepEqual(await refused(before, { ...mixed('', ''), 'new.js': 'exports.set = function () { this.items = [] }' }), [
    'class-changed exports.Part#items',
  ]);
  assert.deepEqual(await refused(mixed('set items(value) {}', ''), mixed('', 'this.items = [];')), ['class-changed exports.Part#items']);
  assert.deepEqual(await refused(before, mixed('', 'this.all = this.items == null;')), []);
  assert.deepEqual(await refused(mixed(getter, 'this.items = 1;'), mixed('', 'this.items = 2;')), []);
  assert.deepEqual(await refused(mixed(`static ${getter}`, ''), mixed('', 'this.items = [];')), []);
  assert.deepEqual(await refused(mixed('items() { return [] }', ''), mixed('', 'this.items = [];')), []);
});
