/** Maps of instrumented text back to what it was made from, for processes that run with source maps. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import type { SourceMapSegment } from '@jridgewell/sourcemap-codec';
import { Lines } from '../source/text.ts';

const COMMENT = /\/\/[#@] ?sourceMappingURL=([^\s'"]+)\s*$/m;

interface RawMap {
  version: number;
  sources: (string | null)[];
  sourcesContent?: (string | null)[];
  names: string[];
  mappings: string;
  sourceRoot?: string;
}

/**
 * Appends a map to `text`. Where the original came with a map of its own, the result leads to that map's sources.
 * `segments` are triples: place in the instrumented text, place in the original, length.
 */
export function addSourceMap(text: string, original: string, segments: Uint32Array, file: string): string {
  const previous = previousMap(original, file);
  const mappings = columnMap(text, original, segments, previous === null);
  const map: RawMap = previous
    ? { ...previous, mappings: encode(compose(mappings, decode(previous.mappings))) }
    : { version: 3, sources: [file], sourcesContent: [original], names: [], mappings: encode(mappings) };
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
  const bare = text.replace(COMMENT, (comment) => ' '.repeat(comment.trimEnd().length));
  return `${bare}\n//# sourceMappingURL=${url}`;
}

/** With `tokens`, each token has an entry of its own: Node gives the place of the entry before a position, not of the position. */
function columnMap(text: string, original: string, segments: Uint32Array, tokens: boolean): SourceMapSegment[][] {
  const from = new Lines(original);
  const to = new Lines(text);
  const lines: SourceMapSegment[][] = [];
  const start = tokens ? /[\w$\x80-\uffff]+|[^\s]/g : /[^\n]+/g;
  const put = (at: number, source: number): void => {
    const line = to.line(at) - 1;
    while (lines.length <= line) lines.push([]);
    lines[line]!.push([to.column(at), 0, from.line(source) - 1, from.column(source)]);
  };
  for (let i = 0; i < segments.length; i += 3) {
    const at = segments[i]!;
    const source = segments[i + 1]!;
    const end = at + segments[i + 2]!;
    put(at, source);
    start.lastIndex = at;
    for (let match = start.exec(text); match && match.index < end; match = start.exec(text))
      if (match.index > at) put(match.index, source + match.index - at);
  }
  for (const line of lines) line.sort((a, b) => a[0] - b[0]);
  return lines;
}

function compose(outer: SourceMapSegment[][], inner: SourceMapSegment[][]): SourceMapSegment[][] {
  return outer.map((line) => {
    const result: SourceMapSegment[] = [];
    for (const segment of line) {
      if (segment.length === 1) continue;
      const row = inner[segment[2]] ?? [];
      // Everything the original maps within this piece keeps its place relative to the piece's start.
      const shift = segment[0] - segment[3];
      let first = true;
      for (let i = 0; i < row.length; i++) {
        const traced = row[i]!;
        const next = row[i + 1];
        if (next && next[0] <= segment[3] && first) continue;
        const column = Math.max(traced[0], segment[3]) + shift;
        const following = line[line.indexOf(segment) + 1];
        if (following && column >= following[0]) break;
        if (traced.length > 1) result.push([column, ...traced.slice(1)] as unknown as SourceMapSegment);
        first = false;
      }
    }
    return result;
  });
}

function previousMap(original: string, file: string): RawMap | null {
  const found = COMMENT.exec(original)?.[1];
  if (!found) return null;
  try {
    const data = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(found);
    const json = data
      ? data[1]
        ? Buffer.from(data[2]!, 'base64').toString('utf8')
        : decodeURIComponent(data[2]!)
      : readFileSync(resolve(dirname(file), found), 'utf8');
    const map = JSON.parse(json) as RawMap;
    const base = data ? dirname(file) : dirname(resolve(dirname(file), found));
    const { sourceRoot, ...rest } = map;
    return { ...rest, sources: map.sources.map((s) => (s === null || /^\w+:|^\//.test(s) ? s : resolve(base, sourceRoot ?? '', s))) };
  } catch {
    return null;
  }
}
