import { holdingOf } from './activation.ts';
import type { Activation, Holding } from './activation.ts';
import type { Site } from './site.ts';

/** An ageing pass comes after this many enters at least and at most; in between, after four times the live ones. */
const SHORTEST_GENERATION = 64;
const LONGEST_GENERATION = 16_384;

/**
 * The live activations of each site: the young in an intrusive list (a link and an unlink per call), those that
 * outlived a generation behind weak references, so that an abandoned one is found out when it is collected.
 * A generation is measured in enters of the site, and grows with its concurrency: a site with a thousand calls in
 * flight does not pay for weak references in its ordinary course.
 */
export class Roster {
  /** Every site that was ever entered. */
  readonly sites = new Set<Site>();
  private readonly registry: FinalizationRegistry<Holding>;

  /** `lost` is told what an abandoned activation held, in a job of its own, when the activation has been collected. */
  constructor(lost: (holding: Holding) => void) {
    this.registry = new FinalizationRegistry((holding) => {
      if (holding.site.aged.delete(holding)) lost(holding);
    });
  }

  add(site: Site, activation: Activation): void {
    const next = site.newest;
    if (next !== null) {
      activation.next = next;
      next.prev = activation;
    }
    site.newest = activation;
    if (!site.listed) {
      site.listed = true;
      this.sites.add(site);
    }
    if (--site.countdown <= 0) this.age(site);
  }

  remove(activation: Activation): void {
    const holding = activation.holding;
    if (holding !== null && holding.ref !== null) {
      holding.site.aged.delete(holding);
      this.registry.unregister(holding);
    } else {
      this.unlink(activation);
    }
  }

  /** From here on the activation is listed, but not kept. */
  weaken(activation: Activation): void {
    const holding = holdingOf(activation);
    if (holding.ref !== null) return;
    this.unlink(activation);
    holding.ref = new WeakRef(activation);
    holding.site.aged.add(holding);
    this.registry.register(activation, holding, holding);
  }

  /** Oldest first, near enough. A snapshot, so that the caller may weaken what it walks. */
  live(site: Site): Activation[] {
    const young: Activation[] = [];
    for (let a = site.newest; a !== null; a = a.next) young.push(a);
    const aged: Activation[] = [];
    for (const holding of site.aged) {
      const activation = holding.ref?.deref();
      if (activation !== undefined) aged.push(activation);
    }
    return aged.concat(young.reverse());
  }

  private unlink(activation: Activation): void {
    const { prev, next } = activation;
    if (prev !== null) prev.next = next;
    else activation.site.newest = next;
    if (next !== null) next.prev = prev;
    activation.prev = null;
    activation.next = null;
  }

  private age(site: Site): void {
    let young = 0;
    for (let a = site.newest; a !== null;) {
      const next = a.next;
      if (a.generation === site.generation) young++;
      else this.weaken(a);
      a = next;
    }
    site.generation++;
    site.countdown = Math.min(Math.max(4 * young, SHORTEST_GENERATION), LONGEST_GENERATION);
  }
}
