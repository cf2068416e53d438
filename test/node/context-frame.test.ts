/** The frame that entry sites read says what AsyncLocalStorage says, whatever has been entered, run in, left or carried over. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { test } from 'node:test';
import { restsOnHooks, storeReader } from '../../src/node/context-frame.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('as getStore, through random nesting, two storages and all ways to go on later', async () => {
  const storage = new AsyncLocalStorage<object | undefined>();
  const other = new AsyncLocalStorage<number>();
  const read = storeReader(storage);
  let seed = 1;
  const random = (below: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
  let asked = 0;
  const ask = (): void => {
    for (let i = 0; i < 2; i++) assert.equal(read(), storage.getStore());
    asked++;
  };
  const step = async (depth: number): Promise<void> => {
    ask();
    if (depth === 0) return;
    const inner = async (): Promise<void> => {
      await step(depth - 1);
      ask();
    };
    const ways: readonly (() => unknown)[] = [
      () => storage.run({}, inner),
      () => storage.run(undefined, inner),
      () => storage.exit(inner),
      () => storage.enterWith({}),
      () => other.run(depth, inner),
      () => other.enterWith(depth),
      () => other.exit(inner),
      () => new AsyncResource('test').runInAsyncScope(inner),
      () => AsyncLocalStorage.snapshot()(inner),
      () => storage.run({}, () => AsyncLocalStorage.bind(inner))(),
      () => Promise.resolve().then(inner),
      turn,
    ];
    for (let i = 0; i < 3; i++) {
      await ways[random(ways.length)]!();
      ask();
    }
  };
  await Promise.all(Array.from({ length: 20 }, () => step(4)));
  assert.ok(asked > 1000);
});

test('getStore is not called where V8 carries the context', () => {
  const storage = new AsyncLocalStorage<object>();
  const read = storeReader(storage);
  const store = {};
  storage.run(store, () => {
    storage.getStore = () => assert.fail('called');
    if (restsOnHooks()) assert.throws(read, /called/);
    else assert.equal(read(), store);
  });
});
