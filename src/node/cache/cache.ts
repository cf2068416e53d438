/**
 * The instrumented text of a program's modules on disk, each found by where it was loaded from and taken only for exactly
 * the text that it was made from. What is read back is run, so the folder must be ours alone; anything doubtful about it
 * and the cache stays off.
 */
import fs, { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GROUP, groupOf } from '../../instrument/names.ts';
import { after, now, ticks } from '../time/clock.ts';
import { CachedModule, beginEntry } from './cached-module.ts';
import type { Encoded, Made, Refused } from './cached-module.ts';
import type { CodeCache } from './code-cache.ts';
import { CODE_FOLDER } from './code-folder.ts';
import { Pack, packOf } from './pack.ts';
import type { PackEntry } from './pack.ts';

/** A program that has loaded nothing for so long has started, and so has one that goes on loading. */
const QUIET_MS = 1500;
const STARTED_MS = 10_000;
/** A file that was not used for so long is removed. */
const KEPT_MS = 60 * 24 * 3_600_000;
/** One that was not finished by then was left by a process that was killed. */
const UNFINISHED_MS = 3_600_000;
/** Larger texts are rare, and a buffer that they fit would stay. */
const SCRATCH = 256 * 1024;
/** An entry that was not used so many times that the file was written is dropped from it. */
const MAX_UNUSED = 8;

const TEMPORARY = /\.\d+-\d+$/;

export interface Instrumented {
  /** To be used up before another one is asked for. */
  readonly entry: CachedModule;
  readonly text: string;
}

export class Cache {
  /** Null where nothing is kept. */
  readonly file: string | null;
  private readonly settles: boolean;
  private writable = true;
  private pack: Pack | null = null;
  /** The file is not there, or not fit to be read. */
  private missing = false;
  /** Null once the program has started: what comes later does not tell what it needs. */
  private used: Set<string> | null = new Set();
  /** Made by this process, not in the file yet. */
  private readonly fresh = new Map<string, Encoded>();
  /** What is being written now. */
  private unfinished: string | null = null;
  private next = 0;
  private reads = 0;
  private since: number | null = null;
  private scratch = Buffer.alloc(0);
  private readonly code: CodeCache | null;

  /** Without `settles` it is written when that is asked for, or as the process ends. */
  constructor(file: string | null, settles = true, code: CodeCache | null = null) {
    this.file = file;
    this.settles = settles;
    this.code = code;
  }

  /** Of all that is kept, in the order in which it was loaded. */
  keys(): readonly string[] {
    return [...(this.opened()?.places.keys() ?? [])];
  }

  /** The first id that no module of the program has had. */
  get firstFreeId(): number {
    return Math.max(this.next, this.opened()?.next ?? 0);
  }

  /** What is kept of `key`, if it was made from `original`. */
  read(key: string, original: string | Uint8Array): Instrumented | null {
    this.settle();
    try {
      const pack = this.opened();
      const found = pack?.get(key) ?? null;
      if (pack === null || found === null) return null;
      const { entry } = found;
      if (!entry.isFrom(typeof original === 'string' ? this.utf8(original) : original) || !entry.isWhole) return null;
      const text = pack.text(found, this.used === null);
      this.used?.add(key);
      return { entry, text };
    } catch {
      this.drop();
      return null;
    }
  }

  /** To be called when what was read has been used up. */
  release(): void {
    this.pack?.release();
    this.code?.comes();
  }

  /** Keeps what was made from `original`, and gives it as reading it would. */
  write(key: string, original: string | Uint8Array, made: Made | Refused): Instrumented {
    // Whoever gave bytes may use their place again.
    const begun = beginEntry(made, typeof original === 'string' ? original : Buffer.from(original));
    if (!('reason' in made)) this.next = Math.max(this.next, made.base + made.ids);
    if (this.file !== null && this.writable) {
      if (this.fresh.size === 0) process.once('exit', this.save);
      this.fresh.set(key, begun);
      this.settle();
    }
    return { entry: CachedModule.begun(begun.entry), text: begun.text };
  }

  /** Text as bytes that are good until the next is asked for. */
  private utf8(text: string): Uint8Array {
    if (3 * text.length > SCRATCH) return Buffer.from(text, 'utf8');
    if (this.scratch.length === 0) this.scratch = Buffer.allocUnsafeSlow(SCRATCH);
    return this.scratch.subarray(0, this.scratch.write(text, 'utf8'));
  }

  private opened(): Pack | null {
    if (this.pack !== null || this.missing || this.file === null) return this.pack;
    try {
      return (this.pack = new Pack(this.file));
    } catch {
      this.missing = true;
      return null;
    }
  }

  private close(): void {
    this.pack?.close();
    this.pack = null;
  }

  private drop(): void {
    this.close();
    this.missing = true;
  }

  /** Once the program has started, what is new is written, and nothing is kept open. */
  private settle(): void {
    this.reads++;
    if (this.since !== null || this.file === null || !this.settles) return;
    this.since = ticks();
    this.wait();
  }

