/**
 * Where AsyncLocalStorage rests on V8 (from Node 24 on), all stores of a piece of work lie in one frame, and `getStore`
 * looks a store up in it twice by hash. An entry site asks for its context with every call, so it reads the frame itself and
 * leaves what it found on it: a frame never changes its stores, and one made from it does not inherit what is left on it.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

const found = Symbol('livepatch.context');

interface Frame {
  get(storage: unknown): unknown;
  [found]?: unknown;
}

/** How Node itself finds the frame that is current; null where it keeps none, or keeps it in a way not known here. */
function frameNow(): (() => Frame | undefined) | null {
  const storage = new AsyncLocalStorage<object>();
  const probe = {};
  try {
    // A resource keeps the frame that it was made in, for `runInAsyncScope`.
    const resource = storage.run(probe, () => new AsyncResource('livepatch')) as unknown as Record<symbol, Partial<Frame> | undefined>;
    for (const symbol of Object.getOwnPropertySymbols(resource)) {
      const frame = resource[symbol];
      if (typeof frame?.get !== 'function' || frame.get(storage) !== probe) continue;
      const { current } = frame.constructor as { current?: () => Frame | undefined };
      if (typeof current !== 'function') return null;
      const right =
        storage.run(probe, () => current()?.get(storage) === probe) && storage.exit(() => current()?.get(storage)) === undefined;
      return right ? current : null;
    }
    return null;
  } finally {
    // Promise hooks stay on as long as one storage is in use.
    storage.disable();
  }
}

const current = frameNow();

/**
 * Whether AsyncLocalStorage rests on promise hooks, as it does before Node 24: from the first store that is entered on,
 * every await of the program costs several times as much. V8's own way of carrying it costs next to nothing.
 *
 * nb: not by way of `executionAsyncResource`. Once it has been called, Node runs every callback from outside through
 * one more function, which costs time and shows in the program's stack traces.
 */
export function restsOnHooks(): boolean {
  return current === null;
}

/** `getStore` of a storage whose stores are only ever entered and run in, never disabled. */
export function storeReader<T>(storage: AsyncLocalStorage<T>): () => T | undefined {
  if (current === null) return () => storage.getStore();
  const now = current;
  return () => {
    const frame = now();
    return frame === undefined ? undefined : ((frame[found] ??= frame.get(storage)) as T | undefined);
  };
}
