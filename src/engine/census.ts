import { isPlace } from './activation.ts';
import type { Activation, Holding } from './activation.ts';
import type { Site } from './site.ts';

/**
 * Goes through the activations of one moment over many turns: those that have ended since are left out. Each list has a
 * mark in it, behind which nothing is entered. What is in two lists that are taken together meanwhile, or is listed weakly
 * meanwhile, is met more than once: `look` must bear that.
 */
export class Census {
  private readonly aged: Iterator<Holding>;
  private agedLeft = true;
  private readonly marks: Activation[];

  constructor(aged: Iterable<Holding>, marks: Activation[]) {
    this.aged = aged[Symbol.iterator]();
    this.marks = marks;
  }

  get done(): boolean {
    return !this.agedLeft && this.marks.length === 0;
  }

  /** Tells `look`, which may weaken it, of those of `sites`: as many as it says yes to `wanted` times, and at most `visits` of any. */
  visit(sites: ReadonlySet<Site>, wanted: number, visits: number, look: (activation: Activation) => boolean): void {
    while (this.marks.length > 0 && wanted > 0 && visits > 0) {
      const mark = this.marks[0]!;
      let { next } = mark;
      takeOut(mark);
      for (; next !== null && wanted > 0 && visits-- > 0;) {
        const activation = next;
        ({ next } = activation);
        if (!isPlace(activation) && sites.has(activation.site) && look(activation)) wanted--;
      }
      if (next === null) this.marks.shift();
      else putBefore(mark, next);
    }
    // Last, as what was listed strongly may have become one of these meanwhile.
    while (this.marks.length === 0 && this.agedLeft && wanted > 0 && visits-- > 0) {
      const { value: holding, done } = this.aged.next();
      if (done) this.agedLeft = false;
      else if (sites.has(holding.site)) {
        const activation = holding.ref?.deref();
        if (activation?.live && look(activation)) wanted--;
      }
    }
  }
}

function takeOut({ prev, next }: Activation): void {
  prev!.next = next;
  if (next !== null) next.prev = prev;
}

/** No activation is ever the first of its list: the head is. */
function putBefore(mark: Activation, next: Activation): void {
  const { prev } = next;
  mark.prev = prev;
  mark.next = next;
  prev!.next = mark;
  next.prev = mark;
}
