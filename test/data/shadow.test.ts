import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Shadows } from '../../src/data/index.ts';

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

test('what a constructor attaches itself stays', () => {
  const shadows = new Shadows(() => {});
  const object = {};
  const value = shadows.getOrAlloc(object, 'x', (o) => shadows.getOrAlloc(o, 'x', () => 'inner') && 'outer');
  assert.deepEqual([value, shadows.get(object, 'x')], ['inner', 'inner']);
});
