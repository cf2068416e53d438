import { Activation, holdingOf } from './activation.ts';
import type { Holding, SiteOrId } from './activation.ts';
import { Census } from './census.ts';
import type { Version } from './patch.ts';
import type { Site } from './site.ts';
import type { Context } from './task.ts';
import { Watch, WeakList } from './weak-list.ts';

/** Records are made so many at a time at least, and as many again as there are at most. */
const FEW = 64;
const MANY = 1024;
/**
 * Each time so many have begun, some of the records are looked at: a round takes four times as many beginnings as there are
 * records, within these bounds.
 */
const STEP = 256;
const SHORTEST_ROUND = 1024;
const LONGEST_ROUND = 16_384;
/** Instead of the next record of no run: there is none; the record is of a run that the hand has passed once. */
const NONE = -1;
const PASSED = -2;

/**
 * The live activations. Their records are used again, so that to enter and to exit makes nothing for the collector and
 * links nothing.
 *
 * What lives through a whole round is kept by weak references only from then on, so that an abandoned one is found out when
 * it is collected. Rounds grow with the number of calls in flight: ten thousand of them do not pay for weak references in
 * their ordinary course.
 */
export class Roster {
  private readonly records: Activation[] = [];
  /** The first record of no run; last in, first out, as it is the one that is still in the processor's cache. */
  private free = NONE;
  private countdown = STEP;
  /** The record that was looked at last. */
  private hand = 0;
  /** Of those that are listed weakly, the ones that are in the way of a transition, and the others. */
  private readonly apart = new WeakList<Activation, Holding>();
  private readonly aged = new WeakList<Activation, Holding>();
  private readonly watch: Watch<Activation, Holding>;
  private readonly siteOf: (id: number) => Site;

  /** `lost` is told what an abandoned activation held, in a job of its own, when the activation has been collected. */
  constructor(siteOf: (id: number) => Site, lost: (holding: Holding) => void) {
    this.siteOf = siteOf;
    this.watch = new Watch(lost);
  }

  /** Lists an activation. */
  add(site: SiteOrId, patched: Version | null, context: Context): Activation {
    if (--this.countdown <= 0) this.age();
    if (this.free === NONE) this.grow();
    const activation = this.records[this.free]!;
    this.free = activation.next;
    activation.begin(site, patched, context);
    return activation;
  }

  /** Once for each `add`. Nobody may refer to the activation from here on. */
  remove(activation: Activation): void {
    activation.end();
    const { holding } = activation;
    if (holding === null) {
      activation.next = this.free;
      this.free = activation.place;
    } else if (holding.ref === null) this.replace(activation);
    else this.watch.end(holding);
  }

  /** From here on the activation is listed, but not kept. */
  weaken(activation: Activation): void {
    if (!activation.live) return;
    const holding = holdingOf(activation);
    if (holding.ref !== null) return;
    this.replace(activation);
    this.watch.begin(activation, holding);
    this.aged.append(holding);
  }

  /** Listed weakly, and before all others: whoever asks who is in the way has them at hand. */
  setApart(activation: Activation): void {
    this.weaken(activation);
    if (activation.live) this.apart.append(activation.holding!);
  }

  /** Nobody is in the way any more, or others are. */
  joinApart(): void {
    this.aged.takeFirst(this.apart);
  }

  /** Those of `sites`, or of all, the ones that are listed weakly first. A snapshot, of use until one of them ends. */
  live(sites: ReadonlySet<Site> | null = null): Activation[] {
    const found: Activation[] = [];
    const look = (activation: Activation | undefined): void => {
      if (activation?.live && (sites === null || sites.has(activation.site))) found.push(activation);
    };
    for (const list of [this.apart, this.aged]) for (const holding of list) look(holding.ref?.deref());
    for (const activation of this.records) look(activation);
    return found;
  }

  /** Those that are listed now and not set apart, for whoever looks at a few of them at a time. */
  census(): Census {
    return new Census(this.aged.walk(), this.records);
  }

  /**
   * Of `holds`, the first `limit` of those that live and are set apart, and of `others` more. Looks at weak references only
   * where it must.
   */
  oldest(holds: (holding: Holding) => boolean, limit: number, others: number): Activation[] {
    const found: Activation[] = [];
    for (const holding of this.apart) {
      const activation = holds(holding) ? holding.ref?.deref() : undefined;
      if (activation?.live && found.push(activation) >= limit) return found;
    }
    for (const holding of this.aged) {
      if (others-- <= 0) return found;
      const activation = holds(holding) ? holding.ref?.deref() : undefined;
      if (activation?.live && found.push(activation) >= limit) return found;
    }
    for (const activation of this.records) {
      if (!activation.live) continue;
      if (others-- <= 0) return found;
      if (activation.holding !== null && holds(activation.holding) && found.push(activation) >= limit) return found;
    }
    return found;
  }

  private grow(): void {
    for (let n = Math.min(Math.max(this.records.length, FEW), MANY); n > 0; n--) this.put(this.records.length);
  }

  private put(place: number): void {
    this.records[place] = new Activation(place, this.free, this.siteOf);
    this.free = place;
  }

  /** Another record takes the place of one that is not to be used again. */
  private replace(activation: Activation): void {
    this.put(activation.place);
  }

  private age(): void {
    this.countdown = STEP;
    const { records } = this;
    const round = Math.min(Math.max(4 * records.length, SHORTEST_ROUND), LONGEST_ROUND);
    let weak = 0;
    // Where all are abandoned, half of those it passes are passed for the first time.
    for (let n = Math.ceil((records.length * STEP) / round); n > 0 && weak < 2 * STEP; n--) {
      this.hand = (this.hand + 1) % records.length;
      const activation = records[this.hand]!;
      if (!activation.live) activation.clear();
      else if (activation.next !== PASSED) activation.next = PASSED;
      else {
        this.weaken(activation);
        weak++;
      }
    }
  }
}
