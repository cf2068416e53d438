import type { Activation, Holding } from './activation.ts';
import type { Site } from './site.ts';
import type { WeakWalk } from './weak-list.ts';

/**
 * Goes through the activations of one moment over many turns: those that have ended since are left out. Some that have begun
 * since are met too, and what is listed weakly meanwhile is met twice: `look` must bear both.
 */
export class Census {
  private readonly aged: WeakWalk<Activation, Holding>;
  private readonly records: readonly Activation[];
  /** The records below this one are still to be seen. */
  private left: number;

  constructor(aged: WeakWalk<Activation, Holding>, records: readonly Activation[]) {
    this.aged = aged;
    this.records = records;
    this.left = records.length;
  }

  get done(): boolean {
    return this.aged.done && this.left === 0;
  }

  /** Of no use from here on. */
  stop(): void {
    this.left = 0;
    this.aged.stop();
  }

  /**
   * Tells `look`, which may weaken it, of those of `sites`, or of all: as many as it says yes to `wanted` times, and at most
   * `visits` of any.
   */
  visit(sites: ReadonlySet<Site> | null, wanted: number, visits: number, look: (activation: Activation) => boolean): void {
    while (this.left > 0 && wanted > 0 && visits > 0) {
      const activation = this.records[--this.left]!;
      if (!activation.live) continue;
      visits--;
      if ((sites === null || sites.has(activation.site)) && look(activation)) wanted--;
    }
    // Last, as what was listed strongly may have become one of these meanwhile.
    while (this.left === 0 && !this.aged.done && wanted > 0 && visits-- > 0) {
      const holding = this.aged.next();
      if (holding === null || (sites !== null && !sites.has(holding.site))) continue;
      const activation = holding.ref?.deref();
      if (activation?.live && look(activation)) wanted--;
    }
  }
}
