import type { Gate } from './host.ts';
import { Version } from './patch.ts';
import type { Context } from './task.ts';

/**
 * What is known of the original code. `waits`: a call can wait at the gate of a barrier before the body begins. `brief`:
 * it is over when its call returns, and so neither listed nor waiting, though a patch's version of it may be suspended.
 */
export type EntryForm = 'plain' | 'waits' | 'brief';

/** What a site runs on each side of the running transition. Present only where the two differ. */
export interface VersionPair {
  readonly unpatched: Version;
  readonly patched: Version;
}

/** What the glue must make of a site's slot: clear it, put the per-call decision there, or the version itself. */
export type Dispatch = 'original' | 'transition' | Version;

/** What a call of a site in transition must do. */
export interface Decision {
  readonly version: Version;
  /**
   * If present, the version runs under this context: a patch's version through `host.run`; the original, which goes on
   * in the caller's own frame, through `host.enter`, whose reach into the caller `suspend` and `exit` take back.
   */
  readonly context: Context | null;
  /** If present, nothing else counts: the call waits there and then asks again. Only for sites that can wait. */
  readonly gate: Gate | null;
}

/** One instrumented function of one module instance, shared by all closures made from it. */
export class Site {
  readonly id: number;
  readonly module: string;
  /** Function path within the module. */
  readonly path: string;
  /** Async functions and generators can be suspended, so their activations are listed; others live within one job. */
  readonly tracked: boolean;
  readonly entry: EntryForm;
  readonly original: Version;

  /** The version in force outside a transition of this site. */
  settled: Version;
  pair: VersionPair | null;

  constructor(id: number, module: string, path: string, tracked: boolean, entry: EntryForm = 'plain') {
    this.id = id;
    this.module = module;
    this.path = path;
    this.tracked = tracked;
    this.entry = entry;
    this.original = new Version(null);
    this.settled = this.original;
    this.pair = null;
  }

  get dispatch(): Dispatch {
    if (this.pair !== null) return 'transition';
    return this.settled === this.original ? 'original' : this.settled;
  }
}
