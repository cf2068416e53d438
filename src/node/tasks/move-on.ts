/**
 * How a program lets go: what it waits for with `signal()` ends when its task is asked to move on, and at a
 * `checkpoint()` a loop that cannot be handed over ends of its own accord and begins anew.
 */
import type { Context, Engine } from '../../engine/index.ts';
import { after, atNextTurn, ticks } from '../time/clock.ts';
import type { NodeHost } from './host.ts';

/** What begins anew waits so long for what else holds its task, which may be about to end as well. */
const PATIENCE_MS = 1000;
const LOOK_MS = 10;
const FEW = 64;

interface Asking {
  readonly context: Context;
  readonly controller: AbortController;
}

export class MoveOn {
  private readonly engine: Engine;
  private readonly host: NodeHost;
  /** As long as the context: work that goes on holds it, and abandoned work does not. */
  private readonly of = new WeakMap<Context, Asking>();
  private known = new Set<WeakRef<Asking>>();
  private limit = FEW;

  constructor(engine: Engine, host: NodeHost) {
    this.engine = engine;
    this.host = host;
  }

  /** The same for all that asks in one context, until it has fired. */
  signal(): AbortSignal {
    const context = this.host.carried();
    if (context === undefined) return new AbortController().signal;
    let asking = this.of.get(context);
    if (asking === undefined) {
      asking = { context, controller: new AbortController() };
      this.of.set(context, asking);
      this.know(asking);
    }
    return asking.controller.signal;
  }

  /** Fires the signals of the work that keeps the running transition from its end: how many. */
  ask(): number {
    let asked = 0;
    for (const ref of this.known) {
      const asking = ref.deref();
      if (asking !== undefined && !this.engine.isHeldBack(asking.context)) continue;
      this.known.delete(ref);
      if (asking === undefined) continue;
      this.of.delete(asking.context);
      asking.controller.abort();
      asked++;
    }
    return asked;
  }

  /** Whether what runs now belongs to work that keeps the running transition from its end. */
  get isAsked(): boolean {
    if (!this.engine.transitioning) return false;
    const context = this.host.current();
    return context !== undefined && this.engine.isHeldBack(context);
  }

  /** Calls `next` when the caller has returned, and as soon as that can be a call of the other version. */
  async again<T>(next: () => T | Promise<T>): Promise<T> {
    const until = ticks() + PATIENCE_MS;
    await new Promise((resolve) => atNextTurn(resolve));
    while (this.isAsked && ticks() < until) await new Promise((resolve) => after(resolve, LOOK_MS));
    return next();
  }

  private know(asking: Asking): void {
    if (this.known.size >= this.limit) {
      this.known = new Set([...this.known].filter((ref) => ref.deref() !== undefined));
      this.limit = Math.max(FEW, 2 * this.known.size);
    }
    this.known.add(new WeakRef(asking));
  }
}
