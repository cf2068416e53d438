import { Engine } from '../../src/engine/index.ts';
import type {
  Activation,
  Context,
  EngineEvent,
  Gate,
  Mode,
  Outcome,
  Patch,
  Site,
  Task,
  Universe,
  Version,
} from '../../src/engine/index.ts';
import { SimHost } from './sim-host.ts';
import type { Ticket } from './sim-host.ts';
import { chainOf, Frame, loops } from './frame.ts';
import type { Fn, Link, Timer } from './frame.ts';
import { SimTask } from './sim-task.ts';

/**
 * Programs for the engine, run by an interpreter of jobs, and the oracle that watches them. The oracle knows who
 * called whom from the interpreter's own frames and the worlds from its own list of patches: nothing of what it
 * checks comes from the engine.
 */

/** What the oracle holds a running transition to. */
interface Worlds {
  readonly patch: Patch;
  readonly mode: Mode;
  readonly unpatched: readonly Patch[];
  readonly patched: readonly Patch[];
  readonly origin: Universe;
  target: Universe;
  /** Until then all goes to the origin: what lives is still being pinned. */
  started: boolean;
}

export class Violation extends Error {}

export interface WorldOptions {
  /** Awaits call `suspend` and `resume`, as yields always do. */
  readonly awaitHooks?: boolean;
  readonly maxDepth?: number;
  /** So many activations are pinned in one turn. */
  readonly pinsPerTurn?: number;
  /** Given the engine before anything runs: where a mutant is made. */
  readonly tamper?: (engine: Engine) => void;
}

export class World {
  readonly host = new SimHost();
  readonly engine: Engine;
  /** Frames that have begun and not ended. */
  readonly live = new Set<Frame>();
  asleep: Frame[] = [];
  gated: Frame[] = [];
  runnable: Frame[] = [];
  timers: Timer[] = [];
  readonly generators = new Map<number, Frame>();
  applied: readonly Patch[] = [];
  worlds: Worlds | null = null;
  readonly outcomes: Outcome[] = [];
  /** Loops end at their next turn. */
  draining = false;
  private forced = false;
  calls = 0;
  handedOver = 0;
  private readonly tasks = new Set<Task>();
  private readonly simTasks = new Set<SimTask>();
  private readonly awaitHooks: boolean;
  private readonly maxDepth: number;

  constructor(options: WorldOptions = {}) {
    this.engine = new Engine(this.host, options.pinsPerTurn);
    this.awaitHooks = options.awaitHooks ?? true;
    this.maxDepth = options.maxDepth ?? 6;
    this.host.onEvent = (event) => this.observe(event);
    options.tamper?.(this.engine);
  }

  // Jobs. Each begins and ends with an empty stack.

  /** A new piece of outside work. */
  arrive(fn: Fn, request = true): void {
    const task = request ? this.beginTask('request', fn.name, null) : null;
    this.host.job(task?.engine.context, () => this.invokeAsTask(fn, null, task));
  }

  wake(frame: Frame): void {
    this.asleep = this.asleep.filter((f) => f !== frame);
    this.continue(frame);
  }

  goOn(frame: Frame): void {
    this.runnable = this.runnable.filter((f) => f !== frame);
    if (frame.state === 'gated') this.host.job(frame.context, () => this.start(frame));
    else this.continue(frame);
  }

  /** Those at gates that have been opened. */
  openGates(): void {
    if (this.gated.length === 0) return;
    const through = this.gated.filter((f) => (f.gate!.ticket as Ticket).open);
    this.gated = this.gated.filter((f) => !through.includes(f));
    this.runnable.push(...through);
  }

  fire(timer: Timer): void {
    this.timers = this.timers.filter((t) => t !== timer);
    this.host.job(timer.context, () => this.invoke(timer.fn, timer.caller));
  }

  /** The frame is dropped and collected: it neither ends nor goes on. Only weakly listed ones can be. */
  abandon(frame: Frame): boolean {
    const holding = frame.activation?.holding;
    if (!holding?.ref || frame.waiter !== null) return false;
    this.asleep = this.asleep.filter((f) => f !== frame);
    this.live.delete(frame);
    frame.state = 'ended';
    // The response is found closed, or the task collected with it.
    if (frame.task !== null) this.endTask(frame.task);
    this.host.job(undefined, () => {
      this.engine.roster.remove(frame.activation!);
      // What the finalizer does, which cannot be called from here.
      (this.engine as unknown as { giveBack(h: typeof holding): void }).giveBack(holding);
    });
    return true;
  }

