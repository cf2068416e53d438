/** Which functions have one shape: those that differ in names alone, and in nothing that is written beside them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Meanings } from '../../src/build/match/meanings.ts';
import { ShapeReader, Words } from '../../src/build/match/shape.ts';
import { analyzeModule } from '../../src/source/analyze.ts';

const words = new Words();

function shapeOf(text: string): number {
  const model = analyzeModule(text, 'module', 'a.mjs');
  return new ShapeReader(words, new Meanings(model, () => false)).read(model.program).id;
}

test('names of variables are left out', () => {
  assert.equal(shapeOf('const a = (b) => b + 1'), shapeOf('const c = (d) => d + 1'));
  assert.equal(shapeOf('const a = ({ b: c }) => c'), shapeOf('const b = ({ b }) => b'));
  assert.notEqual(shapeOf('const a = (b) => b.c'), shapeOf('const a = (b) => b.d'));
});

test('whatever else is written of a node tells shapes apart', () => {
  const groups = [
    ['f(function () {})', 'f(async function () {})', 'f(function* () {})', 'f(async function* () {})', 'f(() => {})', 'f(async () => {})'],
    ['function a() {}', 'async function a() {}', 'function* a() {}', 'async function* a() {}'],
    ['!g', '-g', 'typeof g'],
    ['let a; a++', 'let a; a--', 'let a; ++a', 'let a; --a', 'let a; -a'],
    ['g + 1', 'g - 1', 'g && 1', 'g ?? 1', 'g || 1'],
    ['let a; a = 1', 'let a; a += 1', 'let a; a ??= 1'],
    ['const a = 1', 'let a = 1', 'var a = 1'],
    ['const b = 1; g.b', 'const b = 1; g[b]', 'const b = 1; g?.b', 'const b = 1; g?.[b]', 'g.c'],
    ['g()', 'g?.()', 'new g()'],
    ['class A { b() {} }', 'class A { get b() {} }', 'class A { static b() {} }', "class A { ['b']() {} }", 'class A { constructor() {} }'],
    ['class A { b }', 'class A { static b }', 'class A { #b }', "class A { ['b'] }", "class A { static ['b'] }"],
    ['async () => { for (const a of g) ; }', 'async () => { for await (const a of g) ; }', 'async () => { for (const a in g) ; }'],
    ['function* a() { yield g }', 'function* a() { yield* g }'],
    ['({ b() {} })', '({ get b() {} })', '({ set b(v) {} })', '({ b: function () {} })', "({ ['b']() {} })"],
    ["'1'", '1', '1n', '/1/', '`1`', 'true', 'null'],
  ];
  for (const group of groups) {
    const shapes = new Map(group.map((text) => [shapeOf(text), text]));
    assert.deepEqual([...shapes.values()], group);
  }
});
