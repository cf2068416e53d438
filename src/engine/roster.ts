import { holdingOf } from './activation.ts';
import type { Activation, Holding, SiteOrId } from './activation.ts';
import { Census } from './census.ts';
import { createRecords } from './records.ts';
import type { Records } from './records.ts';
import type { Site } from './site.ts';
import type { Context } from './task.ts';
import { Collections, Watch, WeakList } from './weak-list.ts';

/** So many records are looked at in one turn, and so many of them are listed weakly at most. */
const LOOKED_AT = 16_384;
const WEAKENED = 1024;
/** Instead of the next record of no run: the record is of a run that has outlived a collection. */
const OUTLIVED = -1;

/**
 * The live activations. What outlives two collections in one run is kept by weak references only from then on, so that the
 * next one finds out whether it has been abandoned.
 */
export class Roster {
  readonly records: Records;
  private readonly later: (fn: () => void) => void;
  private readonly collections: Collections;
  /** Of those that are listed weakly, the ones that are in the way of a transition, and the others. */
  private readonly apart = new WeakList<Activation, Holding>();
  private readonly aged = new WeakList<Activation, Holding>();
  private readonly watch: Watch<Activation, Holding>;

  /**
   * `lost` is told what an abandoned activation held, in a job of its own, when the activation has been collected. `later`
   * calls in another turn.
   */
  constructor(siteOf: (id: number) => Site, lost: (holding: Holding) => void, later: (fn: () => void) => void) {
    this.records = createRecords(siteOf);
    this.collections = new Collections(() => this.age(this.records.all(), 0));
    this.later = later;
    this.watch = new Watch(lost);
  }

  /** Lists an activation. */
  add(site: SiteOrId, context: Context): Activation {
    return this.records.take().begin(site, context);
  }

  /** Once for each `add`. Nobody may refer to the activation from here on. */
  remove(activation: Activation): void {
    const { holding } = activation;
    if (holding === null) {
      this.records.put(activation);
      return;
    }
    activation.end();
    if (holding.ref === null) this.records.drop(activation);
    else this.watch.end(holding);
  }

  /** From here on the activation is listed, but not kept. */
  weaken(activation: Activation): void {
    if (!activation.live) return;
    const holding = holdingOf(activation);
    if (holding.ref !== null) return;
    this.records.drop(activation);
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
    for (const activation of this.records.all()) look(activation);
    return found;
  }

  /** Those that are listed now and not set apart, for whoever looks at a few of them at a time. */
  census(): Census {
    return new Census(this.aged.walk(), this.records.all());
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
    for (const activation of this.records.all()) {
      if (!activation.live) continue;
      if (others-- <= 0) return found;
      if (activation.holding !== null && holds(activation.holding) && found.push(activation) >= limit) return found;
    }
    return found;
  }

  /** Looks at each record from `place` on once, in as many turns as it takes. */
  private age(records: readonly Activation[], place: number): void {
    const end = Math.min(place + LOOKED_AT, records.length);
    for (let left = WEAKENED; place < end && left > 0; place++) {
      const activation = records[place]!;
      if (!activation.live) continue;
      if (activation.next === OUTLIVED) {
        this.weaken(activation);
        left--;
      } else activation.next = OUTLIVED;
    }
    if (place < records.length) {
      this.later(() => this.age(records, place));
      return;
    }
    this.records.compact();
    this.collections.await();
  }
}
