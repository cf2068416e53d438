/**
 * Dependencies of which releases ask for other versions: the patch carries them too, from the version that is installed
 * beside the old release to the one beside the new. Where nothing else differs it is one of them alone.
 */
import { existsSync, readFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VerdictRow } from '../../patch/format.ts';
import { isWithin } from '../../patch/ranges.ts';
import { dependenciesOf } from './dependencies.ts';
import { bumped } from './expects.ts';
import { Manifests } from './files.ts';
import type { PairSpec, Tree, Trees } from './trees.ts';
import { VerdictLog } from '../verdicts/verdicts.ts';

export interface Bump {
  readonly name: string;
  readonly spec: PairSpec;
  /**
   * The new release does not do with the version that is installed, and all that does with that one does with the new:
   * what else uses the same copy may go over to it.
   */
  readonly isAskedFor: boolean;
  readonly note: readonly VerdictRow[];
}

/** The dependencies whose installed versions differ; none where the trees do not show what is installed. */
export async function bumps({ from, to, single }: Trees, ownCode: 'same' | 'differs'): Promise<readonly Bump[]> {
  if (single) return [];
  const [a, b] = await Promise.all([new Manifests(from, 'old').at(''), new Manifests(to, 'new').at('')]);
  const old = dependenciesOf(a?.content);
  const now = dependenciesOf(b?.content);
  const found: Bump[] = [];
  for (const name of [...bumped(old, now)].sort()) {
    const [before, after] = await Promise.all([installed(from, name, old[name]!), installed(to, name, now[name]!)]);
    if (before === null || after === null || before === after) continue;
    const log = new VerdictLog('package.json');
    const why = ownCode === 'same' ? ", and the package's own code is the same" : '';
    const reason = `${name} was ${old[name]} and is ${now[name]}${why}: the patch carries ${name}, for all that use the same copy`;
    log.add('dependency-carried', null, null, name, reason);
    const [version, next] = [versionIn(before), versionIn(after)];
    const isAskedFor = isWithin(version, now[name]!) === false && isWithin(next, `^${version}`) === true;
    found.push({ name, spec: { kind: 'directories', from: before, to: after }, isAskedFor, note: log.rows });
  }
  return found;
}

async function installed(tree: Tree, name: string, range: string): Promise<string | null> {
  if (!tree.dependencies) return null;
  for (let folder = await realpath(await tree.dependencies(name, range)); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return realpath(path);
    if (dirname(folder) === folder) return null;
  }
}

function versionIn(folder: string): string {
  return String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }).version);
}
