/** The patch of an application with all that it has installed: of its own code, and of each package that is another one now. */
import { LivepatchError } from '../errors/errors.ts';
import type { Installed, InstalledPair } from './input/installed.ts';
import type { PairSpec } from './input/trees.ts';
import { carriedFor, leftOut } from './outcome.ts';
import type { BuildOutcome, Wanted } from './outcome.ts';
import { VerdictLog } from './verdicts/verdicts.ts';
import { listed } from './verdicts/listed.ts';

type Build = (spec: PairSpec, wanted: Wanted) => Promise<BuildOutcome>;

/** Throws what the build of the application's own code does where there is nothing else. */
export async function outcomesOfInstallation(
  { spec, pairs, parted, development }: Installed,
  wanted: Wanted,
  build: Build,
): Promise<readonly BuildOutcome[]> {
  const { without } = wanted;
  const taken = pairs.filter(({ name }) => !without.has(name));
  const beside = new Set([...wanted.beside, ...taken.map(({ name }) => name)]);
  const log = new VerdictLog('package.json');
  for (const { name, version, nexts } of parted)
    log.add(
      'dependency-changed',
      null,
      null,
      name,
      `${is(name, version, nexts.join(' and '))} there, for one package or another: the process keeps what it has`,
    );
  if (development.length > 0) {
    const reason = `${listed(development)}: what only the devDependencies lead to is another version, and the process keeps what it has`;
    log.add('dependency-changed', null, null, '', reason);
  }
  const packages = async (installed: 'package' | 'application'): Promise<BuildOutcome[]> => {
    const found: BuildOutcome[] = [];
    for (const pair of taken) {
      // What an author says is said of the application itself.
      const own = await build(pair.spec, { ...wanted, hook: null, beside, installed }).catch(unlessNothing);
      if (own) found.push(installedAt(pair, own));
    }
    return found;
  };
  const found = await packages('package');
  const left = pairs.filter(({ name }) => without.has(name)).map(({ name, version, next }) => leftOut(name, is(name, version, next)));
  const own = await build(spec, { ...wanted, beside, installed: 'application' }).catch((error: unknown) => {
    const nothing = unlessNothing(error);
    if (found.length > 0) return nothing;
    const reasons = [...left, ...log.rows].map(({ reason }) => `${reason}.`);
    throw reasons.length > 0
      ? new LivepatchError('ERR_PATCH_EMPTY', { from: spec.from, to: spec.to }, { hint: reasons.join(' '), cause: error })
      : error;
  });
  // A patch of nothing but files that must not have been loaded would be for no process.
  const isForNone = !own && found.every(({ patch, modules }) => patch !== null && modules.length === 0);
  const [first, ...more] = [...(own ? [own] : []), ...(isForNone ? await packages('application') : found)];
  return first ? [{ ...first, verdicts: [...left, ...log.rows, ...first.verdicts] }, ...more] : [];
}

const is = (name: string, version: string, next: string): string =>
  version === next ? `${name} ${version} has other code` : `${name} was ${version} and is ${next}`;

function installedAt({ name, version, next, installed }: InstalledPair, outcome: BuildOutcome): BuildOutcome {
  const log = new VerdictLog('package.json');
  log.add('dependency-carried', null, null, name, `${is(name, version, next)}: the patch carries it, for all that use the same copy`);
  const modules = outcome.modules.map((module) => ({ ...module, installed }));
  const unloaded = outcome.patch?.unloaded?.map((file) => ({ ...file, installed }));
  const patch = outcome.patch && { ...outcome.patch, modules, ...(unloaded ? { unloaded } : {}) };
  return carriedFor(name, log.rows, { ...outcome, patch, modules });
}

function unlessNothing(error: unknown): null {
  if (error instanceof LivepatchError && error.code === 'ERR_PATCH_EMPTY') return null;
  throw error;
}
