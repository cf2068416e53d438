/** New versions that read more arguments than their running functions declare. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, patched, program } from './harness.ts';

test('a method, an export and a kept reference are given an argument more', async () => {
  const p = await patched(
    `const table = { add(a) { return a } };
class C { sum(a) { return a } static of(a) { return a } #own(a) { return a } own() { return this.#own(1) } }
exports.f = function (a) { return [a] };
const kept = [exports.f];
exports.table = () => table.add(1);
exports.c = () => [new C().sum(1), C.of(1), new C()['sum'](1), new C().own()];
exports.kept = () => kept[0](1);
exports.self = () => exports.f(1);
exports.C = C;`,
    `const table = { add(a, b) { return [a, b] } };
class C { sum(a, ...rest) { return [a, rest, this instanceof C] } static of(a, b) { return [a, b, this === C] } #own(a, b) { return [a, b] } own() { return this.#own(1, 2) } }
exports.f = function (a, b = 7) { return [a, b, this === undefined] };
const kept = [exports.f];
exports.table = () => table.add(1, 2);
exports.c = () => [new C().sum(1, 2, 3), C.of(1, 2), new C()['sum'](1, 2), new C().own()];
exports.kept = () => kept[0](1, 2);
exports.self = () => [exports.f(1, 2), exports.f(1), (0, exports.f)(...[1, 2, 3]), exports.f?.(1, 2), exports?.f(1, 2), exports.none?.(1, 2)];
exports.C = C;`,
  );
  const { exports } = p;
  assert.ok(p.codes('warning').includes('arguments-unseen'));
  assert.deepEqual(exports['table'](), [1, 2]);
  assert.deepEqual(exports['c'](), [
    [1, [2, 3], true],
    [1, 2, true],
    [1, [2], true],
    [1, 2],
  ]);
  assert.deepEqual(exports['kept']().slice(0, 2), [1, 2]);
  assert.deepEqual(
    exports['self']().map((r: unknown[] | undefined) => r?.slice(0, 2)),
    [[1, 2], [1, 7], [1, 2], [1, 2], [1, 2], undefined],
  );
  assert.deepEqual(new exports['C']().sum(5), [5, [], true], 'a caller outside passes what it passes');
  await p.revert();
  assert.equal(exports['table'](), 1);
  assert.deepEqual(exports['self'](), [1]);
});

test('nobody but the function that is called takes the argument', async () => {
  const p = await program(
    {
      'index.js': `const lib = require('./lib.js');
exports.go = () => 0;
exports.fail = () => 0;
exports.f = lib.f;`,
      'lib.js': `exports.f = function (a) { return [a] };
exports.through = function (a, b, c) { return exports.f(a) };
exports.bad = function (a, b) { throw new Error('bad') };`,
    },
    {
      'index.js': `const lib = require('./lib.js');
exports.go = () => [lib.through(1, 2, 3), lib.f(1, 2), lib.f(4)];
exports.fail = () => { try { lib.bad(1, 2) } catch { return lib.f(1) } };
exports.f = lib.f;`,
      'lib.js': `exports.f = function (a, b) { return [a, b] };
exports.through = function (a, b, c) { return exports.f(a) };
exports.bad = function (a, b) { throw new Error('bad') };`,
    },
  );
  await p.apply();
  assert.deepEqual(p.exports['go'](), [
    [1, undefined],
    [1, 2],
    [4, undefined],
  ]);
  assert.deepEqual(p.exports['fail'](), [1, undefined]);
  p.clean();
});

test('what is evaluated, and in which order, stays', async () => {
  const p = await patched(
    `const log = [];
const o = { get m() { log.push('get'); return this.f }, f(a) { return a } };
exports.go = () => 0;`,
    `const log = [];
const o = { get m() { log.push('get'); return this.f }, f(a, b) { return [a, b, this === o] } };
const say = (x) => (log.push(x), x);
exports.go = () => [(say('object'), o).m(say(1), say(2)), log.splice(0), o[(say('key'), 'f')](say(1), say(2)), log.splice(0)];`,
  );
  assert.deepEqual(p.exports['go'](), [
    [1, 2, true],
    ['object', 'get', 1, 2],
    [1, 2, true],
    ['key', 1, 2],
  ]);
});

test('what is no function, and no constructor, is called so', async () => {
  const next = `const o = { f(a, b) { return [a, b] }, x: 1, deep: { y: 2 } };
const say = (x) => (log.push(x), x);
const log = [];
const none = undefined;
const calls = [
  () => o.x(say(1), 2), () => o['x'](1, 2), () => o[say('x')](say(1), 2), () => o.deep.y(1, 2), () => none(1, 2), () => o.f(1, 2)(3, 4), () => o?.x(1, 2),
  () => none.x(1, 2), () => none?.x(1, 2), () => o.nil?.(1, 2), () => new none(1, 2), () => new o.x(say(5), 2), () => new (() => 1)(1, 2), () => (0, o.x)(1, 2),
];
exports.go = () => [calls.map((call) => { try { return call() } catch (error) { return String(error) } }), log.splice(0)];`;
  const p = await patched('const o = { f(a) { return a } }; exports.go = () => 0; exports.o = o;', `${next} exports.o = o;`);
  const fresh: { go?(): unknown } = {};
  // oxlint-disable-next-line typescript/no-implied-eval -- the same text without a patch
  new Function('exports', next)(fresh);
  assert.deepEqual(p.exports['go'](), fresh.go!());
});

test('a call that opens a statement, of a captured variable', async () => {
  const p = await patched(
    `const o = { f(a) { return a } }; exports.o = o;
exports.make = (cb) => function () { return cb(0) };
exports.kept = exports.make((...args) => args);`,
    `const o = { f(a, b) { return [a, b] } }; exports.o = o;
exports.make = (cb) => function () {
  const all = []
  all.push(cb(1, 2))
  cb(all, 3)
  if (all.length) cb(4, 5)
  return all
};
exports.kept = exports.make((...args) => args);`,
  );
  assert.deepEqual(p.exports['kept'](), [[1, 2]]);
});

test('a function that was a constructor, async functions and generators', async () => {
  const p = await patched(
    `function Point(x) { this.x = x }
const api = { async later(a) { await 1; return a }, *each(a) { yield a }, Point };
exports.go = async () => 0;`,
    `function Point(x, y) { this.x = x; this.y = y }
const api = { async later(a, b) { await 1; return [a, b] }, *each(a, b) { yield a; yield b }, Point };
exports.go = async () => [await api.later(1, 2), [...api.each(1, 2)], { ...new api.Point(1, 2) }, new Point(3, 4) instanceof Point];`,
  );
  assert.deepEqual(await p.exports['go'](), [[1, 2], [1, 2], { x: 1, y: 2 }, true]);
});

test('a line that ends behind `new` ends no statement', async () => {
  const p = await patched(
    `function Point(x) { this.x = x }
exports.made = () => 0;
exports.named = () => 0;
exports.thrown = () => 0;`,
    `function Point(x, y) { this.x = x; this.y = y }
exports.made = () => { return new
  Point(1, 2) };
exports.named = () => { return new // a comment
  /* and another */
  (Point)(3, 4) };
