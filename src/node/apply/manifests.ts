/** What the package files say that stand about a module. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface Manifest {
  /** Null where there is no package file, or it has none. */
  readonly name: string | null;
  readonly version: string | null;
}

/** `folder` has a separator behind it. */
export function manifestIn(folder: string): Manifest {
  try {
    const { name, version } = JSON.parse(textOf(`${folder}package.json`) ?? '{}') as Record<string, unknown>;
    return { name: typeof name === 'string' ? name : null, version: typeof version === 'string' ? version : null };
  } catch {
    return { name: null, version: null };
  }
}

/** The name that the nearest package file with one gives, from `folder` on upwards. */
export function nearestName(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const { name } = manifestIn(`${at}/`);
    if (name !== null || at === dirname(at)) return name;
  }
}

/** Whether a package file above says that it is one of another package. */
export function isOfAnother(file: string, name: string): boolean {
  const own = nearestName(dirname(file));
  return own !== null && own !== name;
}

/** Null where it cannot be read. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
