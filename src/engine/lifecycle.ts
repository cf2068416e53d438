import { LivepatchError } from '../errors/errors.ts';
import { Callbacks } from './callbacks.ts';
import type { Veto } from './callbacks.ts';
import type { Direction, EngineEvent, EngineHost } from './host.ts';
import type { Nodes } from './nodes.ts';
import { topOfStack } from './patch.ts';
import type { Patch, PatchObject, Version } from './patch.ts';
import type { Census } from './census.ts';
import type { Roster } from './roster.ts';
import type { Site } from './site.ts';
import type { Tenures } from './tenures.ts';
import { Transition, opposite } from './transition.ts';
import type { Outcome } from './transition.ts';

type TransitionEvent = Extract<EngineEvent, { readonly direction: Direction }>['type'];

/** Activations that are only looked at are many times cheaper than those that are pinned. */
const VISITS_PER_TURN = 5_000;

/** A patch of more functions takes a turn to get ready: where nothing is to be pinned, the next one is its whole transition. */
const SITES_AT_ONCE = 32;

/** The verbs of patches and their transitions, one transition at a time. Each takes effect at rest. */
export class Lifecycle {
  patches: readonly Patch[] = [];
  tainted = false;
  /** Asked for, but not yet begun. */
  private queued: Transition | null = null;
  private cancelling: Patch | null = null;
  /** All tasks run the older code, and the patch that has been taken out is not done yet with what it leaves. */
  departing: Transition | null = null;
  private lastEpoch = 0;
  private readonly host: EngineHost;
  private readonly nodes: Nodes;
  private readonly roster: Roster;
  private readonly tenures: Tenures;
  private readonly callbacks: Callbacks;
  private readonly running: (running: boolean) => void;
  /** Called once all that lives is pinned. */
  private readonly pinned: () => void;

  /** The id of the last task that has begun. */
  private readonly lastTask: () => number;
  private readonly pinsPerTurn: number;

  constructor(
    host: EngineHost,
    nodes: Nodes,
    roster: Roster,
    tenures: Tenures,
    running: (running: boolean) => void,
    pinned: () => void,
    lastTask: () => number,
    pinsPerTurn: number,
  ) {
    this.pinned = pinned;
    this.lastTask = lastTask;
    this.pinsPerTurn = pinsPerTurn;
    this.host = host;
    this.nodes = nodes;
    this.roster = roster;
    this.tenures = tenures;
    this.callbacks = new Callbacks(host);
    this.running = running;
  }

  get transition(): Transition | null {
    return this.nodes.transition;
  }

  get inTransition(): Patch | null {
    return (this.queued ?? this.transition ?? this.departing)?.patch ?? this.cancelling;
  }

  apply(patch: Patch, ended: (outcome: Outcome) => void): void {
    this.refuseIfBusy();
    if (this.patches.some((p) => p.name === patch.name)) throw new LivepatchError('ERR_ALREADY_APPLIED', { patch: patch.name });
    this.queue(patch, 'patching', ended);
  }

  revert(name: string, ended: (outcome: Outcome) => void): void {
    this.refuseIfBusy();
    const patch = this.patches.find((p) => p.name === name);
    if (patch === undefined) throw new LivepatchError('ERR_NOT_APPLIED', { patch: name });
    this.queue(patch, 'unpatching', ended);
  }

  /** The requests for one transition run in the order they were made, so a reversal finds it begun, or ended. */
  reverse(): void {
    this.onceStarted((transition) => this.turn(transition));
  }

  force(): void {
    this.onceStarted((transition) => {
      this.emit('force', transition);
      this.tainted = true;
      this.complete(transition, true);
    });
  }

  /** At rest, when the transition that is wanted now has started and not ended. */
  private onceStarted(verb: (transition: Transition) => void): void {
    const transition = this.wanted();
    this.host.atRest(() => {
      if (this.transition !== transition) return;
      if (transition.marking === null) verb(transition);
      else transition.asked.push(verb);
    });
  }

  extend(patch: Patch, site: Site, version: Version): void {
    if (!this.patches.includes(patch) && this.queued?.patch !== patch) throw new LivepatchError('ERR_NOT_APPLIED', { patch: patch.name });
    patch.functions.set(site, version);
    this.reroute(site);
  }

  retract(site: Site): void {
    for (const patch of this.patches) patch.functions.delete(site);
    this.queued?.patch.functions.delete(site);
    this.reroute(site);
  }

  arrive(patch: Patch, object: PatchObject, functions: Iterable<readonly [Site, Version]>): void {
    if (!this.patches.includes(patch)) {
      // Asked for, but not yet begun: its own prePatch is still to come.
      patch.objects.push(object);
      for (const [site, version] of functions) this.extend(patch, site, version);
      return;
    }
    this.emitModule('apply', patch, object);
    const veto = this.callbacks.prepare(patch, object, 'coming');
    if (veto !== null) {
      this.emitModule('refuse', patch, object);
      throw veto.error;
    }
    patch.objects.push(object);
    for (const [site, version] of functions) this.extend(patch, site, version);
    if (this.transition?.patch !== patch) this.callbacks.run(patch, object, 'postPatch', 'coming');
  }

