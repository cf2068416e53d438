/** What is known of objects: on whatever object, whatever else is known of it, and nothing to be seen. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { root } from '../../scripts/nodes.mjs';
import { Mark, Marks } from '../../src/data/marks.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

function everyKind(): object[] {
  const revocable = Proxy.revocable({}, {});
  revocable.revoke();
  return [
    {},
    Object.freeze({ x: 1 }),
    Object.seal([1]),
    () => 1,
    new Proxy({}, {}),
    revocable.proxy,
    Object.create(null) as object,
    runInNewContext('Object.freeze({})') as object,
  ];
}

test('one mark does not disturb another, on whatever object, whichever way it came there', () => {
  const marks = new Marks();
  const [a, b] = [new Mark<true>(marks), new Mark<number>(marks)];
  for (const object of everyKind()) {
    const seen = (): unknown[] => [a.get(object), b.get(object), a.has(object), b.has(object)];
    assert.deepEqual(seen(), [undefined, undefined, false, false]);
    assert.equal(a.delete(object), false);
    a.set(object, true);
    b.set(object, 2);
    assert.deepEqual(seen(), [true, 2, true, true]);
    b.set(object, 3);
    assert.equal(a.delete(object), true);
    assert.deepEqual(seen(), [undefined, 3, false, true]);
    a.set(object, true);
    assert.equal(b.delete(object), true);
    assert.deepEqual(seen(), [true, undefined, true, false]);
    assert.equal(a.delete(object), true);
    assert.deepEqual(seen(), [undefined, undefined, false, false]);
  }
});

test('a mark is not on the target of a Proxy, and on no copy', () => {
  const marks = new Marks();
  const mark = new Mark<true>(marks);
  const target = { x: 1 };
  const proxy = new Proxy(target, {});
  mark.set(proxy, true);
  assert.deepEqual([mark.has(proxy), mark.has(target)], [true, false]);
  mark.set(target, true);
  assert.deepEqual([Reflect.ownKeys(target), mark.has({ ...target }), mark.has(structuredClone(target))], [['x'], false, false]);
});

test('more numbers than are shared are told apart all the same', () => {
  const marks = new Marks();
  const mark = new Mark<number>(marks);
  const objects = Array.from({ length: 10_000 }, () => ({}));
  objects.forEach((object, i) => mark.set(object, i));
  assert.ok(objects.every((object, i) => mark.get(object) === i));
});

test('what nobody asks for any more is dropped when something else is noted', () => {
  const marks = new Marks();
  const [gone, kept] = [new Mark<true>(marks), new Mark<true>(marks)];
  const object = {};
  gone.set(object, true);
  gone.gone = true;
  kept.set(object, true);
  assert.deepEqual([gone.has(object), kept.has(object)], [false, true]);
});

test('marked objects are not kept', async () => {
  const marks = new Marks();
  const mark = new Mark<true>(marks);
  const make = (): WeakRef<object> => {
    const object = {};
    mark.set(object, true);
    return new WeakRef(object);
  };
  const ref = make();
  for (let i = 0; i < 20 && ref.deref() !== undefined; i++) {
    await new Promise((done) => setImmediate(done));
    gc();
  }
  assert.equal(ref.deref(), undefined);
});

for (const flag of ['--disallow-code-generation-from-strings', '--js-nonextensible-applies-to-private'])
  test(`with ${flag}`, { skip: !process.allowedNodeEnvironmentFlags.has(flag) && !knows(flag) }, () => {
    const text = `import { Mark, Marks } from '${join(root, 'src/data/marks.ts')}';
      const mark = new Mark(new Marks());
      const objects = [{}, Object.freeze({}), Object.preventExtensions([])];
      for (const [i, object] of objects.entries()) { mark.set(object, 1); mark.set(object, i + 5); }
      console.log(objects.map((object) => mark.get(object)).join(), objects.map((object) => mark.delete(object)).join(), objects.some((o) => mark.has(o)));`;
    const { stdout, stderr } = spawnSync(process.execPath, [flag, '--input-type=module', '-e', text], { cwd: root, encoding: 'utf8' });
    assert.equal(stdout.trim(), '5,6,7 true,true,true false', stderr);
  });

function knows(flag: string): boolean {
  return spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout.includes(`${flag} `);
}
