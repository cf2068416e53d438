import type { HoldNode } from './hold-node.ts';
import type { Version } from './patch.ts';
import type { Site } from './site.ts';
import type { Context, Task } from './task.ts';
import { WeakEntry } from './weak-list.ts';

/** A site, or its id for whoever asks, which is seldom. */
export type SiteOrId = Site | number;

/**
 * A live run of a tracked function, or the record that the roster keeps for the next one. Only the frame of the run and
 * the roster refer to it.
 *
 * Each call of a tracked function writes one. It is written with numbers and nulls wherever that will do, since the
 * collector has to be told of every object that is put into an older one.
 */
export class Activation {
  private where: SiteOrId = 0;
  /** Null: the original. */
  private patched: Version | null = null;
  /** Null in a record of no run. */
  private within: Context | null = null;
  /** Written by instrumented code before each await and yield: which one it is suspended at. */
  at = 0;
  /** Present while it holds a node or is listed weakly. */
  holding: Holding | null = null;
  /** Of a function with safe points, in the order of entry: who was called by whom is never the other way round. 0: it has none. */
  loop = 0;
  /** Which of the records it is, and in one of no run the next of those. */
  place: number;
  next: number;
  private readonly siteOf: (id: number) => Site;

  constructor(place: number, next: number, siteOf: (id: number) => Site) {
    this.place = place;
    this.next = next;
    this.siteOf = siteOf;
  }

  get live(): boolean {
    return this.within !== null;
  }

  get site(): Site {
    const { where } = this;
    return typeof where === 'number' ? this.siteOf(where) : where;
  }

  get version(): Version {
    return this.patched ?? this.site.original;
  }

  /** The context its body runs in. */
  get context(): Context {
    return this.within!;
  }

  set context(context: Context) {
    this.within = context;
  }

  /** Begins a run of an original, which counts in its task from here on. See `createOriginals` for why it is in three parts. */
  begin(site: SiteOrId, context: Context): this {
    this.where = site;
    this.at = 0;
    return this.beginIn(context);
  }

  /** Makes it a run of a patch's version. */
  runs(version: Version): void {
    this.patched = version;
  }

  /** From here on the record may be used again; it keeps nothing of this run. */
  end(): void {
    this.where = 0;
    this.within = null;
    this.patched = null;
  }

  private beginIn(context: Context): this {
    this.within = context;
    this.loop = 0;
    return this.countIn(context.task);
  }

  private countIn(task: Task): this {
    task.live++;
    return this;
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
  /** Under which the node knows an activation that has safe points; 0: it knows none. */
  loop: number;
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
    this.loop = 0;
    this.above = null;
    this.outer = null;
  }
}

export function holdingOf(activation: Activation): Holding {
  return (activation.holding ??= new Holding(activation.site, activation.context.task));
}
