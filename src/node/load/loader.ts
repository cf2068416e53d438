/** The load hook: every JavaScript module of the program, CommonJS, ESM or stripped TypeScript, comes in through here. */
import { registerHooks } from 'node:module';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { renumber } from '../../instrument/names.ts';
import type { Cache } from '../cache/cache.ts';
import type { CachedModule } from '../cache/cached-module.ts';
import { decodeLayout } from '../cache/layout.ts';
import { LoadedSource } from './loaded-source.ts';
import { LoadedModule } from '../sites/modules.ts';
import type { LoadedModules } from '../sites/modules.ts';
import { loadOwn, loadingOwn } from '../../source/own.ts';
import type { Selection } from './selection.ts';
import type { Slots } from '../sites/slots.ts';
import type * as SourceMaps from './source-maps.ts';

export interface LoaderParts {
  readonly modules: LoadedModules;
  readonly slots: Slots;
  readonly cache: Cache;
  readonly selection: Selection;
  /** The text that a patch has loaded in place of what a file holds. */
  newer(source: LoadedSource): string | null;
}

export class Loader {
  private readonly parts: LoaderParts;

  constructor(parts: LoaderParts) {
    this.parts = parts;
  }

  install(): void {
    registerHooks({ load: (url, context, nextLoad) => this.load(url, nextLoad(url, context), context) });
  }

  private load(url: string, found: LoadFnOutput, context: LoadHookContext): LoadFnOutput {
    if (loadingOwn() || !url.startsWith('file:')) return found;
    let original = LoadedSource.of(url, found, context);
    if (original === null) return found;
    const { cache, modules, slots, selection } = this.parts;
    let loaded = found;
    const newer = this.parts.newer(original);
    if (newer !== null) {
      loaded = { ...found, source: newer, shortCircuit: true };
      original = LoadedSource.of(url, loaded, context)!;
    }
    const excluded = selection.excludes(url);
    if (excluded !== null) {
      if (excluded !== '') modules.leave(url, excluded);
      return loaded;
    }
    const { key, given, format } = original;
    try {
      const { entry, text } = cache.read(key, given) ?? cache.write(key, given, original.make(slots.following(cache.firstFreeId)));
      if (entry.reason !== null) {
        modules.leave(url, entry.reason);
        return loaded;
      }
      const base = this.place(entry);
      let source = base === entry.base ? text : renumber(text, base - entry.base);
      const module = new LoadedModule(url, base, entry, Math.max(0, source.length - given.length));
      modules.add(module);
      cache.release();
      if (process.sourceMapsEnabled) source = this.withSourceMap(source, original.text, module);
      return { ...loaded, source, ...(format === null ? {} : { format }), shortCircuit: true } as LoadFnOutput;
    } catch (error) {
      modules.leave(url, error instanceof Error ? error.message : String(error));
      return loaded;
    }
  }

  /** Where the ids of this instance of a module begin: where the entry's do, unless they are taken. */
  private place({ base, ids }: CachedModule): number {
    const { slots, cache } = this.parts;
    return slots.claim(base, ids) ? base : slots.allocate(ids, cache.firstFreeId);
  }

  private withSourceMap(text: string, raw: string, module: LoadedModule): string {
    const { addSourceMap } = loadOwn<typeof SourceMaps>('node/load/source-maps');
    return addSourceMap(text, raw, decodeLayout(module.record.layout, module.ids).segments, module.file);
  }
}
