/** What a module calls that which it gives away as a whole: the name stands for the object that exists, and `exports` with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Exports } from './harness.ts';

/** A function that is given away, with functions on it which it calls by `own`. */
const serve = (head: string, own: string, end: string, n: number, more = ''): string => `${head} function serve(x) {
  return [${n}, ${own}.html(x), new ${own}.Box(x).get()];
}${end}
${own}.html = function (x) { return x + ${n}; };
${own}.Box = function (x) { this.x = x; };
${own}.Box.prototype.get = function () { return this.x * ${n}; };
${more}`;
const forms: Readonly<Record<string, readonly [head: string, own: string, end: string]>> = {
  'exports as well': ['exports = module.exports =', 'exports', ';'],
  'by a statement': ['', 'serve', '\nmodule.exports = serve;'],
  'by a statement above': ['module.exports = serve;', 'serve', ''],
  'by a declaration': ['const serve = module.exports =', 'serve', ';'],
  'without a name': ['module.exports =', 'module.exports', ';'],
};

for (const [from, before] of Object.entries(forms))
  for (const [to, after] of Object.entries(forms))
    test(`a function that was given away ${from} and is ${to}`, async () => {
      const more = `${after[1]}.more = function () { return ${after[1]}.html(7); };`;
      const p = await program({ 'index.js': `// ${from}\n${serve(...before, 1)}` }, { 'index.js': serve(...after, 2, more) });
      const held = p.exports as unknown as ((x: number) => unknown) & Exports;
      const box = new held['Box'](5) as { get(): number };
      const { html } = held;
      await p.apply();
      assert.equal(p.load('index.js'), held);
      assert.deepEqual([held(3), html(3), held['html'](3), box.get(), held['more']()], [[2, 5, 6], 5, 5, 10, 9]);
      assert.ok(box instanceof held['Box']);
      await p.revert();
      assert.deepEqual([held(3), html(3), box.get()], [[1, 4, 3], 4, 5]);
      p.clean();
    });

test('exports mean what the module gives away, where they are given that from now on', async () => {
  const p = await program(
    {
      'index.js':
        'module.exports = class Box { get() { return 1 } };\nfunction limit() { return exports.limit }\nmodule.exports.of = () => limit();',
    },
    {
      'index.js':
        'exports = module.exports = class Box { get() { return exports.limit } };\nfunction limit() { return exports.limit }\nmodule.exports.of = () => limit(); exports.limit = 2; exports.list = [exports.limit];\nObject.assign(exports, { other: 1 });',
    },
  );
  const Box = p.exports as unknown as (new () => Exports) & Exports;
  const old = new Box();
  await p.apply();
  assert.deepEqual([old['get'](), Box['of'](), Box['list'], Box['other']], [2, 2, [2], 1]);
  await p.revert();
  assert.deepEqual([old['get'](), Box['of'](), 'list' in Box, 'other' in Box], [1, undefined, false, false]);
  p.clean();
});

for (const [what, before, after] of [
  ['the object of another call', 'module.exports = make(1);', 'const api = module.exports = make(2);'],
  ['an object that is no function', 'module.exports = () => 1;', 'const api = module.exports = make(2);'],
] as const)
  test(`${what} does not take the place of what is held`, async () => {
    const make = 'function make(n) { return { n } }';
    const p = await program({ 'index.js': `${make}\n${before}` }, { 'index.js': `${make}\n${after}` });
    assert.deepEqual(p.codes('refused'), ['value-replaced']);
    p.clean();
  });

test('a number does, and who holds it is told', async () => {
  const p = await program({ 'index.js': 'module.exports = 5;' }, { 'index.js': 'const limit = module.exports = 6;' });
  assert.deepEqual(p.codes('warning'), ['value-copied']);
  await p.apply();
  assert.equal(p.load('index.js'), 6);
  await p.revert();
  assert.equal(p.load('index.js'), 5);
  p.clean();
});

test('what was put on exports that nobody saw is given away, where these are what the module gives from now on', async () => {
  const p = await program(
    { 'index.js': 'class Box { get() { return 1 } } exports.Box = Box; exports.limit = 1; module.exports = Box;' },
    {
      'index.js':
        'class Box { get() { return exports.Box === Box } } exports = module.exports = Box; exports.Box = Box; exports.limit = 1;',
    },
  );
  const Box = p.exports as unknown as (new () => Exports) & Exports;
  await p.apply();
  assert.deepEqual([new Box()['get'](), Box['Box'] === Box, Box['limit']], [true, true, 1]);
  await p.revert();
  assert.deepEqual([new Box()['get'](), 'Box' in Box, 'limit' in Box], [1, false, false]);
  p.clean();
});
