import type { Site } from './site.ts';
import type { Context } from './task.ts';

export type Direction = 'patching' | 'unpatching';

export type HookName = 'prePatch' | 'postPatch' | 'preUnpatch' | 'postUnpatch';

/**
 * The contract of the log is its order, which is the kernel's: init, start, [reverse, start ...], complete, done, with
 * the callbacks of the patch's objects where they ran, and the modules that came or went meanwhile.
 */
export type EngineEvent =
  | {
      readonly type: 'init' | 'start' | 'complete' | 'done' | 'reverse' | 'force' | 'cancel';
      readonly patch: string;
      /** Where the transition is going; after a reversal, the new direction. */
      readonly direction: Direction;
      readonly at: number;
    }
  | {
      /** An author's callback is about to run. `object` is empty for the patch itself. */
      readonly type: 'callback';
      readonly patch: string;
      readonly hook: HookName;
      readonly object: string;
      readonly state: ObjectState;
      readonly at: number;
    }
  | {
      /** A patch takes hold of a module that comes late, lets go of one that goes, or has refused one by its veto. */
      readonly type: 'apply' | 'revert' | 'refuse';
      readonly patch: string;
      readonly object: string;
      readonly at: number;
    }
  | {
      readonly type: 'hook-failed';
      readonly patch: string;
      readonly hook: HookName;
      readonly object: string;
      readonly error: unknown;
      readonly at: number;
    };

/** Where the module is when a callback of it runs: evaluated, about to be evaluated, or gone. */
export type ObjectState = 'live' | 'coming' | 'going';

/** Where calls wait during a barrier. What `ticket` is, only the glue knows. */
export interface Gate {
  readonly ticket: unknown;
  /** All that wait ask for their version again. */
  open(): void;
}

/** What the engine needs of its platform. Callbacks of `endOfJob` and `atRest` run in the order they were given. */
export interface EngineHost {
  /** The causal context that is current. */
  current(): Context | undefined;
  /** Makes `context` current for the rest of this synchronous run and all it spawns, the caller's part included. */
  enter(context: Context): void;
  run<T>(context: Context, fn: () => T): T;
  /** Calls `fn` when the synchronous JavaScript that is running has finished and the stack is empty. */
  endOfJob(fn: () => void): void;
  /** Calls `fn` in a turn of the event loop of its own, after every `endOfJob`, with nothing else on the stack. */
  atRest(fn: () => void): void;
  gate(): Gate;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The site with this id. */
  site(id: number): Site;
  /** `site.dispatch` has changed: write the slot. Called at rest, or from `extend` and `retract`. */
  dispatch(site: Site): void;
  emit(event: EngineEvent): void;
}
