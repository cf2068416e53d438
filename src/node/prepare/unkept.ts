/** Why nothing can be kept of a program: a start goes on without a word, and one who prepares it wants to know. */
import { statSync } from 'node:fs';
import { isOurs } from '../cache/code-cache.ts';
import { folderFor } from '../cache/kept.ts';
import { makeFolder } from '../cache/make-folder.ts';

export function whyUnkept(environment: NodeJS.ProcessEnv): string {
  const folder = folderFor(environment);
  if (folder === null) return 'LIVEPATCH_CACHE is off';
  try {
    makeFolder(folder);
    const stats = statSync(folder);
    if (isOurs(stats)) return `the cache folder ${folder} cannot be used`;
    const mode = (stats.mode & 0o777).toString(8);
    return `the cache folder ${folder} must be this user's or root's, and nobody else may write to it (it is of user ${stats.uid}, mode ${mode})`;
  } catch (error) {
    return `the cache folder ${folder} cannot be made (${(error as NodeJS.ErrnoException).code ?? String(error)})`;
  }
}
