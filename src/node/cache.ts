/**
 * Instrumented text on disk, by the hash of what it was made from. What is read back is run, so the folder must be
 * ours alone; anything doubtful about it and the cache stays off.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeModule, encodeModule } from './cached-module.ts';
import type { CachedModule, Made } from './cached-module.ts';

/** Entries made by another instrumenter are not found: its files' sizes and times are part of the key. */
function instrumenter(): string {
  const hash = createHash('sha256');
  for (const folder of ['../source/', '../instrument/', './']) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(path).sort()) {
      if (folder === './' && !/^(?:cache|cached-module|layout|maker)\.[jt]s$/.test(name)) continue;
      const { size, mtimeMs } = statSync(join(path, name));
      hash.update(`${name} ${size} ${mtimeMs};`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

export class Cache {
  private readonly folder: string | null;
  private readonly maker: string;

  constructor(folder: string | null) {
    this.folder = folder;
    this.maker = folder === null ? '' : instrumenter();
  }

  static open(environment: NodeJS.ProcessEnv): Cache {
    const setting = environment['LIVEPATCH_CACHE'];
    if (setting === 'off') return new Cache(null);
    try {
      const folder = setting ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'livepatch');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const stat = statSync(folder);
      const ours = process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0);
      return new Cache(ours ? folder : null);
    } catch {
      return new Cache(null);
    }
  }

  read(hash: string, format: string): CachedModule | null {
    if (this.folder === null) return null;
    try {
      return decodeModule(readFileSync(this.file(hash, format)));
    } catch {
      return null;
    }
  }

  /** Keeps the entry, and gives it as reading it would. */
  write(hash: string, format: string, made: Made): CachedModule {
    const entry = encodeModule(made);
    if (this.folder !== null) {
      const temporary = join(this.folder, `.${process.pid}-${hash.slice(0, 16)}.tmp`);
      try {
        writeFileSync(temporary, entry, { mode: 0o600 });
        renameSync(temporary, this.file(hash, format));
      } catch {
        rmSync(temporary, { force: true });
      }
    }
    return decodeModule(entry)!;
  }

  private file(hash: string, format: string): string {
    return `${this.folder}/${this.maker}-${format}-${hash.slice(0, 40)}`;
  }
}
