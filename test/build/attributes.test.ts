/** How the top level says that properties behave: that they become enumerable or no longer are, and what it says of more of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const text = (enumerable: string, inner: string, rest = 'configurable: true'): string => `var Box = (function () {
  function Box() { this._x = 1; }
  Object.defineProperty(Box.prototype, 'x', {
    get: function () { return this._x${inner}; },
    set: function (x) { this._x = x; },
    ${enumerable}${rest}
  });
  return Box;
})();
exports.Box = Box;`;

for (const [what, was, now] of [
  ['true to false', 'enumerable: true,', 'enumerable: false,'],
  ['true to nothing', 'enumerable: true,', ''],
  ['as minifiers write it', 'enumerable: !0,', 'enumerable: !1,'],
] as const)
  test(`an accessor is no longer enumerable, and its getter another one: ${what}`, async () => {
    const p = await program({ 'index.js': text(was, '') }, { 'index.js': text(now, ' * 10') });
    const { Box } = p.exports;
    const box = new Box();
    const look = (): unknown => {
      const keys = [];
      for (const key in box) keys.push(key);
      box.x = 2;
      return [keys, box.x];
    };
    assert.deepEqual(look(), [['_x', 'x'], 2]);
    await p.apply();
    assert.deepEqual(look(), [['_x'], 20]);
    await p.revert();
    assert.deepEqual(look(), [['_x', 'x'], 2]);
  });

test('a property that the program has put another one in place of keeps that', async () => {
  const p = await program({ 'index.js': text('enumerable: true,', '') }, { 'index.js': text('enumerable: false,', '') });
  const { Box } = p.exports;
  Object.defineProperty(Box.prototype, 'x', { value: 'mine', enumerable: true, configurable: true });
  await p.apply();
  assert.deepEqual(Object.getOwnPropertyDescriptor(Box.prototype, 'x'), {
    value: 'mine',
    writable: false,
    enumerable: false,
    configurable: true,
  });
  await p.revert();
  assert.equal(Object.getOwnPropertyDescriptor(Box.prototype, 'x')?.enumerable, true);
});

test('a property that the program has deleted stays away', async () => {
  const p = await program({ 'index.js': text('enumerable: true,', '') }, { 'index.js': text('enumerable: false,', '') });
  delete p.exports['Box'].prototype.x;
  await p.apply();
  assert.equal('x' in p.exports['Box'].prototype, false);
});

for (const [what, was, now] of [
  [
    'it cannot be defined again',
    text('enumerable: true,', '', 'configurable: false'),
    text('enumerable: false,', '', 'configurable: false'),
  ],
  ['it no longer can be', text('enumerable: true,', ''), text('enumerable: false,', '', 'configurable: false')],
  ['another object has it', text('enumerable: true,', ''), text('enumerable: false,', '').replace('Box.prototype,', 'Box,')],
] as const)
  test(`${what}: it is refused`, async () => {
    const report = await build({ 'index.js': was }, { 'index.js': now });
    assert.equal(report.patch, null, JSON.stringify(report.verdicts));
  });

const form = (entries: string, more = ''): Record<string, string> => ({
  'index.js': `const { shown } = require('./shown.js');
class Form {
  get size() { return 1 }
  entries() { return [${more ? 2 : 1}][Symbol.iterator]() }
  ${more}
}
Form.prototype[Symbol.iterator] = Form.prototype.entries;
Object.defineProperties(Form.prototype, { ${entries} });
exports.Form = Form;`,
  'shown.js': 'exports.shown = Object.create(null);\nexports.shown.enumerable = true;',
});
const tag = "[Symbol.toStringTag]: { value: 'Form', configurable: true }";

test('what is said of more properties holds for those, also under symbols and for a method that is new', async () => {
  const more =
    "entries: shown, size: shown, add: shown, [Symbol.iterator]: { enumerable: false }, ['name']: { value: 'form', enumerable: true }";
  const p = await program(form(tag), form(`${tag}, ${more.replace("['name']", 'name')}`, 'add() { return 3 }'));
  const { Form } = p.exports;
  const made = new Form();
  const flags = (): unknown =>
    Reflect.ownKeys(Form.prototype).map((key) => [String(key), Object.getOwnPropertyDescriptor(Form.prototype, key)!.enumerable]);
  const before = flags();
  assert.deepEqual(p.codes('refused'), []);
  await p.apply();
  assert.deepEqual(Object.fromEntries(flags() as [string, boolean][]), {
    constructor: false,
    size: true,
    entries: true,
    add: true,
    'Symbol(Symbol.iterator)': false,
    'Symbol(Symbol.toStringTag)': false,
    name: true,
  });
  assert.deepEqual([[...made], made.add(), made.size, made.name, String(made)], [[2], 3, 1, 'form', '[object Form]']);
  await p.revert();
  assert.deepEqual(flags(), before);
  assert.deepEqual([[...made], made.add, made.name], [[1], undefined, undefined]);
});

test('a statement that is new says how properties behave', async () => {
  const text = (more: string): string => `class Form { get size() { return 1 } }\n${more}exports.Form = Form;`;
  const p = await program(
    { 'index.js': text('') },
    { 'index.js': text("Object.defineProperty(Form.prototype, Symbol.toStringTag, { get() { return 'F' + this.size } });\n") },
  );
  const made = new p.exports['Form']();
  await p.apply();
  assert.equal(String(made), '[object F1]');
  await p.revert();
  assert.equal(String(made), '[object Object]');
});

test('what is said of properties under symbols that every module has', async () => {
  const custom = "Symbol.for('nodejs.util.inspect.custom')";
  const text = (asks: string, key: string): string => `${asks}
class Form { [${custom}]() { return 'form' } }
Object.defineProperties(Form.prototype, { [${custom}]: { enumerable: true }, [Symbol.for('other')]: { value: 1 }, ${key} });
exports.Form = Form;`;
  const forms = [
    ["const util = require('util');", '[util.inspect.custom]'],
    ["const { inspect } = require('node:util');", '[inspect.custom]'],
  ] as const;
  for (const [asks, key] of forms) {
    const moved = text(asks, '').replace(`, { [${custom}]`, `, { ${key}`);
    const p = await program(
      { 'index.js': text('', '') },
      { 'index.js': moved.replace('{ value: 1 },', '{ value: 1 }, size: { value: 2 },') },
    );
    const { Form } = p.exports;
    await p.apply();
    assert.deepEqual([new Form().size, p.codes()], [2, ['import-added', 'property-set']]);
  }
  const p = await program(
    { 'index.js': text('', '').replace(/\[Symbol.for\('nodejs.util.inspect.custom'\)\]: \{ enumerable: true \},/, '') },
    {
      'index.js': text(...forms[0])
        .replace(`[${custom}]: { enumerable: true },`, '')
        .replace(forms[0][1], `${forms[0][1]}: { enumerable: true }`),
    },
  );
  const shown = (): unknown =>
    Object.getOwnPropertyDescriptor(p.exports['Form'].prototype, Symbol.for('nodejs.util.inspect.custom'))?.enumerable;
  assert.equal(shown(), false);
  await p.apply();
  assert.equal(shown(), true);
  await p.revert();
  assert.equal(shown(), false);
});

test('a key that may be another one in each module', async () => {
  const text = (asks: string, more: string): string => `${asks}
class Form {}
Object.defineProperties(Form.prototype, { [Symbol.toStringTag]: { value: 'F' }, ${more} });
exports.Form = Form;`;
  for (const [asks, key] of [
    ["const util = require('./util.js');", 'util.inspect.custom'],
    ["const util = require('util');", 'util.types.custom'],
    ["const name = 'a';", 'Symbol.for(name)'],
    ['', "String('a')"],
    ['', 'process.pid'],
    ["const Symbol = { iterator: 'a', toStringTag: 'b' };", 'Symbol.iterator'],
  ] as const) {
    const files = { 'index.js': text(asks, ''), 'util.js': "exports.inspect = { custom: 'a' };" };
    const p = await build(files, { ...files, 'index.js': text(asks, `[${key}]: { value: 2 }`) });
    assert.equal(
      p.verdicts.some(({ code }) => code === 'property-set'),
      false,
      key,
    );
  }
});

test('a property that cannot be defined again, or what the program has deleted', async () => {
  const p = await program(form(tag), form(`${tag}, size: shown, entries: shown`));
  const { Form } = p.exports;
  delete Form.prototype.size;
  await p.apply();
  assert.deepEqual(Object.keys(Form.prototype), ['entries']);
  await p.revert();
  Object.defineProperty(Form.prototype, 'entries', { configurable: false });
  await assert.rejects(p.apply(), /cannot be defined again/);
});

for (const [what, was, now] of [
  ['a property is said no more of', `${tag}, size: shown`, tag],
  ['what another value is said of', tag, tag.replace("'Form'", "'Other'")],
  ['a key is computed of something else', tag, `${tag}, [shown.key]: shown`],
  ['a descriptor has a key of its own', tag, `${tag}, ...shown`],
] as const)
  test(`${what}: it is refused`, async () => {
    const report = await build(form(was), form(now));
    assert.equal(report.patch, null);
    assert.ok(report.verdicts.some(({ code }) => code === 'statement-changed'));
  });

for (const [what, was, now, kept] of [
  ['writable', `Object.defineProperty(F, 'x', { value: 1 })`, `Object.defineProperty(F, 'x', { value: 1, writable: true })`, true],
  ['no longer writable', `Object.defineProperty(F, 'x', { value: 1, writable: !0 })`, `Object.defineProperty(F, 'x', { value: 1 })`, true],
  [
    'configurable, by a getter',
    `Object.defineProperty(F, 'x', { get() { return 1 } })`,
    `Object.defineProperty(F, 'x', { get() { return 1 }, configurable: true })`,
    true,
  ],
  ['as an assignment does', `Object.defineProperty(F, 'x', { value: 1 })`, `F.x = 1`, true],
  [
    'in a list',
    `Object.defineProperties(F, { x: { value: 1 } })`,
    `Object.defineProperties(F, { x: { value: 1, enumerable: true } })`,
    true,
  ],
  ['no other way', `Object.defineProperty(F, 'x', { value: 1, enumerable: false })`, `Object.defineProperty(F, 'x', { value: 1 })`, false],
] as const)
  test(`a property is defined as what it was not, and the verdict says that it stays: ${what}`, async () => {
    const source = (defines: string, n: number): string => `function F() { return ${n} }\n${defines};\nmodule.exports = F;`;
    const { verdicts } = await build({ 'index.js': source(was, 1) }, { 'index.js': source(now, 2) });
    assert.equal(
      verdicts.some(({ code }) => code === 'attributes-kept'),
      kept,
    );
  });

for (const [what, now, kept] of [
  ['not enumerable', "module.exports = { b: 2 }; Object.defineProperty(module.exports, 'a', { value: 5, enumerable: false });", true],
  ['not writable', "module.exports = { b: 2 }; Object.defineProperty(module.exports, 'a', { enumerable: true, value: 5 });", true],
  [
    'as it was',
    "module.exports = { b: 2 }; Object.defineProperty(module.exports, 'a', { value: 5, enumerable: true, writable: true, configurable: true });",
    false,
  ],
  ['something that was not there', "module.exports = { a: 1, b: 2 }; Object.defineProperty(module.exports, 'c', { value: 5 });", false],
] as const)
  test(`an entry of what the module gives away is defined ${what} now: ${kept ? 'it is said that it stays' : 'nothing is said'}`, async () => {
    const { verdicts } = await build({ 'index.js': 'module.exports = { a: 1, b: 2 };' }, { 'index.js': now });
    assert.equal(
      verdicts.some(({ code }) => code === 'attributes-kept'),
      kept,
    );
  });

test('a property that was defined for good cannot get another value by an assignment; one that can be defined again does', async () => {
  const files = (attributes: string): [Record<string, string>, Record<string, string>] => [
    { 'index.js': `Object.defineProperty(exports, 'a', { value: 6${attributes} }); exports.f = () => 1;` },
    { 'index.js': 'exports.a = 7; exports.f = () => 2;' },
  ];
  const { patch, verdicts } = await build(...files(''));
  assert.equal(patch, null);
  assert.ok(verdicts.some(({ code, reason }) => code === 'statement-changed' && reason.includes('cannot be defined again')));
  const p = await program(...files(', configurable: true'));
  await p.apply();
  assert.deepEqual([p.exports['a'], p.exports['f']()], [7, 2]);
  await p.revert();
  assert.deepEqual([p.exports['a'], p.exports['f']()], [6, 1]);
});

for (const [what, symbols, changed] of [
  [
    'stay',
    "exports.own = Symbol('own'); exports.more = Symbol('more');",
    "exports.own = Symbol('own'); exports.more = Symbol('more'); exports.added = 1;",
  ],
  ['are constants', "exports.own = 'own'; exports.more = 'more';", "exports.own = 'own'; exports.more = 'more'; exports.added = 1;"],
] as const)
  test(`properties are said under names of another module that ${what}`, async () => {
    const program1 = (entries: string): string => `const { own, more } = require('./symbols.js');
function Box() {}
Object.defineProperties(Box.prototype, { [own]: { get() { return 1 } }, size: { get() { return this[own] } }, ${entries} });
exports.Box = Box; exports.more = more;`;
    const p = await program(
      { 'index.js': program1(''), 'symbols.js': symbols },
      {
        'index.js': program1('[more]: { get() { return this[own] + 1 } }, last: { get() { return this[more] + 1 } }'),
        'symbols.js': changed,
      },
    );
    const box = new p.exports['Box']() as Record<PropertyKey, unknown>;
    await p.apply();
    assert.deepEqual([box['size'], box[p.exports['more'] as symbol], box['last']], [1, 2, 3]);
    await p.revert();
    assert.deepEqual([box['size'], box[p.exports['more'] as symbol], box['last']], [1, undefined, undefined]);
    p.clean();
  });

test('under a name that stands for another key now they are not', async () => {
  const said = (entries: string): string => `const { own } = require('./symbols.js');
function Box() {}
Object.defineProperties(Box.prototype, { [own]: { get() { return 1 } }, ${entries} });
exports.Box = Box;`;
  for (const [before, after] of [
    [
      { 'index.js': said(''), 'symbols.js': "exports.own = 'own';" },
      { 'index.js': said('last: { value: 1 }'), 'symbols.js': "exports.own = 'other';" },
    ],
    [
      { 'index.js': said(''), 'symbols.js': "exports.own = exports.more = 'own';" },
      { 'index.js': said('last: { value: 1 }').replace('{ own }', '{ more: own }'), 'symbols.js': "exports.own = exports.more = 'own';" },
    ],
  ] as const) {
    const { patch } = await build(before, after);
    assert.equal(patch, null);
  }
});
