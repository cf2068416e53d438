/**
 * Options that objects keep in a property and that gain an entry: new code finds on those that exist what the entry begins with,
 * where nobody can have given it and nothing comes to it but by that property. Any other is told of.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alone, program } from './harness.ts';
import type { Program } from './harness.ts';

interface Box {
  say(text: string): unknown;
}
type Pair = readonly [before: string, after: string];

const box = (set: string, says: string, head = '', more = ''): string => `${head}
class Box { constructor(o = {}) { ${set} } say(t) { ${says} } ${more} }
exports.make = (o) => new Box(o);`;
const OLD = 'return t + this.opts.a;';
const NEW = 'return t.length > this.opts.max ? null : t + this.opts.a;';
const kept = (before: string, after: string, head: readonly [string, string] = ['', '']): Pair => [
  box(`this.opts = ${before};`, OLD, head[0]),
  box(`this.opts = ${after};`, NEW, head[1]),
];

const carried: Record<string, Pair> = {
  'an entry with a default': kept('{ a: o.a ?? 1 }', '{ a: o.a ?? 1, max: o.max ?? 3 }'),
  'a constant as its default': kept('{ a: o.a ?? 1 }', '{ a: o.a ?? 1, max: o.max || MAX }', ['', 'const MAX = 3;']),
  'an entry that is asked for first': kept('{ a: o.a ?? 1 }', '{ a: o.a ?? 1, max: o.max === undefined ? 3 : o.max }'),
  'in front of what was given': kept('{ a: 1, ...o }', '{ a: 1, max: 3, ...o }'),
  'Object.assign': kept('Object.assign({ a: 1 }, o)', 'Object.assign({ a: 1, max: 3 }, o)'),
  'a table': kept('{ ...T, ...o }', '{ ...T, ...o }', ['const T = { a: 1 };', 'const T = { a: 1, max: 3 };']),
  'read by a callback': [
    box('this.opts = { a: 1, ...o };', OLD),
    box('this.opts = { a: 1, max: 3, ...o };', 'return [t].map((one) => (one.length > this.opts.max ? null : one + this.opts.a))[0];'),
  ],
  'a superclass': [
    `class Top { top() { return 1 } }\n${box('super(); this.opts = { a: 1, ...o };', OLD).replace('class Box', 'class Box extends Top')}`,
    `class Top { top() { return 1 } }\n${box('super(); this.opts = { a: 1, max: 3, ...o };', NEW).replace('class Box', 'class Box extends Top')}`,
  ],
};

const start = (pair: Pair, what: string, beside: readonly [string, string] = ['', '']): Promise<Program> =>
  program(
    { 'index.js': `${pair[0]}\n// ${what}`, 'beside.js': beside[0] },
    { 'index.js': `${pair[1]}\n// ${what}`, 'beside.js': beside[1] },
  );
const make = (p: Program, options?: object): Box => (p.exports['make'] as (options?: object) => Box)(options);
const warns = ({ report }: Program): boolean => report.verdicts.some(({ verdict }) => verdict === 'warning');

const put = (set: string, by: string, head: readonly [string, string] = ['', '']): Pair => [
  box(`${set};`, OLD, head[0]),
  box(`${set}; ${by}`, NEW, head[1]),
];
const MERGED = 'this.opts = Object.assign({ a: 1 }, o)';
Object.assign(carried, {
  'put by a statement': put('this.opts = { a: o.a ?? 1 }', 'this.opts.max = o.max ?? 3;'),
  'put where it lacks it': put(MERGED, 'this.opts.max ??= 3;'),
  'put of its own': put(MERGED, 'this.opts.max = this.opts.max || 3;'),
  'put under a condition': put(MERGED, 'if (this.opts.max === undefined) this.opts.max = 3;'),
  'put in a block': put(MERGED, 'if (!this.opts.max) { this.opts.max = MAX; }', ['', 'const MAX = 3;']),
});

/** A class as code wrote it before there were any. */
const asFunction = (text: string): string =>
  text.replace(
    /class Box \{ constructor\(o = \{\}\) \{ (.*?) \} say\(t\) \{ (.*?) \}  \}\n/s,
    'function Box(o) { if (!o) o = {}; $1 }\nBox.prototype.say = function (t) { $2 };\n',
  );
for (const [what, [before, after]] of Object.entries(carried))
  if (!before.includes('extends')) carried[`${what}, of a constructor that is a function`] = [asFunction(before), asFunction(after)];

