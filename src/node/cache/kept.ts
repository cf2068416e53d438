/**
 * Where what is kept of a program is: its file, and what V8 has compiled beside it. Loaded ahead of all else, so that what
 * V8 has compiled of livepatch itself comes from there too: nothing that the rest imports may be imported here.
 */
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CodeCache, isOurs } from './code-cache.ts';
import { INSTRUMENTER } from './instrumenter.ts';
import { makeFolder } from './make-folder.ts';

export interface Kept {
  /** Null where nothing is kept. */
  readonly file: string | null;
  /** Null unless what V8 compiles is kept too. */
  readonly code: CodeCache | null;
}

/** `program` is the path of its main script. */
export function keptOf(environment: NodeJS.ProcessEnv, program: string): Kept {
  const file = fileFor(environment, program);
  return { file, code: file === null ? null : CodeCache.open(file, environment) };
}

/** Null where the program wants none. */
export function folderFor(environment: NodeJS.ProcessEnv): string | null {
  const setting = environment['LIVEPATCH_CACHE'];
  if (setting === 'off') return null;
  return setting ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'livepatch');
}

/** The file is read back and run, so the folder must be ours alone. */
export function fileFor(environment: NodeJS.ProcessEnv, program: string): string | null {
  try {
    const folder = folderFor(environment);
    if (folder === null) return null;
    makeFolder(folder);
    return isOurs(statSync(folder)) ? join(folder, `${INSTRUMENTER.slice(0, 16)}-${nameFor(program)}`) : null;
  } catch {
    return null;
  }
}

/** A file name for a path: two programs that share one only write over each other's. */
function nameFor(path: string): string {
  let high = 0x811c9dc5;
  let low = path.length;
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    high = Math.imul(high ^ c, 0x01000193);
    low = Math.imul(low, 31) + c;
  }
  return `${path.replaceAll(/[^\w.]+/g, '-').slice(-60)}-${(high >>> 0).toString(36)}${(low >>> 0).toString(36)}`;
}