  private wait(): void {
    const before = this.reads;
    after(() => {
      if (this.reads !== before && ticks() - this.since! < STARTED_MS) return this.wait();
      this.since = null;
      if (this.used !== null) this.pack?.markUsed(now() / 1000);
      this.code?.settle(now() / 1000);
      void this.saveLater(this.used);
      this.close();
      this.used = null;
      this.scratch = Buffer.alloc(0);
    }, QUIET_MS).unref();
  }

  /** The process ends before the program was quiet for long enough. */
  private readonly save = (): void => {
    try {
      this.flush();
    } catch {
      // What cannot be kept is made anew.
    }
  };

  /** Writes what is not written yet. Throws if that fails. */
  flush(): void {
    if (this.fresh.size === 0) return;
    process.off('exit', this.save);
    const temporary = this.temporary();
    if (this.unfinished !== null) this.discard(this.unfinished);
    try {
      const file = openSync(temporary, 'wx', this.mode);
      try {
        // Not synced, as the program's end waits for it: what a loss of power leaves of it is found to be damaged.
        for (const part of this.contents(this.used)) assertWritten(part, writeSync(file, part));
      } finally {
        closeSync(file);
      }
      renameSync(temporary, this.file!);
      this.fresh.clear();
    } catch (error) {
      this.discard(temporary);
      throw error;
    }
  }

  /** Writes without making the program wait. What it does not get to write is written as the process ends. */
  private async saveLater(used: ReadonlySet<string> | null): Promise<void> {
    if (this.fresh.size === 0) return;
    const temporary = (this.unfinished = this.temporary());
    const written = new Map(this.fresh);
    try {
      const file = await fs.promises.open(temporary, 'wx', this.mode);
      try {
        for (const part of this.contents(used)) assertWritten(part, (await file.write(part)).bytesWritten);
        await file.datasync();
      } finally {
        await file.close();
      }
      await fs.promises.rename(temporary, this.file!);
      this.missing = false;
      void tidy(dirname(this.file!));
      for (const [key, begun] of written) if (this.fresh.get(key) === begun) this.fresh.delete(key);
    } catch {
      // Nothing can be written here, and what cannot be written is not kept.
      this.discard(temporary);
      this.writable = false;
      this.fresh.clear();
    }
    this.unfinished = null;
    if (this.fresh.size === 0) process.off('exit', this.save);
  }

  /** Who may look into the folder may read what is in it. */
  private get mode(): number {
    return 0o600 | (statSync(dirname(this.file!)).mode & 0o044);
  }

  /** A name, as TEMPORARY, that no other process or thread has. */
  private temporary(): string {
    return `${this.file}.${process.pid}-${process.hrtime.bigint()}`;
  }

  private discard(temporary: string): void {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // It was not written, or the folder has gone.
    }
  }

  /** The file with what this process has made, in parts as `packOf` gives them; `used` is null where that says nothing about what a start needs. */
  private contents(used: ReadonlySet<string> | null): Iterable<Buffer> {
    // Another process may have written the file since it was opened.
    this.drop();
    this.missing = false;
    const old = this.opened();
    const entries: PackEntry[] = [...this.fresh].map(([key, begun]) => ({ key, unused: 0, ...begun }));
    const taken = new Set(entries.flatMap(({ entry }) => groupsOf(entry)));
    for (const place of old?.places.values() ?? []) {
      const [key, , , before] = place;
      const unused = used?.has(key) === true ? 0 : before + Number(used !== null);
      if (unused > MAX_UNUSED || this.fresh.has(key)) continue;
      const encoded = old!.bytesOf(place);
      // Two processes that had the same ids free: one of them makes its modules anew, with others.
      if (!groupsOf(encoded.entry).some((group) => taken.has(group))) entries.push({ key, unused, ...encoded });
    }
    const next = this.firstFreeId;
    this.close();
    return packOf(next, entries);
  }
}

function assertWritten(part: Buffer, bytes: number): void {
  if (bytes !== part.length) throw new Error('the disk is full');
}

/** Removes what programs that are gone, and processes that were killed, have left. */
async function tidy(folder: string): Promise<void> {
  const { readdir, rm, stat } = fs.promises;
  const removeOlder = async (path: string, ms: number): Promise<void> => {
    if (now() - (await stat(path)).mtimeMs > ms) await rm(path, { recursive: true, force: true });
  };
  try {
    const names = await readdir(folder);
    for (const name of names) {
      const path = join(folder, name);
      if (!name.endsWith(CODE_FOLDER)) await removeOlder(path, TEMPORARY.test(name) ? UNFINISHED_MS : KEPT_MS);
      // One for each release of Node.
      else for (const part of await readdir(path)) await removeOlder(join(path, part), KEPT_MS);
    }
    const left = await readdir(folder);
    for (const name of left)
      if (name.endsWith(CODE_FOLDER) && !left.includes(name.slice(0, -CODE_FOLDER.length)))
        await rm(join(folder, name), { recursive: true, force: true });
  } catch {
    // Another process was faster.
  }
}

function groupsOf(entry: Buffer): number[] {
  const { base, ids } = CachedModule.begun(entry);
  return Array.from({ length: Math.ceil(ids / GROUP) }, (_, i) => groupOf(base) + i);
}
