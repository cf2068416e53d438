import type { Census } from './census.ts';
import type { TaskWalk } from './live-tasks.ts';
import type { Direction, Gate } from './host.ts';
import type { Universe } from './hold-node.ts';
import { topOfStack } from './patch.ts';
import type { Patch } from './patch.ts';
import type { Site, VersionPair } from './site.ts';

/** What a barrier has cost those who called. */
export interface Gated {
  readonly calls: number;
  /** How long the one that waited longest did, in milliseconds. */
  readonly longestMs: number;
}

export type Outcome =
  | {
      readonly result: 'complete';
      readonly patch: Patch;
      readonly functions: number;
      readonly replaced: readonly Patch[];
      readonly convergeMs: number;
      /** Null where no call has waited. */
      readonly gated: Gated | null;
    }
  | { readonly result: 'reversed'; readonly patch: Patch; readonly convergeMs: number; readonly gated: Gated | null }
  /** `enabled` of the patch tells which way it was forced. */
  | {
      readonly result: 'forced';
      readonly patch: Patch;
      readonly pending: number;
      readonly replaced: readonly Patch[];
      readonly convergeMs: number;
    }
  /** prePatch threw: nothing has changed. `object` is the one whose callback it was; null for the maker's own. */
  | { readonly result: 'cancelled'; readonly patch: Patch; readonly object: string | null; readonly error: unknown };

export function opposite(universe: Universe): Universe {
  return universe === 'patched' ? 'unpatched' : 'patched';
}

/**
 * The change from one list of patches to another. Each universe is such a list, in apply order: `patched` is the
 * world in which the patch is in force, whichever way the transition goes. Reversal swaps the target and nothing else.
 */
export class Transition {
  readonly epoch: number;
  readonly patch: Patch;
  readonly initial: Direction;
  readonly unpatched: readonly Patch[];
  readonly patched: readonly Patch[];
  /** What the patch list shows while the transition lasts. */
  readonly listed: readonly Patch[];
  readonly sites: Set<Site>;
  readonly ended: (outcome: Outcome) => void;
  target: Universe;
  startedAt: number;
  /** What lived when it began, while that is being pinned: it has not started yet. */
  marking: Census | null;
  /** What lived when it was turned round, while those that are in its way now are set apart. */
  sorting: Census | null;
  /** In mode `request`, the tasks of that moment as well. */
  tasks: TaskWalk | null;
  /** What was asked of it while it began. */
  readonly asked: ((transition: Transition) => void)[] = [];
  /** Live nodes of each universe. */
  aliveUnpatched: number;
  alivePatched: number;
  /** Bodies that were entered in another universe than their caller's, without having been dispatched. */
  crossed: number;
  checkDue: boolean;
  /** Nobody asks whether the patch is admitted before `Engine.checkAgain`. */
  putOff: boolean;
  /** Present once a call waits for the end of a barrier. */
  gate: Gate | null;
  /** Calls that have waited so far, and since when the first one does. */
  waited: number;
  waitsSince: number;
  /** Known once the gate has opened. */
  gated: Gated | null = null;
  /** Patches it takes out that every task ran before. */
  private readonly interrupted = new Set<Patch>();

  constructor(epoch: number, patch: Patch, initial: Direction, applied: readonly Patch[], ended: (outcome: Outcome) => void) {
    this.epoch = epoch;
    this.patch = patch;
    this.initial = initial;
    if (initial === 'patching') {
      this.unpatched = applied;
      this.listed = [...applied, patch];
      this.patched = this.listed.filter((p) => p === patch || !patch.replaces(p));
    } else {
      this.unpatched = applied.filter((p) => p !== patch);
      this.listed = applied;
      this.patched = applied;
    }
    this.sites = new Set();
    this.ended = ended;
    this.target = initial === 'patching' ? 'patched' : 'unpatched';
    this.startedAt = 0;
    this.marking = null;
    this.sorting = null;
    this.tasks = null;
    this.aliveUnpatched = 0;
    this.alivePatched = 0;
    this.crossed = 0;
    this.checkDue = false;
    this.putOff = false;
    this.gate = null;
    this.waited = 0;
    this.waitsSince = 0;
  }

  get direction(): Direction {
    return this.target === 'patched' ? 'patching' : 'unpatching';
  }

  /**
   * The universe of what is called from outside any live node. A barrier lets nothing into the new one before all of it
   * switches; when it is turned round, nothing is left to switch.
   */
  get outermost(): Universe {
    return this.marking !== null || this.patch.mode === 'barrier' ? this.origin : this.target;
  }

  /** Whether the question that was put off is due from here on. */
  askAgain(): boolean {
    const wasPutOff = this.putOff;
    this.putOff = false;
    return wasPutOff;
  }

  /** The universe in force before. */
  get origin(): Universe {
    return this.initial === 'patching' ? 'unpatched' : 'patched';
  }

  get reversed(): boolean {
    return this.direction !== this.initial;
  }

  /** Live nodes of the universe that is being left. */
  get pending(): number {
    return this.target === 'patched' ? this.aliveUnpatched : this.alivePatched;
  }

  count(universe: Universe, by: 1 | -1): void {
    if (universe === 'patched') this.alivePatched += by;
    else this.aliveUnpatched += by;
  }

  world(universe: Universe): readonly Patch[] {
    return universe === 'patched' ? this.patched : this.unpatched;
  }

  /** Before older or other code can be reached: what the transition puts in or takes out is not in force for every task. */
  unsettle(): void {
    for (const patch of this.listed) {
      if (this.isKept(patch)) continue;
      if (patch.converged) this.interrupted.add(patch);
      patch.converged = false;
    }
  }

  /** `mixed`: it was ended while code of the other universe lived. What a reversal leaves in force is as it was before. */
  settle(mixed: boolean): void {
    for (const patch of this.world(this.target)) {
      if (this.isKept(patch)) continue;
      patch.converged = !mixed && (this.interrupted.has(patch) || (patch === this.patch && !this.reversed && this.initial === 'patching'));
    }
  }

  private isKept(patch: Patch): boolean {
    return this.patched.includes(patch) && this.unpatched.includes(patch);
  }

  /** Null where the transition changes nothing. */
  pairOf(site: Site): VersionPair | null {
    const unpatched = topOfStack(site, this.unpatched);
    const patched = topOfStack(site, this.patched);
    return unpatched === patched ? null : { unpatched, patched };
  }

  /** Every site whose version could differ between the two worlds. */
  candidates(): Set<Site> {
    const patches = this.initial === 'patching' ? this.listed.filter((p) => p === this.patch || this.patch.replaces(p)) : [this.patch];
    return new Set(patches.flatMap((patch) => [...patch.functions.keys()]));
  }
}
