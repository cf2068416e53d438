/** Lock files that differ where nothing shows what is installed: which packages are other versions there. */
import type { Tree } from './trees.ts';
import { listed } from '../verdicts/listed.ts';

export const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'];

/** What each that differs says, by its name. */
export async function changedLocks({
  from,
  to,
}: {
  readonly from: Tree;
  readonly to: Tree;
}): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for (const file of LOCK_FILES) {
    const [before, after] = await Promise.all([from.read(file), to.read(file)]);
    if (before === null || after === null || before === after) continue;
    const names = file.endsWith('.json') ? otherVersions(before, after) : null;
    if (names?.length === 0) continue;
    const what = names === null ? 'it may install other versions' : `it installs other versions of ${listed(names)}`;
    found.push([file, `${what}, and the process keeps what it has: to patch that too, build from two folders in which each is installed`]);
  }
  return found;
}

/** Of npm's, by the places in which packages are installed; null where it is none that can be read. */
function otherVersions(before: string, after: string): readonly string[] | null {
  const [old, now] = [versionsIn(before), versionsIn(after)];
  if (old === null || now === null) return null;
  const places = [...now].filter(([place, version]) => old.has(place) && old.get(place) !== version).map(([place]) => place);
  return [...new Set(places.map((place) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)))].sort();
}

function versionsIn(text: string): ReadonlyMap<string, string> | null {
  try {
    const { packages } = JSON.parse(text) as { packages?: Record<string, { version?: string; dev?: boolean }> };
    if (!packages) return null;
    return new Map(
      Object.entries(packages).flatMap(([place, { version, dev }]) =>
        place.includes('node_modules/') && version !== undefined && !dev ? [[place, version] as const] : [],
      ),
    );
  } catch {
    return null;
  }
}
