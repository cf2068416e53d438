import { Activation, holdingOf, isPlace, makePlace } from './activation.ts';
import type { Holding } from './activation.ts';
import { Census } from './census.ts';
import type { Version } from './patch.ts';
import type { Site } from './site.ts';
import type { Context } from './task.ts';
import { Watch, WeakList } from './weak-list.ts';

/**
 * The head of the youngest list is made anew after so many entries, so that it is young itself: V8 lets a young object
 * refer to another without a barrier, and every call that is entered writes to the head.
 */
const ROTATION = 1024;
/** So many lists are kept apart before what is left of one is taken together with the rest: most activations have ended by then. */
const YOUNG_LISTS = 2;
/** A generation of those that outlive them has so many at least and at most; in between, four times the last one's survivors. */
const SMALLEST_GENERATION = 1024;
const LARGEST_GENERATION = 16_384;

/**
 * The live activations, in linked lists: to enter costs a link, to exit an unlink, and what has ended is listed nowhere.
 * Those that outlive the young lists are kept through a generation, and those that outlive that one are kept by weak
 * references only, so that an abandoned one is found out when it is collected. Generations grow with the number of calls
 * in flight: ten thousand of them do not pay for weak references in their ordinary course.
 */
export class Roster {
  private head = makePlace();
  private entries = 0;
  /** Oldest first. */
  private young: Activation[] = [];
  /** Of this generation, and of the last one. */
  private older = makePlace();
  private olderSize = 0;
  private eldest = makePlace();
  /** Of the generation before that one: to be listed weakly, some with each rotation, as sixteen thousand take milliseconds. */
  private leaving = makePlace();
  private generation = SMALLEST_GENERATION;
  /** Of those that are listed weakly, the ones that are in the way of a transition, and the others. */
  private readonly apart = new WeakList<Activation, Holding>();
  private readonly aged = new WeakList<Activation, Holding>();
  private readonly watch: Watch<Activation, Holding>;

  /** `lost` is told what an abandoned activation held, in a job of its own, when the activation has been collected. */
  constructor(lost: (holding: Holding) => void) {
    this.watch = new Watch(lost);
  }

  /** Makes and lists an activation. */
  add(site: Site, version: Version, context: Context): Activation {
    if (++this.entries > ROTATION) this.rotate();
    const { head } = this;
    const { next } = head;
    const activation = new Activation(site, version, context, head, next);
    if (next !== null) next.prev = activation;
    head.next = activation;
    return activation;
  }

  /** Once for each `add`. */
  remove(activation: Activation): void {
    const { prev, next, holding } = activation;
    prev!.next = next;
    if (next !== null) next.prev = prev;
    activation.prev = null;
    if (holding !== null && holding.ref !== null) this.watch.end(holding);
  }

  /** From here on the activation is listed, but not kept. */
  weaken(activation: Activation): void {
    if (!activation.live) return;
    const holding = holdingOf(activation);
    if (holding.ref !== null) return;
    unlink(activation);
    // A list of its own: to remove it is the same as ever.
    activation.prev = activation;
    activation.next = activation;
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

  /** Those of `sites`, or of all, the oldest lists first. A snapshot, so that the caller may weaken what it walks. */
  live(sites: ReadonlySet<Site> | null = null): Activation[] {
    const found: Activation[] = [];
    const look = (activation: Activation | undefined): void => {
      if (activation?.live && (sites === null || sites.has(activation.site))) found.push(activation);
    };
    for (const holding of this.weak()) look(holding.ref?.deref());
    for (const activation of this.listed()) look(activation);
    return found;
  }

  /** Those that are listed now and not set apart, for whoever looks at a few of them at a time. */
  census(): Census {
    const marks = [this.leaving, this.eldest, this.older, ...this.young, this.head].map((list) => {
      const mark = makePlace();
      insertBehind(list, mark);
      return mark;
    });
    return new Census(this.aged.walk(), marks);
  }

  /**
   * Of `holds`, the first `limit` of those that live and are set apart, and of `others` more, the oldest lists first. Looks at
   * weak references only where it must.
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
    for (const activation of this.listed()) {
      if (others-- <= 0) return found;
      if (activation.holding !== null && holds(activation.holding) && found.push(activation) >= limit) return found;
    }
    return found;
  }

  private *weak(): Generator<Holding> {
    yield* this.apart;
    yield* this.aged;
  }

  private *listed(): Generator<Activation> {
    for (const list of [this.leaving, this.eldest, this.older, ...this.young, this.head])
      for (let { next } = list; next !== null; next = next.next) if (!isPlace(next)) yield next;
  }

  private rotate(): void {
    this.entries = 1;
    this.young.push(this.head);
    this.head = makePlace();
    if (this.young.length <= YOUNG_LISTS) return;
    this.olderSize += moveAll(this.young.shift()!, this.older);
    if (this.olderSize >= this.generation) this.age();
    // As many as can have come to be old meanwhile.
    let left = ROTATION;
    for (let { next } = this.leaving; next !== null && left > 0;) {
      const activation = next;
      ({ next } = activation);
      if (isPlace(activation)) continue;
      this.weaken(activation);
      left--;
    }
  }

  private age(): void {
    moveAll(this.eldest, this.leaving);
    const survivors = moveAll(this.older, this.eldest);
    this.olderSize = 0;
    this.generation = Math.min(Math.max(4 * survivors, SMALLEST_GENERATION), LARGEST_GENERATION);
  }
}

/** How many there are in the list `from`, all of which go to the front of the list `to`. */
function moveAll(from: Activation, to: Activation): number {
  const first = from.next;
  if (first === null) return 0;
  let last = first;
  let count = 1;
  for (; last.next !== null; last = last.next) count++;
  const { next } = to;
  last.next = next;
  if (next !== null) next.prev = last;
  to.next = first;
  first.prev = to;
  from.next = null;
  return count;
}

function insertBehind(place: Activation, activation: Activation): void {
  const { next } = place;
  activation.prev = place;
  activation.next = next;
  if (next !== null) next.prev = activation;
  place.next = activation;
}

function unlink({ prev, next }: Activation): void {
  prev!.next = next;
  if (next !== null) next.prev = prev;
}
