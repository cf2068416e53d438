/** Classes that extend another one from now on: where nobody holds the class, the new version makes objects of a class of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const module = (heritage: string, more = '', own = 'all() { return [this.hi(), this.n] }'): string => `
class Base { hi() { return 'base' } }
class Mid extends Base { hi() { return 'mid of ' + super.hi() } }
class Box ${heritage} { constructor(n) { ${heritage === '' ? '' : 'super();'} this.n = n } ${own} }
exports.make = (n) => new Box(n).all();
exports.box = (n) => new Box(n);
exports.base = Base;
${more}`;
const alone = module('', '', "hi() { return 'own' } all() { return [this.hi(), this.n] }");

test('a superclass comes, goes, or is another one', async () => {
  for (const [before, after, was, now] of [
    [module('extends Base'), module('extends Mid'), 'base', 'mid of base'],
    [alone, module('extends Mid'), 'own', 'mid of base'],
    [module('extends Mid'), alone, 'mid of base', 'own'],
  ] as const) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    assert.deepEqual(p.exports['make'](1), [was, 1]);
    await p.apply();
    assert.deepEqual(p.exports['make'](2), [now, 2]);
    assert.equal(p.exports['box'](3) instanceof p.exports['base'], after !== alone);
    await p.revert();
    assert.deepEqual(p.exports['make'](3), [was, 3]);
    assert.ok(p.codes().includes('class-added') && p.codes().includes('closure-kept'));
    assert.ok(!p.codes().includes('value-copied'));
    p.clean();
  }
});

test('a new class comes between two, and one extends a class that is another one', async () => {
  const before = module(
    'extends Base',
    "class Small extends Box { all() { return ['small', ...super.all()] } }\nexports.small = (n) => new Small(n).all();",
  );
  const after = before.replace('class Box extends Base', "class New extends Base { hi() { return 'new' } }\nclass Box extends New");
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.deepEqual(
    [p.exports['make'](1), p.exports['small'](2)],
    [
      ['new', 1],
      ['small', 'new', 2],
    ],
  );
  await p.revert();
  assert.deepEqual(
    [p.exports['make'](1), p.exports['small'](2)],
    [
      ['base', 1],
      ['small', 'base', 2],
    ],
  );
});

test('objects of the old class that are alive turn the patch round, and are as they were', async () => {
  const p = await program({ 'index.js': module('extends Base') }, { 'index.js': module('extends Mid') });
  const kept = p.exports['box'](7);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.deepEqual(
    [kept.all(), p.exports['make'](1)],
    [
      ['base', 7],
      ['base', 1],
    ],
  );
  assert.equal(p.patch.modules[0]!.outdated?.[0]?.late, true);
});

test('where code asks for objects of the class, none may be there as the patch begins', async () => {
  const is = 'exports.is = (o) => o instanceof Box;';
  const p = await program({ 'index.js': module('extends Base', is) }, { 'index.js': module('extends Mid', is) });
  assert.equal(p.patch.modules[0]!.outdated?.[0]?.late, undefined);
  await p.apply();
  assert.equal(p.exports['is'](p.exports['box'](1)), true);
  await p.revert();
});

for (const [what, more, own] of [
  ['given away', 'exports.Box = Box;'],
  ['asked of code that a text may hold', 'exports.of = (text) => eval(text);'],
  ['passed on', 'exports.run = (f) => f(Box);'],
  ['asked for a member', 'exports.named = () => Box.name;'],
  ['what asks, not what is asked for', 'exports.is = (o) => Box instanceof o;'],
  ['extended by a class that is held', 'exports.late = () => { class Late extends Box { all() { return [] } } return Late };'],
  ['held by its own code', '', 'all() { return [this.hi(), this.n] } own() { return Box }'],
  ['one of no methods', '', 'all = () => [this.hi(), this.n]'],
] as const)
  test(`a class that is ${what} is refused`, async () => {
    const of = (heritage: string): string => module(heritage, more, own || undefined);
    const { verdicts, patch } = await build({ 'index.js': of('extends Base') }, { 'index.js': of('extends Mid') });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code }) => code === 'class-changed'));
  });

test('a class that a module exports is refused', async () => {
  const text = (heritage: string): string =>
    `class Base {}\nclass Mid {}\nexport class Box extends ${heritage} { all() { return 1 } }\nexport const make = () => new Box();`;
  const { patch } = await build({ 'index.mjs': text('Base') }, { 'index.mjs': text('Mid') });
  assert.equal(patch, null);
});
