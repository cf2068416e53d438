/**
 * All that one program loads, in one file: the instrumented form of each module, in the order in which they were loaded.
 * So a start that finds it reads it once from front to back, whatever the number of modules.
 *
 * A file is a mark, the length of the index (a multiple of four) and its checksum, the index as JSON, the entries, and then
 * the texts in stretches of about a megabyte. V8 keeps a string of that size outside its heap, where no collection ever
 * copies it, and each module's text is a part of it.
 */
import { closeSync, fstatSync, futimesSync, openSync, readSync } from 'node:fs';
import { groupOf, GROUP } from '../../instrument/names.ts';
import { CachedModule, entrySize, putEntry } from './cached-module.ts';
import type { Encoded } from './cached-module.ts';
import { checksum } from './checksum.ts';

const MAGIC = 'livepack';
const LENGTH = 8;
const SUM = 12;
const PREFIX = 16;
const WINDOW = 256 * 1024;
const SPARE_GROUPS = 256;
/** Somewhat more than the size from which on Node makes strings that V8 keeps outside its heap. */
const STRETCH = 1_179_648;

/**
 * `at` counts from the index's end, `from` from the stretch's start; `unused` the times the file was written since the entry
 * was last used; `sum` is the checksum of the text, filled up to a multiple of four.
 */
export type Place = readonly [
  key: string,
  at: number,
  length: number,
  unused: number,
  stretch: number,
  from: number,
  size: number,
  sum: number,
];

type Stretch = readonly [at: number, length: number];

const filled = (size: number): number => Math.ceil(size / 4) * 4;

interface Index {
  /** The first id that no entry has. */
  readonly next: number;
  /** The groups of ids that entries have. */
  readonly groups: number;
  readonly places: readonly Place[];
  /** `at` counts from the index's end. */
  readonly stretches: readonly Stretch[];
}

export interface Found {
  /** To be used up before another one is asked for. */
  readonly entry: CachedModule;
  readonly place: Place;
}

export class Pack {
  readonly next: number;
  readonly places = new Map<string, Place>();
  private readonly stretches: readonly Stretch[];
  private readonly descriptor: number;
  private readonly start: number;
  private readonly size: number;
  private window: Buffer = Buffer.allocUnsafeSlow(WINDOW);
  /** The part of the file that the window shows. */
  private from = 0;
  private to = 0;
  private readonly texts: (string | undefined)[] = [];
  private scratch: Buffer = Buffer.alloc(0);
  /** Which stretch is in `scratch`. */
  private current = -1;

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
      this.stretches = index.stretches;
      for (const place of index.places) this.places.set(place[0], place);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get(key: string): Found | null {
    const place = this.places.get(key);
    if (!place) return null;
    const [, at, length] = place;
    const bytes = this.read(this.start + at, length);
    const entry = CachedModule.at(bytes, this.start + at - this.from, length);
    return entry && { entry, place };
  }

  /** Throws if it is damaged. `alone`: without the rest of its stretch, where that is not likely to be wanted too. */
  text({ entry, place }: Found, alone: boolean): string {
    const [, , , , stretch, start, size, sum] = place;
    if (alone) this.scratch = this.bytes(this.stretches[stretch]![0] + start, filled(size));
    else if (this.current !== stretch) this.readStretch(stretch);
    this.current = alone ? -1 : stretch;
    const { scratch } = this;
    const from = alone ? 0 : start;
    if (checksum(scratch, from, filled(size)) !== sum) throw new Error('the pack is damaged');
    if (alone || entry.twoByte) return scratch.toString(entry.twoByte ? 'utf8' : 'latin1', from, from + size);
    return (this.texts[stretch] ??= scratch.toString('latin1', 0, this.stretches[stretch]![1])).slice(from, from + size);
  }

  /** The bytes of an entry and of its text, to keep. */
  bytesOf([, at, length, , stretch, from, size]: Place): Encoded {
    return { entry: this.bytes(at, length), original: null, text: this.bytes(this.stretches[stretch]![0] + from, size) };
  }

  /** To be called when what was read has been used up: what was needed for something large goes. */
  release(): void {
    if (this.window.length > WINDOW) {
      this.window = Buffer.allocUnsafeSlow(WINDOW);
      this.from = this.to = 0;
    }
    if (this.scratch.length > 2 * STRETCH) {
      this.scratch = Buffer.alloc(0);
      this.current = -1;
    }
  }

  /** For whoever removes what nobody uses: it was used at `seconds` since 1970. */
  markUsed(seconds: number): void {
    try {
      futimesSync(this.descriptor, seconds, seconds);
    } catch {
      // The file belongs to somebody else, or cannot be written.
    }
  }

  close(): void {
    closeSync(this.descriptor);
    this.window = this.scratch = Buffer.alloc(0);
    this.current = -1;
  }

