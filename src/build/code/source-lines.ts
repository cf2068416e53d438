/** Where the new code of a module was before it was compiled, of the lines that its units have. */
import { posix } from 'node:path';
import { encode } from '@jridgewell/sourcemap-codec';
import type { SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { PatchUnit, SourceLines } from '../../patch/format.ts';
import { originsOf } from '../version/program/origins.ts';
import type { Side } from '../version/side.ts';

/** Null where the file came without a map, or that says nothing of these lines. */
export function sourceLinesOf(units: readonly PatchUnit[], { model }: Side): SourceLines | null {
  const origins = originsOf(model);
  if (!origins) return null;
  const folder = posix.dirname(model.file);
  const sources: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (source: number): number | null => {
    const file = origins.sources[source] ?? null;
    if (file === null) return null;
    const name = /^\w+:|^\//.test(file) ? file : posix.relative(folder, file);
    if (!numbers.has(name)) numbers.set(name, sources.push(name) - 1);
    return numbers.get(name)!;
  };
  const lines = [...linesOf(units)].sort((a, b) => a - b);
  const mapped = lines.flatMap((line): [number, string][] => {
    const segments = (origins.lines[line - 1] ?? []).flatMap((segment): SourceMapSegment[] => {
      if (segment.length === 1 || segment[2] < 0 || segment[3] < 0) return [];
      const number = numberOf(segment[1]);
      return number === null ? [] : [[segment[0], number, segment[2], segment[3]]];
    });
    return segments.length === 0 ? [] : [[line, encode([segments])]];
  });
  return mapped.length === 0 ? null : { sources, lines: mapped };
}

/** The lines of the new source on which pieces of the units stand. */
function linesOf(units: readonly PatchUnit[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { code, lines = [] } of units)
    for (const [i, [offset, line]] of lines.entries()) {
      const count = code.slice(offset, lines[i + 1]?.[0] ?? code.length).split('\n').length;
      for (let k = 0; k < count; k++) found.add(line + k);
    }
  return found;
}
