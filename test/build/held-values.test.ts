/** What objects and closures that exist hold of values that are others now: the text of what keeps it is the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function said(before: string, after: string): Promise<string[]> {
  const report = await build({ 'index.js': before }, { 'index.js': after });
  assert.notEqual(report.patch, null);
  return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => `${code} ${path}`);
}

const server = (keeps: string, around: string): string => `${around}
exports.Server = class {
  constructor(options = {}, { grace = 1 } = {}) { ${keeps} }
  fits(n) { return !this.limit || n < this.limit }
};`;

const WAYS: Readonly<Record<string, readonly [keeps: string, around: string, from: string, to: string]>> = {
  'a constant': ['this.limit = options.limit || LIMIT;', 'const LIMIT = 0;', '= 0', '= 100'],
  'a table of defaults': [
    'this.limit = Object.assign({}, DEFAULTS, options).limit;',
    'const DEFAULTS = { limit: null, path: null };',
    'limit: null',
    'limit: 100',
  ],
  'one that others hold': [
    'this.limit = { ...DEFAULTS, ...options }.limit;',
    'const DEFAULTS = { limit: null };\nexports.DEFAULTS = DEFAULTS;',
    'limit: null',
    'limit: 100',
  ],
  'what a constant is made of': ['this.limit = options.limit ?? LIMIT;', 'const KB = 1000;\nconst LIMIT = 8 * KB;', '1000', '1024'],
  'a table that a property holds': [
    'this.limit = { ...Server.defaults, ...options }.limit;',
    'class Server { static defaults = { limit: null } }',
    'limit: null',
    'limit: 100',
  ],
  'the default of an argument': ['this.limit = grace;', '', 'grace = 1', 'grace = 9'],
};

for (const [name, [keeps, around, from, to]] of Object.entries(WAYS))
  test(`objects hold ${name}`, async () => {
    const before = server(keeps, around);
    assert.deepEqual(
      (await said(before, before.replace(from, to))).filter((one) => !one.startsWith('computed-at-load')),
      ['instances-hold exports.Server#constructor limit'],
    );
  });

test('objects that hold another entry of the table, or a function, keep nothing of the old one', async () => {
  const other = server('this.limit = DEFAULTS.limit;', 'const DEFAULTS = { limit: 1, path: null };');
  assert.deepEqual(await said(other, other.replace('path: null', "path: '/'")), []);
  const called = server('this.limit = DEFAULTS.limit();', 'const DEFAULTS = { limit: () => 1 };');
  assert.deepEqual(
    (await said(called, called.replace('=> 1', '=> 2'))).filter((one) => one.startsWith('capture-kept')),
    [],
  );
});

test('closures hold what a constant or the default of an argument was', async () => {
  const before = `const LIMIT = 0;
exports.by = function (options, { grace = 1 } = {}) {
  const limit = options.limit || LIMIT;
  return (n) => !limit || n < limit + grace;
};
exports.at = (list, { least = 1 } = {}) => list.filter((n) => n > least);`;
  assert.deepEqual(await said(before, before.replace('LIMIT = 0', 'LIMIT = 100')), ['capture-kept exports.by']);
  assert.deepEqual(await said(before, before.replace('grace = 1', 'grace = 2')), ['capture-kept exports.by']);
  assert.deepEqual(await said(before, before.replace('least = 1', 'least = 2')), [], 'nothing outlives the call');
});

test('what a constant was given to keeps it', async () => {
  const before = `const names = ['x'];
const proto = { hi() { return 1 } };
const MAX = 5;
const RE = /x/;
class Line { constructor(max, given) { this.max = max; this.names = [...given] } }
const filter = (list) => (name) => !list.includes(name);
exports.filter = () => filter(names);
exports.line = () => new Line(MAX, []);
exports.object = () => Object.create(proto);
exports.test = (text) => text.replace(RE, String(MAX)) + names.concat(once(MAX));
function once(max) { return max * 2 }`;
  const only = async (from: string, to: string): Promise<string[]> =>
    (await said(before, before.replace(from, to))).filter((one) => one.startsWith('value-copied'));
  assert.deepEqual(await only("'x'", "'x', 'y'"), ['value-copied names']);
  assert.deepEqual(await only('hi() { return 1 }', 'hi() { return 1 }, bye() { return 2 }'), ['value-copied proto']);
  assert.deepEqual(await only('= 5', '= 6'), ['value-copied MAX']);
  assert.deepEqual(await only('/x/', '/y/'), [], 'a text keeps nothing of it');
});

test('what a method computes once for its object', async () => {
  const before = `function compile(text) { return new RegExp('^' + text) }
class Rule {
  constructor(text) { this.text = text }
  get expression() { return this.compiled ??= compile(this.text) }
  matches(x) { if (!this.own) this.own = compile(this.text); return this.own.test(x) }
  parse(x) { this.last = compile(x); return this.last }
}
exports.Rule = Rule;`;
  assert.deepEqual(await said(before, before.replace("'^' + text", "'^' + text + 'x'")), [
    'instances-hold Rule#get expression compiled',
    'instances-hold Rule#matches own',
  ]);
});

test('what an arrow function writes out lacks the members that its literal gains', async () => {
  const before = 'exports.make = (o) => ({ get: () => o.x });\nexports.use = (made) => made.get();';
  const after = before.replace('o.x', 'o.x, safely: () => o.y').replace('made.get()', 'made.safely()');
  assert.deepEqual(await said(before, after), ['instances-lack exports.make safely']);
});

test('what a constructor gives its object in any way, or a method with which it goes on, is said to stay with the objects that exist', async () => {
  const reader = 'fits(n) { return n < this.limit }';
  const ways: Readonly<Record<string, readonly [before: string, after: string, path: string]>> = {
    'as one expression of several': [
      `exports.A = class { constructor(o) { this.on = 1, this.limit = o.limit, this.off = 0 } ${reader} }`,
      `exports.A = class { constructor(o) { this.on = 1, this.limit = o.limit ?? 9, this.off = 0 } ${reader} }`,
      'exports.A#constructor limit',
    ],
    'in a branch': [
      `exports.A = class { constructor(o) { if (o) this.limit = o.limit; else this.limit = 5 } ${reader} }`,
      `exports.A = class { constructor(o) { if (o) this.limit = o.limit ?? 9; else this.limit = 5 } ${reader} }`,
      'exports.A#constructor limit',
    ],
    'in one more branch': [
      `exports.A = class { constructor(o) { if (o) this.limit = o.limit } ${reader} }`,
      `exports.A = class { constructor(o) { if (o) this.limit = o.limit; else this.limit = 9 } ${reader} }`,
      'exports.A#constructor limit',
    ],
    'by a method': [
      `exports.A = class { constructor(o) { this.init(o) } init(o) { this.limit = o.limit } ${reader} }`,
      `exports.A = class { constructor(o) { this.init(o) } init(o) { this.limit = o.limit ?? 9 } ${reader} }`,
      'exports.A#init limit',
    ],
    'by a method that a minifier has put beside others': [
      `function A(o) { this.on = 1, this.init(o) } A.prototype.init = function (o) { this.limit = o.limit }; A.prototype.fits = function (n) { return n < this.limit }; exports.A = A`,
      `function A(o) { this.on = 1, this.init(o) } A.prototype.init = function (o) { this.limit = o.limit || 9 }; A.prototype.fits = function (n) { return n < this.limit }; exports.A = A`,
      'A.prototype.init limit',
    ],
    'by a method, of a constant that is another': [
      `const LIMIT = 1; exports.A = class { constructor() { this.init() } init() { this.limit = LIMIT } ${reader} }`,
      `const LIMIT = 9; exports.A = class { constructor() { this.init() } init() { this.limit = LIMIT } ${reader} }`,
      'exports.A#init limit',
    ],
  };
  for (const [way, [before, after, path]] of Object.entries(ways))
    assert.deepEqual(await said(before, after), [`instances-hold ${path}`], way);
});

test('nothing is said of a method that no constructor goes on with, and of what is the same in other branches', async () => {
  const reader = 'fits(n) { return n < this.limit }';
  for (const [before, after] of [
    [`set(o) { this.limit = o.limit } ${reader}`, `set(o) { this.limit = o.limit ?? 9 } ${reader}`],
    [
      `constructor(o) { if (o) this.limit = o.limit; this.log = () => 1 } ${reader}`,
      `constructor(o) { if (o) this.limit = o.limit; this.log = () => 2 } ${reader}`,
    ],
  ])
    assert.deepEqual(await said(`exports.A = class { ${before} }`, `exports.A = class { ${after} }`), []);
});

test('what a constructor has a call make of a function that is written out stays; the function itself is patched where it is', async () => {
  const files = (given: string, call: string): string =>
    `const lift = (f) => (first, ...rest) => f(...rest);
exports.A = class { constructor(o) { this.allows = ${given} } read(a) { return this.allows(${call}) } };`;
  const plain = 'o.allows || (() => true)';
  assert.deepEqual(await said(files(plain, 'a'), files(`lift(${plain})`, '1, a')), ['instances-hold exports.A#constructor allows']);
  assert.deepEqual(await said(files('lift((a) => a)', '1, a'), files('lift((a) => a + 1)', '1, a')), []);
  assert.deepEqual(await said(files(plain, 'a'), files(plain.replace('true', '1'), 'a')), []);
});

test('what closures hold of a variable that the function around them gives a value in a branch, or beside other expressions', async () => {
  for (const [way, before, after] of [
    ['in a branch', 'let l; if (o) l = o.limit; return (n) => n < l', 'let l; if (o) l = o.limit ?? 9; return (n) => n < l'],
    ['in one more branch', 'let l; if (o) l = o.limit; return (n) => n < l', 'let l; if (o) l = o.limit; else l = 9; return (n) => n < l'],
    ['beside others', 'var l, m; return l = o.limit, m = 0, (n) => m++ < l', 'var l, m; return l = o.limit || 9, m = 0, (n) => m++ < l'],
    ['over a default', 'let l = 1; if (o) l = o.limit; return (n) => n < l', 'let l = 1; if (o) l = o.limit ?? 9; return (n) => n < l'],
  ] as const)
    assert.deepEqual(
      (await said(`exports.f = (o) => { ${before} }`, `exports.f = (o) => { ${after} }`)).map((row) => row.split(' ')[0]),
      ['capture-kept'],
      way,
    );
});

test('nothing is said of what closures give it themselves, and of closures that do not outlive the call', async () => {
  for (const [before, after] of [
    ['let l = 0; return () => { l = 1; return l }', 'let l = 0; return () => { l = 2; return l }'],
    ['let l; if (o) l = o.a; return [1].map((n) => n < l)', 'let l; if (o) l = o.b; return [1].map((n) => n < l)'],
    ['let l; if (o) l = o.a; return () => l', 'let l; if (o) { l = o.a } return () => l + 0'],
  ])
    assert.deepEqual(await said(`exports.f = (o) => { ${before} }`, `exports.f = (o) => { ${after} }`), []);
});

test('what closures hold of a list that has more functions', async () => {
  const list = 'const all = [(n) => n + 1]; exports.make = () => { const own = all.slice(); return (n) => own.reduce((x, f) => f(x), n) };';
  const { verdicts } = await build({ 'index.js': list }, { 'index.js': list.replace('n + 1]', 'n + 1, (n) => n * 2]') });
  assert.deepEqual(
    verdicts.flatMap(({ verdict, code, path }) => (verdict === 'warning' ? `${code} ${path}` : [])),
    ['capture-kept exports.make'],
  );
});

const LIMITS: Readonly<Record<string, readonly [was: string, now: string]>> = {
  'a property of the options': ['(opts) => { const { max } = opts;', '(opts) => { const max = Math.min(opts.max, 10);'],
  'one that the arguments take apart': ['({ max }) => {', '(opts) => { const max = Math.min(opts.max, 10);'],
  'another property': ['(opts) => { const { max } = opts;', '(opts) => { const { most: max } = opts;'],
  'what the arguments take apart from now on': ['(opts) => { const max = Math.min(opts.max, 10);', '({ max }) => {'],
  'a pattern from now on': ['(opts) => { const max = Math.min(opts.max, 10);', '(opts) => { const { max } = opts;'],
  'what it gave another value': ['(opts) => { let { max } = opts; if (max > 9) max = 9;', '(opts) => { const { max } = opts;'],
  'another default of what it gives another value': [
    '(opts) => { let { max } = opts; if (max > 9) max = 9;',
    '(opts) => { let { max = 2 } = opts; if (max > 9) max = 9;',
  ],
  'a property by a computed name': ['(opts) => { const { limits: max } = opts;', '(opts) => { const { [limits]: max } = opts;'],
  'a computed property': ['(opts) => { const { max } = opts;', '(opts) => { const { [opts.key]: max } = opts;'],
  'a part by a computed name': ['(opts) => { const { max } = opts.limits;', '(opts) => { const { max } = opts[limits];'],
  'another object': ['() => { const { max } = one;', '() => { const { max } = other;'],
  'another argument': ['(a, b) => { const { max } = a;', '(a, b) => { const { max } = b;'],
  'another default': ['(opts) => { const { max = 5 } = opts;', '(opts) => { const { max = 6 } = opts;'],
};
const SAME: Readonly<Record<string, readonly [was: string, now: string]>> = {
  'a member': ['(opts) => { const { max } = opts;', '(opts) => { const max = opts.max;'],
  'the arguments': ['({ max }) => {', '(options) => { const { max } = options;'],
  'the arguments, which may be left out': ['({ max } = {}) => {', '(options = {}) => { const { max } = options;'],
  'the arguments beside others': ['({ max, ...others }) => {', '(options) => { const { max, ...others } = options;'],
  'what it gives another value': [
    '(opts) => { let { max } = opts; if (max > 9) max = 9; opts.n = 1;',
    '(opts) => { let { max } = opts; if (max > 9) max = 9; opts.n = 2;',
  ],
  'an argument by another name': ['(opts) => { const { max } = opts;', '(options) => { const { max } = options;'],
};
const limited = (head: string): string =>
  `const limits = 'limits', one = process, other = console; exports.make = ${head} return (n) => n <= max };`;
const keeping = async (was: string, now: string): Promise<string[]> => {
  const { verdicts } = await build({ 'index.js': limited(was) }, { 'index.js': limited(now) });
  return verdicts.filter(({ code }) => code === 'capture-kept').map(({ path }) => path);
};
for (const [what, [was, now]] of Object.entries(LIMITS))
  test(`closures keep what a pattern took for them: ${what}`, async () => assert.deepEqual(await keeping(was, now), ['exports.make']));
for (const [what, [was, now]] of Object.entries(SAME))
  test(`nothing is said of what is taken in another way: ${what}`, async () => assert.deepEqual(await keeping(was, now), []));

test('closures keep what they were given under a name that has changed places with another', async () => {
  const version = (params: string, n: string): string => `exports.make = (${params}) => (n) => ${n} + a - b;`;
  const kept = ['capture-kept exports.make', 'capture-kept exports.make'];
  assert.deepEqual(await said(version('a, b', 'n'), version('b, a', '2 * n')), kept);
  assert.deepEqual(await said(version('a, b = 1', 'n'), version('b = 1, a', '2 * n')), kept);
  assert.deepEqual(await said(version('a, b', 'n'), version('a, b, c', '2 * n')), []);
  assert.deepEqual(await said(version('a, b', 'n'), version('c, a, b', '2 * n')), []);
  assert.deepEqual(await said('exports.f = (a, b) => a - b;', 'exports.f = (b, a) => b - a + 1;'), []);
});

test('objects keep what a constructor was given under a name that has changed places with another', async () => {
  const version = (params: string, n: string): string => `class A {
  constructor(${params}) { this.a = a; this.b = b }
  get(n) { return ${n} + this.a - this.b }
}
exports.A = A;`;
  assert.deepEqual(await said(version('a, b', 'n'), version('b, a', '2 * n')), [
    'instances-hold A#constructor a',
    'instances-hold A#constructor b',
  ]);
  assert.deepEqual(await said(version('a, b', 'n'), version('a, b, c', '2 * n')), []);
});

test('closures keep the arguments that the function which gives them handed on', async () => {
  const version = (call: string, n: string, maker = 'const within = (max, note) => { note(max); return (n) => n < max };'): string =>
    `${maker}\nconst LIMIT = 5;\nexports.make = (o) => ${call};\nexports.twice = (n) => ${n};`;
  const kept = ['capture-kept exports.make'];
  assert.deepEqual(await said(version('within(o.max, log)', 'n'), version('within(o.max || 9, log)', '2 * n')), kept);
  assert.deepEqual(await said(version('{ return within(o.max, log) }', 'n'), version('{ return within(LIMIT, log) }', '2 * n')), kept);
  const limit = version('within(LIMIT, log)', 'n');
  assert.deepEqual(await said(limit, limit.replace('= 5', '= 9')), ['value-copied LIMIT']);
  const turned = version('within(o, log)', 'n').replace('(o) =>', '(o, p) =>');
  assert.deepEqual(await said(turned, turned.replace('(o, p)', '(p, o)')), kept);
  // It is not kept, or is the same.
  assert.deepEqual(await said(version('within(o.max, log)', 'n'), version('within(o.max, warn)', '2 * n')), []);
  assert.deepEqual(await said(version('within(o.max, log)', 'n'), version('within(o.max, log)', '2 * n')), []);
  assert.deepEqual(await said(version('[within(o.max, log)(1)]', 'n'), version('[within(o.max || 9, log)(1)]', '2 * n')), []);
});
