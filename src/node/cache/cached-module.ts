/** The instrumented form of a module as bytes: what the cache and the files beside bundles hold. */
import type { EntryForm } from '../../engine/index.ts';
import { marksIn } from '../../instrument/names.ts';
import type { Segment } from '../../source/edits.ts';
import type { ModuleFormat } from '../../source/parse.ts';
import { checksum } from './checksum.ts';
import { encodeLayout } from './layout.ts';

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** What is asked for now and then only. */
export interface Details {
  /** Id and path of each function that can be suspended, and the form of its entry. */
  readonly tracked: readonly (readonly [id: number, path: string, entry: EntryForm])[];
  readonly unpatchable: readonly Skipped[];
}

/** What an entry is made of. */
export interface Made {
  /** As it was parsed. */
  readonly format: ModuleFormat;
  /** SHA-256 of the original. */
  readonly hash: string;
  /** Ids are numbered from here. */
  readonly base: number;
  readonly ids: number;
  readonly functions: number;
  readonly segments: readonly Segment[];
  readonly details: Details;
  readonly text: string;
}

/** A module that cannot be instrumented, which takes parsing it to find out. */
export interface Refused {
  readonly hash: string;
  readonly reason: string;
}

/**
 * An entry is eight numbers of four bytes (base, ids, functions, the lengths of layout, details and original, then 1 where
 * the text is UTF-8 and not one-byte, then a checksum of all but the original), then the hash, layout, details as JSON, and
 * the original as UTF-8, filled up to a multiple of four. What refuses a module has no ids, and the reason for its details.
 * The text is kept apart.
 */
const NUMBERS = 8;
const HEADER = 4 * NUMBERS;
const HASH = 32;

export interface Encoded {
  readonly entry: Buffer;
  /** What is still to be added to the entry, as it is written: it is long, and so copied but once. Null where it is in it. */
  readonly original: string | Uint8Array | null;
  /** As it is until it is written: V8 holds it anyway, and bytes beside it would take as much again. */
  readonly text: string | Buffer;
}

/** All of an entry, without the original where the hash is compared, not the text. */
export function encodeModule(made: Made | Refused, original: string | Uint8Array | null): Encoded {
  const begun = beginEntry(made, original ?? '');
  const entry = Buffer.allocUnsafeSlow(entrySize(begun));
  putEntry(begun, entry, 0);
  return { entry, original: null, text: begun.text };
}

/** An entry to which `original` is still to be added. */
export function beginEntry(made: Made | Refused, original: string | Uint8Array): Encoded & { readonly text: string } {
  const refused = 'reason' in made;
  const text = refused ? '' : made.text;
  const twoByte = /[^\0-\xff]/.test(text);
  const layout = refused ? new Uint8Array() : encodeLayout(made.segments, marksIn(text), made.base);
  const details = JSON.stringify(refused ? made.reason : made.details);
  const sizes = [layout.length, Buffer.byteLength(details, 'utf8'), Buffer.byteLength(original, 'utf8')];
  const numbers = refused ? [0, 0, 0] : [made.base, made.ids, made.functions];
  const entry = Buffer.allocUnsafe(HEADER + HASH + sizes[0]! + sizes[1]!);
  [...numbers, ...sizes, Number(twoByte)].forEach((n, i) => entry.writeInt32LE(n, 4 * i));
  entry.write(made.hash, HEADER, 'hex');
  entry.set(layout, HEADER + HASH);
  entry.write(details, HEADER + HASH + sizes[0]!, 'utf8');
  return { entry, original, text };
}

/** Bytes that all of an entry takes. */
export function entrySize({ entry, original }: Encoded): number {
  return original === null ? entry.length : Math.ceil((entry.length + CachedModule.begun(entry).originalSize) / 4) * 4;
}

/** Writes all of an entry into `bytes`. */
export function putEntry(encoded: Encoded, bytes: Buffer, at: number): void {
  const { entry, original } = encoded;
  bytes.set(entry, at);
  if (original === null) return;
  const size = entrySize(encoded);
  const from = at + entry.length;
  const end = from + (typeof original === 'string' ? bytes.write(original, from, 'utf8') : original.length);
  if (typeof original !== 'string') bytes.set(original, from);
  bytes.fill(0, end, at + size);
  bytes.writeInt32LE(CachedModule.at(bytes, at, size)!.sum(), at + HEADER - 4);
}

/** What is kept of a module while the process runs: bytes, outside V8's heap. */
export interface Record {
  readonly hash: string;
  readonly layout: Uint8Array;
  readonly details: Details;
}

/** Reads one entry out of `bytes`, which may be used again afterwards. */
export class CachedModule {
  private readonly bytes: Buffer;
  private readonly start: number;

  private constructor(bytes: Buffer, start: number) {
    this.bytes = bytes;
    this.start = start;
  }

  /** Null if the entry at `start` is not of this length. */
  static at(bytes: Buffer, start: number, length: number): CachedModule | null {
    if (length < HEADER + HASH || start + length > bytes.length) return null;
    const entry = new CachedModule(bytes, start);
    if ([3, 4, 5].some((index) => entry.number(index) < 0)) return null;
    const spare = start + length - entry.originalStart - entry.originalSize;
    return spare >= 0 && spare < 4 ? entry : null;
  }

  /** Of an entry without its original. */
  static begun(head: Buffer): CachedModule {
    return new CachedModule(head, 0);
  }

  private number(index: number): number {
    return this.bytes.readInt32LE(this.start + 4 * index);
  }

  private get originalStart(): number {
    return this.start + HEADER + HASH + this.number(3) + this.number(4);
  }

  /** Whether it is as it was written: a disk that lost its power may hold something else. */
  get isWhole(): boolean {
    return this.sum() === this.number(NUMBERS - 1);
  }

  sum(): number {
    return checksum(this.bytes, this.start, Math.ceil((this.originalStart - this.start) / 4) * 4, NUMBERS - 1);
  }

  /** The text's ids are numbered from here. */
  get base(): number {
    return this.number(0);
  }

  get ids(): number {
    return this.number(1);
  }

  get functions(): number {
    return this.number(2);
  }

  get originalSize(): number {
    return this.number(5);
  }

  /** Whether `original` is what the entry was made from. */
  isFrom(original: Uint8Array): boolean {
    const start = this.originalStart;
    return original.length === this.originalSize && this.bytes.compare(original, 0, original.length, start, start + original.length) === 0;
  }

  /** The bytes that `recordOf` reads. */
  get record(): Uint8Array {
    return this.bytes.subarray(this.start + 12, this.originalStart);
  }

  /** Its text has a character that takes more than one byte. */
  get twoByte(): boolean {
    return this.number(6) === 1;
  }

  /** Why the module is to be left as it is; null if it is not. */
  get reason(): string | null {
    return this.ids === 0
      ? (JSON.parse(this.bytes.toString('utf8', this.originalStart - this.number(4), this.originalStart)) as string)
      : null;
  }

  get hash(): string {
    return this.bytes.toString('hex', this.start + HEADER, this.start + HEADER + HASH);
  }
}

/** Reads what `CachedModule.record` gave. */
export function recordOf(bytes: Uint8Array): Record {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = HEADER - 12 + HASH;
  const layoutEnd = start + buffer.readInt32LE(0);
  return {
    hash: buffer.toString('hex', start - HASH, start),
    layout: buffer.subarray(start, layoutEnd),
    details: JSON.parse(buffer.toString('utf8', layoutEnd)) as Details,
  };
}
