import type { Task, Universe } from '../../src/engine/index.ts';

/** A task as the interpreter knows it: who began it, when it ended, and, in a request-mode transition, where it belongs. */
export class SimTask {
  readonly engine: Task;
  readonly parent: SimTask | null;
  /** Null while it is not known: its first call of the set tells. */
  universe: Universe | null = null;
  over = false;

  constructor(engine: Task, parent: SimTask | null) {
    this.engine = engine;
    this.parent = parent;
  }

  /** Begun during a transition: as the task around it while that lasts; new work goes to `target`. */
  begin(target: Universe | null, isNew: boolean): void {
    if (target === null) return;
    if (isNew) this.universe = target;
    else if (this.parent !== null && !this.parent.over) this.universe = this.parent.universe;
  }

  check(universe: Universe): Universe {
    return (this.universe ??= universe);
  }
}
