import { isPlace } from './activation.ts';
import type { Activation, Holding } from './activation.ts';
import type { Site } from './site.ts';
import type { WeakWalk } from './weak-list.ts';

/**
 * Goes through the activations of one moment over many turns: those that have ended since are left out. Each list has a
 * mark in it, behind which nothing is entered. What is in two lists that are taken together meanwhile, or is listed weakly
 * meanwhile, is met more than once: `look` must bear that.
 */
export class Census {
  private readonly aged: WeakWalk<Activation, Holding>;
  private readonly marks: Activation[];

  constructor(aged: WeakWalk<Activation, Holding>, marks: Activation[]) {
    this.aged = aged;
    this.marks = marks;
  }

  get done(): boolean {
    return this.aged.done && this.marks.length === 0;
  }

  /** Of no use from here on: takes its marks out. */
  stop(): void {
    for (const mark of this.marks.splice(0)) takeOut(mark);
    this.aged.stop();
  }

  /**
   * Tells `look`, which may weaken it, of those of `sites`, or of all: as many as it says yes to `wanted` times, and at most
   * `visits` of any.
   */
  visit(sites: ReadonlySet<Site> | null, wanted: number, visits: number, look: (activation: Activation) => boolean): void {
    while (this.marks.length > 0 && wanted > 0 && visits > 0) {
      const mark = this.marks[0]!;
      let { next } = mark;
      takeOut(mark);
      for (; next !== null && wanted > 0 && visits-- > 0;) {
        const activation = next;
        ({ next } = activation);
        if (!isPlace(activation) && (sites === null || sites.has(activation.site)) && look(activation)) wanted--;
      }
      if (next === null) this.marks.shift();
      else putBefore(mark, next);
    }
    // Last, as what was listed strongly may have become one of these meanwhile.
    while (this.marks.length === 0 && !this.aged.done && wanted > 0 && visits-- > 0) {
      const holding = this.aged.next();
      if (holding === null || (sites !== null && !sites.has(holding.site))) continue;
      const activation = holding.ref?.deref();
      if (activation?.live && look(activation)) wanted--;
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
