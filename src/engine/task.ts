import type { HoldNode } from './hold-node.ts';
import { WeakEntry } from './weak-list.ts';

/**
 * What a task has to give back when it ends. It outlives a task that is abandoned (a request whose client left, a job
 * that never settles), so it must not lead back to it.
 */
export class Tenure extends WeakEntry<Task> {
  /** The root that the task itself holds, in a transition of mode `request`. */
  node: HoldNode | null = null;
}

export type TaskKind = 'request' | 'named' | 'implicit';

/** What travels along causality: the task, and the branch of the running transition if there is one. */
export class Context {
  readonly task: Task;
  readonly node: HoldNode | null;

  constructor(task: Task, node: HoldNode | null) {
    this.task = task;
    this.node = node;
  }
}

/** The causal tree of one unit of work. */
export class Task {
  readonly id: number;
  readonly kind: TaskKind;
  private readonly name: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Where it was begun. Ancestors that can no longer decide anything are cut out. */
  parent: Context | null;
  /** Its pin in the latest transition that found one; meaningless in any other. */
  root: HoldNode | null;
  /** Live tracked activations. */
  live: number;
  ended: boolean;
  /** Asked now and then: whether it has ended without anyone having said so. Set by who made it, who may need `subject`. */
  over: ((this: Task) => boolean) | null;
  subject: object | null;
  tenure: Tenure | null;
  /** Links of the list of live tasks, while it is in that one. */
  prev: Task | null;
  next: Task | null;
  listed: boolean;
  readonly context: Context;
  /** Makes the label when it is asked for, which is seldom. Set by who made the task, one function for all of a kind. */
  describe: ((this: Task) => string) | null;

  constructor(id: number, kind: TaskKind, label: string, startedAt: number, parent: Context | null) {
    this.id = id;
    this.kind = kind;
    this.name = label;
    this.describe = null;
    this.startedAt = startedAt;
    this.parent = parent;
    this.root = null;
    this.live = 0;
    this.ended = false;
    this.over = null;
    this.subject = null;
    this.tenure = null;
    this.prev = null;
    this.next = null;
    this.listed = false;
    this.context = new Context(this, null);
  }

  get label(): string {
    return this.describe === null ? this.name : this.describe();
  }
}
