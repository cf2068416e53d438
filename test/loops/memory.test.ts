/** A loop that can be handed over keeps alive what it would keep alive by itself: its iterator, and only while it runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { run } from './driver.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('neither what it iterates over, nor after its end what it iterated with', async (t) => {
  const r = await run(`
    const end = Promise.withResolvers();
    exports.refs = {};
    const iterable = () => {
      const iterator = { n: 0, async next() { await turn(); return { value: this.n, done: this.n++ > 1 }; } };
      const made = { [Symbol.asyncIterator]: () => iterator };
      exports.refs.iterable = new WeakRef(made);
      exports.refs.iterator = new WeakRef(iterator);
      return made;
    };
    async function loop() {
      for await (const n of iterable()) say('OLD', n);
      say('OLD', 'waits');
      await end.promise;
      say('OLD', 'ends');
    }
    exports.start = loop;
    exports.stop = end.resolve;`);
  t.after(() => r.program.clean());
  const { refs } = r.program.exports as { refs: Record<'iterable' | 'iterator', WeakRef<object>> };
  await r.turn(2);
  collect();
  assert.equal(refs.iterable.deref(), undefined);
  assert.notEqual(refs.iterator.deref(), undefined);
  await r.turn(4);
  assert.equal(r.said.at(-1), 'OLD waits');
  collect();
  assert.equal(refs.iterator.deref(), undefined);
  r.program.exports['stop']();
  await r.turn();
  assert.equal(r.said.at(-1), 'OLD ends');
});
