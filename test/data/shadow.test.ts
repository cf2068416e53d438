import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Shadows, Structures } from '../../src/data/index.ts';
import type { ShadowPlace } from '../../src/data/index.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

async function collected(ref: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 20; i++) {
    await new Promise((done) => setImmediate(done));
    gc();
    if (ref.deref() === undefined) return true;
  }
  return false;
}

test('a shadow variable does not keep its object, also when it leads back to it', async () => {
  const shadows = new Shadows(() => {});
  const make = (): WeakRef<object> => {
    const object = {};
    shadows.alloc(object, 'back', (o) => ({ o }));
    return new WeakRef(object);
  };
  assert.ok(await collected(make()));
});

test('a value of undefined is there all the same', () => {
  const shadows = new Shadows(() => {});
  const object = {};
  assert.equal(shadows.alloc(object, 'mark'), undefined);
  assert.equal(shadows.has(object, 'mark'), true);
  assert.equal(shadows.get(object, 'mark'), undefined);
});

test('freeing all of one id leaves the others, and calls the destructor for each that is left', () => {
  const shadows = new Shadows(() => {});
  const [a, b] = [{}, {}];
  shadows.alloc(a, 'x', () => 1);
  shadows.alloc(b, 'x', () => 2);
  shadows.alloc(a, 'y', () => 3);
  shadows.free(a, 'x');
  const seen: unknown[] = [];
  shadows.freeAll('x', (object, value) => seen.push([object, value]));
  assert.deepEqual(seen, [[b, 2]]);
  assert.equal(shadows.get(a, 'y'), 3);
});

test('a destructor that throws is told, with the variable off its object, and off all others', () => {
  const shadows = new Shadows(() => {});
  const objects = [{}, {}, {}];
  for (const object of objects) shadows.alloc(object, 'x', () => 1);
  const seen: object[] = [];
  const destroy = (object: object): void => {
    seen.push(object);
    throw new RangeError('no');
  };
  assert.throws(() => shadows.free(objects[0]!, 'x', destroy), { message: 'no' });
  assert.throws(() => shadows.freeAll('x', destroy), { name: 'AggregateError', message: /"x" threw 2 times/ });
  assert.deepEqual(seen.length, 3);
  assert.ok(!objects.some((object) => shadows.has(object, 'x')));
  shadows.alloc(objects[0]!, 'x', () => 1);
  assert.throws(() => shadows.freeAll('x', destroy), { message: 'no' });
});

test('a destructor may free all, and what it attaches anew stays', () => {
  const shadows = new Shadows(() => {});
  const objects = [{}, {}, {}];
  for (const object of objects) shadows.alloc(object, 'x', () => 1);
  let calls = 0;
  const destroy = (): void => {
    calls++;
    shadows.freeAll('x', destroy);
  };
  shadows.freeAll('x', destroy);
  assert.deepEqual([calls, objects.some((object) => shadows.has(object, 'x'))], [3, false]);
  shadows.alloc(objects[0]!, 'x', () => 1);
  shadows.free(objects[0]!, 'x', (object) => shadows.alloc(object, 'x', () => 2));
  assert.equal(shadows.get(objects[0]!, 'x'), 2);
});

test('what is no object is refused before the constructor has run, and so is what is no id', () => {
  const shadows = new Shadows(() => {});
  for (const value of [null, undefined, 7, 'text']) {
    const construct = (): never => assert.fail('it has run');
    assert.throws(
      () => shadows.alloc(value as unknown as object, 'x', construct),
      /the shadow variable "x" is attached to objects, not to/,
    );
  }
  for (const id of [undefined, 5, '']) assert.throws(() => shadows.variable(id as string), /a shadow variable has a name for its id/);
  assert.throws(() => shadows.variable('x', 'within' as 'inside'), /place is 'beside' or 'inside', not "within"/);
});

