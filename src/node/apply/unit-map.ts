/** Source maps of patch code, for processes that run with them. */
import { decode, encode } from '@jridgewell/sourcemap-codec';
import type { SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { Placed } from '../../link/placed.ts';
import type { SourceLines } from '../../patch/format.ts';
import { mapComment } from '../../source/source-map.ts';

/** `url` is that of the module. */
export function unitMap({ text, pieces }: Placed, { sources, lines }: SourceLines, url: string): string {
  const known = new Map(lines.map(([line, mappings]) => [line, decode(mappings)[0]!]));
  const count = text.split('\n').length;
  const mappings: SourceMapSegment[][] = Array.from({ length: count }, () => []);
  for (const [i, { at, line }] of pieces.entries()) {
    const end = pieces[i + 1]?.at ?? count + 1;
    for (let own = at; own < end; own++) mappings[own - 1] = known.get(line + own - at) ?? [];
  }
  return mapComment({
    version: 3,
    sources: sources.map((source) => (URL.canParse(source, url) ? new URL(source, url).href : source)),
    names: [],
    mappings: encode(mappings),
  });
}
