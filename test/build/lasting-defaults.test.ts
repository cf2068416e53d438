/** Options with a default that a constant of the module says: what was made without them has it, closures and objects. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Program } from './harness.ts';

const CLOSURE = 'exports.make = ({ a = 1 } = {}) => (t) => t + a;';
const closure = (head: string, fallback: string): string =>
  `${head}\nexports.make = ({ a = 1, max = ${fallback} } = {}) => (t) => t.length > max ? null : t + a;`;
const IN_BODY = 'exports.make = (o = {}) => { const { a = 1 } = o; return (t) => t + a; };';
const inBody = `const MAX = 3;\nexports.make = (o = {}) => { const { a = 1, max = MAX } = o; return (t) => t.length > max ? null : t + a; };`;
const object = (head: string, given: string, set: string, read: string): string => `${head}
class A { constructor(${given}) { ${set} } f(t) { ${read}return t + this.a; } }
exports.make = (o) => { const x = new A(o); return (t) => x.f(t); };`;
const LIMIT = 'if (t.length > this.max) return null; ';
const OBJECT = object('', '{ a = 1 } = {}', 'this.a = a;', '');
const taken = (head: string, fallback: string): string =>
  object(head, `{ a = 1, max = ${fallback} } = {}`, 'this.a = a; this.max = max;', LIMIT);

const carried: readonly (readonly [what: string, before: string, after: string, beside?: Record<string, string>])[] = [
  ['closures, a constant', CLOSURE, closure('const MAX = 3;', 'MAX')],
  ['closures, what is computed of numbers', CLOSURE, closure('', '1024 * 0 + 3')],
  [
    'closures, one that another module gives',
    CLOSURE,
    closure("const { MAX } = require('./max.js');", 'MAX'),
    { 'max.js': 'exports.MAX = 3;' },
  ],
  ['closures, taken apart in the body', IN_BODY, inBody],
  [
    'closures, in place of a variable of that name',
    `const max = 9; exports.most = () => max;\n${CLOSURE}`,
    closure('const MAX = 3; exports.most = () => MAX;', 'MAX'),
  ],
  ['objects, a constant', OBJECT, taken('const MAX = 3;', 'MAX')],
  [
    'objects, one that another module gives',
    OBJECT,
    taken("const { MAX } = require('./max.js');", 'MAX'),
    { 'max.js': 'exports.MAX = 3;' },
  ],
  ['objects, what is computed of numbers', OBJECT, taken('', '1 + 2')],
  ['objects, by a number', OBJECT, object('', 'o = {}', 'this.a = o.a ?? 1; this.max = Number(o.max) || 3;', LIMIT)],
  [
    'objects that hand it on to what they extend',
    object('class Top { constructor(o) { this.o = o; } }', 'o = {}', 'super(o); this.a = o.a ?? 1;', '').replace(
      'class A',
      'class A extends Top',
    ),
    object('class Top { constructor(o) { this.o = o; } }', 'o = {}', 'super(o); this.a = o.a ?? 1; this.max = o.max ?? 3;', LIMIT).replace(
      'class A',
      'class A extends Top',
    ),
  ],
  ['objects, by a question', OBJECT, object('', 'o = {}', "this.a = o.a ?? 1; this.max = 'max' in o ? o.max : 3;", LIMIT)],
  [
    'objects, in place of a variable of that name',
    object('const max = 9; exports.most = () => max;', 'o = {}', 'this.a = o.a ?? 1;', ''),
    object('const MAX = 3; exports.most = () => MAX;', 'o = {}', 'this.a = o.a ?? 1; this.max = o.max ?? MAX;', LIMIT),
  ],
];

const start = (before: string, after: string, what: string, beside: Record<string, string> = {}): Promise<Program> =>
  program({ 'index.js': `${before}\n// ${what}`, ...beside }, { 'index.js': `${after}\n// ${what}` });

for (const [what, before, after, beside] of carried)
  test(`${what}: new code finds it where nobody gave the option`, async () => {
    const p = await start(before, after, what, beside);
    const old = [p.exports['make'](), p.exports['make']({ a: 2 })];
    await p.apply();
    const made = [p.exports['make'](), p.exports['make']({ max: 9 })];
    assert.deepEqual([old[0]('ab'), old[0]('long'), old[1]('abc'), old[1]('long')], ['ab1', null, 'abc2', null]);
    assert.deepEqual([made[0]('long'), made[1]('long')], [null, 'long1']);
    await p.revert();
    assert.deepEqual([old[0]('long'), old[1]('long')], ['long1', 'long2']);
  });

test('one and the same object is the default of all', async () => {
  const p = await start(
    'exports.make = ({ a = 1 } = {}) => () => a;',
    'const own = new Map();\nexports.make = ({ a = 1, store = own } = {}) => (k) => store.set(k, a);',
    'one object',
  );
  const old = [p.exports['make'](), p.exports['make']()];
  await p.apply();
  const stores = [...old, p.exports['make']()].map((one, i) => one(i));
  assert.equal(new Set(stores).size, 1);
  assert.deepEqual([...stores[0].keys()], [0, 1, 2]);
  await p.revert();
});

for (const [what, before, after] of [
  ['something sets it', CLOSURE, closure('let MAX = 3; exports.set = (max) => { MAX = max; };', 'MAX')],
  ['each call computes it', CLOSURE, closure('', 'Number("3")')],
  ['it is another parameter', CLOSURE, 'exports.make = ({ a = 1, max = a } = {}) => (t) => t.length > max ? null : t + a;'],
  [
    'the old version takes such an option elsewhere',
    `exports.other = (o) => o.max;\n${CLOSURE}`,
    closure('exports.other = (o) => o.max; const MAX = 3;', 'MAX'),
  ],
] as const)
  test(`the patch is refused while a closure is alive where ${what}`, async () => {
    const p = await start(before, after, what);
    const old = p.exports['make']();
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
    assert.equal(old('long'), 'long1');
  });

const arrow = (given: string, say: string, more = ''): string => `exports.make = (${given}) => (t) => ${say};${more}`;
const made = (given: string, set: string, read: string): string =>
  `class A { constructor(${given}) { ${set} } f(t) { ${read}return t + this.a; } }\nexports.make = (a) => { const x = new A(a); return (t) => x.f(t); };`;
const LONG = 't.length > max ? null : t + a';

for (const [what, before, after] of [
  ['closures', arrow('a = 1', 't + a'), `const MAX = 3;\n${arrow('a = 1, max = MAX', LONG)}`],
  [
    'closures of a function with a name',
    'exports.make = function make(a = 1) { return (t) => t + a; };',
    `const MAX = 3;\nexports.make = function make(a = 1, max = MAX) { return (t) => ${LONG}; };`,
  ],
  ['objects', made('a = 1', 'this.a = a;', ''), `const MAX = 3;\n${made('a = 1, max = MAX', 'this.a = a; this.max = max;', LIMIT)}`],
  [
    'objects that compute with it',
    made('a = 1', 'this.a = a;', ''),
    `const MAX = 1;\n${made('a = 1, max = MAX', 'this.a = a; this.max = 2 * max + 1;', LIMIT)}`,
  ],
] as const)
  test(`${what}: an argument that the old version does not take is its default`, async () => {
    const p = await start(before, after, what);
    const old = p.exports['make'](2);
    await p.apply();
    assert.deepEqual([old('abc'), old('long'), p.exports['make'](3)('long')], ['abc2', null, null]);
    await p.revert();
    assert.equal(old('long'), 'long2');
  });

for (const [what, own] of [
  ['the module', ' exports.own = () => exports.make(2, 9);'],
  ['somebody whom it gives the function', ' exports.own = ((f) => f(2, 9))(exports.make);'],
] as const)
  test(`an argument that ${what} passes is refused while a closure is alive`, async () => {
    const p = await start(arrow('a = 1', 't + a', own), `const MAX = 3;\n${arrow('a = 1, max = MAX', LONG, own)}`, what);
    const old = p.exports['make']();
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
    assert.equal(old('long'), 'long1');
  });

test('an argument that a function passes itself is refused while a closure is alive', async () => {
  const p = await start(
    'exports.make = function make(a = 1) { return (t) => (a > 8 ? make(1) : t + a); };',
    `const MAX = 3;\nexports.make = function make(a = 1, max = MAX) { return (t) => (a > 8 ? make(1, 9) : ${LONG}); };`,
    'itself',
  );
  const old = p.exports['make']();
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.equal(old('long'), 'long1');
});
