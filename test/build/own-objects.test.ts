/** What a constructor gives its object under another name for it, or in another way than by assigning one property. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

async function said(before: string, after: string): Promise<string[]> {
  assert.notEqual(before, after);
  const report = await build({ 'index.js': before }, { 'index.js': after });
  return report.verdicts.filter(({ code }) => !code.startsWith('function-')).map(({ code, path }) => `${code} ${path}`);
}

const boxOf = (body: string): string => `class Box { constructor(o) { ${body} } get() { return this.limit } }\nexports.Box = Box;`;
const compiled = (begin: string): string =>
  `function Base() {} function make(self) { return self }
exports.Box = function Box() { ${begin} _this.limit = 5; return _this };
exports.Box.prototype.get = function () { return this.limit };`;

const GIVEN: Readonly<Record<string, string>> = {
  'a variable that stands for it': boxOf('const self = this; self.limit = 5;'),
  'the variable of a compiled class': compiled('var _this = Base.call(this) || this;'),
  'one that a helper gives': compiled('var _this; _this = make(this);'),
  'a variable that stands for it, in an arrow function that runs at once': boxOf(
    'const self = this; [1].forEach(() => { self.limit = 5 });',
  ),
  'an entry of Object.assign': boxOf('Object.assign(this, { limit: 5 }, o);'),
  'an entry of Object.assign onto a variable that stands for it': boxOf('const self = this; Object.assign(self, { limit: 5 });'),
  'an entry of what a helper puts there': `const extend = (to, from) => { for (const key in from) to[key] = from[key] };\n${boxOf('extend(this, { limit: 5 });')}`,
  'Object.defineProperty': boxOf("Object.defineProperty(this, 'limit', { value: 5 });"),
  'Object.defineProperties': boxOf('Object.defineProperties(this, { limit: { value: 5 } });'),
  'Reflect.set': boxOf("Reflect.set(this, 'limit', 5);"),
  'a name in quotes': boxOf("this['limit'] = 5;"),
  'a pattern': boxOf('[this.limit, this.other] = [5, 1];'),
  'a default in a pattern': boxOf('({ limit: this.limit = 5 } = o);'),
};

for (const [name, before] of Object.entries(GIVEN))
  test(`objects that exist keep what they were given by ${name}`, async () => {
    const [own, ...more] = await said(before, before.replace('5', '9'));
    assert.match(own ?? '', /^instances-hold (?:exports\.)?Box(?:#constructor)?(?:\/<forEach>)? limit$/);
    assert.deepEqual(more, []);
  });

test('what is said of a property besides its value is said to stay, whoever reads it', async () => {
  const before = boxOf("Object.defineProperty(this, 'secret', { value: o });");
  assert.deepEqual(await said(before, before.replace('value: o', 'value: o, enumerable: true')), ['instances-hold Box#constructor secret']);
});

const MADE: Readonly<Record<string, readonly [was: string, now: string]>> = {
  'a variable that stands for it': ['const self = this; self.n = 1;', 'const self = this; self.n = 1; self.limit = self.n + 1;'],
  'an entry of Object.assign': ['Object.assign(this, { n: 1 });', 'Object.assign(this, { n: 1, limit: 2 });'],
  'an entry that options may have as well': ['Object.assign(this, { n: 1 }, o);', 'Object.assign(this, { n: 1, limit: 2 }, o);'],
};

for (const [name, [was, now]] of Object.entries(MADE))
  test(`objects that exist get a field by ${name}`, async () => {
    const p = await program({ 'index.js': boxOf(was) }, { 'index.js': boxOf(now) });
    const [box, other] = [new p.exports.Box({}), new p.exports.Box({ limit: 7 })];
    assert.equal(box.get(), undefined);
    const had = other.get();
    await p.apply();
    assert.deepEqual(p.codes('warning'), []);
    assert.deepEqual([box.get(), other.get()], [2, had ?? 2]);
    await p.revert();
    assert.equal(box.get(), undefined);
  });

const LACKS: Readonly<Record<string, readonly [was: string, now: string]>> = {
  'that comes before a table': ['Object.assign(this, DEFAULTS);', 'Object.assign(this, { limit: 2 }, DEFAULTS);'],
  'that comes before options which it has changed': [
    'o = check(o); Object.assign(this, {}, o);',
    'o = check(o); Object.assign(this, { limit: 2 }, o);',
  ],
  'of which more is said': ['this.n = 1;', "this.n = 1; Object.defineProperty(this, 'limit', { get: () => 2 });"],
};

for (const [name, [was, now]] of Object.entries(LACKS))
  test(`they do not get one ${name}, and the report says so`, async () => {
    const head = 'const DEFAULTS = { limit: 3 }; const check = (o) => ({ limit: 4, ...o });\n';
    assert.deepEqual(await said(head + boxOf(was), head + boxOf(now)), ['instances-lack Box#constructor limit']);
  });

test('the object of another call is not taken for it', async () => {
  const before = boxOf('const self = this; o.each(function () { this.limit = self.n; });');
  assert.deepEqual(await said(before, before.replace('self.n', 'self.n + 1')), []);
});
