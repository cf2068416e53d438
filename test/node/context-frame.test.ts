/** What carries contexts does as AsyncLocalStorage does, whatever else is entered, run in, left or carried over. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { carrierOf, restsOnHooks } from '../../src/node/tasks/context-frame.ts';

/** Runs where nobody has entered anything: the test runner itself enters a storage. */
const afresh = AsyncLocalStorage.snapshot();
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('as AsyncLocalStorage, through random nesting, other storages and all ways to go on later', async () => {
  const model = new AsyncLocalStorage<object | undefined>();
  const storage = new AsyncLocalStorage<object | undefined>();
  const carrier = carrierOf(storage);
  const other = new AsyncLocalStorage<number>();
  let seed = 1;
  const random = (below: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
  const numbers = new Map<object, number>();
  let asked = 0;
  const ask = (): void => {
    for (let i = 0; i < 2; i++) {
      const expected = model.getStore();
      assert.equal(carrier.current(), expected);
      assert.equal(storage.getStore(), expected);
      if (expected !== undefined && numbers.has(expected)) assert.equal(other.getStore(), numbers.get(expected));
    }
    asked++;
  };
  const enter = (store: object): void => {
    carrier.enter(store);
    model.enterWith(store);
  };
  const run = (store: object | undefined, fn: () => unknown): unknown => carrier.run(store, () => model.run(store, fn));
  /** Runs in both, the model outside: `other` is entered in between, or within. */
  const around = (store: object, fn: () => unknown): unknown => model.run(store, () => carrier.run(store, fn));
  const step = async (depth: number): Promise<void> => {
    ask();
    if (depth === 0) return;
    const inner = async (): Promise<void> => {
      await step(depth - 1);
      ask();
    };
    const ways: readonly (() => unknown)[] = [
      () => run({}, inner),
      () => around({}, inner),
      () => run(carrier.current(), inner),
      () => run(undefined, inner),
      () => storage.exit(() => model.exit(inner)),
      () => enter({}),
      () => storage.run({}, () => model.run(storage.getStore(), inner)),
      () => other.run(depth, inner),
      () => other.enterWith(depth),
      () => other.exit(inner),
      () => {
        const store = {};
        numbers.set(store, depth);
        return other.run(depth, () => run(store, ask));
      },
      () => new AsyncResource('test').runInAsyncScope(inner),
      () => AsyncLocalStorage.snapshot()(inner),
      () => (run({}, () => AsyncLocalStorage.bind(inner)) as () => unknown)(),
      () => Promise.resolve().then(inner),
      () => afresh(inner),
      () => afresh(async () => run({}, inner)),
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

/** As in a program in which nobody else has entered anything: the model is another storage, and must not be there. */
test('alone: entered, run in, thrown out of, carried over and left again', async () => {
  const storage = new AsyncLocalStorage<object>();
  const carrier = carrierOf(storage);
  const is = (expected: object | undefined): void => {
    for (let i = 0; i < 2; i++) {
      assert.equal(carrier.current(), expected);
      assert.equal(storage.getStore(), expected);
    }
  };
  const [a, b] = [{}, {}];
  is(undefined);
  await afresh(() => carrier.run(a, inside));
  is(undefined);
  async function inside(): Promise<void> {
    is(a);
    await turn();
    is(a);
    assert.throws(() => carrier.run(b, () => assert.fail('thrown')), /thrown/);
    is(a);
    carrier.run(b, () => carrier.enter({}));
    is(a);
    carrier.enter(b);
    await Promise.resolve();
    is(b);
  }
});

test(
  'what keeps a context is printed as if there were none',
  { skip: restsOnHooks() && 'promise hooks put the store itself there' },
  () => {
    const carrier = carrierOf(new AsyncLocalStorage<object>());
    const printed = (): string => inspect(new AsyncResource('test')).replaceAll(/\d+/g, '0');
    afresh(() => assert.equal(carrier.run({}, printed), printed()));
  },
);

test('what a program enters while a context runs stays behind it', () => {
  const storage = new AsyncLocalStorage<object>();
  const carrier = carrierOf(storage);
  const other = new AsyncLocalStorage<number>();
  for (const store of [undefined, {}]) {
    afresh(() => {
      if (store) carrier.enter(store);
      carrier.run({}, () => other.enterWith(1));
      assert.equal(other.getStore(), 1);
      assert.equal(carrier.current(), store);
      assert.equal(storage.getStore(), store);
    });
  }
});

test('getStore is not called where V8 carries the context', () => {
  const storage = new AsyncLocalStorage<object>();
  const carrier = carrierOf(storage);
  const store = {};
  carrier.run(store, () => {
    storage.getStore = () => assert.fail('called');
    if (restsOnHooks()) assert.throws(() => carrier.current(), /called/);
    else assert.equal(carrier.current(), store);
  });
});

test('no frame of Node is made for a context where nobody else has entered one', () => {
  const storage = new AsyncLocalStorage<object>();
  const carrier = carrierOf(storage);
  storage.enterWith = () => assert.fail('entered');
  storage.run = () => assert.fail('run');
  const all = (): void => {
    carrier.run({}, () => carrier.enter({}));
    carrier.enter({});
  };
  if (restsOnHooks()) assert.throws(all, /run/);
  else afresh(all);
});
