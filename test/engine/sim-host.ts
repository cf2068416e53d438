import type { Context, Dispatch, EngineEvent, EngineHost, Gate, Site } from '../../src/engine/index.ts';

/** A gate that the model looks at, instead of being called. */
export interface Ticket {
  open: boolean;
}

/**
 * A platform made of explicit jobs. As in V8, a context that is entered stays current for the rest of the job, the
 * callers' part included, and a suspended function goes on in whatever was current when it suspended.
 */
export class SimHost implements EngineHost {
  context: Context | undefined = undefined;
  readonly slots = new Map<Site, Dispatch>();
  readonly events: EngineEvent[] = [];
  clock = 0;
  /** Called for each event, inside the engine's own step. */
  onEvent: (event: EngineEvent) => void = () => {};
  private readonly sites: Site[] = [];
  private microtasks: (() => void)[] = [];
  private macrotasks: (() => void)[] = [];
  private depth = 0;

  current(): Context | undefined {
    return this.context;
  }

  enter(context: Context): void {
    if (this.depth === 0) throw new Error('context entered outside a job');
    this.context = context;
  }

  run<T>(context: Context, fn: () => T): T {
    const saved = this.context;
    this.context = context;
    try {
      return fn();
    } finally {
      this.context = saved;
    }
  }

  site(id: number): Site {
    return this.sites[id]!;
  }

  /** What instrumented code names the site by. */
  idOf(site: Site): number {
    const known = this.sites.indexOf(site);
    return known < 0 ? this.sites.push(site) - 1 : known;
  }

  endOfJob(fn: () => void): void {
    this.microtasks.push(fn);
  }

  atRest(fn: () => void): void {
    this.macrotasks.push(fn);
  }

  gate(): Gate {
    const ticket: Ticket = { open: false };
    return { ticket, open: () => void (ticket.open = true) };
  }

  now(): number {
    return this.clock;
  }

  dispatch(site: Site): void {
    this.slots.set(site, site.dispatch);
  }

  emit(event: EngineEvent): void {
    this.events.push(event);
    this.onEvent(event);
  }

  /** One synchronous run from an empty stack. `endOfJob` callbacks stay queued. */
  job<T>(context: Context | undefined, fn: () => T): T {
    if (this.depth !== 0) throw new Error('jobs do not nest');
    this.context = context;
    this.depth++;
    try {
      return fn();
    } finally {
      this.depth--;
      this.context = undefined;
    }
  }

  get jobEndsDue(): boolean {
    return this.microtasks.length > 0;
  }

  get restDue(): boolean {
    return this.macrotasks.length > 0;
  }

  finishJob(): void {
    const due = this.microtasks;
    this.microtasks = [];
    for (const fn of due) this.job(undefined, fn);
  }

  /** Runs the first callback that waits for rest. */
  rest(): void {
    if (this.microtasks.length > 0) throw new Error('not at rest: a job has not been finished');
    const fn = this.macrotasks.shift();
    if (fn !== undefined) this.job(undefined, fn);
    this.finishJob();
  }

  /** Finishes the job and runs everything that waits for rest. */
  settle(): void {
    this.finishJob();
    while (this.restDue) this.rest();
  }

  /** The log in the selftests' notation: init+ start+ complete+ done+, and - for unpatching. */
  log(): string {
    return this.events
      .map((e) => {
        if (e.type === 'hook-failed') return `${e.type}(${e.hook})`;
        if (e.type === 'callback') return `${e.hook}(${e.object}${e.state === 'live' ? '' : `,${e.state}`})`;
        if ('object' in e) return `${e.type}(${e.object})`;
        return `${e.type}${e.direction === 'patching' ? '+' : '-'}`;
      })
      .join(' ');
  }
}