for (const [what, pair] of Object.entries(carried))
  test(`objects that exist do as where nobody gave it: ${what}`, async () => {
    const p = await start(pair, what);
    const old = [make(p), make(p, { a: 2 })];
    await p.apply();
    assert.deepEqual(
      old.flatMap((one) => [one.say('ab'), one.say('long')]),
      ['ab1', null, 'ab2', null],
    );
    assert.deepEqual([make(p, { a: 4 }).say('long'), make(p, { max: 9 }).say('long'), warns(p)], [null, 'long1', false]);
    await p.revert();
    assert.deepEqual(
      old.map((one) => one.say('long')),
      ['long1', 'long2'],
    );
  });

const BOTH: Pair = kept('{ a: 1, ...o }', '{ a: 1, max: 3, ...o }');
const with_ = (text: string): Pair => [`${BOTH[0]}\n${text}`, `${BOTH[1]}\n${text}`];
const told: Record<string, readonly [pair: Pair, given?: object, beside?: readonly [string, string]]> = {
  'the old version takes it': [with_('exports.b = (x) => x.max;'), { max: 9 }],
  'it stands behind what was given': [kept('{ a: 1, ...o }', '{ a: 1, ...o, max: 3 }'), { max: 9 }],
  'another option stands for it': [kept('{ a: o.a ?? 1 }', '{ a: o.a ?? 1, max: o.a ?? 3 }'), { a: 5 }],
  'an entry changed as well': [kept('{ a: 1, b: 1 }', '{ a: 1, b: 7, max: 3 }')],
  'it is made anew each time': [
    [box('this.opts = { a: 1 };', OLD), box('this.opts = { a: 1, seen: [] };', 'return this.opts.seen?.push(t) ?? null;')],
  ],
  'the object is given to others': [
    [
      box('this.opts = { a: 1, ...o };', OLD, '', 'all() { return this.opts }'),
      box(
        'this.opts = { a: 1, max: 3, ...o };',
        'return Object.keys(this.all()).length > 1 ? null : t + this.opts.a;',
        '',
        'all() { return this.opts }',
      ),
    ],
  ],
  'it is taken out of the object': [
    [
      box('this.opts = { a: 1, ...o };', OLD),
      box('this.opts = { a: 1, max: 3, ...o };', 'const { max } = this.opts; return t.length > max ? null : t + this.opts.a;'),
    ],
  ],
  'it is read of another object': [
    [
      box('this.opts = { a: 1, ...o };', OLD),
      box('this.opts = { a: 1, max: 3, ...o };', 'return ((x) => t.length > x.opts.max ? null : t + this.opts.a)(this);'),
    ],
  ],
  'something else gives the property its value': [
    [
      box('this.opts = { a: 1, ...o };', OLD, '', 'set(o) { this.opts = o }'),
      box('this.opts = { a: 1, max: 3, ...o };', NEW, '', 'set(o) { this.opts = o }'),
    ],
  ],
  'a method asks by a key': [
    [
      box('this.opts = { a: 1, ...o };', 'return [t.length, this.get("ma" + "x")];', '', 'get(k) { return this.opts[k] }'),
      box(
        'this.opts = { a: 1, max: 3, ...o };',
        'return [t.length, this.get("ma" + "x"), this.opts.max];',
        '',
        'get(k) { return this.opts[k] }',
      ),
    ],
  ],
  'something puts it there': [
    [
      box('this.opts = { a: 1, ...o };', OLD, '', 'more() { this.opts.a++ }'),
      box('this.opts = { a: 1, max: 3, ...o };', NEW, '', 'more() { this.opts.max++ }'),
    ],
  ],
  'another class keeps options under that name': [
    [
      `class Other { constructor(o) { this.opts = o } say(t) { return t + this.opts.a } }\n${BOTH[0].replace('new Box(o)', 'new Other({ a: 1 })')}`,
      `class Other { constructor(o) { this.opts = o } say(t) { return t.length > (this.opts.max ?? 9) ? null : t + this.opts.a } }\n${BOTH[1].replace('new Box(o)', 'new Other({ a: 1 })')}`,
    ],
  ],
  'code of another file names it': [BOTH, {}, ['', 'exports.max = (x) => x.max;']],
  'code of the module gives it': [
    [
      BOTH[0].replace('(o) => new Box(o)', '() => new Box({ a: 1 })'),
      BOTH[1].replace('(o) => new Box(o)', '() => new Box({ a: 1, max: 9 })'),
    ],
  ],
  'the table is filled elsewhere': [
    kept('{ ...T, ...o }', '{ ...T, ...o }', [
      'const T = { a: 1 }; exports.fill = (n) => { T.a = n; };',
      'const T = { a: 1, max: 3 }; exports.fill = (n) => { T.max = n; };',
    ]),
  ],
};

