/**
 * What is kept about instrumented text: where the pieces of the original stand in it, and where each of its ids does.
 * Numbers are kept as differences, seven bits to a byte: most take one, and a thousand modules take little.
 */
import type { Mark } from '../../instrument/names.ts';
import type { Segment } from '../../source/edits.ts';

export interface Places {
  /** Triples: place in the instrumented text, place in the original, length. */
  readonly segments: Uint32Array;
  /** For each id, where its mark first stands in the instrumented text. */
  readonly firsts: Uint32Array;
}

/** Bytes that a number takes at most. */
const LONGEST = 8;

class Writer {
  private readonly bytes: Uint8Array;
  private length = 0;

  constructor(numbers: number) {
    this.bytes = new Uint8Array(LONGEST * numbers);
  }

  /** Small numbers of either sign are short. */
  put(value: number): void {
    const { bytes } = this;
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 128) {
      bytes[this.length++] = (rest & 127) | 128;
      rest = Math.floor(rest / 128);
    }
    bytes[this.length++] = rest;
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

class Reader {
  position = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.position++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** `firsts` are the marks of ids that are numbered from `base`. */
export function encodeLayout(segments: readonly Segment[], firsts: readonly Mark[], base = 0): Uint8Array {
  const out = new Writer(2 + 2 * firsts.length + 3 * segments.length);
  out.put(firsts.length);
  let at = 0;
  let id = base;
  for (const mark of firsts) {
    out.put(mark.at - at);
    out.put(mark.id - id);
    at = mark.at;
    id = mark.id;
  }
  out.put(segments.length);
  at = 0;
  let from = 0;
  for (const segment of segments) {
    out.put(segment.at - at);
    out.put(segment.from - from);
    out.put(segment.length);
    at = segment.at + segment.length;
    from = segment.from + segment.length;
  }
  return out.done();
}

export function decodeLayout(layout: Uint8Array, ids: number): Places {
  const input = new Reader(layout);
  const firsts = new Uint32Array(ids);
  let at = 0;
  let id = 0;
  for (let count = input.get(); count > 0; count--) {
    at += input.get();
    id += input.get();
    firsts[id] = at;
  }
  const segments = new Uint32Array(3 * input.get());
  at = 0;
  let from = 0;
  for (let i = 0; i < segments.length; i += 3) {
    at += input.get();
    from += input.get();
    const length = input.get();
    segments[i] = at;
    segments[i + 1] = from;
    segments[i + 2] = length;
    at += length;
    from += length;
  }
  return { segments, firsts };
}

export function segmentsOf(layout: Uint8Array, ids: number): Segment[] {
  const { segments } = decodeLayout(layout, ids);
  return Array.from({ length: segments.length / 3 }, (_, i) => ({
    at: segments[3 * i]!,
    from: segments[3 * i + 1]!,
    length: segments[3 * i + 2]!,
  }));
}
