/** Where the code of a file was before it was compiled, by the source map that the file came with. */
import { posix } from 'node:path';
import { decode } from '@jridgewell/sourcemap-codec';
import type { SourceMapMappings } from '@jridgewell/sourcemap-codec';
import { lowerBound } from '../../../source/lower-bound.ts';
import type { ModuleModel } from '../../../source/model.ts';
import type { RawMap } from '../../../source/source-map.ts';

/** A place in the source of a file. */
export interface Origin {
  /** As a path within the tree, or out of it with `../`; what is no path stays as the map has it. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The text of the line, where it is known. */
  readonly excerpt?: string;
}

export class Origins {
  private readonly map: RawMap;
  /** The folder within the tree from which the map's paths go. */
  private readonly folder: string;
  private decoded: SourceMapMappings | null = null;
  private readonly texts = new Map<number, readonly string[] | null>();

  /** Throws where `map` is none. */
  constructor(map: RawMap, folder: string) {
    if (!Array.isArray(map.sources) || typeof map.mappings !== 'string') throw new TypeError('not a source map');
    this.map = map;
    this.folder = folder;
  }

  /** Of a place in the file, both numbers 0-based; null where the map does not say. */
  at(line: number, column: number): Origin | null {
    const segments = this.lines[line] ?? [];
    // What stands ahead of the first segment of its line, as what a compiler has indented, belongs to that.
    const index = Math.max(0, lowerBound(segments.length, (i) => segments[i]![0] <= column) - 1);
    const segment = segments[index];
    if (segment === undefined || segment.length === 1) return null;
    const [, source, at, from] = segment;
    const file = this.file(source);
    if (file === null || at < 0 || from < 0) return null;
    const excerpt = this.textOf(source)?.[at];
    return { file, line: at + 1, ...(excerpt === undefined ? {} : { excerpt }) };
  }

  /** The mappings of the file, by its lines; the numbers of the sources go by `sources`. */
  get lines(): SourceMapMappings {
    return (this.decoded ??= decoded(this.map.mappings));
  }

  get sources(): readonly (string | null)[] {
    return this.map.sources.map((_, i) => this.file(i));
  }

  private file(source: number): string | null {
    const name = this.map.sources[source];
    if (name === null || name === undefined) return null;
    if (/^\w+:|^\//.test(name)) return name;
    return posix.join(this.folder, this.map.sourceRoot ?? '', name);
  }

  private textOf(source: number): readonly string[] | null {
    let text = this.texts.get(source);
    if (text === undefined) this.texts.set(source, (text = this.map.sourcesContent?.[source]?.split(/\r\n|[\n\r\u2028\u2029]/) ?? null));
    return text;
  }
}

function decoded(mappings: string): SourceMapMappings {
  try {
    return decode(mappings);
  } catch {
    return [];
  }
}

const known = new WeakMap<ModuleModel, Origins>();

export function noteOrigins(model: ModuleModel, origins: Origins): void {
  known.set(model, origins);
}

export function originsOf(model: ModuleModel): Origins | null {
  return known.get(model) ?? null;
}
