import type { EngineHost, HookName, ObjectState } from './host.ts';
import type { AdmitAnswer, Patch, PatchHooks, PatchObject } from './patch.ts';

/** Null, or what was thrown, and by the callback of which object: null for the maker's own. */
export type Veto = { readonly object: string | null; readonly error: unknown } | null;

/**
 * The callbacks of a patch's objects, in the kernel's pairs. Those of the patch's own maker stand around them: what they
 * put in place is there before the first and until after the last.
 */
export class Callbacks {
  private readonly host: EngineHost;

  constructor(host: EngineHost) {
    this.host = host;
  }

  /** After a veto the objects that had agreed, and they alone, owe their postUnpatch. */
  prePatch(patch: Patch): Veto {
    try {
      patch.hooks.prePatch?.('live');
    } catch (error) {
      return { object: null, error };
    }
    patch.prepared = true;
    for (const object of patch.objects) {
      const veto = this.prepare(patch, object, 'live');
      if (veto !== null) return veto;
    }
    return null;
  }

  postPatch(patch: Patch): void {
    this.own(patch, 'postPatch');
    for (const object of patch.objects) this.run(patch, object, 'postPatch', 'live');
  }

  preUnpatch(patch: Patch): void {
    for (const object of patch.objects) this.run(patch, object, 'preUnpatch', 'live');
    this.own(patch, 'preUnpatch');
  }

  postUnpatch(patch: Patch): void {
    for (const object of patch.objects) this.undo(patch, object, 'live');
    if (patch.prepared) this.own(patch, 'postUnpatch');
    patch.prepared = false;
  }

  admits(patch: Patch): AdmitAnswer {
    return patch.hooks.admits?.() ?? 'yes';
  }

  /** True while there is more to be done, in other turns. */
  isBusy(patch: Patch, hook: 'leaving' | 'left'): boolean {
    try {
      return patch.hooks[hook]?.() === true;
    } catch (error) {
      this.failed(patch, '', hook === 'leaving' ? 'preUnpatch' : 'postUnpatch', error);
      return false;
    }
  }

  prepare(patch: Patch, object: PatchObject, state: ObjectState): Veto {
    const { prePatch } = object.hooks;
    if (prePatch !== undefined) {
      this.announce(patch, object, 'prePatch', state);
      try {
        prePatch.call(object.hooks, state);
      } catch (error) {
        this.failed(patch, object.name, 'prePatch', error);
        return { object: object.name, error };
      }
    }
    object.prepared = true;
    return null;
  }

  run(patch: Patch, object: PatchObject, hook: 'postPatch' | 'preUnpatch', state: ObjectState): void {
    if (object.prepared) this.call(patch, object, hook, state);
  }

  undo(patch: Patch, object: PatchObject, state: ObjectState): void {
    if (!object.prepared) return;
    object.prepared = false;
    this.call(patch, object, 'postUnpatch', state);
  }

  /** A callback past the veto cannot stop what it announces; its failure is reported. */
  private call(patch: Patch, object: PatchObject, hook: Exclude<HookName, 'prePatch'>, state: ObjectState): void {
    if (object.hooks[hook] === undefined) return;
    this.announce(patch, object, hook, state);
    this.attempt(patch, object.name, object.hooks, hook, state);
  }

  private own(patch: Patch, hook: Exclude<HookName, 'prePatch'>): void {
    this.attempt(patch, '', patch.hooks, hook, 'live');
  }

  private attempt(patch: Patch, object: string, hooks: PatchHooks, hook: Exclude<HookName, 'prePatch'>, state: ObjectState): void {
    try {
      hooks[hook]?.(state);
    } catch (error) {
      this.failed(patch, object, hook, error);
    }
  }

  private announce(patch: Patch, { name }: PatchObject, hook: HookName, state: ObjectState): void {
    this.host.emit({ type: 'callback', patch: patch.name, hook, object: name, state, at: this.host.now() });
  }

  private failed(patch: Patch, object: string, hook: HookName, error: unknown): void {
    this.host.emit({ type: 'hook-failed', patch: patch.name, hook, object, error, at: this.host.now() });
  }
}
