/** Which copy of a dependency the modules of a patch use, where a process has several. */
import { dirname, join } from 'node:path';
import { hashOf } from '../../patch/format.ts';
import type { PatchModule } from '../../patch/format.ts';
import { nearestName, textOf } from './manifests.ts';

/**
 * Whether all of the files of other packages that find the target's package at all find the very text that the patch was
 * built from: another copy that the process has loaded is then somebody else's, and theirs is patched when it comes.
 */
export function findTheirOwn(target: Pick<PatchModule, 'file' | 'package' | 'hash'>, users: readonly string[]): boolean {
  if (!target.package) return false;
  const copy = join('node_modules', target.package.name, target.file);
  const found = new Set(users.map((file) => nearest(dirname(file), copy)));
  found.delete(null);
  return found.size > 0 && [...found].every((text) => hashOf(text!) === target.hash);
}

/** Whether a package file above says that it is one of another package. */
export function isOfAnother(file: string, name: string): boolean {
  const own = nearestName(dirname(file));
  return own !== null && own !== name;
}

/** The text of `file` in the folder that Node finds first from `folder` on. */
function nearest(folder: string, file: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const text = textOf(join(at, file));
    if (text !== null || at === dirname(at)) return text;
  }
}
