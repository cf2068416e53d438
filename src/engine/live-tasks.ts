import { Tenure } from './task.ts';
import type { Task } from './task.ts';
import { Watch, WeakList } from './weak-list.ts';
import type { WeakWalk } from './weak-list.ts';

/** A generation is so many beginnings long at least and at most; in between, four times those of the last one that live. */
const SHORTEST_GENERATION = 64;
const LONGEST_GENERATION = 16_384;
/** Of those that have outlived a generation so many are listed weakly with each beginning: they are never late. */
const AGED_AT_ONCE = 2;

/** A walk through the tasks that had begun by some moment, over many turns. */
export interface TaskWalk {
  readonly last: number;
  readonly weak: WeakWalk<Task, Tenure>[];
}

/**
 * The tasks that have begun and not ended, but for implicit ones, which live as long as an activation of them does and are
 * here only while they are in the way of a transition. Kept as the roster keeps activations: the young strongly, for the
 * price of a link and an unlink; those that outlived a generation weakly, so that a task whose end nobody reports is found
 * out when it is collected.
 */
export class LiveTasks {
  private newest: Task | null = null;
  private oldest: Task | null = null;
  /** Those that are listed strongly, and of these the ones up to `young`. */
  private size = 0;
  /** The task that has begun last, whether it has ended or not. */
  last = 0;
  private older = 0;
  /** The last task of the last generation, and of the one before it. */
  private young = 0;
  private old = 0;
  private countdown = SHORTEST_GENERATION;
  /** Of those that are listed weakly, the ones that are in the way of a transition, and the others. */
  private readonly apart = new WeakList<Task, Tenure>();
  private readonly aged = new WeakList<Task, Tenure>();
  private readonly watch: Watch<Task, Tenure>;

  /** `lost` is told what an abandoned task held, in a job of its own, when the task has been collected. */
  constructor(lost: (tenure: Tenure) => void) {
    this.watch = new Watch(lost);
  }

  add(task: Task): void {
    this.last = task.id;
    const next = this.newest;
    task.next = next;
    if (next === null) this.oldest = task;
    else next.prev = task;
    this.newest = task;
    task.listed = true;
    this.size++;
    if (--this.countdown <= 0) this.age(task);
    for (let n = 0; n < AGED_AT_ONCE && this.oldest !== null && this.oldest.id <= this.old; n++) this.weaken(this.oldest);
  }

  /** Once for each `add`, and for each implicit task that has been set apart. */
  remove(task: Task): void {
    const { tenure } = task;
    if (tenure !== null && tenure.ref !== null) this.watch.end(tenure);
    this.unlink(task);
  }

  /** From here on the task is listed, but not kept. */
  weaken(task: Task): void {
    const tenure = tenureOf(task);
    if (tenure.ref !== null) return;
    this.unlink(task);
    this.watch.begin(task, tenure);
    this.aged.append(tenure);
  }

  /** Listed weakly, and before all others: whoever asks who is in the way has them at hand. */
  setApart(task: Task): void {
    this.weaken(task);
    this.apart.append(task.tenure!);
  }

  /** Nobody is in the way any more, or others are. */
  joinApart(): void {
    this.aged.takeFirst(this.apart);
  }

  /** Through those that have begun by now, of which `last` is the last one, but for those that are set apart; or through all. */
  walk(last: number, all: boolean): TaskWalk {
    return { last, weak: all ? [this.apart.walk(), this.aged.walk()] : [this.aged.walk()] };
  }

  /**
   * The next few of a walk, at most `limit` and, of those that are listed weakly already, `weakly`: whether it is over. Each is
   * listed weakly from here on.
   */
  visit({ last, weak }: TaskWalk, limit: number, weakly: number, look: (task: Task) => void): boolean {
    for (let left = weakly; left > 0 && weak.length > 0; left--) {
      const tenure = weak[0]!.next();
      const task = tenure?.ref?.deref();
      if (tenure === null) weak.shift();
      else if (task !== undefined) look(task);
    }
    if (weak.length > 0) return false;
    // Last: one of these that becomes weak meanwhile is met at the end of its list.
    for (let left = limit; this.oldest !== null && this.oldest.id <= last; left--) {
      if (left <= 0) return false;
      const task = this.oldest;
      this.weaken(task);
      look(task);
    }
    return true;
  }

  stop({ weak }: TaskWalk): void {
    for (const walk of weak.splice(0)) walk.stop();
  }

  /** Those that are in the way, `limit` at most. */
  inTheWay(limit: number): Task[] {
    const found: Task[] = [];
    for (const tenure of this.apart) {
      if (found.length >= limit) break;
      const task = tenure.ref?.deref();
      if (task !== undefined) found.push(task);
    }
    return found;
  }

  /** Whether one that had begun by the time of the task `last` has not ended. */
  anyUpTo(last: number): boolean {
    if (this.oldest !== null && this.oldest.id <= last) return true;
    for (const list of [this.apart, this.aged])
      for (const { ref } of list) {
        const task = ref?.deref();
        if (task !== undefined && !task.ended && task.id <= last) return true;
      }
    return false;
  }

  private unlink(task: Task): void {
    if (!task.listed) return;
    const { prev, next } = task;
    if (prev !== null) prev.next = next;
    else this.newest = next;
    if (next !== null) next.prev = prev;
    else this.oldest = prev;
    task.prev = null;
    task.next = null;
    task.listed = false;
    this.size--;
    if (task.id <= this.young) this.older--;
  }

  private age({ id }: Task): void {
    const young = this.size - this.older;
    this.old = this.young;
    this.young = id;
    this.older = this.size;
    this.countdown = Math.min(Math.max(4 * young, SHORTEST_GENERATION), LONGEST_GENERATION);
  }
}

export function tenureOf(task: Task): Tenure {
  return (task.tenure ??= new Tenure());
}