  depart(patch: Patch, object: PatchObject, sites: Iterable<Site>): void {
    const place = patch.objects.indexOf(object);
    if (place < 0) return;
    if (this.transition?.patch !== patch) this.callbacks.run(patch, object, 'preUnpatch', 'going');
    this.emitModule('revert', patch, object);
    for (const site of sites) {
      patch.functions.delete(site);
      this.reroute(site);
    }
    this.callbacks.undo(patch, object, 'going');
    patch.objects.splice(place, 1);
  }

  /** The last node of the universe being left has died, somewhere in a job: see at rest whether that still holds. */
  checkSoon(transition: Transition): void {
    if (transition.checkDue) return;
    transition.checkDue = true;
    this.host.atRest(() => {
      transition.checkDue = false;
      if (this.transition === transition) this.tryComplete(transition);
    });
  }

  private queue(patch: Patch, direction: Direction, ended: (outcome: Outcome) => void): void {
    const transition = new Transition(++this.lastEpoch, patch, direction, this.patches, ended);
    this.queued = transition;
    this.host.atRest(() => this.init(transition));
  }

  private init(transition: Transition): void {
    const { patch } = transition;
    transition.startedAt = this.host.now();
    this.emit('init', transition);
    if (transition.initial === 'unpatching') {
      transition.unsettle();
      this.callbacks.preUnpatch(patch);
    } else {
      const veto = this.callbacks.prePatch(patch);
      if (veto !== null) {
        this.cancel(transition, veto);
        return;
      }
      patch.appliedAt = transition.startedAt;
    }
    this.start(transition);
  }

  /** Nothing has been patched yet, so there is nothing to take back but the announcement and what prePatch did. */
  private cancel(transition: Transition, veto: NonNullable<Veto>): void {
    transition.target = 'unpatched';
    this.queued = null;
    this.cancelling = transition.patch;
    this.emit('cancel', transition);
    this.emit('complete', transition);
    this.callbacks.postUnpatch(transition.patch);
    // No task has run it, so there can be little to leave.
    while (this.callbacks.isBusy(transition.patch, 'left'));
    this.emit('done', transition);
    this.cancelling = null;
    transition.ended({ result: 'cancelled', patch: transition.patch, ...veto });
  }

  private start(transition: Transition): void {
    this.queued = null;
    if (transition.initial === 'patching') transition.unsettle();
    this.nodes.transition = transition;
    this.running(true);
    this.patches = transition.listed;
    transition.patch.enabled = transition.target === 'patched';
    for (const site of transition.candidates()) {
      site.pair = transition.pairOf(site);
      if (site.pair === null) continue;
      transition.sites.add(site);
    }
    transition.marking = this.roster.census();
    this.walkTasks(transition);
    this.leave(transition);
  }

  /** Everything goes to the universe that is being left, until what is in it is ready to be met by older code. */
  private leave(transition: Transition): void {
    if (transition.initial === 'unpatching' && this.callbacks.isBusy(transition.patch, 'leaving'))
      this.host.atRest(() => this.leave(transition));
    else if (transition.sites.size > SITES_AT_ONCE) this.host.atRest(() => this.mark(transition));
    else this.mark(transition);
  }

  /**
   * Pins what lives, a part in each turn: a process can have a hundred thousand calls under way. Until all is pinned,
   * everything goes to the universe that is being left, and what is entered there holds it already.
   */
  private mark(transition: Transition): void {
    const census = transition.marking!;
    const { tasks } = transition;
    census.visit(tasks === null ? transition.sites : null, this.pinsPerTurn, VISITS_PER_TURN, (activation) => {
      const { site, version, holding } = activation;
      const leaves = transition.sites.has(site) && version !== site.pair![transition.target];
      if (!leaves || holding?.node?.epoch === transition.epoch) return tasks !== null && this.tenures.markFor(transition, activation);
      this.nodes.pin(activation);
      this.roster.setApart(activation);
      if (tasks !== null) this.tenures.markFor(transition, activation);
      return true;
    });
    if (!census.done || (tasks !== null && !this.tenures.mark(transition, tasks, this.pinsPerTurn))) {
      this.host.atRest(() => this.mark(transition));
      return;
    }
    transition.marking = null;
    transition.tasks = null;
    this.pinned();
    this.emit('start', transition);
    for (const verb of transition.asked.splice(0)) if (this.transition === transition) verb(transition);
    if (this.transition !== transition || this.tryComplete(transition)) return;
    for (const site of transition.sites) this.host.dispatch(site);
  }

  /** Those that held the other universe up to now may be strong in their lists; from here on they may be abandoned. */
  private turn(transition: Transition): void {
    transition.target = opposite(transition.target);
    transition.putOff = false;
    transition.patch.enabled = transition.target === 'patched';
    this.emit('reverse', transition);
    this.emit('start', transition);
    this.settleLists(transition);
    if (this.tryComplete(transition)) return;
    transition.sorting = this.roster.census();
    this.walkTasks(transition);
    this.sort(transition, transition.sorting);
  }

