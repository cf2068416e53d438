/** The engine's platform: AsyncLocalStorage carries the context, microtasks end a job, immediates are at rest. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, EngineEvent, EngineHost, Gate, Site } from '../engine/index.ts';

// Taken now: tests of the program may put fake clocks in their place.
const { setImmediate: atNextTurn, queueMicrotask: afterThisJob } = globalThis;
const now = Date.now;

const storage = new AsyncLocalStorage<Context>();

export class NodeHost implements EngineHost {
  private readonly writeSlot: (site: Site) => void;
  private readonly onEvent: (event: EngineEvent) => void;

  constructor(writeSlot: (site: Site) => void, onEvent: (event: EngineEvent) => void) {
    this.writeSlot = writeSlot;
    this.onEvent = onEvent;
  }

  current(): Context | undefined {
    return storage.getStore();
  }

  enter(context: Context): void {
    storage.enterWith(context);
  }

  run<T>(context: Context, fn: () => T): T {
    return storage.run(context, fn);
  }

  endOfJob(fn: () => void): void {
    afterThisJob(fn);
  }

  atRest(fn: () => void): void {
    // Outside any task: what the engine does belongs to none.
    storage.exit(() => atNextTurn(fn));
  }

  /** The ticket is a promise: an async function's entry site awaits it and asks again. */
  gate(): Gate {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { ticket: promise, open: resolve };
  }

  now(): number {
    return now();
  }

  dispatch(site: Site): void {
    this.writeSlot(site);
  }

  emit(event: EngineEvent): void {
    this.onEvent(event);
  }
}

/** Runs `fn` outside any task. */
export function outsideTasks<T>(fn: () => T): T {
  return storage.exit(fn);
}
