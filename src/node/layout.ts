/**
 * What is kept about instrumented text: where the pieces of the original stand in it, and where each of its ids does.
 * Numbers are kept as differences, seven bits to a byte: most take one, and a thousand modules take little.
 */
import { ID_WIDTH } from '../instrument/names.ts';
import type { Mark } from '../instrument/names.ts';
import type { Segment } from '../source/edits.ts';

export interface Places {
  /** Triples: place in the instrumented text, place in the original, length. */
  readonly segments: Uint32Array;
  /** For each id, where its digits first stand in the instrumented text. */
  readonly firsts: Uint32Array;
}

class Writer {
  private readonly bytes: number[] = [];

  /** Small numbers of either sign are short. */
  put(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 128) {
      this.bytes.push((rest & 127) | 128);
      rest = Math.floor(rest / 128);
    }
    this.bytes.push(rest);
  }

  done(): Uint8Array {
    return Uint8Array.from(this.bytes);
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

/** The marks come first: they are read each time the module loads, the segments only for what asks for them. */
export function encodeLayout(segments: readonly Segment[], marks: readonly Mark[]): Uint8Array {
  const out = new Writer();
  out.put(marks.length);
  let at = 0;
  let id = 0;
  for (const mark of marks) {
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

/** Writes `base` more for each id into one-byte text that numbers its ids from 0. */
export function renumberBytes(text: Uint8Array, layout: Uint8Array, base: number): void {
  const marks = new Reader(layout);
  let at = 0;
  let id = base;
  for (let count = marks.get(); count > 0; count--) {
    at += marks.get();
    id += marks.get();
    let rest = id;
    for (let digit = at + ID_WIDTH - 1; digit >= at; digit--) {
      const tenth = Math.trunc(rest / 10);
      text[digit] = 48 + rest - 10 * tenth;
      rest = tenth;
    }
  }
}

export function decodeLayout(layout: Uint8Array, ids: number): Places {
  const input = new Reader(layout);
  const firsts = new Uint32Array(ids);
  const seen = new Uint8Array(ids);
  let at = 0;
  let id = 0;
  for (let count = input.get(); count > 0; count--) {
    at += input.get();
    id += input.get();
    if (seen[id] !== 0) continue;
    seen[id] = 1;
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
