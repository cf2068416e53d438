import { holdingOf } from './activation.ts';
import type { Activation, Holding } from './activation.ts';
import { nearestAlive } from './hold-node.ts';
import type { Universe } from './hold-node.ts';
import { HandOver } from './hand-over.ts';
import type { EngineHost, Gate } from './host.ts';
import type { TaskWalk } from './live-tasks.ts';
import { Lifecycle } from './lifecycle.ts';
import { Nodes } from './nodes.ts';
import { topOfStack } from './patch.ts';
import { createOriginals } from './originals.ts';
import type { Patch, PatchObject, Version } from './patch.ts';
import { Roster } from './roster.ts';
import type { Decision, Site } from './site.ts';
import { Context, Task } from './task.ts';
import type { TaskKind } from './task.ts';
import { Tenures } from './tenures.ts';
import type { Outcome, Transition } from './transition.ts';

/** So many tasks are asked in one turn whether they are over. */
const ASKED_PER_TURN = 2_000;

/**
 * The consistency engine: which version each call gets, and when a patch has come into force everywhere.
 *
 * `call`, `enter`, `exit`, `suspend` and `resume` are for instrumented code and run in the middle of it; they change
 * no universe. `apply`, `revert`, `reverse` and `force` take effect at rest.
 */
export class Engine {
  /** `enter` for the original of a site that the host knows by its id. */
  readonly enterOriginal: (id: number) => Activation;
  /** Exactly once for each `enter`, last thing in the body, however it ends. */
  readonly exit: (activation: Activation) => void;
  /** A transition is running. While it is false, `call`, `suspend` and `resume` have nothing to do. */
  transitioning = false;
  readonly lifecycle: Lifecycle;
  readonly nodes: Nodes;
  readonly roster: Roster;
  readonly tenures: Tenures;
  readonly handOver: HandOver;
  private readonly host: EngineHost;
  private lastTask = 0;
  /** Through the tasks that may have ended without a word. */
  private silent: TaskWalk | null = null;

  /** `pinsPerTurn` live activations are pinned in one turn as a transition begins. */
  constructor(host: EngineHost, pinsPerTurn = 400) {
    this.host = host;
    this.nodes = new Nodes(host, (transition) => this.lifecycle.checkSoon(transition));
    this.roster = new Roster(
      (id) => host.site(id),
      (holding) => this.giveBack(holding),
      (fn) => host.atRest(fn),
    );
    const originals = createOriginals(
      this.roster.records.take,
      this.roster.records.put,
      () => (this.transitioning ? undefined : host.current()),
      (id) => this.enterSite(id),
      (activation) => this.leave(activation),
      (task) => this.idle(task),
    );
    this.enterOriginal = originals.enter;
    this.exit = originals.exit;
    this.tenures = new Tenures(this.nodes, this.roster);
    this.handOver = new HandOver(this.nodes, host);
    const running = (now: boolean): void => {
      this.transitioning = now;
      if (now) this.nodes.lastBefore = this.lastTask;
    };
    const pinned = (): void => this.handOver.pinned();
    this.lifecycle = new Lifecycle(host, this.nodes, this.roster, this.tenures, running, pinned, () => this.lastTask, pinsPerTurn);
  }

  /**
   * For a host that carries contexts only while a transition runs; before any task is begun. The result is current
   * wherever the host has nothing else: see `Nodes.ground`.
   */
  createGround(label: string): Context {
    this.nodes.ground = this.implicitTask(label);
    return this.nodes.ground.context;
  }

  // Instrumented code

  /** The decision for one call of a site whose dispatch is `transition`. */
  call(site: Site): Decision {
    const pair = site.pair;
    const transition = this.nodes.transition;
    if (pair === null || transition === null) return { version: site.settled, context: null, gate: null };
    let context = this.host.current();
    const around = this.nodes.resolve(context);
    if (around === null && transition.patch.mode === 'barrier' && site.entry === 'waits') {
      return { version: site.settled, context: null, gate: this.gate(transition) };
    }
    const universe = around === null ? transition.outermost : around.universe;
    const version = pair[universe];
    if (around !== null) this.nodes.hold(around);
    const listed = site.tracked && !(site.entry === 'brief' && version.patch === null);
    if (!listed || (around !== null && !around.closed)) return { version, context: null, gate: null };
    context ??= this.implicitTask(site.path).context;
    const branch = this.nodes.open(context, universe);
    // A patch's version runs through host.run, which gives the caller its context back by itself.
    if (version.patch === null) branch.outer = context;
    this.nodes.hold(branch);
    return { version, context: new Context(context.task, branch), gate: null };
  }

  /** First thing in the body of every tracked function. `label` names the task if this begins one. */
  enter(site: Site, version: Version, label?: string): Activation {
    let context = this.host.current();
    if (context === undefined) {
      context = this.implicitTask(label ?? site.path).context;
      this.host.enter(context);
    }
    const activation = this.roster.add(site, context);
    if (version !== site.original) activation.runs(version);
    if (this.transitioning) {
      if (site.pair !== null) this.settleIn(activation, site.pair.patched);
      this.tenures.entered(activation.context);
    }
    return activation;
  }

