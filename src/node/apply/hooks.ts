/** The callbacks that a patch carries as code: evaluated when the patch is linked, in their module's own scope or in none. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import type { Shadows, StateRecord } from '../../data/index.ts';
import type { HookName, ObjectState, PatchHooks } from '../../engine/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import { instancesOf } from './instances.ts';
import type { ScopeInstance } from '../../link/scopes.ts';
import { DATA_MODULE } from './patch-data.ts';
import type { PatchDataApi, StateHooks } from './patch-data.ts';

/** What a callback is called with. */
export interface HookContext {
  readonly patch: string;
  /** Path of the module in the source tree; empty for the patch itself. */
  readonly module: string;
  readonly state: ObjectState;
  /** Every live instance of a class, or object made from a prototype. Stops the program for some 50 ms and up. */
  instances(type: object): object[];
}

/** What the code of callbacks finds as `$lp`. */
export interface HookApi extends Omit<PatchDataApi, 'shadow'> {
  readonly patch: string;
  readonly module: string;
  readonly shadow: Shadows;
  require(specifier: string): unknown;
  /** As in the context. */
  instances(type: object): object[];
  /** A state that the patch declares. */
  getState(id: string): StateRecord | undefined;
  /** The same state of the patch that is being replaced or lies below; only within a transition. */
  getPrevState(id: string): StateRecord | undefined;
  /** Callbacks of a state that the patch declares: they run as it is introduced and as it goes, not when it is taken over. */
  state(id: string, hooks: StateHooks): void;
}

const NAMES: readonly HookName[] = ['prePatch', 'postPatch', 'preUnpatch', 'postUnpatch'];

/** Where code of callbacks stands: a scope of the module that was loaded from there. */
export interface HookScope {
  readonly url: string;
  readonly scope: ScopeInstance;
}

/** `within` is null for the patch's own, which stands in no module. Throws ERR_LINK. */
export function linkHooks(
  code: string | undefined,
  api: Omit<HookApi, 'require' | 'instances'>,
  data: PatchDataApi,
  within: HookScope | null,
): PatchHooks {
  if (code === undefined) return {};
  const where = `livepatch:${encodeURIComponent(api.patch)}/hooks${api.module === '' ? '' : `/${api.module}`}`;
  let made: Partial<Record<HookName, (context: HookContext) => unknown>>;
  try {
    const text = `${code}\n//# sourceURL=${where}`;
    const make = (within === null ? runInThisContext(text, { filename: where }) : within.scope.evaluate(text)) as (
      api: HookApi,
    ) => typeof made;
    const own = createRequire(within === null ? pathToFileURL(`${process.cwd()}/`) : within.url);
    const require = (specifier: string): unknown => (specifier === DATA_MODULE ? data : own(specifier));
    made = make({ ...api, require, instances: instancesOf });
  } catch (error) {
    if (error instanceof LivepatchError) throw error;
    throw new LivepatchError(
      'ERR_LINK',
      { module: api.module || api.patch, reason: `its callbacks: ${error instanceof Error ? error.message : String(error)}` },
      { cause: error, hint: 'Nothing was changed. Correct the callbacks and build the patch again.' },
    );
  }
  const hooks: PatchHooks = {};
  for (const name of NAMES) {
    const callback = made[name];
    if (typeof callback !== 'function') continue;
    hooks[name] = (state) => {
      const result = callback({ patch: api.patch, module: api.module, state, instances: instancesOf });
      // The transition does not wait, so what came later could neither veto nor stand in its pair.
      if (result instanceof Promise) {
        void result.catch(() => {});
        throw new TypeError(`${name} must be synchronous: it returned a promise`);
      }
    };
  }
  return hooks;
}