exports.thrown = () => { throw new
  Point(5, 6) };`,
  );
  assert.deepEqual({ ...p.exports['made']() }, { x: 1, y: 2 });
  assert.deepEqual({ ...p.exports['named']() }, { x: 3, y: 4 });
  assert.throws(p.exports['thrown'], { x: 5, y: 6 });
  p.clean();
});

test('what may not be there is not called, nor what follows it', async () => {
  const p = await patched(
    `const table = { add(a) { return a }, get self() { return this }, give() { return this } };
exports.go = () => 0;
exports.own = () => 0;
exports.throws = () => [];
exports.give = () => table;
exports.later = async () => 0;
exports.table = table;`,
    `const table = { add(a, b) { return [a, b, this === table] }, get self() { return this }, give() { return this } };
class C { #own(a, b) { return [a, b] } static of(o) { return [o?.#own(1, 2), o?.#own?.(3, 4)] } }
exports.go = (t, none, f) => [
  t?.add?.(1, 2), t?.none?.(1, 2), t?.['add']?.(3, 4), t?.add(5, 6), none?.add?.(1, 2),
  t?.self.add(1, 2), t?.self['add'](3, 4), t?.['self'].self.add(5, 6), t?.give().add(7, 8), t?.self?.self.add?.(9, 10), t?.self.none?.(1, 2),
  none?.self.add(1, 2).more, f?.().add(1, 2), (0, t)?.self.add(...[3, 4]), (t?.self).add(5, 6), t?.self.give(() => none?.self.add(1, 2)).add(7), t?.self?.add(1, 2), t?.none?.add(1, 2),
];
exports.throws = () => [(t) => t?.none.add(1, 2), (t) => t?.self.none(1, 2), (t) => (t?.none).add(1, 2)];
exports.own = () => [C.of(new C()), C.of(null)];
exports.give = () => table;
exports.later = async (t) => (await t)?.self.add(await 1, 2);
exports.table = table;`,
  );
  const { go, own, table } = p.exports;
  const of = (a: number, b?: number): unknown => [a, b, true];
  const [one, three, five, seven] = [of(1, 2), of(3, 4), of(5, 6), of(7, 8)];
  assert.deepEqual(go(table, null, p.exports['give']).slice(0, 11), [
    one,
    undefined,
    three,
    five,
    undefined,
    one,
    three,
    five,
    seven,
    of(9, 10),
    undefined,
  ]);
  assert.deepEqual(go(table, null, p.exports['give']).slice(11), [undefined, one, three, five, of(7), one, undefined]);
  assert.deepEqual([await p.exports['later'](table), await p.exports['later'](null)], [one, undefined]);
  for (const throws of p.exports['throws']()) assert.throws(() => throws(table), TypeError);
  assert.deepEqual(
    p.exports['throws']()
      .slice(0, 2)
      .map((run: (t: null) => unknown) => run(null)),
    [undefined, undefined],
  );
  assert.deepEqual(own(), [
    [
      [1, 2],
      [3, 4],
    ],
    [undefined, undefined],
  ]);
  p.clean();
});

test('comments on the way to a member stay, or go with it', async () => {
  const p = await patched(
    `const table = { add(a) { return a }, get self() { return this } };
class C { #own(a) { return a } static of(o) { return [] } }
exports.go = () => []; exports.own = () => C.of(new C()); exports.table = table;`,
    `const table = { add(a, b) { return [a, b, this === table] }, get self() { return this } };
class C { #own(a, b) { return [a, b] } static of(o) { return (o /* .#own */ )
  // an own one, as o.#own(3, 4)
  . /* its name */ #own(1, 2) } }
exports.go = (t) => [
  t
    .self

    // .add( is what follows
    .add(1, 2),
  t. /* here . */ add(1, 2), t /* [0] */ [ /* [ */ 'add' /* ] */ ](1, 2), (t /* ) */ ) /* . */ .add(1, 2),
  t /* ?. */ ?. /* . */ add(1, 2), t /* ?. */ ?. /* [ */ ['add'](1, 2), t /* ?. */ ?. /* . */ self /* . */ .add(1, 2),
];
exports.own = () => C.of(new C()); exports.table = table;`,
  );
  const { go, own, table } = p.exports;
  assert.deepEqual(go(table), Array(7).fill([1, 2, true]));
  assert.deepEqual(own(), [1, 2]);
  p.clean();
});

test('a call that only follows in a chain cannot always ask', async () => {
  for (const call of [
    't?.add(1, 2).add(3, 4)',
    't?.f?.(1).add(1, 2)',
    't?.self(await 1).add(1, 2)',
    't?.f(1)(1, 2)',
    '(t?.add)(1, 2)',
    't?.self.#own(1, 2)',
  ]) {
    const { verdicts } = await build(
      { 'index.js': `const table = { add(a) { return a } };\nclass C { #own() {} static async go(t) { return 0 } }\nexports.C = C;` },
      {
        'index.js': `const table = { add(a, b) { return a + b } };\nclass C { #own() {} static async go(t) { return ${call} } }\nexports.C = C;`,
      },
    );
    assert.ok(
      verdicts.some(({ code }) => code === 'argument-out-of-reach'),
      call,
    );
  }
});

