/** Maps of instrumented text back to what it was made from, for processes that run with source maps. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import type { SourceMapSegment } from '@jridgewell/sourcemap-codec';
import { lowerBound } from '../../source/lower-bound.ts';
import { mapComment, mapPlace } from '../../source/source-map.ts';
import type { RawMap } from '../../source/source-map.ts';
import { Lines } from '../../source/text.ts';

/** What the original came with: the places it leads to, by line. */
interface Previous {
  readonly map: RawMap;
  readonly lines: readonly SourceMapSegment[][];
  /** Where the first line that leads anywhere ends in the original. */
  readonly begin: number;
}

/**
 * Appends a map to `text`. Where the original came with a map of its own, the result leads to that map's sources, and to the
 * original where that map says nothing. `segments` are triples: place in the instrumented text, place in the original, length.
 */
export function addSourceMap(text: string, original: string, segments: Uint32Array, file: string): string {
  const previous = previousMap(original, file);
  const mappings = columnMap(text, original, segments, previous === null ? original.length : previous.begin);
  const map: RawMap = previous
    ? composed(mappings, previous, { file, original })
    : { version: 3, sources: [file], sourcesContent: [original], names: [], mappings: encode(mappings) };
  return `${text}\n${mapComment(map)}`;
}

/**
 * Each line has an entry in each piece, and in the original before `tokensTo` each token: Node gives the place of the entry
 * before a position, not of the position.
 */
function columnMap(text: string, original: string, segments: Uint32Array, tokensTo: number): SourceMapSegment[][] {
  const from = new Lines(original);
  const to = new Lines(text);
  const lines: SourceMapSegment[][] = [];
  const put = (at: number, source: number): void => {
    const line = to.line(at) - 1;
    while (lines.length <= line) lines.push([]);
    lines[line]!.push([to.column(at), 0, from.line(source) - 1, from.column(source)]);
  };
  const token = /[\w$\x80-\uffff]+|[^\s]/g;
  // The line that was looked at last: a text of one line is not to be searched for its end at each of its pieces.
  let [begin, newline] = [0, -1];
  const nextLine = (place: number): number => {
    if (place < begin || place > newline) {
      begin = place;
      newline = text.indexOf('\n', place);
      if (newline < 0) newline = text.length;
    }
    return newline + 1;
  };
  for (let i = 0; i < segments.length; i += 3) {
    const at = segments[i]!;
    const source = segments[i + 1]!;
    const end = at + segments[i + 2]!;
    put(at, source);
    const rest = Math.min(end, at + Math.max(0, tokensTo - source));
    token.lastIndex = at;
    for (let match = rest > at ? token.exec(text) : null; match && match.index < rest; match = token.exec(text))
      if (match.index > at) put(match.index, source + match.index - at);
    for (let place = rest > at ? rest : nextLine(at); place < end; place = nextLine(place)) put(place, source + place - at);
  }
  for (const line of lines) line.sort((a, b) => a[0] - b[0]);
  return lines;
}

function composed(
  outer: readonly SourceMapSegment[][],
  { map, lines }: Previous,
  { file, original }: { readonly file: string; readonly original: string },
): RawMap {
  const own = map.sources.length;
  let usesOwn = false;
  /** Where Node goes by the place before, on an earlier line even. */
  let led = false;
  const mappings = outer.map((line) => {
    const result: SourceMapSegment[] = [];
    for (const [i, piece] of line.entries()) {
      if (piece.length === 1) continue;
      const [start, , at, from] = piece;
      const end = line[i + 1]?.[0] ?? Infinity;
      const inner = lines[at] ?? [];
      const before = lastAt(inner, from);
      if (before < 0 && !led) {
        result.push([start, own, at, from]);
        usesOwn = true;
      }
      // Everything the original maps within this piece keeps its place relative to the piece's start.
      for (let k = Math.max(before, 0); k < inner.length; k++) {
        const traced = inner[k]!;
        const column = Math.max(traced[0], from) - from + start;
        if (column >= end) break;
        if (traced.length === 1) {
          result.push([column, own, at, Math.max(traced[0], from)]);
          usesOwn = true;
          led = false;
        } else {
          result.push(
            traced.length === 4 ? [column, traced[1], traced[2], traced[3]] : [column, traced[1], traced[2], traced[3], traced[4]],
          );
          led = true;
        }
      }
    }
    return result;
  });
  if (!usesOwn) return { ...map, mappings: encode(mappings) };
  const contents = map.sources.map((_, i) => map.sourcesContent?.[i] ?? null);
  return { ...map, sources: [...map.sources, file], sourcesContent: [...contents, original], mappings: encode(mappings) };
}

/** The place in a line of the last segment at or before a column; -1 where there is none. */
function lastAt(line: readonly SourceMapSegment[], column: number): number {
  return lowerBound(line.length, (i) => line[i]![0] <= column) - 1;
}

/** Null for a map that leads nowhere, or that cannot be read: the text that was built is all there is then, as in Node. */
function previousMap(original: string, file: string): Previous | null {
  try {
    const place = mapPlace(original);
    if (!place) return null;
    const folder = dirname(file);
    const json = place.kind === 'inline' ? place.json : readFileSync(resolve(folder, place.address), 'utf8');
    const map = JSON.parse(json) as RawMap;
    const base = place.kind === 'inline' ? folder : dirname(resolve(folder, place.address));
    const { sourceRoot, ...rest } = map;
    const sources = map.sources.map((s) => (s === null || /^\w+:|^\//.test(s) ? s : resolve(base, sourceRoot ?? '', s)));
    const lines = decode(map.mappings).map((line) =>
      line.map((segment) => (leads(segment, sources.length) ? segment : ([segment[0]] as SourceMapSegment))),
    );
    const first = lines.findIndex((line) => line.some((segment) => segment.length > 1));
    return first < 0 ? null : { map: { ...rest, sources }, lines, begin: endOfLine(original, first) };
  } catch {
    return null;
  }
}

function endOfLine(text: string, line: number): number {
  let end = -1;
  for (let i = 0; i <= line; i++) {
    end = text.indexOf('\n', end + 1);
    if (end < 0) return text.length;
  }
  return end + 1;
}

function leads(segment: SourceMapSegment, sources: number): boolean {
  return segment.length > 1 && segment[1]! >= 0 && segment[1]! < sources && segment[2]! >= 0 && segment[3]! >= 0;
}
