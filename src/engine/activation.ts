import type { HoldNode } from './hold-node.ts';
import type { Version } from './patch.ts';
import { Site } from './site.ts';
import { Task } from './task.ts';
import type { Context } from './task.ts';
import { WeakEntry } from './weak-list.ts';

/** Stands in a record that is of no run. */
const NOWHERE = new Site(-1, '', '', false);
const NOTHING = new Task(0, 'implicit', '', 0, null).context;

/**
 * A live run of a tracked function, or the record that the roster keeps for the next one. Only the frame of the run and
 * the roster refer to it.
 */
export class Activation {
  site: Site = NOWHERE;
  version: Version = NOWHERE.original;
  /** The context its body runs in. */
  context: Context = NOTHING;
  /** Written by instrumented code before each await and yield: which one it is suspended at. */
  at = 0;
  /** Present while it holds a node or is listed weakly. */
  holding: Holding | null = null;
  /** Of a function with safe points, in the order of entry: who was called by whom is never the other way round. */
  loop: number | null = null;
  /** The roster's: which of its records it is, and in one of no run the next of those. */
  place: number;
  next: Activation | null = null;

  constructor(place: number) {
    this.place = place;
  }

  get live(): boolean {
    return this.context !== NOTHING;
  }

  begin(site: Site, version: Version, context: Context): void {
    this.site = site;
    this.version = version;
    this.context = context;
    this.at = 0;
    this.loop = null;
  }

  /** From here on the record may be used again. */
  end(): void {
    this.context = NOTHING;
  }

  /** A record of no run keeps no code of the last one. */
  clear(): void {
    this.site = NOWHERE;
    this.version = NOWHERE.original;
  }
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