test('it is not applied where calls wait', async () => {
  const p = await program(
    { 'index.js': 'class C { async m(a) { await 1; return a } } exports.c = new C()' },
    { 'index.js': 'class C { async m(a, b) { await 1; return [a, b] } } exports.c = new C()' },
  );
  await assert.rejects(currentRuntime()!.apply(p.report.patch!, { timeoutMs: 2000, mode: 'barrier' }), { code: 'ERR_ARGUMENTS_MODE' });
  assert.equal(await p.exports['c'].m(1), 1);
  p.clean();
});

test('statements that begin with a captured name', async () => {
  const p = await patched(
    `exports.make = (done) => { const run = () => { done('old') }; return { run } };
const table = { f(a) { return a } };
exports.made = exports.make((...all) => { exports.got = all })`,
    `exports.make = (done) => { const run = () => {
  const x = 1
  done(x, table.f(2, 3), 4)
  done(x, table.f(2, 3), 5)
}; return { run } };
const table = { f(a, b) { return [a, b] } };
exports.made = exports.make((...all) => { exports.got = all })`,
  );
  p.exports['made'].run();
  assert.deepEqual(p.exports['got'], [1, [2, 3], 5]);
});

test('calls in a chain that begins with a captured name', async () => {
  const p = await patched(
    `exports.make = (say) => { const run = () => { say('old') }; return { run } };
const table = { f(a) { return a } };
exports.said = [];
const line = (...all) => { exports.said.push(all); return line };
exports.made = exports.make(line)`,
    `exports.make = (say) => { const run = () => {
  const x = table.f(2, 3)
  say('if (%s) {', x)
    ('errors = %s', 1)
  ('}')
  say('end')('', x)
}; return { run } };
const table = { f(a, b) { return [a, b] } };
exports.said = [];
const line = (...all) => { exports.said.push(all); return line };
exports.made = exports.make(line)`,
  );
  p.exports['made'].run();
  assert.deepEqual(p.exports['said'], [['if (%s) {', [2, 3]], ['errors = %s', 1], ['}'], ['end'], ['', [2, 3]]]);
});