  // Patches

  apply(patch: Patch): void {
    this.engine.apply(patch, (outcome) => this.outcomes.push(outcome));
  }

  revert(name: string): void {
    this.engine.revert(name, (outcome) => this.outcomes.push(outcome));
  }

  // The interpreter

  private continue(frame: Frame): void {
    this.host.job(frame.context, () => {
      frame.state = 'running';
      if (this.awaitHooks && frame.activation !== null) this.engine.resume(frame.activation);
      this.run(frame);
    });
  }

  private invoke(fn: Fn, caller: Link | null, bad = false): Frame {
    const frame = new Frame(fn, caller);
    this.start(frame, bad);
    return frame;
  }

  /** The task ends with the function. */
  private invokeAsTask(fn: Fn, caller: Link | null, task: SimTask | null): void {
    const frame = new Frame(fn, caller, task);
    frame.task = task;
    this.start(frame);
  }

  private beginTask(kind: 'request' | 'named', label: string, caller: Link | null): SimTask {
    const context = caller === null ? null : (this.host.context ?? null);
    const task = new SimTask(this.engine.createTask(kind, label, context), caller?.task ?? null);
    const { worlds } = this;
    task.begin(worlds?.mode === 'request' ? worlds[worlds.started ? 'target' : 'origin'] : null, caller === null);
    this.simTasks.add(task);
    return task;
  }

  private endTask(task: SimTask): void {
    task.over = true;
    this.simTasks.delete(task);
    this.engine.endTask(task.engine);
  }

  /** A call of the function, from its entry site on, as the glue does it. */
  private start(frame: Frame, bad = false): void {
    const { site } = frame.fn;
    this.calls++;
    if (site === null) {
      this.begin(frame);
      return;
    }
    const slot = this.host.slots.get(site) ?? 'original';
    let context: Context | null = null;
    if (slot === 'transition') {
      const decision = this.engine.call(site);
      if (decision.gate !== null) {
        this.waitAt(decision.gate, frame, bad);
        return;
      }
      frame.version = decision.version;
      context = decision.context;
    } else {
      frame.version = slot === 'original' ? site.original : slot;
    }
    if (context !== null && frame.version.patch === null) {
      this.host.enter(context);
      context = null;
    }
    if (bad) return;
    if (context === null) this.begin(frame);
    else this.host.run(context, () => this.begin(frame));
  }

  private waitAt(gate: Gate, frame: Frame, bad: boolean): void {
    if (frame.fn.kind !== 'async') throw new Violation(`${frame.fn.name} cannot wait`);
    if (bad) return;
    frame.gate = gate;
    frame.state = 'gated';
    frame.context = this.host.context;
    this.gated.push(frame);
  }

  private begin(frame: Frame): void {
    const { fn } = frame;
    frame.state = 'running';
    this.live.add(frame);
    this.check(frame);
    const brief = fn.site?.entry === 'brief' && frame.version!.patch === null;
    if (fn.kind !== 'sync' && fn.site !== null && !brief) {
      const activation = this.enter(fn, fn.site, frame.version!);
      frame.activation = activation;
      this.tasks.add(activation.context.task);
    }
    this.run(frame);
  }

  /** As instrumented code does, or new code. */
  private enter(fn: Fn, site: Site, version: Version): Activation {
    if (version.patch !== null) return loops(fn) ? this.engine.enterLoop(site, version) : this.engine.enter(site, version);
    const id = this.host.idOf(site);
    return loops(fn) ? this.engine.enterOriginalLoop(id) : this.engine.enterOriginal(id);
  }

  private run(frame: Frame): void {
    const { body } = frame.fn;
    while (frame.pc < body.length) {
      const op = body[frame.pc++]!;
      if (op.op === 'head') {
        if (this.handOver(frame)) return;
      } else if (op.op === 'again') {
        if (!this.draining) frame.pc = 0;
      } else if (op.op === 'sleep') {
        this.suspend(frame, 'asleep');
        this.asleep.push(frame);
        return;
      } else if (op.op === 'yield') {
        if (frame.activation !== null) this.engine.suspend(frame.activation);
        frame.state = 'parked';
        return;
      } else if (op.op === 'timer') {
        if (this.shallow(frame)) this.timers.push({ fn: op.fn, caller: frame.link, context: this.host.context });
      } else if (op.op === 'next') {
        this.next(frame, op.slot, op.fn);
      } else if (op.op === 'task') {
        if (!this.shallow(frame)) continue;
        const task = this.beginTask('named', op.fn.name, frame.link);
        this.host.run(task.engine.context, () => this.invokeAsTask(op.fn, frame.link, task));
      } else if (this.shallow(frame)) {
        const callee = this.invoke(op.fn, frame.link, op.op === 'badcall');
        if (op.op === 'await' && callee.fn.kind === 'async' && callee.state !== 'ended') {
          callee.waiter = frame;
          this.suspend(frame, 'awaiting');
          return;
        }
      }
    }
    this.end(frame);
  }