test('objects of another realm, and a Proxy that is revoked', () => {
  const shadows = new Shadows(() => {});
  const { proxy, revoke } = Proxy.revocable({}, {});
  for (const place of ['beside', 'inside'] as const) {
    const mark = shadows.variable<number>(`elsewhere ${place}`, place);
    const objects = [runInNewContext('Object.freeze({})') as object, runInNewContext('(class { static #x = 1 })') as object, proxy];
    revoke();
    objects.forEach((object, i) => mark.alloc(object, () => i));
    assert.deepEqual(objects.map(mark.get), [0, 1, 2]);
    mark.freeAll();
    assert.ok(!objects.some(mark.has));
  }
});

test('what a constructor attaches itself stays', () => {
  const shadows = new Shadows(() => {});
  const object = {};
  const value = shadows.getOrAlloc(object, 'x', (o) => shadows.getOrAlloc(o, 'x', () => 'inner') && 'outer');
  assert.deepEqual([value, shadows.get(object, 'x')], ['inner', 'inner']);
});

const places: readonly ShadowPlace[] = ['beside', 'inside'];

for (const place of places)
  test(`${place}: on frozen objects, functions, class instances, proxies and null-prototype objects, and nowhere to be seen`, () => {
    const mark = new Shadows(() => {}).variable<number>(`seen ${place}`, place);
    class Point {
      readonly x = 1;
    }
    const target = { x: 1 };
    const objects = [Object.freeze({ x: 1 }), function named() {}, new Point(), new Proxy(target, {}), Object.create(null) as object, [1]];
    const before = objects.map((o) => JSON.stringify(Object.getOwnPropertyDescriptors(o)));
    objects.forEach((object, i) =>
      assert.equal(
        mark.alloc(object, () => i),
        i,
      ),
    );
    objects.forEach((object, i) => assert.equal(mark.get(object), i));
    assert.deepEqual(
      objects.map((o) => JSON.stringify(Object.getOwnPropertyDescriptors(o))),
      before,
    );
    assert.ok(new Point() instanceof Point && objects[2] instanceof Point);
    assert.equal(mark.has(structuredClone(objects[0]!)), false);
    assert.equal(mark.has({ ...objects[2] }), false);
    assert.equal(mark.has(target), false, 'a proxy is an object of its own');
    mark.freeAll();
    assert.ok(objects.every((object) => !mark.has(object) && mark.get(object) === undefined));
    assert.equal(
      mark.alloc(objects[0]!, () => 'again' as never),
      'again',
    );
  });

for (const place of places)
  test(`${place}: what is no object has none, and there is nothing to free of it`, () => {
    const mark = new Shadows(() => {}).variable<number>(`primitives ${place}`, place);
    mark.alloc({}, () => 1);
    for (const value of [null, undefined, 7, 'text', Symbol('s'), 7n, true] as unknown as object[]) {
      assert.deepEqual([mark.get(value), mark.has(value)], [undefined, false]);
      mark.free(value, () => assert.fail('there was something'));
    }
  });

test('beside leaves the hidden class alone; inside does not', () => {
  setFlagsFromString('--allow-natives-syntax');
  // oxlint-disable-next-line typescript/no-implied-eval -- V8's own functions are syntax
  const sameMap = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;
  for (const place of places) {
    const make = (): object => ({ a: 1, b: 2 });
    const [object, other] = [make(), make()];
    new Shadows(() => {}).variable(`map ${place}`, place).alloc(object);
    assert.equal(sameMap(object, other), place === 'beside');
  }
});

test('one id is one variable, whoever names it', () => {
  const shadows = new Shadows(() => {});
  const object = {};
  shadows.variable<string>('one', 'inside').alloc(object, () => 'kept');
  assert.equal(shadows.variable<string>('one').get(object), 'kept');
  assert.equal(shadows.variable('one').place, 'inside');
  assert.equal(shadows.get(object, 'one'), 'kept');
});

test('instances that cannot be searched for are known without being kept, and forgotten', async () => {
  const structure = new Structures().of(class {});
  const held = {};
  structure.keep(held);
  for (let i = 0; i < 200; i++) {
    for (let n = 0; n < 100; n++) structure.keep({});
    await new Promise((done) => setImmediate(done));
    if (i % 10 === 0) gc();
  }
  assert.ok(structure.size < 10_000, `${structure.size} of 20,001 references`);
  assert.ok(structure.kept.includes(held));
});
