import type { Site } from './site.ts';
import type { Context } from './task.ts';

export type Direction = 'patching' | 'unpatching';

/** The contract of the log is its order, which is the kernel's: init, start, [reverse, start ...], complete, done. */
export type EngineEvent =
  | {
      readonly type: 'init' | 'start' | 'complete' | 'done' | 'reverse' | 'force' | 'cancel';
      readonly patch: string;
      /** Where the transition is going; after a reversal, the new direction. */
      readonly direction: Direction;
      readonly at: number;
    }
  | {
      readonly type: 'hook-failed';
      readonly patch: string;
      readonly hook: 'postPatch' | 'preUnpatch' | 'postUnpatch';
      readonly error: unknown;
      readonly at: number;
    };

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
  /** Milliseconds since the epoch. */
  now(): number;
  /** `site.dispatch` has changed: write the slot. Called at rest, or from `extend` and `retract`. */
  dispatch(site: Site): void;
  emit(event: EngineEvent): void;
}
