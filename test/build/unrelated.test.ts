/** A property by which a constructor keeps what it was given, where other code sets one of its name: on its own objects, or on these. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

/** Calls the property, so that new code cannot do without it. */
const NOW = 'this.options = options; this.max = options.max || [5];';
const source = (before: string, body: string, run: string, above = '', after = ''): string =>
  `exports.old = (o) => o.max;\n${before}\nclass A ${above} { constructor(options) { ${above ? 'super();' : ''} ${body} } run(x) { return ${run}; } }\n${after}\nexports.A = A;`;
const both = (before: string, above = '', after = ''): readonly [{ readonly 'index.js': string }, { readonly 'index.js': string }] => [
  { 'index.js': source(before, 'this.options = options;', 'x > 1', above, after) },
  { 'index.js': source(before, NOW, 'this.max.concat(x)', above, after) },
];

const OWN: readonly (readonly [what: string, before: string, above?: string])[] = [
  ['the constructor of another class', 'class Other { constructor(o) { this.options = o; this.options.count++; } } exports.Other = Other;'],
  [
    'the constructor of a class that extends another one',
    'class Base {} class Other extends Base { constructor(o) { super(); const set = () => { this.options = o; }; set(); } } exports.Other = Other;',
  ],
  [
    'a function that is written out as a class',
    'function Other(o) { this.options = o; } Other.prototype.run = function () { return this instanceof Other; }; exports.other = () => new Other({}); exports.Other = Other;',
  ],
  ['another class, of one that extends something', 'class Base {} class Other { constructor(o) { this.options = o; } }', 'extends Base'],
];

for (const [what, before, above] of OWN)
  test(`objects that exist are told what they were given where ${what} sets one of that name`, async () => {
    const p = await program(...both(before, above));
    const made = new p.exports['A']({ max: [3] });
    assert.ok(p.report.verdicts.some(({ code, reason }) => code === 'field-added' && reason.includes('made of their options')));
    await p.apply();
    assert.deepEqual(made.run(1), [3, 1]);
    await p.revert();
  });

const THEIRS: readonly (readonly [what: string, before: string, above?: string, after?: string])[] = [
  ['a method of another class', 'class Other { set(o) { this.options = o; } }'],
  ['a constructor that is given one', 'class Other { constructor(a) { a.options = {}; } }'],
  [
    'a function that is called on one',
    'function Other(o) { this.options = o; } exports.Other = Other; exports.again = (a) => Other.call(a, {});',
  ],
  [
    'one whose objects inherit from it',
    '',
    '',
    'function Other(o) { this.options = o; } Other.prototype = Object.create(A.prototype); exports.other = () => new Other({});',
  ],
  [
    'one whose objects inherit from it as they are told to',
    '',
    '',
    'function Other(o) { this.options = o; } Object.setPrototypeOf(Other.prototype, A.prototype); exports.other = () => new Other({});',
  ],
  [
    'one that is a method as well',
    '',
    '',
    'function Other(o) { this.options = o; } A.prototype.again = Other; exports.other = () => new Other({});',
  ],
  ['a function in the constructor of another class', 'class Other { constructor(a) { a.on(function () { this.options = {}; }); } }'],
  ['the constructor of a class that extends it', '', '', 'class Sub extends A { constructor(o) { super(o); this.options = {}; } }'],
  [
    'the constructor of a class that may extend it',
    '',
    '',
    'const mix = (C) => C; class Sub extends mix(A) { constructor(o) { super(o); this.options = {}; } }',
  ],
  ['the class that it extends', 'class Base { constructor() { this.options = {}; } }', 'extends Base'],
  ['a class that it may extend', 'const mix = (C) => C; class Base { constructor() { this.options = {}; } }', 'extends mix(Base)'],
];

for (const [what, before, above, after] of THEIRS)
  test(`objects that exist are not told it where ${what} sets one of that name`, async () => {
    const { verdicts } = await build(...both(before, above, after));
    assert.ok(verdicts.every(({ reason }) => !reason.includes('made of their options')));
  });

test('what objects have under a name, and new code calls with another number of arguments, is of another kind', async () => {
  const text = (make: string, call: string): string =>
    `const wrap = (f) => (sync, ...rest) => f(...rest);\nclass A { constructor(options) { this.has = ${make}; } run(x) { return ${call}; } }\nexports.A = A;`;
  const old = text('options.has', 'this.has(x)');
  const refused = await program({ 'index.js': old }, { 'index.js': text('wrap(options.has)', 'this.has(true, x)') });
  const held = new refused.exports['A']({ has: (x: number) => x > 1 });
  await assert.rejects(refused.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.equal(held.run(2), true);
  const { verdicts } = await build({ 'index.js': old }, { 'index.js': text('wrap(options.has)', 'this.has(x + 1)') });
  assert.ok(verdicts.some(({ code, reason }) => code === 'instances-hold' && !reason.includes('only where none is alive')));
});