test('what is no function is named as it is without a patch', async () => {
  const p = await patched(
    `const table = { f(a) { return a } }; exports.go = () => 0`,
    `const table = { f(a, b) { return [a, b] } };
exports.go = (o, n) => [() => o.none(1, 2), () => n(1, 2), () => new o.none(1, 2), () => o['none'](1, 2), () => o.none.more(1, 2)].map((run) => {
  try { return run() } catch (error) { return [error.constructor === TypeError, error.message] }
})`,
  );
  const none: Record<string, unknown> = {};
  assert.deepEqual(p.exports['go'](none, 5), [
    [true, 'o.none is not a function'],
    [true, 'n is not a function'],
    [true, 'o.none is not a constructor'],
    [true, 'o.none is not a function'],
    [true, "Cannot read properties of undefined (reading 'more')"],
  ]);
});

test('a file that only the new version has passes more as well', async () => {
  const base = {
    'index.js': "const t = require('./table'); exports.go = () => [t.f(1)]",
    'table.js': 'exports.f = function (a) { return a };',
  };
  for (const added of [
    { 'added.js': 'module.exports = (t) => [t.f(1, 2), new t.f(3, 4) instanceof t.f, t.f(...[5, 6])]' },
    { 'added.mjs': 'export default (t) => [t.f(1, 2), new t.f(3, 4) instanceof t.f, t.f(...[5, 6])]' },
  ]) {
    const name = Object.keys(added)[0]!;
    const from = name.endsWith('.mjs') ? '.default' : '';
    const p = await program(base, {
      'index.js': `const t = require('./table'); const run = require('./${name}')${from}; exports.go = () => run(t)`,
      'table.js': 'exports.f = function (a, b) { return [a, b] };',
      ...added,
    });
    await p.apply();
    assert.deepEqual(p.exports['go'](), [[1, 2], false, [5, 6]], name);
    await p.revert();
    assert.deepEqual(p.exports['go'](), [1]);
    p.clean();
  }
});

