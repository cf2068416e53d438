/**
 * What V8 has compiled of a program, kept beside its pack: Node's own compile cache, in a folder that goes with the file.
 * On for starts that find their text made, as to fill it takes a third of a start, which is not to come on top of the first.
 */
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import type { Stats } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { CODE_FOLDER } from './code-folder.ts';
import { makeFolder } from './make-folder.ts';

/** What Node was given, and what it has still to write, stays in memory until it is told to write. */
const BATCH = 64;
const PRIVATE = 0o077;

export class CodeCache {
  private waiting = 0;

  private constructor() {
    // Made by `open`, which says whether there is one.
  }

  /** For the program of this file. Null where there is none yet, and where the program uses Node's compile cache itself, or does better without. */
  static open(file: string, environment: NodeJS.ProcessEnv): CodeCache | null {
    // Functions that are not compiled anew are not counted exactly.
    const flags = [...process.execArgv, environment['NODE_OPTIONS'] ?? ''].join(' ');
    if (environment['NODE_V8_COVERAGE'] !== undefined || flags.includes('coverage')) return null;
    if (Module.getCompileCacheDir() !== undefined || environment['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return null;
    const folder = file + CODE_FOLDER;
    if (!existsSync(file)) return null;
    try {
      makeFolder(folder);
      // What is in it is run.
      for (const name of ['.', ...readdirSync(folder)]) if (!isOurs(statSync(join(folder, name)))) return null;
      const { ENABLED } = Module.constants.compileCacheStatus;
      return asPrivate(() => Module.enableCompileCache(folder)).status === ENABLED ? new CodeCache() : null;
    } catch {
      return null;
    }
  }

  /** Another module is about to be compiled. */
  comes(): void {
    if (++this.waiting >= BATCH) this.flush();
  }

  /** The program has started, at `seconds` since 1970. */
  settle(seconds: number): void {
    this.flush();
    try {
      utimesSync(Module.getCompileCacheDir()!, seconds, seconds);
    } catch {
      // It has gone, or belongs to somebody else.
    }
  }

  private flush(): void {
    this.waiting = 0;
    Module.flushCompileCache();
  }
}

/** Root's is as good: who prepares a container's image is not who runs in it. */
export function isOurs({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || ((uid === process.getuid() || uid === 0) && (mode & 0o022) === 0);
}

/** Node makes its folder as the umask says, which a thread cannot change. */
function asPrivate<T>(make: () => T): T {
  let before: number;
  try {
    before = process.umask(PRIVATE);
  } catch {
    return make();
  }
  try {
    return make();
  } finally {
    process.umask(before);
  }
}
