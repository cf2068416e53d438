import type { Activation } from './activation.ts';
import type { Universe } from './hold-node.ts';
import { LiveTasks, tenureOf } from './live-tasks.ts';
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
    const universe = this.nodes.resolve(task.parent ?? undefined)?.universe ?? transition.outermost;
    this.hold(task, universe);
    if (universe !== transition.target) this.tasks.weaken(task);
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
    this.hold(task, this.nodes.resolve(context)?.universe ?? transition.outermost);
  }

  /** Nothing of an implicit task lives any more. */
  release(task: Task): void {
    if (task.tenure !== null) this.giveBack(task.tenure);
  }

  /** Those whose end nobody has reported, but which can tell. */
  over(): Task[] {
    return this.tasks.all().filter((task) => task.over?.() === true);
  }

  /** Everything that lives as the transition starts, but for the activations of the set, which are pinned already. */
  start(transition: Transition): void {
    if (transition.patch.mode !== 'request') return;
    for (const task of this.tasks.all()) {
      this.hold(task, transition.origin);
      this.tasks.weaken(task);
    }
    const left: Activation[] = [];
    for (const activation of this.roster.live()) {
      const { task } = activation.context;
      if (task === this.nodes.ground) {
        // No one task ends here, so each activation answers for itself.
        if (activation.holding?.node?.epoch !== transition.epoch) left.push(activation);
      } else if (!task.ended && task.tenure?.node?.epoch !== transition.epoch) this.hold(task, transition.origin);
    }
    for (const activation of left) {
      this.nodes.pin(activation);
      this.roster.setApart(activation);
    }
  }

  /** The other universe is being left now: its tasks may be abandoned from here on. */
  turn(transition: Transition): void {
    if (transition.patch.mode === 'request') for (const task of this.tasks.all()) this.tasks.weaken(task);
  }

  /** The tasks that keep the universe being left alive by not having ended. */
  holding(transition: Transition): Set<Task> {
    const found = new Set<Task>();
    const look = (task: Task): void => {
      const node = task.tenure?.node;
      if (node?.epoch === transition.epoch && node.universe !== transition.target) found.add(task);
    };
    if (transition.patch.mode !== 'request') return found;
    for (const task of this.tasks.all()) look(task);
    for (const { context } of this.roster.live()) look(context.task);
    return found;
  }

  private hold(task: Task, universe: Universe): void {
    const root = this.nodes.rootOf(task, universe);
    this.nodes.gain(root);
    tenureOf(task).node = root;
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
