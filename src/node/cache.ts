/**
 * Instrumented text on disk, by the hash of what it was made from. What is read back is run, so the folder must be
 * ours alone; anything doubtful about it and the cache stays off.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EntryForm } from '../engine/index.ts';
import type { Skipped } from './modules.ts';

export interface CachedModule {
  readonly ids: number;
  readonly functions: number;
  /** Id and path of each function that can be suspended, and the form of its entry. */
  readonly tracked: readonly (readonly [id: number, path: string, entry: EntryForm])[];
  readonly unpatchable: readonly Skipped[];
  /** Triples: place in the instrumented text, place in the original, length. */
  readonly segments: readonly number[];
  /** For each id, where it first stands in the instrumented text. */
  readonly firsts: readonly number[];
  readonly text: string;
}

/** Entries made by another instrumenter are not found: its files' sizes and times are part of the key. */
function instrumenter(): string {
  const hash = createHash('sha256');
  for (const folder of ['../source/', '../instrument/']) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(path).sort()) {
      const { size, mtimeMs } = statSync(join(path, name));
      hash.update(`${name} ${size} ${mtimeMs};`);
    }
  }
  return hash.digest('hex');
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
      const entry = readFileSync(this.file(hash, format), 'latin1');
      const end = entry.indexOf('\n');
      const header = JSON.parse(entry.slice(0, end)) as Omit<CachedModule, 'text'> & { length: number; twoByte: boolean };
      const raw = entry.slice(end + 1);
      if (raw.length !== header.length) return null;
      return { ...header, text: header.twoByte ? Buffer.from(raw, 'latin1').toString('utf8') : raw };
    } catch {
      return null;
    }
  }

  write(hash: string, format: string, module: CachedModule): void {
    if (this.folder === null) return;
    const { text, ...rest } = module;
    // One-byte text is kept as it is, so that reading it back makes a one-byte string without decoding.
    const twoByte = /[^\0-\xff]/.test(text);
    const body = Buffer.from(text, twoByte ? 'utf8' : 'latin1');
    const temporary = join(this.folder, `.${process.pid}-${hash.slice(0, 16)}.tmp`);
    try {
      const json = JSON.stringify({ ...rest, length: body.length, twoByte }).replace(
        /[^\0-\x7f]/g,
        (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      const header = Buffer.from(`${json}\n`, 'latin1');
      writeFileSync(temporary, Buffer.concat([header, body]), { mode: 0o600 });
      renameSync(temporary, this.file(hash, format));
    } catch {
      rmSync(temporary, { force: true });
    }
  }

  private file(hash: string, format: string): string {
    const key = createHash('sha256').update(`${this.maker} ${format} ${hash}`).digest('hex');
    return join(this.folder!, key.slice(0, 40));
  }
}
