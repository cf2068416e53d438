/**
 * A patch, as its file's payload holds it. It binds each module to the exact base text by hash, and to the plan of its
 * instrumentation.
 */
import type { ModuleFormat } from '../source/parse.ts';
import type { Expected, InstalledAt, PatchModule, Requires } from './module.ts';

export { decodePatch, encodePatch, hashOf } from './envelope.ts';
export { WHOLE } from './module.ts';
export type * from './module.ts';

export type Verdict = 'carried' | 'carried-with-transform' | 'carried-with-hook' | 'warning' | 'needs-hook' | 'refused';

/** What was decided about one difference between the two sources. */
export interface VerdictRow {
  readonly verdict: Verdict;
  /** Stable code, see docs/reference/verdicts.md. */
  readonly code: string;
  readonly file: string;
  /** Of the file, where the patch is one of several packages and this is not the one that it was asked for. */
  readonly package?: string;
  /** 1-based, in the new source, or in the old one where the code is gone. */
  readonly line: number;
  /** Function path, or the name of the binding, class or export; empty for the module itself. */
  readonly path: string;
  readonly reason: string;
  /** The source line concerned. */
  readonly excerpt?: string;
  /** Where that was before it was compiled, as the source map of the file says: a path within the tree, or out of it with `../`. */
  readonly origin?: { readonly file: string; readonly line: number; readonly excerpt?: string };
}

/**
 * A dependency whose new version the patch brings along, in place of the one that the process has where that is outside the
 * new range or lacks what new code takes of it. All code of the package goes by the same one.
 */
export interface Upgrade {
  readonly dependency: string;
  /** What the new package file asks for. */
  readonly range: string;
  /** Name of the package that depends on it; absent where the tree has none. */
  readonly package?: string;
  readonly expects: readonly Expected[];
}

/** A file that only the new version has. */
export interface AddedModule {
  readonly file: string;
  readonly format: ModuleFormat | 'json';
  readonly source: string;
  /** Name of the package it belongs to; absent where the tree has none. */
  readonly package?: string;
  readonly requires?: Requires;
}

/**
 * A file whose difference cannot be carried into a process that has loaded it: there the patch is refused. `source` is the
 * new text, which a process loads that has not; null for a file that nothing of the package leads to.
 */
export interface UnloadedFile {
  readonly file: string;
  readonly package: PatchModule['package'];
  /** SHA-256 of the base text, hexadecimal. */
  readonly hash: string;
  readonly source: string | null;
  /** What cannot be carried, and where. */
  readonly reason: string;
  /** As in `PatchModule`. */
  readonly installed?: InstalledAt;
}

/** When a task may switch to the new code, and what switches with it. */
export type Mode = 'task' | 'request' | 'barrier';

/** A lasting side effect that the patch's callbacks make. */
export interface PatchState {
  readonly id: string;
  readonly version: number;
}

/** The first of two steps: code that reads both formats, before the code that writes the new one. */
export interface PatchRequirement {
  readonly patch: string;
  readonly complete: boolean;
}

export interface Patch {
  readonly name: string;
  readonly mode: Mode;
  readonly replace: boolean;
  readonly instrumentation: number;
  readonly origin: { readonly from: string; readonly to: string };
  readonly modules: readonly PatchModule[];
  readonly added: readonly AddedModule[];
  /** Absent where there are none. */
  readonly upgrades?: readonly Upgrade[];
  /** Absent where there are none. */
  readonly unloaded?: readonly UnloadedFile[];
  /** Callbacks of the patch itself: as `PatchModule.hooks`, evaluated in no module's scope. */
  readonly hooks?: string;
  readonly states?: readonly PatchState[];
  /** It may only be applied where that patch is applied; with `complete`, where every task runs that one. */
  readonly requires?: PatchRequirement;
  readonly verdicts: readonly VerdictRow[];
}
