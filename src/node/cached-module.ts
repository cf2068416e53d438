/** The instrumented form of a module as bytes: what the cache and the files beside bundles hold. */
import type { EntryForm } from '../engine/index.ts';
import { marksIn, renumber } from '../instrument/names.ts';
import type { Segment } from '../source/edits.ts';
import type { ModuleFormat } from '../source/parse.ts';
import { encodeLayout } from './layout.ts';
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
  /** As it was parsed. */
  readonly format: ModuleFormat;
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

export function encodeModule({ ids, functions, segments, details, text }: Made): Buffer {
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
export function decodeModule(entry: Buffer): CachedModule | null {
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
      return renumber(entry.toString(textLength < 0 ? 'utf8' : 'latin1', textStart), base);
    },
  };
}