  /** As `enter`, for a function that has safe points. */
  enterLoop(site: Site, version: Version, label?: string): Activation {
    const activation = this.enter(site, version, label);
    this.handOver.entered(activation);
    return activation;
  }

  enterOriginalLoop(id: number): Activation {
    const activation = this.enterOriginal(id);
    this.handOver.entered(activation);
    return activation;
  }

  /**
   * At a safe point: the version to go on in. After `leaveAtSafePoint` and `exit` the first thing in the body that goes
   * on is `goOn`; nothing of the program may run between.
   */
  versionAtSafePoint(activation: Activation): Version | null {
    return this.transitioning ? this.handOver.versionFor(activation) : null;
  }

  leaveAtSafePoint(activation: Activation): void {
    this.handOver.begin(activation, this.nodes.transition!.target);
  }

  /** Whether what is called in `context` goes to the universe that is being left: something around it keeps it there. */
  isHeldBack(context: Context): boolean {
    const { transition } = this.nodes;
    if (transition === null || transition.marking !== null) return false;
    const around = this.nodes.resolve(context);
    return around !== null && around.universe !== transition.target;
  }

  goOn(site: Site, version: Version): Activation {
    return this.handOver.enter(() => this.enterLoop(site, version));
  }

  /**
   * Just before a body suspends, operand evaluated. A yield must call it; an await should: the caller of an original
   * that runs in its own frame otherwise goes on in the callee's branch, which is consistent, but lets a loop of
   * overlapping calls hold the transition as long as it runs.
   */
  suspend(activation: Activation): void {
    if (this.transitioning && activation.holding !== null) this.restoreOuter(activation.holding);
  }

  /** Just after it goes on: makes its own context current again, so that its calls are decided by its own node. */
  resume(activation: Activation): void {
    if (this.transitioning && activation.holding !== null) this.reenter(activation, activation.holding);
  }

  // Tasks

  /** Begins a task; the caller runs it in `task.context`. `parent` is the context it is begun in, if it is part of that work. */
  createTask(kind: TaskKind, label: string, parent: Context | null = null): Task {
    const around = this.outward(parent);
    if (around !== null) around.task.parent = this.outward(around.task.parent);
    const task = new Task(++this.lastTask, kind, label, this.host.now(), around);
    if (kind !== 'implicit') this.tenures.began(task);
    return task;
  }

  endTask(task: Task): void {
    if (task.ended || task.kind === 'implicit') return;
    task.ended = true;
    this.tenures.ended(task);
  }

  /** Ends the tasks that have ended without a word: see `Task.over`. Call it before a transition, and now and then in one. */
  endSilentTasks(): void {
    if (this.silent === null) this.endSilent((this.silent = this.tenures.walk(this.lastTask, true)));
  }

  /** Whether it has not come to all of them yet. Those that it has come to are kept by nothing here. */
  get asksTasks(): boolean {
    return this.silent !== null;
  }

  // Patches

  /**
   * Brings `patch` into force. `ended` is called at rest, once. Throws ERR_BUSY or ERR_ALREADY_APPLIED with nothing changed.
   */
  apply(patch: Patch, ended: (outcome: Outcome) => void): void {
    this.lifecycle.apply(patch, ended);
  }

  /** Takes a patch out again, wherever it is in the stack. Throws ERR_BUSY or ERR_NOT_APPLIED with nothing changed. */
  revert(name: string, ended: (outcome: Outcome) => void): void {
    this.lifecycle.revert(name, ended);
  }

  /** What `MakerHooks.admits` has put off is asked again, if it is still to be. */
  checkAgain(): void {
    if (this.nodes.transition?.askAgain()) this.lifecycle.checkSoon(this.nodes.transition);
  }

  /** Turns the running transition round. Throws ERR_NO_TRANSITION. */
  reverse(): void {
    this.lifecycle.reverse();
  }

  /** Ends the running transition, whatever still lives in the other universe, and taints. Throws ERR_NO_TRANSITION. */
  force(): void {
    this.lifecycle.force();
  }

  /** Adds a function of a module that has just been loaded, before any of it has run. Throws ERR_NOT_APPLIED. */
  extend(patch: Patch, site: Site, version: Version): void {
    this.lifecycle.extend(patch, site, version);
  }

  /** Takes a site out of all patches, because its module is going. */
  retract(site: Site): void {
    this.lifecycle.retract(site);
  }

  /** A module that `patch` names is about to be evaluated. Throws what its prePatch threw: the module must not load. */
  arrive(patch: Patch, object: PatchObject, functions: Iterable<readonly [Site, Version]>): void {
    this.lifecycle.arrive(patch, object, functions);
  }

  /** A module of `patch` has gone, or must not load after all. */
  depart(patch: Patch, object: PatchObject, sites: Iterable<Site>): void {
    this.lifecycle.depart(patch, object, sites);
  }

  /** What is called here goes to this universe of the running transition, if it has a version in each; null outside one. */
  universe(): Universe | null {
    const { transition } = this.nodes;
    if (transition === null) return null;
    return this.nodes.resolve(this.host.current())?.universe ?? transition.outermost;
  }