  /** At a safe point: ends the frame, if the engine says so, and goes on in the other version, called by the same caller. */
  private handOver(frame: Frame): boolean {
    const { activation, fn } = frame;
    const version = activation && this.engine.versionAtSafePoint(activation);
    if (!version) return false;
    this.engine.leaveAtSafePoint(activation);
    this.engine.exit(activation);
    frame.state = 'ended';
    this.live.delete(frame);
    const next = new Frame(fn, frame.home.outer, frame.home.task);
    next.version = version;
    next.pc = frame.pc;
    next.waiter = frame.waiter;
    next.task = frame.task;
    frame.task = null;
    next.state = 'running';
    for (const [slot, known] of this.generators) if (known === frame) this.generators.set(slot, next);
    this.live.add(next);
    this.handedOver++;
    this.check(next);
    this.checkConsumed(frame);
    next.activation = this.engine.goOn(fn.site!, version);
    this.tasks.add(next.activation.context.task);
    this.run(next);
    return true;
  }

  private next(consumer: Frame, slot: number, fn: Fn): void {
    let frame = this.generators.get(slot);
    if (frame === undefined || frame.state === 'ended') {
      if (!this.shallow(consumer)) return;
      frame = new Frame(fn, consumer.link);
      this.generators.set(slot, frame);
      this.start(frame);
    } else if (frame.state === 'parked') {
      frame.state = 'running';
      this.relink(frame, consumer);
      if (frame.activation !== null) this.engine.resume(frame.activation);
      this.run(frame);
    }
  }

  /**
   * A generator of the set answers to the chain it was begun in, whoever resumes it. Any other works for its consumer,
   * as its asynchronous context says.
   */
  private relink(frame: Frame, consumer: Frame): void {
    const { site } = frame.fn;
    const own = this.worlds !== null && site !== null && this.inSet(site, this.worlds);
    const sameTask = frame.activation?.context.task === this.host.context?.task;
    frame.link = own ? frame.home : { frame: sameTask ? frame : null, outer: consumer.link, task: consumer.link.task };
  }

  private suspend(frame: Frame, state: 'asleep' | 'awaiting'): void {
    frame.state = state;
    if (this.awaitHooks && frame.activation !== null) this.engine.suspend(frame.activation);
    frame.context = this.host.context;
  }

  private end(frame: Frame): void {
    if (frame.activation !== null) this.engine.exit(frame.activation);
    frame.state = 'ended';
    this.live.delete(frame);
    if (frame.task !== null) this.endTask(frame.task);
    if (frame.waiter !== null) this.runnable.push(frame.waiter);
  }

  private shallow(frame: Frame): boolean {
    let depth = 0;
    for (let link = frame.link.outer; link !== null; link = link.outer) depth++;
    return depth < this.maxDepth;
  }

  // The oracle

  private observe(event: EngineEvent): void {
    if (!('direction' in event)) return;
    if (event.type === 'init') {
      const patch = [...this.applied, ...this.pool].find((p) => p.name === event.patch)!;
      const without = this.applied.filter((p) => p !== patch);
      const withIt = event.direction === 'unpatching' ? this.applied : patch.replace ? [patch] : [...this.applied, patch];
      const patching = event.direction === 'patching';
      const target = patching ? 'patched' : 'unpatched';
      const origin = patching ? 'unpatched' : 'patched';
      this.worlds = { patch, mode: patch.mode, unpatched: without, patched: withIt, target, origin, started: false };
      for (const task of this.simTasks) task.universe = patch.mode === 'request' ? origin : null;
    } else if (event.type === 'start') {
      this.worlds!.started = true;
    } else if (event.type === 'reverse') {
      this.worlds!.target = this.worlds!.target === 'patched' ? 'unpatched' : 'patched';
    } else if (event.type === 'force') {
      this.forced = true;
    } else if (event.type === 'complete') {
      const worlds = this.worlds!;
      this.applied = worlds[worlds.target];
      for (const task of this.simTasks) {
        if (!this.forced && worlds.mode === 'request' && task.universe !== null && task.universe !== worlds.target)
          throw new Violation(`${task.engine.label} has not ended at completion`);
      }
      for (const frame of this.live) {
        if (frame.stale || frame.version === null || frame.version === this.top(frame.fn.site!, this.applied)) continue;
        if (!this.forced) throw new Violation(`${frame.fn.name} is live in the other universe at completion`);
        frame.stale = true;
      }
      this.forced = false;
      if (this.engine.lifecycle.transition!.crossed > 0) throw new Violation('a body was entered in another universe than its caller');
      this.worlds = null;
    }
  }

