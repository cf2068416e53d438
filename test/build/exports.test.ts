/** CommonJS exports whose text names them otherwise in the new version: who holds them runs the new code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exports } from './harness.ts';
import { build, program } from './harness.ts';

const ways = {
  exports: ['', 'exports'],
  'module.exports': ['', 'module.exports'],
  'a name for them': ['var api = exports = module.exports = {}\n', 'api'],
} as const;

const text = ([head, target]: readonly [string, string], version: number): string => `${head}
${target}.say = function () { return 'said by ${version}' }
${target}.Kind = class { name() { return 'named by ${version}' } }
${target}.make = (kind) => new ${target}[kind]()
${target}.limit = ${version}`;

const said = (held: Exports, made: Exports): unknown[] => [held['say'](), made['name'](), held['make']('Kind').name()];

for (const [from, before] of Object.entries(ways))
  for (const [to, after] of Object.entries(ways)) {
    if (from === to || to === 'a name for them') continue;
    test(`what was given away by ${from} is given away by ${to}`, async () => {
      const p = await program({ 'index.js': `// ${from} ${to}\n${text(before, 1)}` }, { 'index.js': text(after, 2) });
      const held = { ...p.exports };
      const made = new held['Kind']();
      await p.apply();
      assert.deepEqual(said(held, made), ['said by 2', 'named by 2', 'named by 2']);
      assert.deepEqual([p.exports['say'] === held['say'], p.exports['Kind'] === held['Kind'], p.exports['limit']], [true, true, 2]);
      await p.revert();
      assert.deepEqual(said(held, made), ['said by 1', 'named by 1', 'named by 1']);
      assert.equal(p.exports['limit'], 1);
      p.clean();
    });
  }

const named = `var exports = module.exports = function make(kind) {
  var Kind = exports[kind]
  if (!Kind) throw new Error('no ' + kind)
  return new Kind()
}
exports.A = class { name() { return 'A of 1' } }`;
const plain = `module.exports = function make(kind) {
  const Kind = module.exports[kind];
  if (Kind === undefined) throw new TypeError('no ' + kind);
  return new Kind();
};
module.exports.A = class { name() { return 'A of 2' } };`;

test('a function that a declaration gives away besides is given away by a statement', async () => {
  const p = await program({ 'index.js': named }, { 'index.js': plain });
  const make = p.exports as unknown as ((kind: string) => Exports) & Exports;
  const made = make('A');
  await p.apply();
  assert.deepEqual([made['name'](), make('A')['name']()], ['A of 2', 'A of 2']);
  assert.throws(() => make('B'), { name: 'TypeError', message: 'no B' });
  assert.equal(p.load('index.js'), make, 'the module gives away the function that it gave away');
  assert.equal(made instanceof make['A'], true);
  await p.revert();
  assert.deepEqual([made['name'](), make('A')['name']()], ['A of 1', 'A of 1']);
  p.clean();
});

test('a declaration that gives away something else in place of what is held is refused', async () => {
  const p = await program({ 'index.js': `// to a name\n${text(ways.exports, 1)}` }, { 'index.js': text(ways['a name for them'], 2) });
  assert.deepEqual(p.codes('refused'), ['value-replaced']);
  p.clean();
});

test('a function that a statement gives away is declared by the name of the exports', async () => {
  const p = await program({ 'index.js': `// named\n${plain}` }, { 'index.js': named });
  const make = p.exports as unknown as ((kind: string) => Exports) & Exports;
  const made = make('A');
  await p.apply();
  assert.deepEqual([made['name'](), make('A')['name'](), p.load('index.js') === make], ['A of 1', 'A of 1', true]);
  assert.throws(() => make('B'), { name: 'Error', message: 'no B' });
  await p.revert();
  assert.deepEqual([made['name'](), make('A')['name']()], ['A of 2', 'A of 2']);
  p.clean();
});

test('of two functions that a condition chose as the module loaded, those that others hold do what the new version chooses', async () => {
  const curried = (blanks: string): string => `const once = (fn) => (text) => fn(text)
const blanks = ${blanks}
const trim = blanks.trim() ? once(function (text) { return text.replace(/ +$/, '') }) : once(function (text) { return text.trimEnd() })
const inner = blanks.trim() ? (text) => 'slow ' + text : (text) => 'fast ' + text
exports.say = (text) => inner(text)
module.exports.trim = trim`;
  const p = await program({ 'index.js': curried(`'\\u180e '`) }, { 'index.js': curried(`' '`) });
  const { trim, say } = p.exports;
  const state = (): readonly string[] => [trim('a\t '), say('a')];
  assert.deepEqual(state(), ['a\t', 'slow a']);
  await p.apply();
  assert.deepEqual(state(), ['a', 'fast a']);
  await p.revert();
  assert.deepEqual(state(), ['a\t', 'slow a']);
  p.clean();
});

test('an export that a shorthand gives, of a name that another module of the patch gives anew', async () => {
  const p = await program(
    {
      'index.js': "const { own } = require('./util');\nfunction held() { return 1 }\nmodule.exports = { held };",
      'util.js': 'module.exports = { own: 1 };',
    },
    {
      'index.js': "const { own, limit } = require('./util');\nfunction held() { return limit }\nmodule.exports = { held, limit };",
      'util.js': 'const limit = 9;\nmodule.exports = { own: 1, limit };',
    },
  );
  await p.apply();
  assert.deepEqual([p.exports['held'](), p.exports['limit']], [9, 9]);
  await p.revert();
  assert.equal('limit' in p.exports, false);
});

test('an export under a name that the object inherits something by is set when all tasks run the patch', async () => {
  const before = `class Base { static Fault = 1 }
class Own extends Base { static n() { return 1 } }
module.exports = exports = Own;
exports.one = 1;`;
  const p = await program(
    { 'index.js': before },
    { 'index.js': `${before.replace('return 1', 'return 2')}\nexports.Fault = 2;\nexports.toString = () => 'own';` },
  );
  const { exports } = p;
  await p.apply();
  assert.deepEqual([Object.hasOwn(exports, 'Fault'), exports['Fault'], exports['toString'](), exports['n']()], [true, 2, 'own', 2]);
  await p.revert();
  assert.deepEqual([Object.hasOwn(exports, 'Fault'), exports['Fault'], exports['n']()], [false, 1, 1]);
});

test('what another file has put in place of an export stays, where it is told, or is said', async () => {
  const files = (n: number): Record<string, string> => ({
    'index.js':
      "const lib = require('./lib'); lib.limit = 50; lib.name = 'own'; exports.f = () => [lib.limit, lib.name, lib.size, lib.n()];",
    'lib.js': `exports.limit = ${n};\nmodule.exports.name = 'lib ${n}';\nexports.size = ${n};\nexports.n = () => ${n};`,
  });
  const p = await program(files(1), files(2));
  assert.deepEqual(p.codes('warning'), []);
  assert.deepEqual(p.exports['f'](), [50, 'own', 1, 1]);
  await p.apply();
  assert.deepEqual(p.exports['f'](), [50, 'own', 2, 2]);
  await p.revert();
  assert.deepEqual(p.exports['f'](), [50, 'own', 1, 1]);
  p.clean();
  const made = (n: number): Record<string, string> => ({
    'index.js': "const lib = require('./lib'); exports.set = (options) => { lib.options = options }; exports.f = () => lib.options;",
    'lib.js': `exports.options = Object.freeze({ n: ${n} });\nexports.n = () => ${n};`,
  });
  const { verdicts } = await build(made(1), made(2));
  assert.ok(verdicts.some(({ code }) => code === 'value-copied'));
});
