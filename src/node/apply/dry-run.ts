/** What applying a patch would meet: the same checks in the same order, and whoever would be waited for. */
import { Script } from 'node:vm';
import type { CheckReport, Holder } from '../../agent/protocol.ts';
import type { HolderState, Mode, Site } from '../../engine/index.ts';
import { reportOf } from '../../errors/errors.ts';
import type { Patch } from '../../patch/format.ts';
import { AppliedPatch } from './applied-patch.ts';
import type { PatchSurroundings } from './applied-patch.ts';
import { isFor, matchModules } from './matching.ts';
import type { Match } from './matching.ts';
import type { LoadedModules } from '../sites/modules.ts';
import { now, ticks } from '../time/clock.ts';
import { refuseToWait, refuseUnmet } from './refusals.ts';
import { refuseStranded } from './stranded.ts';
import { refuseOutdated } from './outdated.ts';
import { Trial } from './trial.ts';

const MAX_HOLDERS = 100;
/** Verdicts by which linking runs more of the program's code than definitions. */
const RUNS_CODE = new Set(['initialiser-runs', 'statement-added', 'file-added', 'dependency-added', 'dependency-upgraded', 'import-runs']);

/** What stands in the way but for the modules: each throws. */
interface Obstacles {
  /** Before anything is linked. */
  readonly first: (applied: AppliedPatch) => void;
  /** Asked where the trial has been linked. */
  readonly linked: (applied: AppliedPatch) => void;
}

export function dryRun(
  patch: Patch,
  name: string,
  options: { readonly mode?: Mode; readonly replace?: boolean },
  around: PatchSurroundings,
  modules: LoadedModules,
  obstacles: Obstacles,
): CheckReport {
  const started = ticks();
  // Callbacks are the author's own code and may do anything as they are linked.
  const silent: Patch = { ...without(patch), modules: patch.modules.map(without) };
  let links = !patch.verdicts.some((row) => RUNS_CODE.has(row.code));
  const applied = new AppliedPatch(silent, name, around, options);
  const trial = (applied.trial = new Trial(modules));
  let refusal: CheckReport['refusal'] = null;
  try {
    obstacles.first(applied);
    refuseToWait(patch, name, applied.engine.mode);
    const matches = matchModules(patch.hooks === undefined ? silent : { ...silent, hooks: patch.hooks }, modules, applied.copies);
    around.states.check(applied.engine, patch.states ?? [], around.engine.patches);
    refuseUnmet(applied, around.engine);
    links &&= linkAll(applied, matches, trial);
    if (!links) for (const { target } of matches) for (const { code } of target.units) new Script(code);
    around.sites.letGoOfResult();
    refuseStranded(name, matches, 'dry run');
    refuseOutdated(name, matches, 'dry run', applied.admission.madeBefore);
    if (links) obstacles.linked(applied);
  } catch (error) {
    refusal = reportOf(error);
  }
  const near = modules.near(patch.modules.map(({ file }) => file));
  const live = liveActivations(applied, around, near);
  return {
    refusal,
    modules: patch.modules.map((target) => ({
      module: target.package ? `${target.package.name}@${target.package.version}/${target.file}` : target.file,
      loaded: near(target.file).some((m) => isFor(target, m, applied.copies) && m.evaluated),
    })),
    linked: links && refusal === null,
    holders: live.slice(0, MAX_HOLDERS).map(holderOf),
    pending: new Set(live.map(({ task }) => task)).size,
    ms: ticks() - started,
  };
}

/** Whether that could be done without loading anything. */
function linkAll(applied: AppliedPatch, matches: readonly Match[], trial: Trial): boolean {
  try {
    for (const match of matches) applied.link(match);
  } catch (error) {
    if (!trial.isOver) throw error;
  }
  return !trial.isOver;
}

function without<T extends { readonly hooks?: string; readonly callbacks?: unknown }>(part: T): Omit<T, 'hooks' | 'callbacks'> {
  const { hooks: _, callbacks: __, ...rest } = part;
  return rest;
}

/** Those of the functions that the patch changes, the oldest tasks first. */
function liveActivations(
  { patch, copies }: AppliedPatch,
  { engine, sites }: PatchSurroundings,
  near: ReturnType<LoadedModules['near']>,
): HolderState[] {
  const set = new Set<Site>();
  for (const target of patch.modules)
    for (const loaded of near(target.file)) {
      if (!isFor(target, loaded, copies) || !loaded.evaluated) continue;
      for (const { site, path } of target.functions) if (loaded.tracked.has(site)) set.add(sites.get(loaded.base + site, path, true));
    }
  const time = now();
  return engine.roster
    .live(set)
    .map((activation) => {
      const { task } = activation.context;
      return { task, site: activation.site, activation, at: activation.at, ageMs: time - task.startedAt };
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