Object.assign(told, {
  'it is put there behind a return': [put(MERGED, 'if (o.plain) return; this.opts.max ??= 3;'), { plain: true }],
  'it is put there before the property has its value': [
    [
      box('this.opts = { a: 1 }; this.opts = { a: 2, ...o };', OLD),
      box('this.opts = { a: 1 }; this.opts.max = 3; this.opts = { a: 2, ...o };', NEW),
    ],
  ],
  'it is put there under another condition': [put(MERGED, 'if (o.a > 1) this.opts.max = 3;'), { a: 1 }],
  'a method puts another one there': [
    put(MERGED, 'this.opts.max ??= 3; this.more();').map(
      (text) => `${text}\nBox.prototype.more = function () { this.opts.max = 9; };`,
    ) as unknown as Pair,
  ],
  'what is put there is made of another option': [put(MERGED, 'this.opts.max ??= o.a;'), { a: 1 }],
  'another file of the old version takes the option that is put there': [
    put('this.opts = { a: o.a ?? 1 }', 'this.opts.max = o.max ?? 3;'),
    { max: 9 },
    ['exports.b = (x) => x.max;', 'exports.b = (x) => x.least;'],
  ],
  'the option that is put there may have been given': [
    put(MERGED, 'this.opts.max = o.max ?? 3;', ['exports.b = (x) => x.max;', 'exports.b = (x) => x.max;']),
    { max: 9 },
  ],
});

for (const [what, [pair, given, beside]] of Object.entries(told))
  test(`objects that exist do as those of a fresh start, or that is said: ${what}`, async () => {
    const p = await start(pair, what, beside);
    const old = make(p, given && { ...given });
    const refused = await p.apply(300).then(
      () => false,
      () => true,
    );
    if (refused) return assert.ok(warns(p));
    const objects = [old, make(p, given && { ...given })];
    const fresh = alone(pair[1])['make'](given && { ...given }) as Box;
    const texts = ['ab', 'long', 'a longer text'];
    if (!warns(p))
      assert.deepEqual(
        objects.map((one) => texts.map((text) => one.say(text))),
        objects.map(() => texts.map((text) => fresh.say(text))),
      );
    await p.revert();
  });

for (const [what, set, by] of [
  ['what it is given', 'this.opts = o', 'this.opts.max ??= 3;'],
  ['what it is given, or nothing', 'this.opts = o || {}', 'this.opts.max = this.opts.max || 3;'],
  ['a copy of what it is given', 'this.opts = { ...o }', 'this.opts.max = this.opts.max === undefined ? 3 : this.opts.max;'],
] as const)
  test(`an entry is found in options of which nothing tells whose they are, and that is said: ${what}`, async () => {
    const p = await start(put(set, by), what);
    const old = [make(p, { a: 1 }), make(p, { a: 2, max: 9 })];
    await p.apply();
    assert.deepEqual(
      old.flatMap((one) => [one.say('ab'), one.say('long')]),
      ['ab1', null, 'ab2', 'long2'],
    );
    assert.deepEqual(
      p.report.verdicts.filter(({ code }) => code === 'instances-lack').map(({ reason }) => reason),
      ['new code finds max in the opts of all objects that exist, also where the program has put another object there'],
    );
    await p.revert();
    assert.equal(old[0]!.say('long'), 'long1');
  });

test('a function that takes the object of another one for its own does not find it on that', async () => {
  const box = (set: string, says: string): string =>
    `function Box(o) { this.opts = ${set}; }\nBox.prototype.say = function (t) { ${says} };
function Lid(o) { Object.assign(this, o); }\nLid.prototype.say = function (t) { ${says} };
exports.make = (o) => new Box(o); exports.lid = () => new Lid({ opts: { a: 7 } });`;
  const p = await start([box('{ a: 1 }', OLD), box('{ a: 1, max: 3 }', NEW)], 'another constructor');
  const lid = (p.exports['lid'] as () => Box)();
  const refused = await p.apply(300).then(
    () => false,
    () => true,
  );
  assert.deepEqual([lid.say('long'), warns(p)], ['long7', true]);
  if (!refused) await p.revert();
});

test('an object of another kind that a program puts in the property is left alone', async () => {
  const box = kept('{ a: 1, ...o }', '{ a: 1, max: 3, ...o }').map((text) => `${text}\nexports.Box = Box;`);
  const p = await start([box[0]!, box[1]!], 'an heir');
  const Base = p.exports['Box'] as unknown as new () => Box & { opts: object };
  class Heir extends Base {
    override opts = { b: 2 };
  }
  const old = new Heir();
  await p.apply();
  assert.deepEqual([old.say('long'), new Heir().say('long'), new Base().say('long')], ['longundefined', 'longundefined', null]);
  await p.revert();
});