  /** A part in each turn: nothing but the memory of what is abandoned, and the report of a great many, waits for it. */
  private sort(transition: Transition, census: Census): void {
    if (transition.sorting !== census) return;
    const { tasks } = transition;
    census.visit(tasks === null ? transition.sites : null, this.pinsPerTurn, VISITS_PER_TURN, (activation) => {
      if (tasks !== null) this.tenures.sortOut(transition, activation.context.task);
      const node = activation.holding?.node;
      if (node?.epoch !== transition.epoch || node.universe === transition.target) return false;
      this.roster.setApart(activation);
      return true;
    });
    if (!census.done || (tasks !== null && !this.tenures.sort(transition, tasks, this.pinsPerTurn, VISITS_PER_TURN))) {
      this.host.atRest(() => this.sort(transition, census));
      return;
    }
    transition.sorting = null;
    transition.tasks = null;
  }

  /** Nobody is in the way of the transition as it was. */
  private settleLists(transition: Transition): void {
    transition.sorting?.stop();
    transition.sorting = null;
    this.roster.joinApart();
    this.tenures.settle(transition.tasks);
    transition.tasks = null;
  }

  private walkTasks(transition: Transition): void {
    if (transition.patch.mode === 'request') transition.tasks = this.tenures.walk(this.lastTask());
  }

  private tryComplete(transition: Transition): boolean {
    if (transition.marking !== null || transition.pending > 0 || transition.putOff) return false;
    const isArriving = transition.direction === 'patching' && !transition.reversed;
    const admission = isArriving ? this.callbacks.admits(transition.patch) : 'yes';
    transition.putOff = admission === 'later';
    if (admission === 'no') this.turn(transition);
    else if (admission === 'yes') this.complete(transition, false);
    return !transition.putOff;
  }

  /** The patch's post hook runs in the settled world, and before the transition is over, as in the kernel. */
  private complete(transition: Transition, forced: boolean): void {
    const { patch, target, pending } = transition;
    this.emit('complete', transition);
    this.patches = transition.world(target);
    const removed = transition.listed.filter((p) => !this.patches.includes(p));
    for (const p of removed) {
      p.enabled = false;
      if (forced) p.forced = true;
    }
    transition.settle(forced && pending > 0);
    for (const site of transition.sites) {
      site.pair = null;
      site.settled = topOfStack(site, this.patches);
      this.host.dispatch(site);
    }
    if (target === 'patched') this.callbacks.postPatch(patch);
    else this.callbacks.postUnpatch(patch);
    const replaced = target === 'patched' ? removed : [];
    const finish = (): void => {
      this.emit('done', transition);
      this.departing = null;
      this.free(transition);
      const convergeMs = this.host.now() - transition.startedAt;
      const { gated } = transition;
      if (forced) transition.ended({ result: 'forced', patch, pending, replaced, convergeMs });
      else if (transition.reversed) transition.ended({ result: 'reversed', patch, convergeMs, gated });
      else transition.ended({ result: 'complete', patch, functions: transition.sites.size, replaced, convergeMs, gated });
    };
    if (target === 'patched') finish();
    else this.settleDown(transition, finish);
  }

  /** Nobody waits for what the patch is not done with: the tasks go on, in the older code. */
  private settleDown(transition: Transition, finish: () => void): void {
    if (!this.callbacks.isBusy(transition.patch, 'left')) {
      finish();
      return;
    }
    this.departing = transition;
    this.free(transition);
    this.host.atRest(() => this.settleDown(transition, finish));
  }

  /** Every call is decided by what is settled. */
  private free(transition: Transition): void {
    if (this.nodes.transition !== transition) return;
    this.nodes.transition = null;
    this.settleLists(transition);
    this.running(false);
    if (transition.gate === null) return;
    transition.gated = { calls: transition.waited, longestMs: this.host.now() - transition.waitsSince };
    transition.gate.open();
  }

  private reroute(site: Site): void {
    const { transition } = this;
    site.pair = transition === null ? null : transition.pairOf(site);
    if (site.pair === null) {
      transition?.sites.delete(site);
      site.settled = topOfStack(site, transition === null ? this.patches : transition.patched);
    } else {
      transition?.sites.add(site);
    }
    this.host.dispatch(site);
  }

  private refuseIfBusy(): void {
    const busy = this.queued ?? this.transition ?? this.departing;
    if (busy !== null) throw new LivepatchError('ERR_BUSY', { patch: busy.patch.name });
  }

  private wanted(): Transition {
    const transition = this.queued ?? this.transition;
    if (transition === null) throw new LivepatchError('ERR_NO_TRANSITION');
    return transition;
  }

  private emitModule(type: 'apply' | 'revert' | 'refuse', patch: Patch, object: PatchObject): void {
    this.host.emit({ type, patch: patch.name, object: object.name, at: this.host.now() });
  }

  private emit(type: TransitionEvent, transition: Transition): void {
    this.host.emit({ type, patch: transition.patch.name, direction: transition.direction, at: this.host.now() });
  }
}