test('an argument more goes through call, apply and Reflect', async () => {
  const p = await patched(
    'const t = { add(a) { return a }, F: function (a) { this.a = a } }; exports.t = t; exports.go = () => 0;',
    `const t = { add(a, b) { return [a, b] }, F: function (a, b) { this.a = [a, b] } }; exports.t = t;
exports.go = () => [
  t.add.call(t, 1, 2), t.add.apply(t, [1, 2]), t.add.apply(null, { length: 2, 1: 8 }), Reflect.apply(t.add, t, [3, 4]),
  Reflect.construct(t.F, [3, 4]).a, (function () { return t.add.apply(this, arguments) })(5, 6), t.add.apply(t), t.add.call(),
  Math.max.apply(null, [1, 2]), Reflect.construct(Date, [0], Array) instanceof Array,
];
exports.fail = () => t.add.apply(t, 5);`,
  );
  assert.deepEqual(p.exports['go'](), [
    [1, 2],
    [1, 2],
    [undefined, 8],
    [3, 4],
    [3, 4],
    [5, 6],
    [undefined, undefined],
    [undefined, undefined],
    2,
    true,
  ]);
  assert.throws(() => p.exports['fail'](), TypeError);
  await p.revert();
  assert.equal(p.exports['t'].add(1), 1);
});

test('a function that was given to a call, or returned, keeps its length, which is pointed out', async () => {
  const source = (list: string, all = list): Record<string, string> => ({
    'index.js': `const held = []; const use = (f) => held.push(f);
use(function first(${list}) { return [${all}] });
function second(${list}) { return [${all}] } use(second);
exports.make = (x) => { return function (${list}) { return [x, ${all}] } };
exports.f = function (${list}) { return [${all}] };
function inner(${list}) { return [${all}] } exports.g = () => inner(1);
exports.C = class { m(${list}) { return [${all}] } };
exports.held = held`,
  });
  const p = await program(source('a'), source('a, b'));
  const rows = p.report.verdicts.filter(({ code }) => code === 'length-kept');
  assert.deepEqual(
    rows.map(({ reason }) => reason),
    Array.from({ length: 3 }, () => 'its length stays 1, where the new version has 2'),
  );
  await p.apply();
  const [first, second] = p.exports['held'];
  assert.deepEqual([first(1, 2), second(1, 2), first.length, second.length], [[1, 2], [1, 2], 1, 1]);
  for (const list of ['a, b = 1', 'a, ...b']) {
    const same = await program(source('a'), source(list, 'a, b'));
    assert.ok(!same.codes().includes('length-kept'));
  }
});

test('a method of a name that is declared for the exports gets what callers outside pass', async () => {
  const before = `var req = exports = module.exports = {}
req.logout = req.logOut = function () { this.user = null; return 'out' }`;
  const after = before.replace(
    "function () { this.user = null; return 'out' }",
    "function (options, done) { this.user = null; done(options); return 'left' }",
  );
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const request = Object.assign(Object.create(p.exports as object) as Record<string, unknown>, { user: 'mallory' });
  const out = request['logOut'] as (...given: unknown[]) => string;
  assert.ok(!p.codes().includes('arguments-unseen'));
  await p.apply();
  const seen: unknown[] = [];
  assert.equal(
    out.call(request, { keep: true }, (options: unknown) => seen.push(options)),
    'left',
  );
  assert.deepEqual([seen, request['user']], [[{ keep: true }], null]);
  await p.revert();
  assert.equal(out.call(request), 'out');
  p.clean();
});

