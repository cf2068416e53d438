/** What applying a patch would meet: the same checks in the same order, and whoever would be waited for. */
import { Script } from 'node:vm';
import type { CheckReport, Holder } from '../../agent/protocol.ts';
import type { HolderState, Mode, Site } from '../../engine/index.ts';
import { reportOf } from '../../errors/errors.ts';
import type { Patch } from '../../patch/format.ts';
import { AppliedPatch } from './applied-patch.ts';
import type { PatchSurroundings } from './applied-patch.ts';
import { arrivals } from './linking.ts';
import { isFor, matchModules } from './matching.ts';
import type { LoadedModules } from '../sites/modules.ts';
import { refuseToWait, refuseUnmet } from './refusals.ts';
import { refuseStranded } from './stranded.ts';
import { refuseOutdated } from './outdated.ts';

const MAX_HOLDERS = 100;
/** Verdicts by which linking runs more of the program's code than definitions. */
const RUNS_CODE = new Set(['initialiser-runs', 'statement-added', 'file-added', 'dependency-added', 'dependency-upgraded', 'import-runs']);

/** What stands in the way but for the modules: each throws. */
interface Obstacles {
  /** Before anything is linked. */
  readonly first: (trial: AppliedPatch) => void;
  /** Asked where the trial has been linked. */
  readonly linked: (trial: AppliedPatch) => void;
}

export function dryRun(
  patch: Patch,
  name: string,
  options: { readonly mode?: Mode; readonly replace?: boolean },
  around: PatchSurroundings,
  modules: LoadedModules,
  obstacles: Obstacles,
): CheckReport {
  const started = performance.now();
  // Callbacks are the author's own code and may do anything as they are linked.
  const silent: Patch = { ...without(patch), modules: patch.modules.map(without) };
  const links = !patch.verdicts.some((row) => RUNS_CODE.has(row.code));
  const trial = new AppliedPatch(silent, name, around, options);
  let refusal: CheckReport['refusal'] = null;
  try {
    obstacles.first(trial);
    refuseToWait(patch, name, trial.engine.mode);
    const matches = matchModules(patch.hooks === undefined ? silent : { ...silent, hooks: patch.hooks }, modules);
    around.states.check(trial.engine, patch.states ?? [], around.engine.patches);
    refuseUnmet(trial, around.engine);
    trial.linkArrived = arrivals(trial, matches, modules);
    if (links) for (const match of matches) trial.link(match);
    else for (const { target } of matches) for (const { code } of target.units) new Script(code);
    refuseStranded(name, matches, 'dry run');
    refuseOutdated(name, matches, 'dry run', trial.madeBefore);
    if (links) obstacles.linked(trial);
  } catch (error) {
    refusal = reportOf(error);
  }
  const near = modules.near(patch.modules.map(({ file }) => file));
  const live = liveActivations(silent, around, near);
  return {
    refusal,
    modules: patch.modules.map((target) => ({
      module: target.package ? `${target.package.name}@${target.package.version}/${target.file}` : target.file,
      loaded: near(target.file).some((m) => isFor(target, m) && m.evaluated),
    })),
    linked: links && refusal === null,
    holders: live.slice(0, MAX_HOLDERS).map(holderOf),
    pending: new Set(live.map(({ task }) => task)).size,
    ms: performance.now() - started,
  };
}

function without<T extends { readonly hooks?: string; readonly callbacks?: unknown }>(part: T): Omit<T, 'hooks' | 'callbacks'> {
  const { hooks: _, callbacks: __, ...rest } = part;
  return rest;
}

/** Those of the functions that the patch changes, the oldest tasks first. */
function liveActivations(patch: Patch, { engine, sites }: PatchSurroundings, near: ReturnType<LoadedModules['near']>): HolderState[] {
  const set = new Set<Site>();
  for (const target of patch.modules)
    for (const loaded of near(target.file)) {
      if (!isFor(target, loaded) || !loaded.evaluated) continue;
      for (const { site, path } of target.functions) if (loaded.tracked.has(site)) set.add(sites.get(loaded.base + site, path, true));
    }
  const now = Date.now();
  return engine.roster
    .live(set)
    .map((activation) => {
      const { task } = activation.context;
      return { task, site: activation.site, activation, at: activation.at, ageMs: now - task.startedAt };
    })
    .toSorted((a, b) => b.ageMs - a.ageMs || a.task.id - b.task.id);
}

export function holderOf({ task, site, at, ageMs }: HolderState): Holder {
  return {
    task: task.id,
    label: task.label,
    module: site?.module ?? '',
    function: site?.path ?? '',
    waitsAt: site === null || at === 0 ? null : `${site.module.slice(site.module.lastIndexOf('/') + 1)}:${at}`,
    ageMs,
  };
}
