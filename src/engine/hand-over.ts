import type { Activation, Holding } from './activation.ts';
import type { HoldNode, Universe } from './hold-node.ts';
import type { EngineHost } from './host.ts';
import type { Nodes } from './nodes.ts';
import type { Version } from './patch.ts';
import { Context } from './task.ts';

/**
 * On-stack replacement: an activation that has come to a safe point ends there, and its caller is given what the other
 * version of the same loop will return. To the engine that is a return and a call by the same caller, so it is allowed
 * where such a call would be new: when no function of the set that is still in the universe being left can be above it.
 *
 * Who called whom is not recorded outside transitions. But a caller was entered before what it calls, so of the
 * activations that hold the same node the first to have been entered has none of the others above it: the loops of one
 * task go over one after another, in the order they began. What a loop has started and does not wait for answers for
 * itself from then on, as after any return. A generator is another matter, for a loop goes on asking it for values: one
 * that cannot go over by itself has to end before anything above it goes.
 */
export class HandOver {
  private readonly nodes: Nodes;
  private readonly host: EngineHost;
  private lastLoop = 0;
  /** Generators that were entered while what lives was still being pinned, and their callers' contexts. */
  private early: (readonly [Holding, Context])[] = [];
  /** For the activation that goes on, which is entered next. */
  private handed: Context | null = null;

  constructor(nodes: Nodes, host: EngineHost) {
    this.nodes = nodes;
    this.host = host;
  }

  /** A function that has safe points has been entered. */
  entered(activation: Activation): void {
    activation.loop = ++this.lastLoop;
    const { holding } = activation;
    if (!holding?.node) return;
    this.generatorLeft(holding);
    this.nodes.gainLoop(holding, activation.loop);
  }

  /** A generator has been entered, of which nobody knows yet whether it has safe points: `context` is its caller's. */
  generatorEntered(holding: Holding, context: Context): void {
    if (this.nodes.transition!.marking !== null) this.early.push([holding, context]);
    const above = this.nodes.above(holding.node!, context);
    for (const node of above) node.generators++;
    holding.above = above;
  }

  /** All is pinned: what had not been when a generator was entered is above it as well. */
  pinned(): void {
    for (const [holding, context] of this.early.splice(0)) {
      if (holding.above === null) continue;
      this.generatorLeft(holding);
      this.generatorEntered(holding, context);
    }
  }

  generatorLeft(holding: Holding): void {
    for (const node of holding.above ?? []) node.generators--;
    holding.above = null;
  }

  /** The version that `activation`, at a safe point, may go on in. Null: none now. */
  versionFor(activation: Activation): Version | null {
    const { transition } = this.nodes;
    const { site, holding } = activation;
    if (transition === null || transition.marking !== null || transition.patch.mode !== 'task' || site.pair === null) return null;
    const version = site.pair[transition.target];
    const node = holding?.node;
    if (activation.version === version || !node || node.epoch !== transition.epoch || node.universe === transition.target) return null;
    if (node.generators > 0 || this.isWithin(activation.context, node, transition.target)) return null;
    return this.isFirst(holding, node) ? version : null;
  }

  /** Makes ready for what goes on, which must be entered next: the activation is about to end, and nothing else runs between. */
  begin(activation: Activation, universe: Universe): void {
    const { task } = activation.context;
    const branch = this.nodes.open(task.context, universe);
    this.nodes.hold(branch);
    this.handed = new Context(task, branch);
  }

  /** Enters what goes on, in the place of what has ended. */
  enter(enter: () => Activation): Activation {
    const { handed, host } = this;
    if (handed === null) throw new Error('nothing was handed over');
    this.handed = null;
    const outer = host.current();
    host.enter(handed);
    const activation = enter();
    if (outer !== undefined && activation.holding !== null) activation.holding.outer = outer;
    return activation;
  }

  /**
   * Something else decides for what is called at `node`, in the universe that is being left. What decides for the target does
   * no harm: of several loops of one task that went over, one may be back after a reversal before the others are.
   */
  private isWithin(context: Context, node: HoldNode, target: Universe): boolean {
    return this.nodes.above(node, context).some((around) => around !== node && around.universe !== target);
  }

  /** No holder of the node can be above this one. */
  private isFirst({ opener, loop }: { readonly opener: boolean; readonly loop: number }, node: HoldNode): boolean {
    if (loop === 0) return false;
    if (!node.closed) return opener;
    const { loops } = node;
    if (loops === null || loops.size < node.live - (node.held ? 1 : 0)) return false;
    for (const other of loops) if (other < loop) return false;
    return true;
  }
}
