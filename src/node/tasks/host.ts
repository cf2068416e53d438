/** The engine's platform: AsyncLocalStorage carries the context, microtasks end a job, immediates are at rest. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context, EngineEvent, EngineHost, Gate, Site } from '../../engine/index.ts';
import { atNextTurn, now } from '../time/clock.ts';
import { carrierOf } from './context-frame.ts';

const settled = Promise.resolve();
const { then } = Promise.prototype;
const { apply } = Reflect;

/** As `queueMicrotask`, which makes an AsyncResource each time. */
function afterThisJob(fn: () => void): void {
  void apply(then, settled, [fn]);
}

const storage = new AsyncLocalStorage<Context>();
const carrier = carrierOf(storage);

/** Short, as it is part of every call of a tracked function: see `createOriginals`. */
function eitherOf<T>(first: () => T | undefined, second: () => T | undefined): () => T | undefined {
  return () => first() ?? second();
}

export class NodeHost implements EngineHost {
  private readonly writeSlot: (site: Site) => void;
  private readonly onEvent: (event: EngineEvent) => void;
  readonly site: (id: number) => Site;
  readonly current: () => Context | undefined;
  /** Contexts go along with asynchronous work. While they do not, all work is part of the ground. */
  private carrying = true;
  private ground: Context | undefined = undefined;
  private job: Context | undefined = undefined;
  private readonly endJob = (): void => {
    this.job = undefined;
  };

  constructor(site: (id: number) => Site, writeSlot: (site: Site) => void, onEvent: (event: EngineEvent) => void) {
    this.site = site;
    this.writeSlot = writeSlot;
    this.onEvent = onEvent;
    // While none is carried the carrier has none, and while one is, no job has a name.
    this.current = eitherOf(carrier.current, () => this.job ?? this.ground);
  }

  /** To be called with the result of `Engine.createGround` where that is what it takes. */
  carryOnlyInTransitions(ground: Context): void {
    this.ground = ground;
    this.carrying = false;
  }

  /** Called as a transition begins and once it has ended. */
  transition(running: boolean): void {
    if (this.ground === undefined) return;
    this.carrying = running;
    this.job = undefined;
    if (!running) storage.disable();
  }

  /** What goes along with the work that runs now, however long it waits. */
  carried(): Context | undefined {
    return this.carrying ? this.current() : this.ground;
  }

  enter(context: Context): void {
    if (this.carrying) carrier.enter(context);
    else this.name(context);
  }

  run<T>(context: Context, fn: () => T): T {
    if (this.carrying) return carrier.run(context, fn);
    const outer = this.job;
    this.name(context);
    try {
      return fn();
    } finally {
      this.job = outer;
    }
  }

  /** What is entered in this job is called by the name of its task, though it counts as part of the ground. */
  private name(context: Context): void {
    if (this.job === undefined) afterThisJob(this.endJob);
    this.job = context;
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
