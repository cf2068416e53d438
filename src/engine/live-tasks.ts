import { Tenure } from './task.ts';
import type { Task } from './task.ts';
import { Watch, WeakList } from './weak-list.ts';

/** An ageing pass comes after this many beginnings at least and at most; in between, after four times the young ones. */
const SHORTEST_GENERATION = 64;
const LONGEST_GENERATION = 16_384;

/**
 * The tasks that have begun and not ended, but for implicit ones, which live as long as an activation of them does.
 * Kept as the roster keeps activations: the young strongly, for the price of a link and an unlink; those that outlived a
 * generation weakly, so that a task whose end nobody reports is found out when it is collected.
 */
export class LiveTasks {
  private newest: Task | null = null;
  private generation = 0;
  private countdown = SHORTEST_GENERATION;
  private readonly aged = new WeakList<Task, Tenure>();
  private readonly watch: Watch<Task, Tenure>;

  /** `lost` is told what an abandoned task held, in a job of its own, when the task has been collected. */
  constructor(lost: (tenure: Tenure) => void) {
    this.watch = new Watch(lost);
  }

  add(task: Task): void {
    const next = this.newest;
    task.generation = this.generation;
    task.next = next;
    if (next !== null) next.prev = task;
    this.newest = task;
    if (--this.countdown <= 0) this.age();
  }

  /** Once for each `add`. */
  remove(task: Task): void {
    const { tenure } = task;
    if (tenure !== null && tenure.ref !== null) this.watch.end(tenure);
    else this.unlink(task);
  }

  /** From here on the task is listed, but not kept. */
  weaken(task: Task): void {
    const tenure = tenureOf(task);
    if (tenure.ref !== null) return;
    this.unlink(task);
    this.watch.begin(task, tenure);
    this.aged.append(tenure);
  }

  /** A snapshot, so that the caller may weaken or end what it walks. */
  all(): Task[] {
    const found: Task[] = [];
    for (const tenure of this.aged) {
      const task = tenure.ref?.deref();
      if (task !== undefined) found.push(task);
    }
    for (let task = this.newest; task !== null; task = task.next) found.push(task);
    return found;
  }

  private unlink(task: Task): void {
    const { prev, next } = task;
    if (prev !== null) prev.next = next;
    else this.newest = next;
    if (next !== null) next.prev = prev;
    task.prev = null;
    task.next = null;
  }

  private age(): void {
    let young = 0;
    for (let task = this.newest; task !== null;) {
      const next: Task | null = task.next;
      if (task.generation === this.generation) young++;
      else this.weaken(task);
      task = next;
    }
    this.generation++;
    this.countdown = Math.min(Math.max(4 * young, SHORTEST_GENERATION), LONGEST_GENERATION);
  }
}

export function tenureOf(task: Task): Tenure {
  return (task.tenure ??= new Tenure());
}
