import type { HoldNode } from './hold-node.ts';

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
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Where it was begun. Ancestors that can no longer decide anything are cut out. */
  parent: Context | null;
  /** Its pin in the latest transition that found one; meaningless in any other. */
  root: HoldNode | null;
  /** Live tracked activations. */
  live: number;
  ended: boolean;
  readonly context: Context;

  constructor(id: number, kind: TaskKind, label: string, startedAt: number, parent: Context | null) {
    this.id = id;
    this.kind = kind;
    this.label = label;
    this.startedAt = startedAt;
    this.parent = parent;
    this.root = null;
    this.live = 0;
    this.ended = false;
    this.context = new Context(this, null);
  }
}
