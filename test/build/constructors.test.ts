/** Constructors whose parameters change, and those that a class gains or loses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

test('a constructor that gains parameters gets them from everyone who constructs it', async () => {
  const before = `class Base { constructor(a) { this.a = a } }
class Sub extends Base { constructor(a) { super(a) } }
class Own extends Base { mark = 1 }
const Local = class { constructor() {} }
exports.Base = Base; exports.Sub = Sub; exports.Own = Own
exports.make = () => [new Base(1).a, new Sub(1).a, new Own(1).a, new Local()]
exports.strict = class { constructor(a) { 'use strict'; this.a = a } }
exports.evaluated = class { constructor(a) { this.a = eval('a') } }`;
  const after = `class Base { constructor(a, b = 'none', ...rest) { this.a = [a, b, ...rest] } }
class Sub extends Base { constructor(a, b) { super(a, b, 'sub') } }
class Own extends Base { mark = 1 }
const Local = class { constructor(...all) { this.all = all } }
exports.Base = Base; exports.Sub = Sub; exports.Own = Own
exports.make = () => [new Base(1).a, new Sub(1, 2).a, new Own(1, 3, 4).a, new Local(5, 6).all]
exports.strict = class { constructor(a, b) { 'use strict'; this.a = [a, b] } }
exports.evaluated = class { constructor(a, b) { this.a = [eval('a'), b, arguments.length] } }`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { Base, Sub, Own, make, strict, evaluated } = p.exports;
  class Outside extends (Base as new (...args: unknown[]) => { readonly a: unknown[] }) {
    constructor(a: unknown, b: unknown) {
      super(a, b);
    }
  }
  await p.apply();
  assert.deepEqual(make(), [
    [1, 'none'],
    [1, 2, 'sub'],
    [1, 3, 4],
    [5, 6],
  ]);
  assert.deepEqual(new Base(1, 2, 3).a, [1, 2, 3]);
  assert.deepEqual(new Sub(1, 2).a, [1, 2, 'sub']);
  assert.deepEqual({ ...new Own(7, 8) }, { a: [7, 8], mark: 1 });
  assert.deepEqual((Reflect.construct(Sub, [3, 4], Outside) as { readonly a: unknown }).a, [3, 4, 'sub']);
  assert.deepEqual(new Outside(5, 6).a, [5, 6]);
  assert.deepEqual(
    [new strict(1, 2).a, new evaluated(1, 2).a],
    [
      [1, 2],
      [1, 2, 2],
    ],
  );
  assert.deepEqual([Base.length, Sub.length, Own.length, strict.length], [1, 1, 0, 1], 'the classes are those that were there');
  await p.revert();
  assert.deepEqual([new Base(1, 2).a, new Sub(1, 2).a, new Own(7, 8).a, new strict(1, 2).a, new evaluated(1, 2).a], [1, 1, 7, 1, 1]);
  p.clean();
});

test('a constructor that loses a parameter, and one whose parameters change places', async () => {
  const before = `exports.A = class { constructor(a, b) { this.all = [a, b] } }
exports.B = class extends exports.A { constructor(first, second) { super(first, second) } }
exports.make = () => new exports.B(1, 2).all`;
  const after = `exports.A = class { constructor(a) { this.all = [a, arguments.length] } }
exports.B = class extends exports.A { constructor({ second }, first = 7) { super(second, first) } }
exports.make = () => new exports.B({ second: 2 }).all`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  await p.apply();
  assert.deepEqual(
    [p.exports['make'](), new p.exports['B']({ second: 3 }, 4).all],
    [
      [2, 2],
      [3, 2],
    ],
  );
  await p.revert();
  assert.deepEqual(p.exports['make'](), [1, 2]);
  p.clean();
});
