import { holdingOf } from './activation.ts';
import type { Activation, Holding } from './activation.ts';
import type { Site } from './site.ts';
import type { Context } from './task.ts';

/** Entered one after another, from some moment on. */
type Chunk = (Activation | null)[];

/** Short, so that it is young itself while it fills: V8 writes to it without a barrier. */
const CHUNK = 64;
/** So many full chunks are kept as they are: most activations have ended by then. */
const CHUNKS = 16;
/** A generation of those that outlive them has so many at least and at most; in between, four times the last one's survivors. */
const SMALLEST_GENERATION = 1024;
const LARGEST_GENERATION = 16_384;

/**
 * The live activations. To enter costs one write, to exit another, which takes the context away as a sign of death: the
 * dead stay listed until their chunk is looked through. Those that outlive the chunks are kept through a generation,
 * and those that outlive that one are kept by weak references only, so that an abandoned one is found out when it is
 * collected. Generations grow with the number of calls in flight: ten thousand of them do not pay for weak references
 * in their ordinary course.
 */
export class Roster {
  private chunk: Chunk = new Array<Activation | null>(CHUNK).fill(null);
  private filled = 0;
  private full: Chunk[] = [];
  /** Of this generation, and of the last one. */
  private older: Chunk = [];
  private eldest: Chunk = [];
  private generation = SMALLEST_GENERATION;
  private readonly aged = new Set<Holding>();
  private readonly registry: FinalizationRegistry<Holding>;

  /** `lost` is told what an abandoned activation held, in a job of its own, when the activation has been collected. */
  constructor(lost: (holding: Holding) => void) {
    this.registry = new FinalizationRegistry((holding) => {
      if (this.aged.delete(holding)) lost(holding);
    });
  }

  add(activation: Activation): void {
    if (this.filled === CHUNK) this.nextChunk();
    this.chunk[this.filled++] = activation;
  }

  remove(activation: Activation): void {
    activation.context = null!;
    const { holding } = activation;
    if (holding !== null && holding.ref !== null) {
      this.aged.delete(holding);
      this.registry.unregister(holding);
    }
  }

  /** From here on the activation, which has just been entered, is listed, but not kept. */
  weaken(activation: Activation): void {
    if (!this.makeWeak(activation)) return;
    for (let i = this.filled - 1; i >= 0; i--) {
      if (this.chunk[i] !== activation) continue;
      this.chunk[i] = null;
      return;
    }
    this.sweep();
  }

  /** The same for any number of any age. */
  weakenAll(activations: readonly Activation[]): void {
    let changed = false;
    for (const activation of activations) if (this.makeWeak(activation)) changed = true;
    if (changed) this.sweep();
  }

  /** Those of `sites`, or of all, oldest first, near enough. A snapshot, so that the caller may weaken what it walks. */
  live(sites: ReadonlySet<Site> | null = null): Activation[] {
    const found: Activation[] = [];
    const look = (activation: Activation | null | undefined): void => {
      if (isLive(activation) && (sites === null || sites.has(activation.site))) found.push(activation);
    };
    for (const holding of this.aged) look(holding.ref?.deref());
    for (const chunk of this.chunks()) for (const activation of chunk) look(activation);
    return found;
  }

  /** Those that are listed now, for whoever looks at a few of them at a time: see `Census`. */
  census(): Census {
    const young: (Activation | null)[] = [];
    for (const chunk of this.chunks()) for (const activation of chunk) if (activation !== null) young.push(activation);
    return new Census([...this.aged], young);
  }

  /** As `weaken`, but they stay in the young lists, which keep them, until `sweep` comes. */
  weakenLater(activation: Activation): void {
    this.makeWeak(activation);
  }

  /** Of `holds`, the first `limit` of those that live, oldest first, near enough. Looks at weak references only where it must. */
  oldest(holds: (holding: Holding) => boolean, limit: number): Activation[] {
    const found: Activation[] = [];
    const look = (activation: Activation | undefined): boolean => isLive(activation) && found.push(activation) >= limit;
    for (const holding of this.aged) if (holds(holding) && look(holding.ref?.deref())) return found;
    for (const chunk of this.chunks())
      for (const activation of chunk)
        if (isLive(activation) && activation.holding !== null && activation.holding.ref === null && holds(activation.holding))
          if (look(activation)) return found;
    return found;
  }

  private *chunks(): Generator<Chunk> {
    yield this.eldest;
    yield this.older;
    yield* this.full;
    yield this.chunk;
  }

  /** False if it was so already, or has ended. */
  private makeWeak(activation: Activation): boolean {
    if (!isLive(activation)) return false;
    const holding = holdingOf(activation);
    if (holding.ref !== null) return false;
    holding.ref = new WeakRef(activation);
    this.aged.add(holding);
    this.registry.register(activation, holding, holding);
    return true;
  }

  /** Lets go of those that are listed weakly. */
  sweep(): void {
    for (const chunk of this.chunks())
      for (let i = 0; i < chunk.length; i++) if (chunk[i] !== null && chunk[i]!.holding?.ref) chunk[i] = null;
  }

  private nextChunk(): void {
    this.full.push(this.chunk);
    this.chunk = new Array<Activation | null>(CHUNK).fill(null);
    this.filled = 0;
    if (this.full.length <= CHUNKS) return;
    for (const activation of this.full.shift()!) if (isLive(activation)) this.older.push(activation);
    if (this.older.length >= this.generation) this.age();
  }

  private age(): void {
    for (const activation of this.eldest) if (isLive(activation)) this.makeWeak(activation);
    this.eldest = this.older.filter(isLive);
    this.older = [];
    this.generation = Math.min(Math.max(4 * this.eldest.length, SMALLEST_GENERATION), LARGEST_GENERATION);
  }
}

/** Taken at one moment and looked through over many turns: those that have ended since are left out. */
export class Census {
  private readonly aged: readonly Holding[];
  private readonly young: readonly (Activation | null)[];
  private next = 0;

  constructor(aged: readonly Holding[], young: readonly (Activation | null)[]) {
    this.aged = aged;
    this.young = young;
  }

  get done(): boolean {
    return this.next >= this.aged.length + this.young.length;
  }

  /** Tells `look` of those of `sites`: as many as it says yes to `wanted` times, and at most `visits` of any. */
  visit(sites: ReadonlySet<Site>, wanted: number, visits: number, look: (activation: Activation) => boolean): void {
    for (; wanted > 0 && visits > 0 && !this.done; visits--) {
      const at = this.next++;
      const holding = this.aged[at];
      if (holding !== undefined && !sites.has(holding.site)) continue;
      const activation = holding === undefined ? this.young[at - this.aged.length] : holding.ref?.deref();
      if (isLive(activation) && sites.has(activation.site) && look(activation)) wanted--;
    }
  }
}

function isLive(activation: Activation | null | undefined): activation is Activation {
  return activation !== null && activation !== undefined && (activation.context as Context | null) !== null;
}
