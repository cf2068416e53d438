/** Joins a patch to the modules of the process, a part in each turn: to link a hundred functions takes milliseconds. */
import type { ScopeInstance } from '../../link/scopes.ts';
import type { AppliedPatch, PatchSurroundings } from './applied-patch.ts';
import { matchModules } from './matching.ts';
import type { Match } from './matching.ts';
import type { LoadedModule, LoadedModules } from '../sites/modules.ts';
import { refuseToWait, refuseUnmet } from './refusals.ts';
import { Patience, mayGo } from './patience.ts';
import { letGoOfTasks, looksAround, refuseStranded } from './stranded.ts';
import { refuseOutdated } from './outdated.ts';
import type { Turns } from '../time/turns.ts';

/**
 * What happens to the modules meanwhile is made up for in the last turn, by the end of which everything is as if all had
 * been linked in it. Nobody sees any of it before the transition begins.
 */
export class Linking {
  readonly applied: AppliedPatch;
  private readonly around: PatchSurroundings;
  private readonly modules: LoadedModules;
  private readonly timeoutMs: number;
  /** Modules have come or gone. */
  private changed = false;
  /** Those that have come to be in modules that had been linked. */
  private readonly scopes: (readonly [LoadedModule, ScopeInstance])[] = [];

  constructor(applied: AppliedPatch, around: PatchSurroundings, modules: LoadedModules, timeoutMs: number) {
    this.applied = applied;
    this.timeoutMs = timeoutMs;
    this.around = around;
    this.modules = modules;
  }

  moduleChanged(): void {
    this.changed = true;
  }

  scopeArrived(loaded: LoadedModule, instance: ScopeInstance): void {
    if (this.applied.holds(loaded)) this.scopes.push([loaded, instance]);
  }

  /**
   * `refuse` is called once all is linked. Throws what it throws, or why the patch cannot be linked, with nothing changed.
   * `begin` is the end of the last turn, and gives the result: what comes to the process from then on is told to the patch itself.
   */
  async run<T>(turns: Turns, refuse: () => void, begin: () => T): Promise<T> {
    const { applied, around, modules } = this;
    const { patch, name } = applied;
    await turns.share();
    if (looksAround(patch)) await letGoOfTasks(around.engine);
    refuseToWait(patch, name, applied.engine.mode);
    let matches = matchModules(patch, modules, applied.copies);
    around.states.check(applied.engine, patch.states ?? [], around.engine.patches);
    around.states.define(applied.engine, patch.states ?? []);
    refuseUnmet(applied, around.engine);
    applied.linkHooks();
    applied.linkArrived = arrivals(applied, matches, modules);
    for (const match of matches) {
      await turns.share();
      if (!match.loaded.gone) applied.link(match);
    }
    await turns.share();
    for (const patience = new Patience(around.engine, 'new', this.timeoutMs); ;) {
      if (this.changed) {
        this.changed = false;
        applied.forgetGone();
        matches = matchModules(patch, modules, applied.copies);
        for (const match of matches) if (!applied.holds(match.loaded)) applied.link(match);
      }
      around.sites.letGoOfResult();
      try {
        refuseStranded(name, matches, 'start');
        refuseOutdated(name, matches, 'start', applied.admission.madeBefore);
        break;
      } catch (error) {
        if (!mayGo(error) || !patience.allows()) throw error;
        await new Promise<void>((resolve) => patience.whenDue(resolve));
      }
    }
    refuse();
    applied.linkArrived = null;
    applied.seal();
    for (const [loaded, instance] of this.scopes) applied.scopeArrived(loaded, instance);
    around.sites.prepare(applied.engine.functions.keys());
    return begin();
  }
}

/**
 * Links the modules that code of the patch loads as it is linked, as soon as they have run: what is behind it goes by what the
 * patch makes of them. `matches`: those that were there.
 */
function arrivals(applied: AppliedPatch, matches: readonly Match[], modules: LoadedModules): () => void {
  const known = new Set(matches.map(({ loaded }) => loaded));
  return () => {
    for (const match of matchModules(applied.patch, modules, applied.copies)) {
      if (known.has(match.loaded)) continue;
      known.add(match.loaded);
      applied.link(match);
    }
  };
}
