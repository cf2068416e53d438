/** A field or private method that two patches give a class, of which one takes the place of the other or stacks on it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';

async function two(before: string, first: string, second: string): Promise<readonly [Program, Program]> {
  const p = await program({ 'index.js': before }, { 'index.js': first });
  return [p, new Program(p.root, p.exports, await build({ 'index.js': before }, { 'index.js': second }))];
}

const stack = async ({ report }: Program): Promise<unknown> =>
  currentRuntime()!.apply(report.patch!, { replace: false, timeoutMs: 20_000 });

test('what no new code has touched has the field under the patch that takes the place', async () => {
  const before = 'class A { a = 1; }\nexports.A = A;';
  const [first, second] = await two(before, before.replace('a = 1;', 'a = 1; z = 5;'), before.replace('a = 1;', 'a = 1; z = 6; y = 7;'));
  const { A } = first.exports;
  const made = [new A(), new A(), new A()];
  await first.apply();
  assert.equal(made[0].z, 5);
  await second.apply();
  assert.deepEqual([made[1].z, made[1].y, made[0].z, made[0].y], [6, 7, 5, 7]);
  await second.revert();
  assert.deepEqual([made[1].z, made[2].z, 'z' in A.prototype], [undefined, undefined, false]);
});

test('so it is where the one before gave the class a method of that name, and where it lies below', async () => {
  const before = '// stacked\nclass A { a = 1; }\nexports.A = A;';
  const [first, second] = await two(
    before,
    before.replace('a = 1;', 'a = 1; z() { return 5; }'),
    before.replace('a = 1;', 'a = 1; z = 6;'),
  );
  const { A } = first.exports;
  const made = [new A(), new A()];
  await first.apply();
  assert.equal(made[0].z(), 5);
  await stack(second);
  assert.equal(made[0].z, 6);
  await second.revert();
  assert.equal(made[0].z(), 5);
  await second.apply();
  assert.equal(made[1].z, 6);
  await second.revert();
  assert.deepEqual([made[0].z, made[1].z], [undefined, undefined]);
});

test('a property that the program gives the class itself stays', async () => {
  const before = 'class B { get z() { return 1; } }\nclass A extends B { a() { return 0; } }\nexports.A = A;';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('a() { return 0; }', 'z = 2; a() { return this.z; }') });
  const { A } = p.exports;
  const made = new A();
  await p.apply();
  assert.deepEqual([made.z, made.a(), made.z], [1, 2, 2]);
});

test('an object has the private method of the patch that its code is of', async () => {
  const before = 'class A { of() { return 0; } other(o) { return 0; } }\nexports.A = A;';
  const after = (n: number): string =>
    before.replace(
      'of() { return 0; } other(o) { return 0; }',
      `#m() { return ${n}; } of() { return this.#m(); } other(o) { return o.#m(); }`,
    );
  const [first, second] = await two(before, after(1), after(2));
  const { A } = first.exports;
  const made = new A();
  const seen = (): number[] => [made.of(), new A().of(), made.other(new A())];
  await first.apply();
  assert.deepEqual(seen(), [1, 1, 1]);
  await second.apply();
  assert.deepEqual(seen(), [2, 2, 2]);
  await second.revert();
  assert.deepEqual(seen(), [0, 0, 0]);
  await first.apply();
  await stack(second);
  assert.deepEqual(seen(), [2, 2, 2]);
  await second.revert();
  assert.deepEqual(seen(), [1, 1, 1]);
  await first.revert();
});

test('and a private field that another patch had a method of the name of, and the reverse', async () => {
  const before = '// kinds\nclass A { of() { return 0; } }\nexports.A = A;';
  const field = before.replace('of() { return 0; }', '#m = 2; of() { return this.#m++; }');
  const [first, second] = await two(before, before.replace('of() { return 0; }', '#m() { return 1; } of() { return this.#m(); }'), field);
  const third = new Program(first.root, first.exports, await build({ 'index.js': before }, { 'index.js': `${field} exports.more = 1;` }));
  const { A } = first.exports;
  const made = new A();
  await first.apply();
  assert.equal(made.of(), 1);
  await stack(second);
  assert.deepEqual([made.of(), new A().of()], [2, 2]);
  await second.revert();
  assert.equal(made.of(), 1);
  await second.apply();
  assert.deepEqual([made.of(), made.of(), new A().of()], [2, 3, 2]);
  await third.apply();
  assert.deepEqual([made.of(), new A().of()], [4, 2], 'a field goes on');
  await first.apply();
  assert.deepEqual([made.of(), new A().of()], [1, 1]);
  await first.revert();
});

test('a class that extends another and writes no constructor gives what it makes a new field ahead of its own', async () => {
  const before = '// derived\nclass B { b = 1; }\nclass A extends B { a = 2; of() { return 0; } }\nexports.A = A;';
  const p = await program(
    { 'index.js': before },
    { 'index.js': before.replace('a = 2; of() { return 0; }', 'a = 2; z = 3; of() { return this.z; }') },
  );
  const { A } = p.exports;
  await p.apply();
  const made = new A();
  assert.deepEqual([Object.keys(made), made.of(), Object.keys(made), new A().z], [['b', 'z', 'a'], 3, ['b', 'z', 'a'], 3]);
  await p.revert();
});

test('a class that writes no constructor gives what it makes a new field from the start', async () => {
  const before = '// whole\nclass A { a = 1; }\nexports.A = A; class B extends A { b = 2; }\nexports.B = B;';
  const p = await program({ 'index.js': before }, { 'index.js': before.replace('a = 1;', 'a = 1; z = this.a + 4;') });
  const { A, B } = p.exports;
  const made = new A();
  await p.apply();
  assert.deepEqual([{ ...new A() }, Object.keys(new B()).toSorted(), { ...made }], [{ a: 1, z: 5 }, ['a', 'b', 'z'], { a: 1 }]);
  assert.equal(made.z, 5);
  await p.revert();
  assert.deepEqual([{ ...new A() }, { ...made }], [{ a: 1 }, { a: 1 }]);
});

test('what the patch that takes the place does not give is taken off, and stays where that gives it too', async () => {
  const before = 'class A { a = 1; of() { return this.a; } }\nclass B { a = 1; }\nexports.A = A; exports.B = B; exports.f = () => 1;';
  const gained = before.replace('a = 1; of', 'a = 1; z = 5; #y = 6; of').replace('B { a = 1;', 'B { a = 1; z = 7;');
  const [first, second] = await two(before, gained, before.replace('() => 1', '() => 2').replace('B { a = 1;', 'B { a = 1; z = 8;'));
  const { A, B } = first.exports;
  const [a, b, untouched] = [new A(), new B(), new A()];
  const look = (): unknown[] => [Object.keys(a), Object.keys(b), Object.keys(untouched), first.exports['f']()];
  await first.apply();
  const made = new A();
  assert.deepEqual([a.of(), a.z, b.z, made.z], [1, 5, 7, 5]);
  await second.apply();
  // A few in each turn, as with a revert.
  for (let turn = 0; turn < 5_000 && [a, untouched, made].some((one) => 'z' in one); turn++) await delay(2);
  assert.deepEqual(look(), [['a'], ['a', 'z'], ['a'], 2]);
  assert.deepEqual([a.z, b.z, Object.keys(made), Object.keys(new A())], [undefined, 7, ['a'], ['a']]);
  await second.revert();
  assert.deepEqual(look(), [['a'], ['a'], ['a'], 1]);
});
