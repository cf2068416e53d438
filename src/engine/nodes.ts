import type { Activation, Holding } from './activation.ts';
import { holdingOf } from './activation.ts';
import { HoldNode, nearestAlive } from './hold-node.ts';
import type { Universe } from './hold-node.ts';
import type { EngineHost } from './host.ts';
import type { Context, Task } from './task.ts';
import type { Transition } from './transition.ts';

/**
 * The hold nodes of the running transition: who decides for a context, who holds what, and when the last node of the
 * universe being left has died.
 *
 * Why it is safe: a node is opened under the universe of the nearest live node around it, and dead nodes stay dead, so
 * all live nodes of one causal chain agree; every live function of the set holds a node of its own chain; and flips
 * happen at rest, where no function lives that holds nothing. A synchronous function of the set cannot outlive its
 * job, so it is enough that the node that decided for it lives to the end of that job.
 */
export class Nodes {
  transition: Transition | null = null;
  /**
   * Present where the host carries contexts only while a transition runs: stands for everything that was begun before,
   * since nothing tells its tasks apart. What any of them holds, all of them hold.
   */
  ground: Task | null = null;
  /** Id of the last task that was begun before the transition. */
  lastBefore = 0;
  private readonly host: EngineHost;
  private readonly drained: (transition: Transition) => void;
  private heldInJob: HoldNode[] = [];
  private readonly endOfJob: () => void;

  constructor(host: EngineHost, drained: (transition: Transition) => void) {
    this.host = host;
    this.drained = drained;
    this.endOfJob = () => this.releaseHeld();
  }

  /** The nearest live node around `context`, through its branches, its task's pin, and the tasks it was begun in. */
  resolve(context: Context | undefined): HoldNode | null {
    const transition = this.transition;
    if (transition === null) return null;
    for (let c: Context | null = context ?? null; c !== null; c = c.task.parent) {
      const node = nearestAlive(c.node, transition.epoch) ?? nearestAlive(this.pinnedFor(c.task).root, transition.epoch);
      if (node !== null) return node;
    }
    return null;
  }

  /** `node` and all that live around it: what decides for `node`, or would if what is nearer were gone. */
  above(node: HoldNode, context: Context): HoldNode[] {
    const { epoch } = this.running();
    const found = [node];
    for (let c: Context | null = context; c !== null; c = c.task.parent) {
      const { root } = this.pinnedFor(c.task);
      for (let n = c.node; n !== null && n.epoch === epoch; n = n.parent) if (n.live > 0 && !found.includes(n)) found.push(n);
      if (root !== null && root.epoch === epoch && root.live > 0 && !found.includes(root)) found.push(root);
    }
    return found;
  }

  /** A branch below `context`. Its opener has yet to enter. */
  open(context: Context, universe: Universe): HoldNode {
    const { epoch } = this.running();
    const parent = nearestAlive(context.node, epoch);
    if (parent !== null) parent.parent = nearestAlive(parent.parent, epoch);
    return new HoldNode(epoch, universe, parent, false);
  }

  /** Only at the start of a transition: the activation keeps its whole task in the universe that is being left. */
  pin(activation: Activation): void {
    const root = this.rootOf(activation.context.task, this.running().origin);
    this.gain(root);
    const holding = holdingOf(activation);
    holding.node = root;
    if (activation.loop !== 0) this.gainLoop(holding, activation.loop);
  }

  /** The holder of a node is an activation that has safe points. */
  gainLoop(holding: Holding, loop: number): void {
    if (holding.node === null) return;
    holding.loop = loop;
    (holding.node.loops ??= new Set()).add(loop);
  }

  /** The task's pin, made anew unless it lives. The caller gains it, in the universe of whatever lives in the task. */
  rootOf(task: Task, universe: Universe): HoldNode {
    const { epoch } = this.running();
    const holder = this.pinnedFor(task);
    if (holder.root === null || holder.root.epoch !== epoch || holder.root.live === 0)
      holder.root = new HoldNode(epoch, universe, null, true);
    return holder.root;
  }

  /** The task that has the pin of `task`. */
  pinnedFor(task: Task): Task {
    return this.ground !== null && task.id <= this.lastBefore ? this.ground : task;
  }

  /** Called for a node that lives or has just been opened, never for a dead one. */
  gain(node: HoldNode): void {
    if (node.live++ === 0) this.running().count(node.universe, 1);
  }

  lose(node: HoldNode): void {
    if (--node.live > 0) return;
    const transition = this.transition;
    if (transition === null || transition.epoch !== node.epoch) return;
    transition.count(node.universe, -1);
    if (transition.pending === 0) this.drained(transition);
  }

  close(node: HoldNode): void {
    node.closed = true;
  }

  /** Keeps the node alive until the stack is empty, so that one synchronous run never sees it die. */
  hold(node: HoldNode): void {
    if (node.held) return;
    node.held = true;
    this.gain(node);
    this.heldInJob.push(node);
    if (this.heldInJob.length === 1) this.host.endOfJob(this.endOfJob);
  }

  private releaseHeld(): void {
    const nodes = this.heldInJob;
    this.heldInJob = [];
    for (const node of nodes) {
      node.held = false;
      // The body never began: its parameters threw.
      if (!node.entered) this.close(node);
      this.lose(node);
    }
  }

  private running(): Transition {
    if (this.transition === null) throw new Error('hold node outside a transition');
    return this.transition;
  }
}
