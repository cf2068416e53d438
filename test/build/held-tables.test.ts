/**
 * A table that becomes one without a prototype, as fixes of prototype pollution have it, in whichever way an object came to hold
 * it: what exists has it with its entries, or the report says that it has not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const methods = 'put(k) { this.map[k] = 1; } has(k) { return k in this.map; }';
const helper =
  '(obj, key, value) { Object.defineProperty(obj, key, { value, enumerable: true, configurable: true, writable: true }); return obj; }';

/** `TABLE` stands for what becomes another; the module exports the class, or what has the methods. */
const held: Readonly<Record<string, string>> = {
  'a property of the exports': 'exports.map = TABLE;\nexports.put = (k) => { exports.map[k] = 1; }; exports.has = (k) => k in exports.map;',
  'an entry of what the module gives away': `module.exports = { map: TABLE, ${methods.replace('} has', '}, has')} };`,
  'a property of a prototype': `function C() {}
C.prototype.map = TABLE;
C.prototype.put = function (k) { this.map[k] = 1; }; C.prototype.has = function (k) { return k in this.map; };
exports.C = C;`,
  'a static field':
    'class C { static map = TABLE; static put(k) { C.map[k] = 1; } static has(k) { return k in C.map; } }\nmodule.exports = C;',
  'a static field that a block sets':
    'const C = class { static map; static { this.map = TABLE; } static put(k) { C.map[k] = 1; } static has(k) { return k in this.map; } };\nmodule.exports = C;',
  'a field that Babel defines': `function _defineProperty${helper}\nclass C { constructor() { _defineProperty(this, "map", TABLE); } ${methods} }\nexports.C = C;`,
  'a field that an imported helper defines': `var _defineProperty2 = { default: function ${helper} };
class C { constructor() { (0, _defineProperty2.default)(this, "map", TABLE); } ${methods} }\nexports.C = C;`,
  'a field that esbuild defines': `var __publicField = function ${helper};\nclass C { constructor() { __publicField(this, "map", TABLE); } ${methods} }\nexports.C = C;`,
  'another name of `this`': `function C() { var self = this; self.map = TABLE; self.put = function (k) { self.map[k] = 1; }; }
C.prototype.has = function (k) { return k in this.map; };\nexports.C = C;`,
  'an object that is assigned to `this`': `class C { constructor() { Object.assign(this, { map: TABLE, n: 1 }); } ${methods} }\nexports.C = C;`,
  'what a method sets': `class C { constructor() { this.reset(); } reset() { this.map = TABLE; } ${methods} }\nexports.C = C;`,
  'what a getter makes when it is needed': `class C { get map() { return this._map || (this._map = TABLE); } ${methods} }\nexports.C = C;`,
  'an entry of what a constructor sets':
    'class C { constructor() { this.s = { map: TABLE }; } put(k) { this.s.map[k] = 1; } has(k) { return k in this.s.map; } }\nexports.C = C;',
};
const lacking: Readonly<Record<string, string>> = {
  'an argument of a function': `function init(c) { c.map = TABLE; }\nclass C { constructor() { init(this); } ${methods} }\nexports.C = C;`,
  'an entry of a literal': `exports.make = () => ({ map: TABLE, ${methods.replace('} has', '}, has')} });`,
  'a `WeakMap` that knows the object':
    'const maps = new WeakMap();\nclass C { constructor() { maps.set(this, TABLE); } put(k) { maps.get(this)[k] = 1; } has(k) { return k in maps.get(this); } }\nexports.C = C;',
};

/** Of these the closures are found. */
const refusing: Readonly<Record<string, string>> = {
  'an entry of what closures hold':
    'exports.make = () => { const o = { map: TABLE }; o.put = (k) => { o.map[k] = 1; }; o.has = (k) => k in o.map; return o; };',
};

interface Holder {
  put(key: string): void;
  has(key: string): boolean;
}

async function versions(text: string): Promise<{ readonly p: Awaited<ReturnType<typeof program>>; readonly make: () => Holder }> {
  const p = await program({ 'index.js': text.replace('TABLE', '{}') }, { 'index.js': text.replace('TABLE', 'Object.create(null)') });
  const { C, make } = p.exports;
  // oxlint-disable-next-line typescript/no-unsafe-return
  return { p, make: () => (make ? make() : C ? new C() : p.exports) };
}