for (const [what, make] of [
  ['returned', (takes: string) => `return function (${takes}) { return [${takes}] }`],
  ['returned by a name', (takes: string) => `function hear(${takes}) { return [${takes}] } hear.of = of; return hear`],
  ['returned in an object', (takes: string) => `return { of, hear: (${takes}) => [${takes}] }`],
  ['given by an arrow function that the maker returns', (takes: string) => `return (of) => (${takes}) => [${takes}]`],
] as const)
  test(`a function that is ${what} gets what callers outside pass`, async () => {
    const source = (takes: string): string => `exports.make = function (of) { ${make(takes)} }`;
    const p = await program({ 'index.js': source('request') }, { 'index.js': source('request, response, next') });
    type Heard = (...given: number[]) => unknown;
    const made = p.exports['make']() as Heard & { hear?: Heard };
    const heard = made.hear ?? (what.startsWith('given') ? (made() as Heard) : made);
    assert.ok(!p.codes().includes('arguments-unseen'));
    assert.deepEqual(heard(1, 2, 3), [1]);
    await p.apply();
    assert.deepEqual(heard(1, 2, 3), [1, 2, 3]);
    await p.revert();
    assert.deepEqual(heard(1, 2, 3), [1]);
    p.clean();
  });

test('so does a method of a name that is all that the module gives away', async () => {
  const heads = [
    ['var api = module.exports', ''],
    ['var api = exports', ''],
    ['var api = {}', 'module.exports = api'],
    ['const api = {}', 'exports = module.exports = api'],
    ['function api() {}', 'module.exports = api'],
    ['const api = {}', 'exports.default = api'],
    ['const api = {}', 'module.exports.default = api'],
  ];
  for (const [head, foot] of heads) {
    const version = (params: string, name = 'api.check'): string => `${head};
${name} = function (${params}) { return [${params}] };
${foot}`;
    const p = await program({ 'index.js': version('token') }, { 'index.js': version('token, algorithm') });
    const { check } = (p.exports['default'] ?? p.exports) as unknown as { check: (...given: unknown[]) => unknown[] };
    assert.ok(!p.codes().includes('arguments-unseen'), head);
    await p.apply();
    assert.deepEqual(check(1, 2), [1, 2], head);
    p.clean();
    const other = await program({ 'index.js': version('a', 'api.own') }, { 'index.js': version('a, b', 'api.own') });
    assert.ok(!other.codes().includes('arguments-unseen'));
    other.clean();
  }
  const es = (params: string): string => `const api = {};
api.check = function (${params}) { return [${params}] };
export default api;`;
  const m = await program({ 'index.mjs': es('a') }, { 'index.mjs': es('a, b') });
  await m.apply();
  assert.deepEqual((m.exports['default'] as unknown as { check: (...given: unknown[]) => unknown[] }).check(1, 2), [1, 2]);
  m.clean();
  const literal = (params: string): string => `const api = { check(${params}) { return [${params}] } };
module.exports = api;`;
  const p = await program({ 'index.js': literal('a') }, { 'index.js': literal('a, b') });
  await p.apply();
  assert.deepEqual((p.exports['check'] as (...given: unknown[]) => unknown[])(1, 2), [1, 2]);
  p.clean();
});

test('but none of a name that is given away as something else, or of instances', async () => {
  const cases = [
    (params: string) => `const api = {}; api.check = function (${params}) { return [${params}] }; exports.api = [api]`,
    (params: string) => `function Api() {} Api.prototype.check = function (${params}) { return [${params}] }; module.exports = Api`,
    (params: string) => `const api = {}; api.check = function (${params}) { return [${params}] }; { module.exports = { api } }`,
  ];
  for (const version of cases) {
    const p = await program({ 'index.js': version('a') }, { 'index.js': version('a, b') });
    assert.ok(p.codes().includes('arguments-unseen'), version('a'));
    p.clean();
  }
});

test('a private method of another object, or of the class itself', async () => {
  const version = (params: string, given: string): string => `let made = 0;
class C {
  #at(${params}) { return [${params}, this instanceof C] }
  static #of(${params}) { return [${params}, this === C] }
  get #got() { return function (${params}) { return [${params}, this instanceof C] } }
  static make() { made++; return new C() }
  static all(other) {
    const none = null;
    return [C.#of(${given}), other.#at(${given}), other?.#at(${given}), none?.#at(${given}).x.y, C.make()
      .#at(${given}), other.#got(${given})];
  }
  static async later(other) { return (await other).#at(${given}) }
  static wrong(other) { return other.#at(${given}) }
}
exports.all = () => C.all(new C());
exports.later = () => C.later(Promise.resolve(new C()));
exports.wrong = (other) => C.wrong(other);
exports.made = () => made;`;
  const p = await patched(version('a', '1'), version('a, b', '1, 2'));
  assert.deepEqual(p.codes('refused'), []);
  const both = [1, 2, true];
  assert.deepEqual(p.exports['all'](), [both, both, both, undefined, both, both]);
  assert.equal(p.exports['made'](), 1);
  assert.deepEqual(await p.exports['later'](), both);
  assert.throws(() => p.exports['wrong']({}), TypeError);
  assert.throws(() => p.exports['wrong'](null), TypeError);
  await p.revert();
  assert.deepEqual(p.exports['all']()[0], [1, true]);
});

