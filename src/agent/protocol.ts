/**
 * What the control socket carries: one JSON object a line in both directions.
 * A client sends one Request; the server answers with any number of Progress lines and exactly one Reply.
 */
import type { ErrorReport } from '../errors/errors.ts';

/** When a task may switch to the new code, and what switches with it. */
export type Mode = 'task' | 'request' | 'barrier';

/** What a command says otherwise than the patch that it sends. */
export interface InPlaceOfThePatch {
  readonly name?: string;
  readonly mode?: Mode;
  readonly replace?: boolean;
}

export type Request =
  | { readonly op: 'info' }
  | { readonly op: 'status' }
  | { readonly op: 'doctor' }
  | ({ readonly op: 'apply'; readonly patch: string; readonly timeoutMs?: number } & InPlaceOfThePatch)
  | ({ readonly op: 'check'; readonly patch: string } & InPlaceOfThePatch)
  | { readonly op: 'revert'; readonly name: string; readonly timeoutMs?: number }
  | { readonly op: 'reverse' }
  | { readonly op: 'force' };

export type Message =
  | { readonly type: 'progress'; readonly progress: TransitionStatus }
  | { readonly type: 'reply'; readonly ok: true; readonly value: unknown }
  | { readonly type: 'reply'; readonly ok: false; readonly error: ErrorReport };

/** Answer to `info`: one row of `livepatch ps`. */
export interface ProcessInfo {
  readonly pid: number;
  readonly name: string;
  readonly title: string;
  readonly node: string;
  readonly cwd: string;
  readonly script: string;
  /** Seconds since the process started. */
  readonly uptime: number;
  readonly modules: number;
  readonly functions: number;
  /** Names of the patches in the order they were applied. */
  readonly patches: readonly string[];
  readonly tainted: boolean;
}

/** A patch known to the process. `enabled` flips at the start of its transition, as in the kernel. */
export interface PatchStatus {
  readonly name: string;
  readonly enabled: boolean;
  readonly transition: boolean;
  readonly replace: boolean;
  readonly mode?: Mode;
  /** 1-based position in apply order. */
  readonly stackOrder: number;
  /** Milliseconds since the epoch. */
  readonly appliedAt: number;
  readonly modules: readonly { readonly module: string; readonly patched: boolean; readonly functions: readonly string[] }[];
  /** False until every task runs the patch, and again from the moment it begins to be taken out. */
  readonly complete: boolean;
  /** Absent where it migrates nothing. */
  readonly data?: readonly DataReport[];
}

/**
 * One activation that keeps its task in the universe the transition leaves; or, with `module` and `function` empty, a task
 * that does so by not having ended (mode `request`).
 */
export interface Holder {
  readonly task: number;
  readonly label: string;
  readonly module: string;
  /** Function path within the module. */
  readonly function: string;
  /** `file:line` of the await or yield it is suspended at, in the source that is running. */
  readonly waitsAt: string | null;
  /** How long the task has been running, in milliseconds. */
  readonly ageMs: number;
}

export interface TransitionStatus {
  readonly patch: string;
  readonly direction: 'patching' | 'unpatching';
  readonly mode?: Mode;
  readonly reversed: boolean;
  readonly startedAt: number;
  readonly elapsedMs: number;
  readonly deadlineMs: number | null;
  /** Tasks and branches that still keep the other universe alive. */
  readonly pending: number;
  /** Calls that a barrier has made wait so far. */
  readonly waited?: number;
  /** At most 100 of the activations behind `pending`, the oldest first. */
  readonly holders: readonly Holder[];
  /** What the patch would be refused for, and may go with the tasks that made it. Present while the transition waits for that alone. */
  readonly waitsFor?: string;
}

/** Answer to `status`. */
export interface Status {
  readonly process: ProcessInfo;
  readonly patches: readonly PatchStatus[];
  readonly transition: TransitionStatus | null;
}

/** Answer to `check`: what applying the patch would meet now. Nothing was changed. */
export interface CheckReport {
  /** Why it would be refused; null when it would be applied. */
  readonly refusal: ErrorReport | null;
  /** Modules of the patch, and whether the process has loaded them. Those it has not are patched when they come. */
  readonly modules: readonly { readonly module: string; readonly loaded: boolean }[];
  /** Whether the new code was linked for the trial; it was only parsed where linking could do something else. */
  readonly linked: boolean;
  /** Activations of the patch's functions: their tasks would be waited for. At most 100, the oldest first. */
  readonly holders: readonly Holder[];
  readonly pending: number;
  /** How long the process was stopped for the answer, in milliseconds. */
  readonly ms: number;
}

