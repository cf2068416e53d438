/**
 * Where AsyncLocalStorage rests on V8 (from Node 24 on), all stores of a piece of work lie in one frame, a Map, and each
 * store that is entered makes a new one, `run` even two. A context is entered with every request and read by every entry
 * site, so where no other store is entered it lies in a frame of our own, which holds just that; where others are, Node
 * makes the frame, and an entry site leaves what it found on it: a frame never changes its stores, and one made from it
 * does not inherit what is left on it.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import { inspect } from 'node:util';

const found = Symbol('livepatch.context');

/** What Node asks of a frame: `getStore` the first two, `disable` the third, and the next frame the stores. */
interface Frame {
  has(storage: unknown): boolean;
  get(storage: unknown): unknown;
  disable(storage: unknown): void;
  [Symbol.iterator](): Iterator<unknown>;
  [found]?: unknown;
}

/** How Node itself finds and changes the frame that is current. */
interface Frames {
  current(): Frame | undefined;
  set(frame: Frame | undefined): void;
}

/** Carries a store along with asynchronous work, as an AsyncLocalStorage does. */
export interface Carrier<T> {
  current(): T | undefined;
  /** From here on, for the rest of the work that is running. */
  enter(store: T): void;
  run<R>(store: T, fn: () => R): R;
}

class OwnFrame<T> implements Frame {
  private readonly storage: AsyncLocalStorage<T>;
  // Only declared: V8 defines a field with a computed name in its slowest way, for every frame.
  declare [found]: T | undefined;

  constructor(storage: AsyncLocalStorage<T>, store: T) {
    this.storage = storage;
    this[found] = store;
  }

  has(storage: unknown): boolean {
    return storage === this.storage;
  }

  get(storage: unknown): T | undefined {
    return storage === this.storage ? this[found] : undefined;
  }

  disable(storage: unknown): void {
    if (storage === this.storage) this[found] = undefined;
  }

  [Symbol.iterator](): Iterator<unknown> {
    return [[this.storage, this[found]]][Symbol.iterator]();
  }

  /** Printed with whatever keeps it, a timer or a socket: as what stands there in a program where nobody has entered anything. */
  [inspect.custom](): undefined {}
}

/** Null where Node keeps no frames, or keeps them in a way not known here. */
function framesOfNode(): Frames | null {
  const storage = new AsyncLocalStorage<object>();
  const probe = {};
  try {
    // A resource keeps the frame that it was made in, for `runInAsyncScope`.
    const resource = storage.run(probe, () => new AsyncResource('livepatch')) as unknown as Record<symbol, Partial<Frame> | undefined>;
    for (const symbol of Object.getOwnPropertySymbols(resource)) {
      const frame = resource[symbol];
      if (typeof frame?.get !== 'function' || frame.get(storage) !== probe) continue;
      const frames = frame.constructor as Partial<Frames>;
      if (typeof frames.current !== 'function' || typeof frames.set !== 'function') return null;
      const { current } = frames;
      const right =
        storage.run(probe, () => current()?.get(storage) === probe) && storage.exit(() => current()?.get(storage)) === undefined;
      return right ? (frames as Frames) : null;
    }
    return null;
  } finally {
    // Promise hooks stay on as long as one storage is in use.
    storage.disable();
  }
}

/** Whether Node takes a frame of ours for one of its own. */
function takesOurs({ current, set }: Frames): boolean {
  const storage = new AsyncLocalStorage<object>();
  const other = new AsyncLocalStorage<number>();
  const [mine, outer] = [{}, current()];
  const frame = new OwnFrame(storage, mine);
  const both = (): boolean => storage.getStore() === mine && other.getStore() === 1;
  const only = (): boolean => storage.getStore() === mine && other.getStore() === undefined;
  try {
    set(frame);
    const kept = only() && other.run(1, both) && only();
    set(frame);
    const carried = AsyncLocalStorage.snapshot();
    set(outer);
    return kept && storage.getStore() === undefined && carried(only) && current() === outer;
  } catch {
    return false;
  } finally {
    set(outer);
  }
}

// What the probes leave current, a store that is undefined, must not go along with the program's work.
const frames = new AsyncResource('livepatch').runInAsyncScope(framesOfNode);
const ours = frames !== null && takesOurs(frames);

/**
 * Whether AsyncLocalStorage rests on promise hooks, as it does before Node 24: from the first store that is entered on,
 * every await of the program costs several times as much. V8's own way of carrying it costs next to nothing.
 *
 * nb: not by way of `executionAsyncResource`. Once it has been called, Node runs every callback from outside through
 * one more function, which costs time and shows in the program's stack traces.
 */
export function restsOnHooks(): boolean {
  return frames === null;
}

/** For a storage that nobody else uses. Its stores may be disabled only where it rests on promise hooks. */
export function carrierOf<T>(storage: AsyncLocalStorage<T>): Carrier<T> {
  const enter = (store: T): void => storage.enterWith(store);
  const run = <R>(store: T, fn: () => R): R => storage.run(store, fn);
  if (frames === null) return { current: () => storage.getStore(), enter, run };
  const { current: now, set } = frames;
  const look = (frame: Frame): T | undefined => (frame[found] = frame.get(storage)) as T | undefined;
  const storeIn = (frame: Frame): T | undefined => (frame[found] ?? look(frame)) as T | undefined;
  const storeOf = (frame: Frame | undefined): T | undefined => (frame === undefined ? undefined : storeIn(frame));
  const current = (): T | undefined => storeOf(now());
  if (!ours) return { current, enter, run };
  const alone = (frame: Frame | undefined): boolean => frame === undefined || frame instanceof OwnFrame;
  return {
    current,
    enter: (store) => {
      if (alone(now())) set(new OwnFrame(storage, store));
      else enter(store);
    },
    run: (store, fn) => {
      const outer = now();
      if (!alone(outer)) return run(store, fn);
      if (storeOf(outer) === store) return fn();
      set(new OwnFrame(storage, store));
      try {
        return fn();
      } finally {
        // What else was entered meanwhile stays, as it does behind Node's own `run`.
        if (alone(now())) set(outer);
        else enter(storeOf(outer) as T);
      }
    },
  };
}
