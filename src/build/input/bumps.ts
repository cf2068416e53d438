/**
 * Dependencies of which releases ask for other versions: the patch carries them too, from the version that is installed
 * beside the old release to the one beside the new, or from the only one that a published release does with. Where nothing
 * else differs it is one of them alone.
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

interface Versions {
  readonly version: string;
  readonly next: string;
  readonly spec: PairSpec;
}

/** One version, and the least that a range lets in which is written as most are. */
const ONE = /^=?v?(\d+\.\d+\.\d+(?:-[\w.-]+)?)$/;
const LEAST = /^[=^~]?v?(\d+\.\d+\.\d+(?:-[\w.-]+)?)$/;

/** The dependencies whose versions differ, as far as the trees, or the package files of `published` ones, show which a process has. */
export async function bumps({ from, to, single }: Trees, ownCode: 'same' | 'differs', published: boolean): Promise<readonly Bump[]> {
  if (single) return [];
  const [a, b] = await Promise.all([new Manifests(from, 'old').at(''), new Manifests(to, 'new').at('')]);
  const old = dependenciesOf(a?.content);
  const now = dependenciesOf(b?.content);
  const found: Bump[] = [];
  for (const name of [...bumped(old, now)].sort()) {
    const versions = published ? pinned(name, old[name]!, now[name]!) : await installedOf({ from, to }, name, old[name]!, now[name]!);
    if (versions === null) continue;
    const { version, next, spec } = versions;
    const log = new VerdictLog('package.json');
    const why = ownCode === 'same' ? ", and the package's own code is the same" : '';
    const reason = `${name} was ${old[name]} and is ${now[name]}${why}: the patch carries ${name}, for all that use the same copy`;
    log.add('dependency-carried', null, null, name, reason);
    const isAskedFor = isWithin(version, now[name]!) === false && isWithin(next, `^${version}`) === true;
    found.push({ name, spec, isAskedFor, note: log.rows });
  }
  return found;
}

/** A release that asks for one version alone has just that where it is installed. */
function pinned(name: string, old: string, now: string): Versions | null {
  const [version, next] = [ONE.exec(old)?.[1], LEAST.exec(now)?.[1]];
  return version && next && version !== next ? { version, next, spec: { kind: 'package', name, from: version, to: next } } : null;
}

async function installedOf({ from, to }: Pick<Trees, 'from' | 'to'>, name: string, old: string, now: string): Promise<Versions | null> {
  const [before, after] = await Promise.all([installed(from, name, old), installed(to, name, now)]);
  if (before === null || after === null || before === after) return null;
  return { version: versionIn(before), next: versionIn(after), spec: { kind: 'directories', from: before, to: after } };
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