/** What became of the instances of a class that a patch migrates. */
export interface DataReport {
  readonly class: string;
  readonly version: number;
  /** As they are made, on first touch, all in one turn at completion, or all in slices from then on. */
  readonly when: 'create' | 'access' | 'world' | 'slices';
  /** Migrated so far; with `create`, made in the new shape. */
  readonly objects: number;
  /** Attempts that threw: each left its object as it was. */
  readonly failed: number;
  /** Found and not migrated yet, in slices. */
  readonly left: number;
  /** The longest turn that migrating took (or taking back, after a revert), the search included, in milliseconds; 0 on access. */
  readonly pauseMs: number;
  /** The most that the thread worked in one turn: what `pauseMs` has more, it waited for a processor. */
  readonly cpuMs: number;
  /** What the search for the instances took, of the turn that it was in. */
  readonly searchMs: number;
  /** The longest pause of the garbage collector meanwhile. */
  readonly gcMs: number;
  readonly nsPerObject: number;
}

/** What a barrier has cost those who called. */
export interface Gated {
  readonly calls: number;
  /** How long the one that waited longest did, in milliseconds. */
  readonly longestMs: number;
}

/** A copy of a package that a patch leaves as it is. */
export interface OtherCopy {
  readonly package: string;
  /** Empty where its package file names none. */
  readonly version: string;
  /** Absolute, with a separator behind it. */
  readonly folder: string;
}

/** How `apply` and `revert` ended; anything else is an error reply with nothing changed. */
export type Outcome =
  | {
      readonly result: 'complete';
      readonly patch: string;
      /** Of the modules that are loaded. */
      readonly functions: number;
      readonly linkMs: number;
      readonly convergeMs: number;
      readonly replaced: readonly string[];
      /** Worker threads of the process, which have modules of their own and are not patched. */
      readonly threads: number;
      /** Copies of other versions of its packages that the process has loaded, and that are not patched. Absent where there are none. */
      readonly others?: readonly OtherCopy[];
      /** Absent where no call has waited at the gate of a barrier. */
      readonly gated?: Gated;
      /** Absent where the patch migrates nothing. */
      readonly data?: readonly DataReport[];
    }
  | {
      readonly result: 'reversed';
      readonly patch: string;
      readonly reason: 'deadline' | 'request';
      readonly convergeMs: number;
      readonly gated?: Gated;
      readonly holders: readonly Holder[];
    }
  | { readonly result: 'forced'; readonly patch: string; readonly convergeMs: number };

/** What livepatch keeps in memory because of instrumentation, in bytes. Code that V8 compiles from the added text comes on top. */
export interface MemoryCost {
  /** Source text that was added to the modules. */
  readonly text: number;
  /** Where the original's pieces stand, and the tables of sites. */
  readonly tables: number;
  /** One variable for each site. */
  readonly slots: number;
}

/** Answer to `doctor`. */
export interface DoctorReport {
  readonly process: ProcessInfo;
  readonly untouched: readonly { readonly module: string; readonly reason: string }[];
  /** Functions that carry no entry site, and why. */
  readonly unpatchable: readonly { readonly module: string; readonly function: string; readonly reason: string }[];
  readonly findings: readonly { readonly level: 'info' | 'warning'; readonly what: string; readonly hint: string }[];
  readonly memory: MemoryCost;
}

/** What the agent drives; the runtime implements it. */
export interface Control {
  info(): ProcessInfo;
  status(): Status;
  doctor(): DoctorReport;
  /** Throws LivepatchError with nothing changed, or resolves when the transition has ended. */
  apply(
    patch: string,
    options: InPlaceOfThePatch & { readonly timeoutMs?: number; readonly onProgress?: (t: TransitionStatus) => void },
  ): Promise<Outcome>;
  /** What `apply` would meet now. Throws LivepatchError when the patch cannot be read. */
  check(patch: string, options: InPlaceOfThePatch): CheckReport;
  revert(name: string, options: { readonly timeoutMs?: number; readonly onProgress?: (t: TransitionStatus) => void }): Promise<Outcome>;
  /** Turns the running transition round. Throws ERR_NO_TRANSITION. */
  reverse(): void;
  /** Ends the running transition at once and taints the process. Throws ERR_NO_TRANSITION. */
  force(): void;
}
