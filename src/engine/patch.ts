import type { ObjectState } from './host.ts';
import type { Site } from './site.ts';

/** One body of a function: the original (no patch) or a patch's. What `impl` is, only the glue knows. */
export class Version {
  readonly patch: Patch | null;
  impl: unknown;

  constructor(patch: Patch | null, impl: unknown = undefined) {
    this.patch = patch;
    this.impl = impl;
  }
}

/**
 * When a call may switch, and what switches with it; in the kernel's terms
 * - `task`: LEAVE_PATCHED_SET, SWITCH_THREAD. A task switches as soon as nothing of the set is live in it.
 * - `request`: LEAVE_KERNEL, SWITCH_THREAD. A task keeps the universe it began with until it ends.
 * - `barrier`: LEAVE_PATCHED_SET, SWITCH_KERNEL. All switch at once, when nothing of the set is live anywhere;
 *   meanwhile outermost calls of async functions wait.
 */
export type Mode = 'task' | 'request' | 'barrier';

/**
 * Callbacks, paired as in the kernel: postUnpatch undoes prePatch, preUnpatch undoes postPatch, and each undoing one
 * runs only if its partner ran. They run synchronously, and at rest unless a module comes or goes. prePatch may veto by
 * throwing.
 */
export interface PatchHooks {
  prePatch?(state: ObjectState): void;
  postPatch?(state: ObjectState): void;
  preUnpatch?(state: ObjectState): void;
  postUnpatch?(state: ObjectState): void;
}

export type AdmitAnswer = 'yes' | 'no' | 'later';

/** Those of whoever applies the patch: around those of its objects, and not in the log. */
export interface MakerHooks extends PatchHooks {
  /**
   * Called at rest once nothing of the older code is live, before the patch is in force for all: `no` turns the transition
   * round. What it looks for may have come to be since the transition began. After `later` it goes on until `Engine.checkAgain`.
   */
  admits?(): AdmitAnswer;
  /**
   * Does a part of what has to be done after preUnpatch, before any older code can be reached; called in one turn after
   * the other while it says that there is more.
   */
  leaving?(): boolean;
  /** The same after postUnpatch: the older code runs, and until all is done the patch has not gone. */
  left?(): boolean;
}

/** What has callbacks of its own: the patch itself (its name is empty), or a loaded module that it patches. */
export class PatchObject {
  readonly name: string;
  readonly hooks: PatchHooks;
  /** prePatch has succeeded, or there is none: postUnpatch is owed. */
  prepared = false;

  constructor(name: string, hooks: PatchHooks = {}) {
    this.name = name;
    this.hooks = hooks;
  }
}

export interface PatchOptions {
  /** Take the place of earlier patches (the default) or stack on top of them. */
  readonly replace?: boolean;
  /** What the patch is for. It replaces those that share a target with it; without targets, all. */
  readonly targets?: ReadonlySet<string>;
  readonly mode?: Mode;
  readonly hooks?: MakerHooks;
}

/** A set of functions that changes together. */
export class Patch {
  readonly name: string;
  readonly replace: boolean;
  readonly targets: ReadonlySet<string> | null;
  readonly mode: Mode;
  readonly hooks: MakerHooks;
  /** In the order in which their callbacks run, in all four phases. */
  readonly objects: PatchObject[];
  readonly functions: Map<Site, Version>;
  /** Its maker's own prePatch has succeeded: postUnpatch is owed. */
  prepared: boolean;
  /** Flips when a transition starts or is reversed, not when it ends. */
  enabled: boolean;
  /** In force for every task: none is left that could meet its data with older code. */
  converged: boolean;
  /** Its removal was forced: code of it may still be live, so nothing it holds may be freed. */
  forced: boolean;
  /** Milliseconds since the epoch; 0 before the first start. */
  appliedAt: number;

  constructor(name: string, options: PatchOptions = {}) {
    this.name = name;
    this.replace = options.replace ?? true;
    this.targets = options.targets ?? null;
    this.mode = options.mode ?? 'task';
    this.hooks = options.hooks ?? {};
    this.objects = [];
    this.functions = new Map();
    this.prepared = false;
    this.enabled = false;
    this.converged = false;
    this.forced = false;
    this.appliedAt = 0;
  }

  /** Whether this patch, coming later, takes the place of `older`: owners of different things do not undo each other's fixes. */
  replaces(older: Patch): boolean {
    if (!this.replace) return false;
    const { targets } = this;
    return targets === null || older.targets === null || [...older.targets].some((target) => targets.has(target));
  }

  /** Adds a function before the patch is applied; afterwards `Engine.extend` does. */
  add(site: Site, impl?: unknown): Version {
    const version = new Version(this, impl);
    this.functions.set(site, version);
    return version;
  }
}

/** What a call of `site` reaches under a list of patches in apply order: the top of its function stack. */
export function topOfStack(site: Site, patches: readonly Patch[]): Version {
  for (let i = patches.length - 1; i >= 0; i--) {
    const version = patches[i]!.functions.get(site);
    if (version !== undefined) return version;
  }
  return site.original;
}
