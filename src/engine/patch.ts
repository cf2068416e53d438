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
 * The author's callbacks, paired as in the kernel: postUnpatch undoes prePatch, preUnpatch undoes postPatch, and
 * each undoing one runs only if its partner ran. They run at rest and synchronously. prePatch may veto by throwing.
 */
export interface PatchHooks {
  prePatch?(): void;
  postPatch?(): void;
  preUnpatch?(): void;
  postUnpatch?(): void;
}

export interface PatchOptions {
  /** Take the place of all earlier patches (the default) or stack on top of them. */
  readonly replace?: boolean;
  readonly hooks?: PatchHooks;
}

/** A set of functions that changes together. */
export class Patch {
  readonly name: string;
  readonly replace: boolean;
  readonly hooks: PatchHooks;
  readonly functions: Map<Site, Version>;
  /** Flips when a transition starts or is reversed, not when it ends. */
  enabled: boolean;
  /** Its removal was forced: code of it may still be live, so nothing it holds may be freed. */
  forced: boolean;
  /** Milliseconds since the epoch; 0 before the first start. */
  appliedAt: number;

  constructor(name: string, options: PatchOptions = {}) {
    this.name = name;
    this.replace = options.replace ?? true;
    this.hooks = options.hooks ?? {};
    this.functions = new Map();
    this.enabled = false;
    this.forced = false;
    this.appliedAt = 0;
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
