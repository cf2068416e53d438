import type { Activation } from './activation.ts';
import type { Universe } from './hold-node.ts';
import { LiveTasks, tenureOf } from './live-tasks.ts';
import type { TaskWalk } from './live-tasks.ts';
import type { Nodes } from './nodes.ts';
import type { Roster } from './roster.ts';
import type { Context, Task, Tenure } from './task.ts';
import type { Transition } from './transition.ts';

/**
 * Mode `request`: each task keeps the universe it began with until it ends. To that end it holds its own root, from the
 * start of the transition or from its own beginning, as if one function of the set were live in it all the time.
 * Nothing else is special about the mode: branches, pins and reversals do what they always do.
 *
 * An implicit task has no end that anyone could see: it holds its root while any activation of it lives.
 */
export class Tenures {
  private readonly nodes: Nodes;
  private readonly roster: Roster;
  private readonly tasks: LiveTasks;

  constructor(nodes: Nodes, roster: Roster) {
    this.nodes = nodes;
    this.roster = roster;
    this.tasks = new LiveTasks((tenure) => this.giveBack(tenure));
  }

  /** `task` has been made. What it is begun in decides for it, else the universe of new work. */
  began(task: Task): void {
    this.tasks.add(task);
    const transition = this.inRequestMode();
    if (transition === null) return;
    this.hold(transition, task, this.nodes.resolve(task.parent ?? undefined)?.universe ?? transition.outermost);
  }

  ended(task: Task): void {
    this.tasks.remove(task);
    this.release(task);
  }

  /** A tracked function is entered in `context`. */
  entered(context: Context): void {
    const transition = this.inRequestMode();
    const { task } = context;
    if (transition === null || task.kind !== 'implicit' || task.tenure?.node?.epoch === transition.epoch) return;
    // It stands for many, and is never without work.
    if (task === this.nodes.ground) return;
    this.hold(transition, task, this.nodes.resolve(context)?.universe ?? transition.outermost);
  }

  /** Nothing of an implicit task lives any more, or the task has ended. */
  release(task: Task): void {
    const { tenure } = task;
    if (tenure === null) return;
    if (task.kind === 'implicit') this.tasks.remove(task);
    this.giveBack(tenure);
  }

  get lastBegun(): number {
    return this.tasks.last;
  }

  /** Whether a task that had begun by the time of the task `last` has not ended. */
  anyUpTo(last: number): boolean {
    return this.tasks.anyUpTo(last);
  }

  /** Through the tasks that have begun by now, of which `last` is the last one; `all`: those that are in the way as well. */
  walk(last: number, all = false): TaskWalk {
    return this.tasks.walk(last, all);
  }

  /** The next few of a walk: ends those whose end nobody has reported, but which can tell. Whether it is over. */
  endSilent(walk: TaskWalk, limit: number, end: (task: Task) => void): boolean {
    return this.tasks.visit(walk, limit, limit, (task) => {
      if (task.over?.() === true) end(task);
    });
  }

  /** The next few tasks that live as the transition starts: they hold the universe that is being left. Whether there are no more. */
  mark(transition: Transition, walk: TaskWalk, limit: number): boolean {
    return this.tasks.visit(walk, limit, limit, (task) => {
      if (task.tenure?.node?.epoch !== transition.epoch) this.hold(transition, task, transition.origin);
    });
  }

  /** The same for what an activation is of; whether it held nothing before. */
  markFor(transition: Transition, activation: Activation): boolean {
    const { task } = activation.context;
    if (task === this.nodes.ground) {
      // No one task ends here, so each activation answers for itself.
      if (activation.holding?.node?.epoch === transition.epoch) return false;
      this.nodes.pin(activation);
      this.roster.setApart(activation);
      return true;
    }
    if (task.ended || task.tenure?.node?.epoch === transition.epoch) return false;
    this.hold(transition, task, transition.origin);
    return true;
  }

  /** The next few, after a reversal: those that are in the way now are set apart. Whether there are no more. */
  sort(transition: Transition, walk: TaskWalk, limit: number, visits: number): boolean {
    return this.tasks.visit(walk, limit, visits, (task) => this.sortOut(transition, task));
  }

  sortOut(transition: Transition, task: Task): void {
    const node = task.tenure?.node;
    if (node?.epoch === transition.epoch && node.universe !== transition.target) this.tasks.setApart(task);
  }

  /** Nobody is in the way as it was. `walk` is of no use any more. */
  settle(walk: TaskWalk | null): void {
    if (walk !== null) this.tasks.stop(walk);
    this.tasks.joinApart();
  }

  /** The tasks that keep the universe being left alive by not having ended: `limit` at most. */
  holding(transition: Transition, limit: number): Set<Task> {
    if (transition.patch.mode !== 'request') return new Set();
    return new Set(this.tasks.inTheWay(limit));
  }

  private hold(transition: Transition, task: Task, universe: Universe): void {
    const root = this.nodes.rootOf(task, universe);
    this.nodes.gain(root);
    tenureOf(task).node = root;
    if (universe !== transition.target) this.tasks.setApart(task);
  }

  private giveBack(tenure: Tenure): void {
    const { node } = tenure;
    if (node === null) return;
    tenure.node = null;
    this.nodes.lose(node);
  }

  private inRequestMode(): Transition | null {
    const { transition } = this.nodes;
    return transition?.patch.mode === 'request' ? transition : null;
  }
}