  /** What a site runs where `patch` is not in force, though it may be in transition: of a patch below it, or the original. */
  without(patch: Patch, site: Site): Version {
    const { transition, patches } = this.lifecycle;
    if (transition?.patch === patch) return topOfStack(site, transition.unpatched);
    return topOfStack(site, patches.slice(0, Math.max(0, patches.indexOf(patch))));
  }

  /** The host makes something else of the site's dispatch from now on. */
  redispatch(site: Site): void {
    this.host.dispatch(site);
  }

  /** In apply order: the place in this list, from 1, is the kernel's stack_order. */
  get patches(): readonly Patch[] {
    return this.lifecycle.patches;
  }

  /** With those that the running transition takes out, until it is over. */
  get listed(): readonly Patch[] {
    return this.lifecycle.transition?.listed ?? this.lifecycle.patches;
  }

  /** The patch whose transition is beginning, running or just ending: its callbacks may ask for it. */
  get inTransition(): Patch | null {
    return this.lifecycle.inTransition;
  }

  get tainted(): boolean {
    return this.lifecycle.tainted;
  }

  // Inside

  /** A part in each turn. */
  private endSilent(walk: TaskWalk): void {
    if (this.tenures.endSilent(walk, ASKED_PER_TURN, (task) => this.endTask(task))) this.silent = null;
    else this.host.atRest(() => this.endSilent(walk));
  }

  /** Finds the node that a new activation of a site in transition holds while it lives. */
  private settleIn(activation: Activation, patched: Version): void {
    const transition = this.nodes.transition!;
    const universe: Universe = activation.version === patched ? 'patched' : 'unpatched';
    const around = this.nodes.resolve(activation.context);
    const holding = holdingOf(activation);
    if (around !== null && !around.closed && around.universe === universe) {
      holding.node = around;
      this.nodes.gain(around);
      if (!around.entered) {
        around.entered = true;
        holding.opener = true;
        holding.outer = around.outer;
        around.outer = null;
      }
    } else {
      // Entered without a call of ours, as a closure that another version made.
      if (universe !== (around === null ? transition.outermost : around.universe)) transition.crossed++;
      const branch = this.nodes.open(activation.context, universe);
      branch.entered = true;
      this.nodes.gain(branch);
      holding.node = branch;
      holding.opener = true;
      holding.outer = activation.context;
      activation.context = new Context(activation.context.task, branch);
      this.host.enter(activation.context);
    }
    if (activation.site.entry === 'plain') this.handOver.generatorEntered(holding, activation.context);
    if (universe !== transition.target) this.roster.setApart(activation);
  }

  private enterSite(id: number): Activation {
    const site = this.host.site(id);
    return this.enter(site, site.original);
  }

  /** An activation has ended that holds something. */
  private leave(activation: Activation): void {
    const holding = activation.holding!;
    this.roster.remove(activation);
    this.letGo(holding);
  }

  private letGo(holding: Holding): void {
    this.restoreOuter(holding);
    const node = holding.node;
    if (node === null) return;
    if (holding.loop !== 0) node.loops?.delete(holding.loop);
    if (holding.above !== null) this.handOver.generatorLeft(holding);
    if (holding.opener) this.nodes.close(node);
    this.nodes.lose(node);
  }

  private giveBack(holding: Holding): void {
    const { task } = holding;
    if (--task.live === 0) this.idle(task);
    holding.outer = null;
    this.letGo(holding);
  }

  private restoreOuter(holding: Holding): void {
    const outer = holding.outer;
    if (outer === null) return;
    holding.outer = null;
    this.host.enter(outer);
  }

  private reenter(activation: Activation, holding: Holding): void {
    if (holding.node?.epoch !== this.nodes.transition?.epoch) return;
    const current = this.host.current();
    if (current === activation.context) return;
    holding.outer = current ?? this.implicitTask(activation.site.path).context;
    this.host.enter(activation.context);
  }

  /** Nothing of the task lives. */
  private idle(task: Task): void {
    if (task.tenure !== null && task.kind === 'implicit') this.tenures.release(task);
  }

  private gate(transition: Transition): Gate {
    if (transition.waited++ === 0) transition.waitsSince = this.host.now();
    return (transition.gate ??= this.host.gate());
  }

  private implicitTask(label: string): Task {
    return this.createTask('implicit', label);
  }

  /** The nearest context from `context` outward that can still decide for what is begun in it. */
  private outward(context: Context | null): Context | null {
    while (context !== null && this.isSpent(context)) context = context.task.parent;
    return context;
  }

  /** Nothing of the task lives, so no later transition can find anything of it above a call. */
  private isSpent(context: Context): boolean {
    const { task, node } = context;
    if (task.live > 0 || !(task.ended || task.kind === 'implicit')) return false;
    const transition = this.nodes.transition;
    if (transition === null) return true;
    return nearestAlive(node, transition.epoch) === null && nearestAlive(this.nodes.pinnedFor(task).root, transition.epoch) === null;
  }
}