  /** The patches that may yet be applied, so that the oracle finds them by name. */
  pool: Patch[] = [];

  private top(site: Site, patches: readonly Patch[]): Version {
    return patches.findLast((p) => p.functions.has(site))?.functions.get(site) ?? site.original;
  }

  private inSet(site: Site, worlds: Worlds): boolean {
    return this.top(site, worlds.unpatched) !== this.top(site, worlds.patched);
  }

  /** Called as a frame begins: along the chain of its callers all live functions of the set are of one universe. */
  private check(frame: Frame): void {
    const { site } = frame.fn;
    if (site === null) return;
    const { worlds } = this;
    if (worlds === null) {
      if (frame.version !== this.top(site, this.applied)) throw new Violation(`${frame.fn.name}: wrong version outside a transition`);
      return;
    }
    if (!this.inSet(site, worlds)) {
      if (frame.version !== this.top(site, worlds.patched)) throw new Violation(`${frame.fn.name}: wrong version outside the set`);
      return;
    }
    const universe = this.universeOf(frame, worlds);
    const caller = frame.home.outer;
    if (worlds.mode === 'barrier' && universe !== worlds.origin) throw new Violation(`${frame.fn.name}: switched before the others`);
    if (!worlds.started && universe !== worlds.origin) throw new Violation(`${frame.fn.name}: switched before all was pinned`);
    if (caller === null && worlds.mode === 'task' && worlds.started && universe !== worlds.target)
      throw new Violation(`${frame.fn.name}: new work in the universe being left`);
    const { task } = frame.home;
    if (worlds.mode === 'request' && task !== null && !task.over && task.check(universe) !== universe)
      throw new Violation(`${frame.fn.name}: ${universe} in a task that began otherwise`);
    for (let link = caller; link !== null; link = link.outer) {
      const above = link.frame;
      if (above === null || above.stale || above.state === 'ended' || above.fn.site === null || !this.inSet(above.fn.site, worlds))
        continue;
      if (this.universeOf(above, worlds) !== universe)
        throw new Violation(`${universe} in the other's chain: ${chainOf(frame.home, link)}`);
    }
  }

  /** The generators that a loop has begun work for what goes on in its place. */
  private checkConsumed(left: Frame): void {
    const { worlds } = this;
    for (const frame of this.live) {
      if (frame.fn.kind !== 'generator' || loops(frame.fn) || frame.stale || worlds === null || !this.inSet(frame.fn.site!, worlds))
        continue;
      if (this.universeOf(frame, worlds) === worlds.target) continue;
      for (let link = frame.home.outer; link !== null; link = link.outer)
        if (link.frame === left) throw new Violation(`a loop went over above a generator: ${chainOf(frame.home, link)}`);
    }
  }

  private universeOf(frame: Frame, worlds: Worlds): Universe {
    if (frame.version === this.top(frame.fn.site!, worlds.patched)) return 'patched';
    if (frame.version === this.top(frame.fn.site!, worlds.unpatched)) return 'unpatched';
    throw new Violation(`${frame.fn.name} runs a version of neither universe`);
  }

  /** Once everything has ended, nothing may be left behind. */
  checkEmpty(sites: Iterable<Site>): void {
    if (this.gated.length > 0) throw new Violation(`${this.gated[0]!.fn.name} waits at a gate that nobody opens`);
    const t = this.engine.lifecycle.transition;
    if (t !== null) throw new Violation(`the transition goes on with nothing live: ${t.pending} pending`);
    for (const site of sites) {
      if (this.engine.roster.live(new Set([site])).length > 0) throw new Violation(`${site.path} is still listed as live`);
    }
    for (const task of this.tasks) {
      if (task.live !== 0) throw new Violation(`task ${task.label} counts ${task.live} live activations`);
    }
  }
}
