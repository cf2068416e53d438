/** On which side of a patch a task is: while the patch comes or goes by what the task runs, and else by whether it is in force. */
import type { Engine, Universe } from '../../engine/index.ts';

export class TaskSide {
  private readonly engine: Engine;
  private inForce: Universe = 'unpatched';
  private changing = false;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get isUnpatched(): boolean {
    return ((this.changing ? this.engine.universe() : null) ?? this.inForce) === 'unpatched';
  }

  /** The transition is about to begin: until it does, what was in force is. */
  begin(): void {
    this.changing = true;
  }

  /** The transition is over. What is called later on, in a transition of another patch, goes by this one as it is. */
  end(inForce: Universe): void {
    this.changing = false;
    this.inForce = inForce;
  }
}
