import type { HoldNode } from './hold-node.ts';
import type { Version } from './patch.ts';
import type { Site } from './site.ts';
import type { Context, Task } from './task.ts';

/** A live run of a tracked function. Only its own frame and the young lists of the roster refer to it. */
export class Activation {
  readonly site: Site;
  readonly version: Version;
  /** The context its body runs in. The roster takes it away when it ends. */
  context: Context;
  /** Written by instrumented code before each await and yield: which one it is suspended at. */
  at: number;
  /** Present while it holds a node or is listed weakly. */
  holding: Holding | null;

  constructor(site: Site, version: Version, context: Context) {
    this.site = site;
    this.version = version;
    this.context = context;
    this.at = 0;
    this.holding = null;
  }
}

/**
 * What an activation has to give back. It outlives an activation that is abandoned (a promise that never settles, a
 * generator that is dropped), so it must not lead back to it.
 */
export class Holding {
  readonly site: Site;
  readonly task: Task;
  node: HoldNode | null;
  /** The node was opened by this activation and closes with it. */
  opener: boolean;
  /** The context to make current when the body next suspends or ends, because entering the body replaced it. */
  outer: Context | null;
  /** Present once the activation is listed weakly. */
  ref: WeakRef<Activation> | null;

  constructor(site: Site, task: Task) {
    this.site = site;
    this.task = task;
    this.node = null;
    this.opener = false;
    this.outer = null;
    this.ref = null;
  }
}

export function holdingOf(activation: Activation): Holding {
  return (activation.holding ??= new Holding(activation.site, activation.context.task));
}
