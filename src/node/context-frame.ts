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
  // A resource keeps the frame that it was made in, for `runInAsyncScope`.
  const resource = storage.run(probe, () => new AsyncResource('livepatch')) as unknown as Record<symbol, Partial<Frame> | undefined>;
  for (const symbol of Object.getOwnPropertySymbols(resource)) {
    const frame = resource[symbol];
    if (typeof frame?.get !== 'function' || frame.get(storage) !== probe) continue;
    const { current } = frame.constructor as { current?: () => Frame | undefined };
    if (typeof current !== 'function') return null;
    const right = storage.run(probe, () => current()?.get(storage) === probe) && storage.exit(() => current()?.get(storage)) === undefined;
    return right ? current : null;
  }
  return null;
}

/** `getStore` of a storage whose stores are only ever entered and run in, never disabled. */
export function storeReader<T>(storage: AsyncLocalStorage<T>): () => T | undefined {
  const current = frameNow();
  if (current === null) return () => storage.getStore();
  return () => {
    const frame = current();
    return frame === undefined ? undefined : ((frame[found] ??= frame.get(storage)) as T | undefined);
  };
}
