import type { Context } from './task.ts';

export type Universe = 'unpatched' | 'patched';

/**
 * Keeps one universe of one transition for everything causally below it, as long as something holds it.
 *
 * A branch begins open: tracked calls made in it join it. When the call that opened it ends it is closed: it then
 * counts only down, and later calls below it open branches of their own, of its universe while it lives. A task's pin
 * is closed from the start. A node whose count has reached zero is dead and never revived, so no new work can keep
 * alive a node that old work let go.
 *
 * The node names its transition by number: it may be kept by contexts long after, and must keep nothing itself.
 */
export class HoldNode {
  readonly epoch: number;
  readonly universe: Universe;
  /** The next node outward within the same task. Dead ones are cut out when a node is opened below. */
  parent: HoldNode | null;
  /** Live activations that entered through this node, plus one while a job holds it. */
  live: number;
  closed: boolean;
  /** The activation that opened it has begun. It is not referenced: the node may outlive it. */
  entered: boolean;
  /** A job holds it. */
  held: boolean;
  /** Of the live activations that hold it, the numbers of those that have safe points. */
  loops: Set<number> | null;
  /** Live generators of the set without safe points that hold it or a node below it. */
  generators: number;
  /** The caller's context, for the activation that will open the node to give back when it suspends. */
  outer: Context | null;

  constructor(epoch: number, universe: Universe, parent: HoldNode | null, closed: boolean) {
    this.epoch = epoch;
    this.universe = universe;
    this.parent = parent;
    this.live = 0;
    this.closed = closed;
    this.entered = closed;
    this.held = false;
    this.loops = null;
    this.generators = 0;
    this.outer = null;
  }
}

/** The nearest live node of `epoch` from `node` outward. A node of another epoch has none of this one behind it. */
export function nearestAlive(node: HoldNode | null, epoch: number): HoldNode | null {
  while (node !== null && node.epoch === epoch) {
    if (node.live > 0) return node;
    node = node.parent;
  }
  return null;
}
