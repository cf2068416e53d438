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
import { marksIn, renumber } from '../instrument/names.ts';
import type { Segment } from '../source/edits.ts';
import { encodeLayout, renumberBytes } from './layout.ts';
import type { Skipped } from './modules.ts';

/** What is asked for now and then only. */
export interface Details {
  /** Id and path of each function that can be suspended, and the form of its entry. */
  readonly tracked: readonly (readonly [id: number, path: string, entry: EntryForm])[];
  readonly unpatchable: readonly Skipped[];
}

export interface CachedModule {
  readonly ids: number;
  readonly functions: number;
  /** See layout.ts. */
  readonly layout: Uint8Array;
  readonly details: () => Details;
  /** The instrumented text with its ids numbered from `base`. Once. */
  readonly textFrom: (base: number) => string;
}

/** What an entry is made of. */
export interface Made {
  readonly ids: number;
  readonly functions: number;
  readonly segments: readonly Segment[];
  readonly details: Details;
  /** Numbers its ids from 0. */
  readonly text: string;
}

/**
 * An entry is five numbers of four bytes (ids, functions, lengths of layout and details, and of the text, negative if it
 * is UTF-8), then layout, details as JSON, and text. One-byte text is kept as it is: its ids are numbered in place, and
 * reading it makes a one-byte string without decoding.
 */
const HEADER = 20;

function encode({ ids, functions, segments, details, text }: Made): Buffer {
  const twoByte = /[^\0-\xff]/.test(text);
  const layout = encodeLayout(segments, marksIn(text));
  const json = Buffer.from(JSON.stringify(details), 'utf8');
  const body = Buffer.from(text, twoByte ? 'utf8' : 'latin1');
  const header = Buffer.alloc(HEADER);
  header.writeInt32LE(ids, 0);
  header.writeInt32LE(functions, 4);
  header.writeInt32LE(layout.length, 8);
  header.writeInt32LE(json.length, 12);
  header.writeInt32LE(twoByte ? -body.length : body.length, 16);
  return Buffer.concat([header, layout, json, body]);
}

/** Null if it is cut short. */
function decode(entry: Buffer): CachedModule | null {
  if (entry.length < HEADER) return null;
  const layoutEnd = HEADER + entry.readInt32LE(8);
  const textStart = layoutEnd + entry.readInt32LE(12);
  const textLength = entry.readInt32LE(16);
  if (entry.length !== textStart + Math.abs(textLength)) return null;
  // Copies: what is kept must not keep the text.
  const layout = Uint8Array.prototype.slice.call(entry, HEADER, layoutEnd);
  const json = entry.toString('latin1', layoutEnd, textStart);
  let details: Details | null = null;
  return {
    ids: entry.readInt32LE(0),
    functions: entry.readInt32LE(4),
    layout,
    details: () => (details ??= JSON.parse(Buffer.from(json, 'latin1').toString('utf8')) as Details),
    textFrom: (base) => {
      if (textLength < 0) return renumber(entry.toString('utf8', textStart), base);
      if (base !== 0) renumberBytes(entry.subarray(textStart), layout, base);
      return entry.toString('latin1', textStart);
    },
  };
}

/** Entries made by another instrumenter are not found: its files' sizes and times are part of the key. */
function instrumenter(): string {
  const hash = createHash('sha256');
  for (const folder of ['../source/', '../instrument/', './']) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    for (const name of readdirSync(path).sort()) {
      if (folder === './' && !/^(?:cache|layout|maker)\.[jt]s$/.test(name)) continue;
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
      return decode(readFileSync(this.file(hash, format)));
    } catch {
      return null;
    }
  }

  /** Keeps the entry, and gives it as reading it would. */
  write(hash: string, format: string, made: Made): CachedModule {
    const entry = encode(made);
    if (this.folder !== null) {
      const temporary = join(this.folder, `.${process.pid}-${hash.slice(0, 16)}.tmp`);
      try {
        writeFileSync(temporary, entry, { mode: 0o600 });
        renameSync(temporary, this.file(hash, format));
      } catch {
        rmSync(temporary, { force: true });
      }
    }
    return decode(entry)!;
  }

  private file(hash: string, format: string): string {
    return `${this.folder}/${this.maker}-${format}-${hash.slice(0, 40)}`;
  }
}
