/** Functions of which all calls are known, that take more than before: what has called them with more goes on doing so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patched, program } from './harness.ts';

const CASES: readonly (readonly [name: string, before: string, after: string, gives: unknown])[] = [
  ['all that there is', 'function f(x) { return [x]; } return f(...all);', 'function f(x, y) { return [x, y]; } return f(...all);', [1, 2]],
  ['one more', 'const f = (x) => [x]; return f(all[0], all[1]);', 'const f = (x, y) => [x, y]; return f(all[0], all[1]);', [1, 2]],
  [
    'what it reads of its arguments',
    'function f(x) { return x; } return f(...all);',
    'function f(x) { return arguments.length; } return f(...all);',
    2,
  ],
];
for (const [name, before, after, gives] of CASES)
  test(`a function within another: ${name}`, async () => {
    const whole = (body: string): string => `exports.of = (...all) => { ${body} };`;
    const p = await patched(whole(before), whole(after));
    assert.deepEqual(p.exports['of'](1, 2), gives);
    assert.ok(p.codes('carried').includes('function-relinked'));
  });

test('what calls it with no more is left as it is', async () => {
  const p = await patched(
    'exports.of = (a) => { function f(x) { return [x]; } return f(a); };',
    'exports.of = (a) => { function f(x, y) { return [x, y]; } return f(a); };',
  );
  assert.deepEqual(p.exports['of'](1), [1, undefined]);
  assert.deepEqual(p.codes('carried'), ['function-changed']);
});

test('and so is what calls one with more that does not take it', async () => {
  const p = await patched(
    'exports.of = (...all) => { function f(x) { return [x]; } return f(...all); };',
    'exports.of = (...all) => { function f(x) { return [x, 0]; } return f(...all); };',
  );
  assert.deepEqual(p.exports['of'](1, 2), [1, 0]);
  assert.deepEqual(p.codes('carried'), ['function-changed']);
});

test('a closure that holds it cannot hand it more', async () => {
  const before = 'exports.make = (n) => { const f = (x) => [x, n]; return (...all) => f(...all); };';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('(x) => [x, n]', '(x, y) => [x, y, n]') });
  assert.deepEqual(p.codes('warning'), ['closure-stranded']);
  await p.apply();
  assert.deepEqual(p.exports['make'](3)(1, 2), [1, 2, 3]);
});

test('a function of a block that sloppy code knows outside of it may be called with anything', async () => {
  const block = (parameters: string): string => `if (exports) { function f(${parameters}) { return [${parameters}]; } }\nexports.f = f;`;
  const p = await patched(block('x'), block('x, y'));
  assert.deepEqual(p.codes('warning'), ['arguments-unseen']);
  const inner = (parameters: string): string =>
    `exports.g = () => { if (exports) { function f(${parameters}) { return [${parameters}]; } return f(1, 2); } };`;
  const known = await patched(inner('x'), inner('x, y'));
  assert.deepEqual([known.exports['g'](), known.codes('warning')], [[1, 2], []]);
});

test('a constructor that its module does not give away stays the one that objects are of', async () => {
  const shape = (parameters: string, more: string): string => `function Box(${parameters}) { this.size = 1;${more} }
Box.prototype.get = function () { return this.size; };
Box.prototype.grow = function () { return ${more === '' ? '0' : 'this.size + 1'}; };
exports.is = (box) => ${more === '' ? 'false' : 'box instanceof Box'};
exports.make = () => new Box(${more === '' ? '' : '5'});`;
  const p = await program({ 'index.js': shape('', '') }, { 'index.js': shape('size', ' if (size) this.size = size;') });
  const old = p.exports['make']();
  await p.apply();
  const now = p.exports['make']();
  assert.deepEqual([p.exports['is'](old), p.exports['is'](now)], [true, true]);
  assert.deepEqual([now.get(), now.grow(), old.grow()], [5, 6, 2]);
  assert.equal(Object.getPrototypeOf(now), Object.getPrototypeOf(old));
});

for (const [what, put, has] of [
  ['compared', 'held = f;', 'held === f'],
  ['looked for', 'all.push(f);', 'all.includes(f)'],
  ['taken out', 'taken = f; emitter.on("x", f);', 'emitter.off("x", f).listenerCount("x") === 0'],
  ['asked for what is on it', 'f.held = true;', 'f.held'],
] as const)
  test(`a function that is ${what} stays the one that others hold`, async () => {
    const given = (parameters: string, gives: string, more: string): string => `const emitter = new (require('events'))();
const all = [];
let held = null, taken = null;
function f(${parameters}) { return ${gives}; }
exports.put = () => { ${put} };
exports.has = () => [${has}, f(1${more})];`;
    const p = await program({ 'index.js': given('x', '[x]', '') }, { 'index.js': given('x, y', '[x, y]', ', 2') });
    p.exports['put']();
    await p.apply();
    assert.deepEqual(p.exports['has'](), [true, [1, 2]]);
    await p.revert();
  });

test('and one that is only given away takes all that it is given there', async () => {
  const text = (parameters: string, gives: string, more: string): string => `var f = function (${parameters}) { return ${gives}; };
exports.make = () => { const scope = {}; scope.f = f; return new Function('scope', 'return scope.f(1${more})')(scope); };`;
  const p = await program({ 'index.js': text('x', '[x]', '') }, { 'index.js': text('x, y', '[x, y]', ', 2') });
  assert.deepEqual(p.exports['make'](), [1]);
  await p.apply();
  assert.deepEqual(p.exports['make'](), [1, 2]);
  await p.revert();
});
