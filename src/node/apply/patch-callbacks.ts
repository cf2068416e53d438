/** The callbacks of a patch, of each of its modules, and of the scopes in those: evaluated, with what they are given. */
import type { Change, MigrationOptions } from '../../data/index.ts';
import type { Engine, Patch as EnginePatch, PatchHooks, Site } from '../../engine/index.ts';
import type { ScopeInstance } from '../../link/scopes.ts';
import type { Patch, PatchFunction, PatchModule } from '../../patch/format.ts';
import type { LoadedModule } from '../sites/modules.ts';
import { linkHooks } from './hooks.ts';
import type { PatchData, PatchDataApi, PatchDataSurroundings, StateHooks } from './patch-data.ts';
import { LinkedCallbacks } from './scope-callbacks.ts';

export interface CallbackParts {
  readonly patch: Patch;
  readonly name: string;
  readonly engine: EnginePatch;
  readonly data: PatchData;
  readonly around: PatchDataSurroundings;
  readonly runtime: Engine;
  /** Puts there what is new. */
  putEarly(changes: readonly Change[]): void;
  siteOf(loaded: LoadedModule, fn: PatchFunction): Site;
}

export class PatchCallbacks {
  private readonly parts: CallbackParts;

  constructor(parts: CallbackParts) {
    this.parts = parts;
  }

  /** Evaluated in the scope of the module, unless another of it is given; those of the patch itself in none. Throws ERR_LINK. */
  of(code: string | undefined, module: string, loaded: LoadedModule | null, scope = loaded?.scopes.instances(0).at(-1)): PatchHooks {
    const { engine, runtime, data, name } = this.parts;
    const { shadows, states } = this.parts.around;
    const exported = { ...data.api, migrate: this.migrates(module, loaded) };
    const api = {
      ...exported,
      patch: name,
      module,
      shadow: shadows,
      getState: (id: string) => states.get(engine, id),
      getPrevState: (id: string) => states.previous(runtime.inTransition, runtime.listed, id),
      state: (id: string, hooks: StateHooks) => data.state(id, hooks),
    };
    return linkHooks(code, api, exported, loaded && scope ? { url: loaded.url, scope } : null);
  }

  /** `migrate` for the callbacks of a module: what makes objects without a class it knows by the path of the function. */
  private migrates(module: string, loaded: LoadedModule | null): PatchDataApi['migrate'] {
    return (type, options) => {
      if (typeof type !== 'string' || loaded === null) return this.parts.data.api.migrate(type, options);
      const functions = this.parts.patch.modules.find(({ file }) => file === module)?.functions ?? [];
      const fn = functions.find(({ path, marks, creates }) => path === type && marks === true && creates !== true);
      if (fn === undefined)
        throw new TypeError(`migrate('${type}'): it is no function of the patch that makes objects, and is kept back until it is complete`);
      this.parts.data.factory(this.parts.siteOf(loaded, fn), options as MigrationOptions);
    };
  }

  /**
   * The callbacks of a module that has yet to run may name what is not there yet: then they are evaluated by the first call of a
   * version, and what a callback had to do by then is done at once.
   */
  late(target: PatchModule, loaded: LoadedModule): PatchHooks {
    try {
      return this.of(target.hooks, target.file, loaded);
    } catch (error) {
      if (!((error as Error).cause instanceof ReferenceError)) throw error;
    }
    const hooks: PatchHooks = {};
    this.parts.data.evaluateLater(() => {
      Object.assign(hooks, this.of(target.hooks, target.file, loaded));
      this.parts.putEarly(this.parts.data.accessors());
      hooks.prePatch?.('live');
      if (this.parts.engine.converged) hooks.postPatch?.('live');
    });
    return hooks;
  }

  ofScopes(target: PatchModule, loaded: LoadedModule, own: PatchHooks): LinkedCallbacks {
    const link = (code: string, scope: ScopeInstance): PatchHooks => this.of(code, target.file, loaded, scope);
    const callbacks = new LinkedCallbacks(own, target.callbacks ?? [], loaded.scopes, link);
    if (callbacks.isWaiting)
      this.parts.data.declareOnce(() => {
        const linked = callbacks.linkThere();
        if (this.parts.engine.converged) for (const hooks of linked) hooks.postPatch?.('live');
        return !callbacks.isWaiting;
      });
    return callbacks;
  }
}
