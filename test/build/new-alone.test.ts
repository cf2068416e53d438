/** Code that names nothing but what is new, as a dependency that a bundler puts into the file: its statements run as the patch is linked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before = "const kept = []; exports.run = () => 'old'; exports.kept = kept; function note(x) { kept.push(x) }\nexports.note = note;";
const library = `class Hooks { constructor() { this.all = [] } add(f) { this.all.push(f) } }
class Plugins {
  constructor(owner) { this.owner = owner; this.registered = {} }
  register(...all) { for (const one of all) { one.init(this.owner); this.registered[one.name] = Object.keys(one).length } }
}
class Library { static say(x) { return Library.hooks.all.map((f) => f(x)) } }
const hooks = new Hooks();
Object.assign(Library, { hooks, plugins: new Plugins(Library) });
const library = (x) => Library.say(x);
library.plugins = Library.plugins;
const PLUS = '+';
const plus = { name: 'plus', init(owner) { owner.hooks.add((x) => PLUS + x) } };
`;
const used = before.replace("() => 'old'", "() => library('new').join()");

test('what a new library registers with itself', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': `${library}library.plugins.register(plus);\n${used}` });
  assert.equal(p.exports['run'](), 'old');
  await p.apply();
  assert.equal(p.exports['run'](), '+new');
  assert.ok(p.report.verdicts.some(({ code, line }) => code === 'statement-added' && line === 13));
  await p.revert();
  assert.equal(p.exports['run'](), 'old');
});

for (const [what, statement, more] of [
  ['calls what is not new', 'library.plugins.register(plus, { init: note });', ''],
  ['leads to what is not new', 'library.plugins.register(plus, other);', 'const other = { init() { note(1) } };'],
  ['leads to it by what is put on what is new', 'library.plugins.register(plus, other);', 'const other = {}; other.init = (x) => note(x);'],
  [
    'leads to another module',
    'library.plugins.register(plus, other);',
    "const os = require('node:os'); const other = { init() { os.setPriority(0) } };",
  ],
  ['leads to the process', 'library.plugins.register(plus, other);', 'const other = { init() { process.chdir(1) } };'],
  ['changes an object of the language', 'library.plugins.register(plus, other);', 'const other = { init() { Array.prototype.last = 1 } };'],
  [
    'changes one by a call',
    'library.plugins.register(plus, other);',
    "const other = { init() { Object.defineProperty(Array.prototype, 'last', { value: 1 }) } };",
  ],
  ['takes a property from one', 'library.plugins.register(plus, other);', 'const other = { init() { delete Array.prototype.last } };'],
  ['counts on one', 'library.plugins.register(plus, other);', 'const other = { init() { Array.count++ } };'],
  [
    'changes one that has another name',
    'library.plugins.register(plus, other);',
    'const list = Array.prototype; const other = { init() { list.last = 1 } };',
  ],
  [
    'hands one on',
    'library.plugins.register(plus, other);',
    'const put = (o) => { o.last = 1 }; const other = { init() { put(Array.prototype) } };',
  ],
  [
    'hands a class of it on',
    'library.plugins.register(plus, other);',
    'const put = (o) => { o.last = 1 }; const other = { init() { put(Map) } };',
  ],
  [
    'finds one by a key',
    'library.plugins.register(plus, other);',
    "const key = 'prototype'; const other = { init() { Map[key].last = 1 } };",
  ],
  ['finds one by an object of it', 'library.plugins.register(plus, other);', 'const other = { init() { [].constructor.last = 1 } };'],
  [
    'asks for what an object goes on',
    'library.plugins.register(plus, other);',
    'const other = { init() { const own = Object.getPrototypeOf([]); own.last = 1 } };',
  ],
  ['writes a variable of the language', 'library.plugins.register(plus, other);', 'const other = { init() { [Map] = [1] } };'],
  [
    'leads to it by a call that puts it there',
    'library.plugins.register(plus, other);',
    'const other = {}; (function (o) { o.init = (x) => note(x) })(other);',
  ],
  ['loads a module', 'library.plugins.register(plus, other);', "const other = { init() { return import('node:os') } };"],
  ['sets a global variable', 'library.plugins.register(plus, other);', 'const other = { init() { counted = 1 } };'],
] as const)
  test(`a new statement that ${what} is refused`, async () => {
    const { verdicts, patch } = await build({ 'index.js': before }, { 'index.js': `${library}${more}\n${statement}\n${used}` });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code }) => code === 'statement-changed'));
  });

test('what the language has may be called, asked, and gone on from', async () => {
  const more = `class Wrong extends Error {}
const own = Object.prototype.hasOwnProperty;
const other = { name: 'other', init(owner) {
  const all = Array.prototype.slice.call([new Map(), Symbol.iterator, Math.PI]);
  if (own.call(owner, 'nothing') || typeof Map === 'undefined' || owner instanceof Promise) throw new Wrong(JSON.stringify(all));
} };`;
  const { patch } = await build(
    { 'index.js': before },
    { 'index.js': `${library}${more}\nlibrary.plugins.register(plus, other);\n${used}` },
  );
  assert.notEqual(patch, null);
});

test('a new statement of an ES module that leads to another module is refused', async () => {
  const es = (text: string): string =>
    text
      .replaceAll(/exports\.(\w+) =/g, 'export const $1 =')
      .replace('export const kept = kept', 'export { kept }')
      .replace('export const note = note', 'export { note }');
  const other = "import os from 'node:os';\nconst other = { init() { os.setPriority(0) } };";
  for (const [more, statement, isCarried] of [
    ['', 'library.plugins.register(plus);', true],
    [other, 'library.plugins.register(plus, other);', false],
  ] as const) {
    const { patch } = await build({ 'index.mjs': es(before) }, { 'index.mjs': `${more}\n${library}${statement}\n${es(used)}` });
    assert.equal(patch !== null, isCarried, more);
  }
});

test('one that throws keeps the patch out', async () => {
  const after = `const console = { warn() { throw new Error('none of this') } };\nconsole.warn('x');\n${before.replace("'old'", "'new'")}`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await assert.rejects(p.apply(), /none of this/);
  assert.equal(p.exports['run'](), 'old');
});

test('a member of a prototype that a statement only names, for the comment above it, is no code', async () => {
  const box = (more: string, end: string): string =>
    `class Box { constructor() { ${more} } open() { return ${end}; } }\nexports.Box = Box;`;
  const named = `${box('this.size = 2;', 'this.size')}\n/** How much goes in. */\nBox.prototype.size;`;
  const p = await program({ 'index.js': box('', '1') }, { 'index.js': named });
  const held = new p.exports['Box']();
  await p.apply();
  assert.equal(held.open(), 2);
  const report = await build({ 'index.js': box('', '1') }, { 'index.js': `${box('', '1')}\nBox.prototype.size.more;` });
  assert.deepEqual([report.patch, report.verdicts.map(({ code }) => code)], [null, ['statement-changed']]);
});
