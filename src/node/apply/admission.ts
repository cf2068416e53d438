/** Whether a patch may be in force for all, asked when nothing of the older code is live: what that has made may be in the way. */
import type { AdmitAnswer, Engine, Mode } from '../../engine/index.ts';
import type { Match } from './matching.ts';
import { refuseOutdated } from './outdated.ts';
import { Patience, mayGo } from './patience.ts';
import type { Sites } from '../sites/sites.ts';
import { refuseStranded } from './stranded.ts';

export class Admission {
  /** What was in the way when it was asked last, whether the transition was turned round for that or waits for it to go. */
  refusal: unknown = null;
  /** Objects that were there at the start, and that must not be there when all tasks run the patch. */
  readonly madeBefore = new WeakSet<object>();
  private readonly name: string;
  private readonly engine: Engine;
  private readonly sites: Sites;
  private readonly patience: Patience | null;
  private isFinal = false;

  /** In a barrier calls wait for the answer, and with them tasks. */
  constructor(name: string, mode: Mode, engine: Engine, sites: Sites, timeoutMs: number) {
    this.name = name;
    this.engine = engine;
    this.sites = sites;
    this.patience = mode === 'barrier' ? null : new Patience(engine, 'old', timeoutMs);
  }

  /** Older code went on until now, and may have made what the patch was refused for if it had been there at the start. */
  ask(matches: readonly Match[]): AdmitAnswer {
    this.sites.letGoOfResult();
    try {
      refuseStranded(this.name, matches, 'end');
      refuseOutdated(this.name, matches, 'end', this.madeBefore);
      this.refusal = null;
      return 'yes';
    } catch (error) {
      this.refusal = error;
      if (this.patience !== null && mayGo(error) && this.patience.allows()) {
        this.patience.whenDue(() => this.engine.checkAgain());
        return 'later';
      }
      this.isFinal = true;
      return 'no';
    }
  }

  /** Whether it is for what was in the way that a transition went back for `reason`, or for its own. */
  turnedRound(reason: 'deadline' | 'request'): boolean {
    return this.refusal !== null && (this.isFinal || reason === 'deadline');
  }
}