test('a function that each call of one with many makes is given what its new callers pass', async () => {
  const many = Array.from({ length: 16 }, (_, i) => `function f${i}() { return ${i} }`).join('\n');
  const maker = (parameter: string, given: string): string => `exports.make = function () {
${many}
function add(a, b${parameter}) { return [a, b${parameter}]; }
return { own: (a) => add(a, 1${given}), other: () => add(0, 0), all: [${Array.from({ length: 16 }, (_, i) => `f${i}`).join()}] };
};
exports.made = exports.make();`;
  const p = await program({ 'index.js': maker('', '') }, { 'index.js': maker(', c', ', 5') });
  const { made, make } = p.exports;
  await p.apply();
  assert.deepEqual(p.codes('warning'), []);
  assert.deepEqual(
    [made.own(2), made.other(), make().own(3)],
    [
      [2, 1, 5],
      [0, 0, undefined],
      [3, 1, 5],
    ],
  );
  await p.revert();
  assert.deepEqual(
    [made.own(2), make().own(3)],
    [
      [2, 1],
      [3, 1],
    ],
  );
  p.clean();
});

const overriding = (own: string, call: string): string => `const { Readable } = require('node:stream');
class Box extends Readable { _read() {} ${own} stop(error) { return ${call} } }
exports.box = new Box();
exports.box.on('error', ({ message }) => (exports.failed = message));
exports.stop = (error) => { exports.box.stop(error) };`;

test('a method that is gone from a subclass hands on all that new code passes to what it overrode', async () => {
  const p = await program(
    { 'index.js': overriding('destroy() {}', 'this.emit("error", error)') },
    { 'index.js': overriding('', 'this.destroy(error)') },
  );
  assert.deepEqual(p.codes('warning'), ['arguments-unseen', 'member-removed']);
  await p.apply();
  p.exports['stop'](new Error('over'));
  await new Promise(setImmediate);
  assert.deepEqual([p.exports['failed'], p.exports['box'].destroyed], ['over', true]);
});

for (const [what, above, own, said] of [
  ['a method that declares as many', 'class A { f(a) { return a } }', 'f(a) { return [a] }', []],
  ['nothing', 'class A {}', 'f() { return 2 }', []],
  ['one of a class further up', 'class Z { f(a, b) { return b } } class A extends Z {}', 'f(a) { return a }', ['arguments-unseen']],
  ['one of the language', 'class A {}', 'isPrototypeOf() { return 2 }', ['arguments-unseen']],
] as const)
  test(`a method that is gone overrode ${what}: whether something is said`, async () => {
    const source = (text: string): string => `${above}\nclass B extends A { ${text} }\nexports.b = new B();`;
    const { verdicts } = await build({ 'index.js': source(own) }, { 'index.js': source('') });
    assert.deepEqual(
      verdicts.map(({ code }) => code),
      [...said, 'member-removed'],
    );
  });

test('a method that is gone hands on all that new code of another file passes', async () => {
  const lib = (own: string): string => `class A { f(...all) { return all } }
class B extends A { ${own} }
module.exports = new B();`;
  const p = await program(
    { 'index.js': `const b = require('./b.js');\nexports.run = () => b.f(1);`, 'b.js': lib('f(a) { return [a] }') },
    { 'index.js': `const b = require('./b.js');\nexports.run = () => b.f(1, 2);`, 'b.js': lib('') },
  );
  await p.apply();
  assert.deepEqual(p.exports['run'](), [1, 2]);
  await p.revert();
  assert.deepEqual(p.exports['run'](), [1]);
});