  private bytes(at: number, length: number): Buffer {
    if (at < 0 || this.start + at + length > this.size) throw new RangeError('beyond the end of the pack');
    const bytes = Buffer.allocUnsafeSlow(length);
    readSync(this.descriptor, bytes, 0, length, this.start + at);
    return bytes;
  }

  private readStretch(number: number): void {
    const [at, length] = this.stretches[number]!;
    if (at < 0 || this.start + at + length > this.size) throw new RangeError('beyond the end of the pack');
    if (this.scratch.length < length) this.scratch = Buffer.allocUnsafeSlow(length);
    readSync(this.descriptor, this.scratch, 0, length, this.start + at);
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

export interface PackEntry extends Encoded {
  readonly key: string;
  readonly unused: number;
}

/** The texts of a stretch, by the places of their entries. */
interface Planned {
  readonly of: readonly number[];
  readonly size: number;
}

/**
 * What a file holds, in parts of which each is good until the next: memory that is new to a process takes longer to get
 * than what is written takes to copy twice.
 */
export function* packOf(next: number, entries: readonly PackEntry[]): Generator<Buffer, void> {
  const modules = entries.map(({ entry }) => CachedModule.begun(entry));
  const sizes = entries.map(({ text }, i) => filled(sizeOf(text, modules[i]!.twoByte)));
  const planned = stretchesOf(sizes);
  const scratch = Buffer.allocUnsafeSlow(planned.reduce((most, { size }) => Math.max(most, size), WINDOW));
  let at = 0;
  const starts = entries.map((entry) => (at += entrySize(entry)) - entrySize(entry));
  const stretches: Stretch[] = [];
  const places: Place[] = [];
  const fill = ({ of }: Planned, note: (i: number, from: number, length: number) => void): void => {
    let from = 0;
    for (const i of of) {
      const length = putText(scratch, from, entries[i]!.text, modules[i]!.twoByte);
      scratch.fill(0, from + length, from + sizes[i]!);
      note(i, from, length);
      from += sizes[i]!;
    }
  };
  for (const stretch of planned) {
    fill(stretch, (i, from, length) => {
      const { key, unused } = entries[i]!;
      const sum = checksum(scratch, from, sizes[i]!);
      places.push([key, starts[i]!, entrySize(entries[i]!), unused, stretches.length, from, length, sum]);
    });
    stretches.push([at, stretch.size]);
    at += stretch.size;
  }
  const groups = modules.reduce((sum, { ids }) => sum + Math.ceil(ids / GROUP), 0);
  yield* headOf({ next, groups, places, stretches });
  yield* entriesIn(scratch, entries);
  for (const stretch of planned) {
    fill(stretch, () => {});
    yield scratch.subarray(0, stretch.size);
  }
}

function stretchesOf(sizes: readonly number[]): Planned[] {
  const planned: Planned[] = [];
  let of: number[] = [];
  let size = 0;
  const finish = (): void => {
    planned.push({ of, size });
    of = [];
    size = 0;
  };
  sizes.forEach((whole, i) => {
    // Who wants one of a stretch gets all of it: a large text is alone.
    if (size > 0 && whole > STRETCH) finish();
    of.push(i);
    size += whole;
    if (size >= STRETCH) finish();
  });
  finish();
  return planned;
}

function* headOf(contents: Index): Generator<Buffer, void> {
  const json = JSON.stringify(contents);
  const index = Buffer.alloc(Math.ceil(Buffer.byteLength(json) / 4) * 4, ' ');
  index.write(json, 'utf8');
  const prefix = Buffer.alloc(PREFIX);
  prefix.write(MAGIC, 'latin1');
  prefix.writeUInt32LE(index.length, LENGTH);
  prefix.writeInt32LE(checksum(index, 0, index.length), SUM);
  yield prefix;
  yield index;
}

function* entriesIn(scratch: Buffer, entries: readonly PackEntry[]): Generator<Buffer, void> {
  let end = 0;
  for (const entry of entries) {
    const size = entrySize(entry);
    if (end + size > scratch.length) {
      yield scratch.subarray(0, end);
      end = 0;
    }
    if (size > scratch.length) {
      const alone = Buffer.allocUnsafeSlow(size);
      putEntry(entry, alone, 0);
      yield alone;
    } else {
      putEntry(entry, scratch, end);
      end += size;
    }
  }
  yield scratch.subarray(0, end);
}

function sizeOf(text: Encoded['text'], twoByte: boolean): number {
  return typeof text === 'string' && twoByte ? Buffer.byteLength(text, 'utf8') : text.length;
}

function putText(bytes: Buffer, at: number, text: Encoded['text'], twoByte: boolean): number {
  return typeof text === 'string' ? bytes.write(text, at, twoByte ? 'utf8' : 'latin1') : text.copy(bytes, at);
}