for (const [what, text] of Object.entries(held))
  test(`${what}: what exists has it, with its entries, and back`, async () => {
    const { p, make } = await versions(text);
    const holder = make();
    holder.put('x');
    assert.deepEqual([holder.has('x'), holder.has('toString')], [true, true]);
    await p.apply();
    assert.deepEqual([holder.has('x'), holder.has('toString')], [true, false]);
    assert.equal(make().has('toString'), false);
    holder.put('y');
    await p.revert();
    assert.deepEqual([holder.has('x'), holder.has('y'), holder.has('toString')], [true, true, true]);
    assert.deepEqual(p.codes('warning'), []);
  });

for (const [what, text] of Object.entries(lacking))
  test(`${what}: the report says that what exists has not`, async () => {
    const { p, make } = await versions(text);
    assert.ok(p.codes('warning').includes('instances-hold'));
    const holder = make();
    await p.apply();
    assert.deepEqual([holder.has('toString'), make().has('toString')], [true, false]);
    await p.revert();
  });

for (const [what, text] of Object.entries(refusing))
  test(`${what}: while one of them is alive the patch does not stay`, async () => {
    const { p, make } = await versions(text);
    assert.ok(p.codes('warning').includes('instances-hold'));
    const holder = make();
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
    assert.equal(holder.has('toString'), true);
  });

const maps = (text: string): [before: string, after: string] => [
  text
    .replace('TABLE', '{}')
    .replaceAll(/PUT\((.*?), k\)/g, '$1[k] = 1')
    .replaceAll(/HAS\((.*?), k\)/g, 'k in $1'),
  text
    .replace('TABLE', 'new Map()')
    .replaceAll(/PUT\((.*?), k\)/g, '$1.set(k, 1)')
    .replaceAll(/HAS\((.*?), k\)/g, '$1.has(k)'),
];
const used = (map: string): string => `put(k) { PUT(${map}, k); } has(k) { return HAS(${map}, k); }`;

const converted: Readonly<Record<string, string>> = {
  'a field': `class C { map = TABLE; ${used('this.map')} }\nexports.C = C;`,
  'an entry of what a constructor sets': `class C { constructor() { this.s = { n: 0, map: TABLE }; } ${used('this.s.map')} }\nexports.C = C;`,
  'what a method sets': `class C { constructor() { this.reset(); } reset() { this.map = TABLE; } ${used('this.map')} }\nexports.C = C;`,
};
for (const [what, text] of Object.entries(converted))
  test(`${what} becomes a \`Map\` with its entries, and back`, async () => {
    const [before, after] = maps(text);
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const holder = new p.exports['C']() as Holder;
    holder.put('x');
    await p.apply();
    assert.deepEqual([holder.has('x'), holder.has('toString')], [true, false]);
    holder.put('y');
    await p.revert();
    assert.deepEqual([holder.has('x'), holder.has('y')], [true, true]);
  });

const unread: Readonly<Record<string, string>> = {
  'a private field': `class C { #map = TABLE; ${used('this.#map')} }\nexports.C = C;`,
  'what a `WeakMap` knows': `const maps = new WeakMap();\nclass C { constructor() { maps.set(this, TABLE); } ${used('maps.get(this)')} }\nexports.C = C;`,
  'an entry of a literal that its methods read': `exports.make = () => ({ map: TABLE, ${used('this.map').replace('} has', '}, has')} });`,
  'what a function sets that is given the object': `function init(c) { c.map = TABLE; }\nclass C { constructor() { init(this); } ${used('this.map')} }\nexports.C = C;`,
};
for (const [what, text] of Object.entries(unread))
  test(`${what}: a table that new code cannot read is refused`, async () => {
    const [before, after] = maps(text);
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(verdicts.some((v) => v.code === 'constructor-changed'));
  });

test('closures that hold one which new code cannot read have to go first', async () => {
  const [before, after] = maps(`exports.make = () => { const map = TABLE; return { ${used('map').replace('} has', '}, has')} } };`);
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const holder = (p.exports as unknown as { make(): Holder }).make();
  holder.put('x');
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.ok(holder.has('x'));
});

test('a list that one call alone has may become a set', async () => {
  const text =
    'exports.run = (k) => { const state = { seen: [] }; return visit(state, k) };\nfunction visit(state, k) { state.seen.push(k); return state.seen.length }';
  const { verdicts } = await build(
    { 'index.js': text },
    { 'index.js': text.replace('[]', 'new Set()').replace('push', 'add').replace('length', 'size') },
  );
  assert.ok(verdicts.every((v) => v.verdict !== 'refused'));
});
