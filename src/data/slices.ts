/** All instances of a class are gone through a part at a time, so that each part keeps the program for a few milliseconds only. */

/** Milliseconds that one turn may take, unless the migration says otherwise. */
export const BUDGET_MS = 5;

/** What is told of going through all instances of a class. */
export interface Run {
  left: number;
  /** The longest turn, the search included. */
  pauseMs: number;
  searchMs: number;
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

  /** Goes on until the clock says `end`. True while there is more. */
  goOn(each: (object: object) => void, end: number): boolean {
    while (this.left > 0) {
      this.step(each);
      if (performance.now() >= end) break;
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
