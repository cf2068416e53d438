/** Classes whose members a program has put on others, as mixins are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { mixedIn } from '../../src/node/apply/mixed-in.ts';
import { build, program } from './harness.ts';

const parts = (more: string, text = 'this.name'): string => `exports.Named = class Named {
  say() { return ${text} }
  get upper() { return this.name.toUpperCase() }
  ${more}
};
exports.Other = class Other { other() { return 1 } };`;

const dep = 'exports.Theirs = class Theirs { constructor() { this.name = "theirs" } };';

const index = `const { Named, Other } = require('./parts.js');
const mix = (target, ...sources) => {
  for (const source of sources)
    for (const key of Object.getOwnPropertyNames(source.prototype))
      if (key !== 'constructor') Object.defineProperty(target.prototype, key, Object.getOwnPropertyDescriptor(source.prototype, key));
};
class Both { constructor() { this.name = 'both' } }
mix(Both, Named, Other);
class Own { constructor() { this.name = 'own' } say() { return 'mine' } title() { return 'Sir' } }
Object.defineProperty(Own.prototype, 'upper', Object.getOwnPropertyDescriptor(Named.prototype, 'upper'));
exports.Plain = function () { this.name = 'plain' };
mix(exports.Plain, Named);
class One { constructor() { this.name = 'one' } }
One.prototype.say = Named.prototype.say;
class Sub extends Named { constructor() { super(); this.name = 'sub' } }
class Sealed { constructor() { this.name = 'sealed' } }
mix(Sealed, Named);
Object.freeze(Sealed.prototype);
class Like { say() { return 1 } get upper() { return 2 } }
const { Theirs } = require('dep');
mix(Theirs, Named);
Object.assign(exports, { Both, Own, One, Sub, Sealed, Like });`;

test('what a class gains is put where its members have been put', async () => {
  const more = 'title() { return this.mark + this.name } get mark() { return "@" } set upper(name) { this.name = name.toLowerCase() }';
  const p = await program(
    { 'index.js': index, 'node_modules/dep/index.js': dep, 'parts.js': parts('') },
    { 'index.js': index, 'node_modules/dep/index.js': dep, 'parts.js': parts(more, 'this.title()') },
  );
  const made = (name: string) => new p.exports[name]();
  const both = made('Both');
  const had = (name: string): string[] => Object.getOwnPropertyNames((p.exports[name] ?? theirs).prototype);
  const theirs = p.load('node_modules/dep/index.js')['Theirs'];
  const before = ['Both', 'Own', 'Plain', 'One', 'Sub', 'Sealed', 'Like', 'Theirs'].map(had);
  await p.apply();
  assert.deepEqual([both.say(), both.mark, both.other(), made('Plain').say(), made('Sub').say()], ['@both', '@', 1, '@plain', '@sub']);
  both.upper = 'ELSE';
  assert.equal(both.upper, 'ELSE', 'a setter joins the getter');
  both.name = 'both';
  assert.deepEqual([made('Own').title(), made('Own').mark], ['Sir', '@'], 'what one has of its own stays');
  assert.deepEqual(
    ['One', 'Sub', 'Sealed', 'Like', 'Theirs'].map(had),
    before.slice(3),
    'what has no more than a method is no mixin, and a dependency stays',
  );
  await p.revert();
  assert.deepEqual(['Both', 'Own', 'Plain', 'One', 'Sub', 'Sealed', 'Like', 'Theirs'].map(had), before);
  assert.equal(both.say(), 'both');
  p.clean();
});

test('one patch takes the place of another', async () => {
  const p = await program(
    { 'index.js': index, 'node_modules/dep/index.js': dep, 'parts.js': parts('') },
    { 'index.js': index, 'node_modules/dep/index.js': dep, 'parts.js': parts('title() { return 1 }', 'this.title()') },
  );
  const other = await build(
    { 'index.js': index, 'node_modules/dep/index.js': dep, 'parts.js': parts('') },
    { 'index.js': index, 'node_modules/dep/index.js': dep, 'parts.js': parts('title() { return 2 }', 'this.title()') },
  );
  await p.apply();
  const both = new p.exports['Both']();
  assert.equal(both.say(), 1);
  await currentRuntime()!.apply(other.patch!, { timeoutMs: 20_000 });
  assert.equal(both.say(), 2);
  await currentRuntime()!.revert(other.name, { timeoutMs: 20_000 });
  assert.deepEqual([both.say(), 'title' in both], ['both', false]);
  p.clean();
});

const base = (more: string): string => `module.exports = Base;
function Base(target) { for (const key in Base.prototype) target[key] = Base.prototype[key] }
Base.prototype.one = function () { return 'one' };
Base.prototype.two = function () { return 'two' };
${more}`;

const wholes = (more: string): string => `const Base = require('./mixin.js');
module.exports = Request;
function Request() {}
Base(Request.prototype);
const lib = { three: () => 'three' };
Request.Lib = class { };
Request.Lib.prototype.three = lib.three;
Request.lib = lib;
${more}`;

test('what a constructor gains on its prototype is put there too, also where a module is a constructor', async () => {
  const more = "Base.prototype.more = function () { return 'more' };\nBase.prototype.mine = function () { return 'base' };";
  const p = await program(
    { 'index.js': wholes(''), 'mixin.js': base('') },
    {
      'index.js': wholes("Request.prototype.mine = function () { return 'mine' };\nlib.four = () => 'four';"),
      'mixin.js': base(more),
    },
  );
  const Request = p.load('index.js') as unknown as { new (): Record<string, () => string>; Lib: new () => object; lib: object };
  const made = new Request();
  await p.apply();
  assert.deepEqual([made['more']!(), made['mine']!()], ['more', 'mine'], 'what it gains itself is its own');
  assert.deepEqual(['four' in Request.lib, 'four' in new Request.Lib()], [true, false], 'a table is no class');
  await p.revert();
  assert.deepEqual([made['more'], made['mine'], made['one']!()], [undefined, undefined, 'one']);
  p.clean();
});

test('a proxy is not looked into', () => {
  const asked: string[] = [];
  const Watched = new Proxy(class {}, {
    getOwnPropertyDescriptor: (target, key) => (asked.push(String(key)), Reflect.getOwnPropertyDescriptor(target, key)),
    ownKeys: (target) => (asked.push('keys'), Reflect.ownKeys(target)),
  });
  const change = { place: { kind: 'property' as const, object: class {}.prototype, key: 'title' }, content: { value: () => 1 } };
  const scopes = { selves: () => [Watched, { Watched }], exported: () => Watched };
  assert.deepEqual([mixedIn([change], [], [{ file: '/app/index.js', scopes } as never], '/app/'), asked], [[], []]);
});

test('what stands elsewhere is another package', () => {
  class Named {
    say(): void {}
  }
  class Theirs {}
  Object.defineProperty(Theirs.prototype, 'say', Object.getOwnPropertyDescriptor(Named.prototype, 'say')!);
  const change = { place: { kind: 'property' as const, object: Named.prototype, key: 'title' }, content: { value: () => 1 } };
  const found = (file: string): object[] =>
    mixedIn([change], [], [{ file, scopes: { selves: () => [Theirs], exported: () => null } } as never], '/app/').map(
      ({ place }) => place.object,
    );
  assert.deepEqual(
    ['/app/index.js', '/application/index.js', '/app/node_modules/dep/index.js'].map((file) => found(file).length),
    [1, 0, 0],
  );
});
