/**
 * All that one program loads, in one file: the instrumented form of each module, in the order in which they were loaded.
 * So a start that finds it reads it once from front to back, through one window, whatever the number of modules.
 *
 * A file is a mark, the length of the index (a multiple of four) and its checksum, the index as JSON, then the entries.
 */
import { closeSync, fstatSync, futimesSync, openSync, readSync } from 'node:fs';
import { groupOf, GROUP } from '../instrument/names.ts';
import { CachedModule } from './cached-module.ts';
import { checksum } from './checksum.ts';

const MAGIC = 'livepack';
const LENGTH = 8;
const SUM = 12;
const PREFIX = 16;
const WINDOW = 256 * 1024;
const SPARE_GROUPS = 256;

export type Place = readonly [key: string, at: number, length: number, unused: number];

interface Index {
  /** The first id that no entry has. */
  readonly next: number;
  /** The groups of ids that entries have. */
  readonly groups: number;
  /** `at` counts from the index's end; `unused` the times the file was written since the entry was last used. */
  readonly places: readonly Place[];
}

export class Pack {
  readonly next: number;
  readonly places = new Map<string, Place>();
  private readonly descriptor: number;
  private readonly start: number;
  private readonly size: number;
  private window = Buffer.allocUnsafeSlow(WINDOW);
  /** The part of the file that the window shows. */
  private from = 0;
  private to = 0;

  /** Throws if there is none, or it is not whole. */
  constructor(file: string) {
    this.descriptor = openSync(file, 'r');
    try {
      this.size = fstatSync(this.descriptor).size;
      const prefix = this.read(0, PREFIX);
      if (prefix.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error(`${file} is not a pack`);
      const length = prefix.readUInt32LE(LENGTH);
      const sum = prefix.readInt32LE(SUM);
      this.start = PREFIX + length;
      const bytes = this.read(PREFIX, length);
      const at = PREFIX - this.from;
      if (checksum(bytes, at, length) !== sum) throw new Error(`${file} is damaged`);
      const index = JSON.parse(bytes.toString('utf8', at, at + length)) as Index;
      // Each change of a module leaves the ids behind that it had: now and then all are given anew.
      if (groupOf(index.next) > 2 * index.groups + SPARE_GROUPS) throw new Error(`${file} is full of gaps`);
      this.next = index.next;
      for (const place of index.places) this.places.set(place[0], place);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The entry of `key`; to be used up before another one is asked for. */
  get(key: string): CachedModule | null {
    const place = this.places.get(key);
    if (!place) return null;
    const [, at, length] = place;
    const bytes = this.read(this.start + at, length);
    return CachedModule.at(bytes, this.start + at - this.from, length);
  }

  /** The bytes of an entry, to keep. */
  bytesOf([, at, length]: Place): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    readSync(this.descriptor, bytes, 0, length, this.start + at);
    return bytes;
  }

  /** For whoever removes what nobody uses. */
  markUsed(): void {
    try {
      const now = new Date();
      futimesSync(this.descriptor, now, now);
    } catch {
      // The file belongs to somebody else, or cannot be written.
    }
  }

  close(): void {
    closeSync(this.descriptor);
    this.window = Buffer.alloc(0);
  }

  /** The window, moved so that it shows this part. */
  private read(position: number, length: number): Buffer {
    if (position < 0 || position + length > this.size) throw new RangeError('beyond the end of the pack');
    if (position >= this.from && position + length <= this.to) return this.window;
    if (length > this.window.length) this.window = Buffer.allocUnsafeSlow(length);
    // Who goes back goes back once: what comes next is likely to be where the window was.
    const wanted = position < this.from ? length : this.window.length;
    this.from = position;
    this.to = position + readSync(this.descriptor, this.window, 0, wanted, position);
    if (position + length > this.to) throw new RangeError('beyond the end of the pack');
    return this.window;
  }
}

/** What a file holds. */
export function packOf(
  next: number,
  entries: readonly { readonly key: string; readonly unused: number; readonly bytes: Buffer }[],
): Buffer[] {
  let at = 0;
  let groups = 0;
  const places = entries.map(({ key, unused, bytes }): Place => {
    at += bytes.length;
    groups += Math.ceil(CachedModule.at(bytes, 0, bytes.length)!.ids / GROUP);
    return [key, at - bytes.length, bytes.length, unused];
  });
  const json = JSON.stringify({ next, groups, places } satisfies Index);
  const index = Buffer.alloc(Math.ceil(Buffer.byteLength(json) / 4) * 4, ' ');
  index.write(json, 'utf8');
  const prefix = Buffer.alloc(PREFIX);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt32LE(index.length, LENGTH);
  prefix.writeInt32LE(checksum(index, 0, index.length), SUM);
  return [prefix, index, ...entries.map((e) => e.bytes)];
}
