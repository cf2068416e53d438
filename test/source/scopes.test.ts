/** References find their bindings as the language says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzeModule } from '../../src/source/analyze.ts';
import type { ModuleModel } from '../../src/source/model.ts';

const analyze = (text: string): ModuleModel => analyzeModule(text, 'commonjs', 'x.js');

/** For each read or write of `name`: the kind of its binding and the path of the function that declares it. */
function resolved(text: string, name: string): string[] {
  return analyze(text)
    .references.filter((r) => r.node.name === name)
    .map((r) => (r.binding ? `${r.binding.kind} in ${r.binding.scope.fn.path || 'module'}` : 'global'));
}

test('parameters hide outer names, block scopes hide parameters', () => {
  assert.deepEqual(resolved('let x; function f(x) { x; { let x; x; } } x', 'x'), ['param in f', 'let in f', 'let in module']);
});

test('a default sees the parameters and what is outside, not the variables of the body', () => {
  assert.deepEqual(resolved('var y; function f(g = () => y) { var y; y; }', 'y'), ['var in module', 'var in f']);
});

test('a named function expression sees its own name', () => {
  assert.deepEqual(resolved('(function g() { g; }); g', 'g'), ['own-name in module', 'global']);
});

test('var is hoisted out of blocks, let and class are not', () => {
  assert.deepEqual(resolved('function f() { v; { var v; } w; { let w; } }', 'v'), ['var in f']);
  assert.deepEqual(resolved('function f() { w; { let w; } }', 'w'), ['global']);
});

test('in sloppy code a function in a block is also a variable of the function', () => {
  assert.deepEqual(resolved('function f() { { function g() {} } g; }', 'g'), ['var in f']);
  assert.deepEqual(resolved('"use strict"; function f() { { function g() {} } g; }', 'g'), ['global']);
});

test('arrows see the arguments, this and new.target of the function around them', () => {
  const model = analyze('function f() { return () => [arguments, this]; }');
  const f = model.functions[1]!;
  assert.equal(f.argumentsCaptured && f.thisCaptured && f.usesArguments && f.usesThis, true);
});

test('captured and reassigned', () => {
  const model = analyze('function f(a, b) { let c = 1; c++; for (let i = 0; ; i++) g(() => [a, i]); }');
  const binding = (name: string) => [...model.references].find((r) => r.node.name === name)!.binding!;
  assert.equal(binding('a').captured, true);
  assert.equal(binding('i').captured, true);
  assert.equal(binding('c').captured, false);
  assert.equal(binding('a').reassigned, false);
  assert.equal(binding('c').reassigned && binding('i').reassigned, true);
});

test('a direct eval may touch every name in sight', () => {
  const model = analyze('let x; function f() { eval(""); } function g() {}');
  assert.equal(model.scope.evalVisible, true);
  assert.equal(model.functions[2]!.scope.evalVisible, false);
});

test('destructuring assignments write, members of them do not', () => {
  const model = analyze('let a, b, o; ({ a, x: [b = o.q], ...o.rest } = f());');
  const writes = model.references.filter((r) => r.write).map((r) => r.node.name);
  assert.deepEqual(writes, ['a', 'b']);
});

test('a text that is joined from thousands of pieces is walked along, not down', () => {
  const model = analyze(`let x; const text = ${Array.from({ length: 3000 }, () => "'line'").join(' + ')} + x;`);
  assert.equal(model.references.filter((r) => r.node.name === 'x').length, 1);
});
