/** What changed in the package file that code may depend on. */
import { dependenciesOf } from './dependencies.ts';
import type { Dependencies, Travellers } from './dependencies.ts';
import { withoutMark } from './files.ts';
import { changedLocks } from './lock-files.ts';
import type { Trees } from './trees.ts';
import type { Upgrades } from './upgrades.ts';
import type { Claimed, VerdictCode } from '../verdicts/verdicts.ts';
import { VerdictLog } from '../verdicts/verdicts.ts';

/** What the build has found out about dependencies. */
interface Bumps {
  readonly hook: Claimed | null;
  readonly travellers: Travellers;
  readonly upgrades: Upgrades;
  /** As in `TreeBuild`. */
  readonly stays: string | null;
  readonly beside: ReadonlySet<string>;
  /** What is asked for is nothing then, unless new code takes something of it. */
  readonly isInstalled: boolean;
  /** Those of the patch. */
  readonly files: readonly string[];
}

export async function dependencyVerdicts(trees: Trees, bumps: Bumps): Promise<VerdictLog[]> {
  if (trees.single) return [];
  const logs: VerdictLog[] = [];
  for (const [file, reason] of bumps.isInstalled ? [] : await changedLocks(trees)) {
    const log = new VerdictLog(file, bumps.hook);
    log.add('dependency-changed', null, null, '', reason);
    logs.push(log);
  }
  for (const file of trees.to.files) {
    if (file !== 'package.json' && !file.endsWith('/package.json')) continue;
    const [before, after] = await Promise.all([trees.from.read(file), trees.to.read(file)]);
    if (before === null || after === null || before === after) continue;
    const old = dependenciesIn(before);
    const now = dependenciesIn(after);
    const folder = file.slice(0, -'/package.json'.length);
    const log = new VerdictLog(file, bumps.hook);
    for (const name of [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()) {
      if (old[name] === now[name] || isKnown(name, old, now, bumps, folder)) continue;
      const [code, reason] = old[name] === undefined ? added(name, now[name]!, bumps) : changed(name, old[name]!, now[name], bumps, folder);
      log.add(code, null, null, name, reason);
    }
    if (log.rows.length > 0) logs.push(log);
  }
  return logs;
}

type Told = readonly [VerdictCode, string];

/** Whether it is told by what is installed. */
function isKnown(
  name: string,
  old: Dependencies,
  now: Dependencies,
  { isInstalled, beside, upgrades, files }: Bumps,
  folder: string,
): boolean {
  if (!isInstalled || old[name] === undefined || now[name] === undefined || upgrades.isUpgraded(folder, name)) return false;
  return beside.has(name) || upgrades.taken(folder, name, files) === null;
}

function added(name: string, range: string, { travellers }: Bumps): Told {
  const missing = travellers.missing.get(name);
  if (missing !== undefined)
    return ['dependency-changed', `${name} is new and could not be found here (${missing}): it must be installed where the process runs`];
  if (travellers.version(name) !== undefined) return ['dependency-added', `${name} ${range}: the patch brings it along`];
  return ['dependency-changed', `${name} is new (${range}), and no code of the patch asks for it`];
}

function changed(name: string, was: string, is: string | undefined, bumps: Bumps, folder: string): Told {
  const stays = 'the process keeps what is installed';
  if (is === undefined) return ['dependency-changed', `${name} is gone (was ${was}): what a process has loaded of it stays`];
  const { travellers, upgrades } = bumps;
  const how = `${name} was ${was} and is ${is}`;
  const taken = upgrades.taken(folder, name, bumps.files);
  if (taken === null) return ['dependency-changed', `${how}: ${stays}; build a patch of its own for it`];
  if (upgrades.isUpgraded(folder, name))
    return [
      'dependency-upgraded',
      `${how}, and the new code takes ${taken} of it: where the process has no version that does, all code of this package goes by ${travellers.version(name)}, which the patch brings; the two know nothing of each other's objects and state`,
    ];
  if (bumps.beside.has(name))
    return ['dependency-changed', `${how}, and the new code takes ${taken} of it: the patch changes ${name} as well`];
  const missing = travellers.missing.get(name);
  const why = missing !== undefined ? `could not be found here (${missing})` : `cannot be brought along (${bumps.stays})`;
  return [
    'dependency-changed',
    `${how}, and the new code takes ${taken} of it: ${stays}, since the new one ${why}; where that lacks a name, \`apply\` refuses`,
  ];
}

function dependenciesIn(text: string): Dependencies {
  try {
    return dependenciesOf(JSON.parse(withoutMark(text)) as Record<string, unknown>);
  } catch {
    return {};
  }
}
