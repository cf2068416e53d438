/** All instances of a class are gone through a part at a time, so that each part keeps the program for a few milliseconds only. */

/** Milliseconds that one turn may take, unless the migration says otherwise. */
const BUDGET_MS = 5;
/** The rest of the budget is for the garbage collector, which comes when it will. */
const SHARE_OF_WORK = 0.5;

/** What part of a turn that may take `budgetMs` is for the work itself. */
export function workMs(budgetMs = BUDGET_MS): number {
  return budgetMs * SHARE_OF_WORK;
}

/** A moment: by the clock, and by what this thread has worked. */
export interface Moment {
  readonly at: number;
  readonly cpu: number;
}

/** What the platform tells of turns, in milliseconds. */
export interface Meter {
  /** By the clock, of which only differences mean something: `at` of the moment that `now` tells. */
  ticks(): number;
  now(): Moment;
  watchCollector(): CollectorWatch;
}

/** Watches the garbage collector until it is ended. */
export interface CollectorWatch {
  /** Of its pauses so far; it is told of each a turn later. */
  readonly longestMs: number;
  end(): void;
}

/** What is told of going through all instances of a class. */
export class Run {
  left = 0;
  /** The longest turn, the search included. */
  pauseMs = 0;
  /** The most that this thread worked in one: less where the system had it wait for a processor. */
  cpuMs = 0;
  searchMs = 0;
  private readonly meter: Meter;
  private readonly collector: CollectorWatch;

  constructor(meter: Meter) {
    this.meter = meter;
    this.collector = meter.watchCollector();
  }

  /** The longest pause of the garbage collector meanwhile. */
  get gcMs(): number {
    return this.collector.longestMs;
  }

  /** A turn that began then is over. */
  took(begun: Moment, left: number): void {
    const now = this.meter.now();
    this.pauseMs = Math.max(this.pauseMs, now.at - begun.at);
    this.cpuMs = Math.max(this.cpuMs, now.cpu - begun.cpu);
    if (left === 0) this.end();
    else this.left = left;
  }

  end(): void {
    this.left = 0;
    this.collector.end();
  }
}

/** Iterators of these cope with what is added and taken off while they are at work. */
const LIVE: ReadonlySet<object | null> = new Set(
  [new Map(), new Set()].map((made) => Object.getPrototypeOf(made.values()) as object | null),
);

/**
 * The instances that a collection of the program holds, and what is to be done with each: gathers them, then does it, and
 * may be interrupted after any of them. A collection that could lose one from sight as the program changes it meanwhile, as
 * an array does where another is taken out, is copied first.
 */
export class Walk {
  private readonly found: object[] = [];
  private readonly isInstance: (object: unknown) => object is object;
  private source: Iterator<unknown> | null;
  private at = 0;

  constructor(collection: Iterable<unknown>, isInstance: (object: unknown) => object is object) {
    this.isInstance = isInstance;
    const iterator = collection[Symbol.iterator]();
    this.source = LIVE.has(Object.getPrototypeOf(iterator) as object | null) ? iterator : [...collection].values();
  }

  /** Found, and not done; while more may be found, at least one. */
  get left(): number {
    return this.found.length - this.at + (this.source === null ? 0 : 1);
  }

  /** Goes on until the time is over, which it asks after each. True while there is more. */
  goOn(each: (object: object) => void, isOver: () => boolean): boolean {
    while (this.left > 0) {
      this.step(each);
      if (isOver()) break;
    }
    return this.left > 0;
  }

  /** What was found is to be gone through once more, for something else. */
  again(): void {
    this.at = 0;
  }

  private step(each: (object: object) => void): void {
    if (this.source === null) return each(this.found[this.at++]!);
    const { done, value } = this.source.next();
    if (done === true) this.source = null;
    else if (this.isInstance(value)) this.found.push(value);
  }
}
