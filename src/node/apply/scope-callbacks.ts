/** Callbacks that see to data of scopes within a module: linked where the scope has run, and else as soon as it has. */
import type { ObjectState, PatchHooks } from '../../engine/index.ts';
import type { ModuleScopes, ScopeInstance } from '../../link/scopes.ts';
import type { ScopeCallbacks } from '../../patch/format.ts';

export class LinkedCallbacks {
  private readonly scopes: ModuleScopes;
  private readonly link: (code: string, scope: ScopeInstance) => PatchHooks;
  private readonly linked: PatchHooks[];
  private waiting: readonly ScopeCallbacks[];
  /** A scope that some wait for has come to be, and may not have made all of its names yet. */
  private arrived = true;

  /** `own` are those of the module, which come before. */
  constructor(
    own: PatchHooks,
    callbacks: readonly ScopeCallbacks[],
    scopes: ModuleScopes,
    link: (code: string, scope: ScopeInstance) => PatchHooks,
  ) {
    this.scopes = scopes;
    this.link = link;
    this.linked = [own];
    this.waiting = callbacks;
    this.linkThere();
  }

  /** Those of the module and all that are linked by the time they are called. */
  get hooks(): PatchHooks {
    const [own] = this.linked;
    if (this.linked.length === 1 && this.waiting.length === 0) return own!;
    const run = (name: 'postPatch' | 'postUnpatch') => (state: ObjectState) => {
      for (const hooks of this.linked) hooks[name]?.(state);
    };
    // The author's comes last: after a veto nothing is undone, and these only look.
    const prePatch = (state: ObjectState): void => {
      for (const hooks of this.linked.toReversed()) hooks.prePatch?.(state);
    };
    return { ...own, prePatch, postPatch: run('postPatch'), postUnpatch: run('postUnpatch') };
  }

  get isWaiting(): boolean {
    return this.waiting.length > 0;
  }

  scopeArrived({ id }: ScopeInstance): void {
    this.arrived ||= this.waiting.some(({ scope }) => scope === id);
  }

  /** Links those that can be by now, and gives them. Throws ERR_LINK. */
  linkThere(): readonly PatchHooks[] {
    if (!this.arrived) return [];
    const ready = this.waiting.filter((one) => this.isThere(one));
    this.waiting = this.waiting.filter((one) => !ready.includes(one));
    const found = ready.flatMap(({ scope, code }) => this.scopes.instances(scope).map((instance) => this.link(code, instance)));
    this.linked.push(...found);
    this.arrived = this.waiting.some(({ scope }) => this.scopes.has(scope));
    return found;
  }

  private isThere({ scope, names }: ScopeCallbacks): boolean {
    const instances = this.scopes.instances(scope);
    return instances.length > 0 && instances.every(({ evaluate }) => names.every((name) => hasValue(evaluate, name)));
  }
}

function hasValue(evaluate: ScopeInstance['evaluate'], name: string): boolean {
  try {
    return evaluate(name) !== undefined;
  } catch {
    // Its declaration has yet to be reached.
    return false;
  }
}
