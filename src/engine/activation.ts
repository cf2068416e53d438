import type { HoldNode } from './hold-node.ts';
import type { Version } from './patch.ts';
import { Site } from './site.ts';
import type { Context, Task } from './task.ts';
import { WeakEntry } from './weak-list.ts';

/** A live run of a tracked function. Only its own frame and the lists of the roster refer to it. */
export class Activation {
  readonly site: Site;
  readonly version: Version;
  /** The context its body runs in. */
  context: Context;
  /** Written by instrumented code before each await and yield: which one it is suspended at. */
  at: number;
  /** Present while it holds a node or is listed weakly. */
  holding: Holding | null;
  /** The roster's links. `prev` is null once the activation has ended, and itself where it is listed weakly. */
  prev: Activation | null;
  next: Activation | null;
  /** Of a function with safe points, in the order of entry: who was called by whom is never the other way round. */
  loop: number | null;

  constructor(site: Site, version: Version, context: Context, prev: Activation | null, next: Activation | null) {
    this.site = site;
    this.version = version;
    this.context = context;
    this.at = 0;
    this.holding = null;
    this.prev = prev;
    this.next = next;
    this.loop = null;
  }

  get live(): boolean {
    return this.prev !== null;
  }
}

const NOWHERE = new Site(-1, '', '', false);

/**
 * A place in a list that is no activation: its head, or a mark in it. It has the form of one, so that V8 needs to know
 * only one where links are followed.
 */
export function makePlace(): Activation {
  return new Activation(NOWHERE, NOWHERE.original, null as unknown as Context, null, null);
}

export function isPlace(activation: Activation): boolean {
  return activation.site === NOWHERE;
}

/**
 * What an activation has to give back. It outlives an activation that is abandoned (a promise that never settles, a
 * generator that is dropped), so it must not lead back to it.
 */
export class Holding extends WeakEntry<Activation> {
  readonly site: Site;
  readonly task: Task;
  node: HoldNode | null;
  /** The node was opened by this activation and closes with it. */
  opener: boolean;
  /** Under which the node knows an activation that has safe points. */
  loop: number | null;
  /** The nodes that count it as a generator. */
  above: HoldNode[] | null;
  /** The context to make current when the body next suspends or ends, because entering the body replaced it. */
  outer: Context | null;

  constructor(site: Site, task: Task) {
    super();
    this.site = site;
    this.task = task;
    this.node = null;
    this.opener = false;
    this.loop = null;
    this.above = null;
    this.outer = null;
  }
}

export function holdingOf(activation: Activation): Holding {
  return (activation.holding ??= new Holding(activation.site, activation.context.task));
}
