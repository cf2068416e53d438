/** The load hook: every JavaScript module of the program, CommonJS, ESM or stripped TypeScript, comes in through here. */
import { registerHooks } from 'node:module';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PREFIX, renumber } from '../../instrument/names.ts';
import type { ModuleFormat } from '../../source/parse.ts';
import type { Cache } from '../cache/cache.ts';
import type { CachedModule } from '../cache/cached-module.ts';
import { decodeLayout } from '../cache/layout.ts';
import { isAskedByAnother } from './asked.ts';
import { CompiledModules } from './compiled.ts';
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

interface RunningText {
  readonly text: string;
  /** Null where Node has still to detect it, or knows it. */
  readonly format: ModuleFormat | null;
}

export class Loader {
  private readonly parts: LoaderParts;
  private readonly compiled: CompiledModules;

  constructor(parts: LoaderParts) {
    this.parts = parts;
    this.compiled = new CompiledModules((file, text, format) => this.compile(file, text, format));
  }

  install(): void {
    registerHooks({ load: (url, context, nextLoad) => this.load(url, nextLoad(url, context), context) });
  }

  private load(url: string, found: LoadFnOutput, context: LoadHookContext): LoadFnOutput {
    if (loadingOwn() || !url.startsWith('file:')) return found;
    const { compiled } = this;
    compiled.look();
    if (context.conditions.includes('require') && compiled.isCompiledLater(fileURLToPath(url))) return found;
    const original = LoadedSource.of(url, found, context);
    // Another hook that has asked may have the file read by `require`, as if it had got no text.
    const isCommonJS = found.format?.startsWith('commonjs') === true && !context.conditions.includes('require');
    if (isCommonJS && (original === null || isAskedByAnother())) compiled.awaits(fileURLToPath(url));
    if (original === null) return found;
    const source = this.sourceOf(original);
    if (source === null) return found;
    const format = source.format === null ? {} : { format: source.format };
    return { ...found, source: source.text, ...format, shortCircuit: true } as LoadFnOutput;
  }

  /** What is to be compiled in place of the text that comes to be compiled past the hook. */
  private compile(file: string, text: string, format: unknown): readonly [string, unknown] {
    this.compiled.comes(file);
    // What an `import` has loaded with its text comes to be compiled here as well.
    const original = loadingOwn() || text.includes(PREFIX) ? null : LoadedSource.compiled(pathToFileURL(file).href, text, format);
    if (original) this.parts.modules.takeUp(file);
    const source = original && this.sourceOf(original);
    return source ? [source.text, source.format ?? format] : [text, format];
  }

  /** Null where it is to run as it is. */
  private sourceOf(loaded: LoadedSource): RunningText | null {
    const { cache, modules, slots, selection } = this.parts;
    const { url } = loaded;
    const newer = this.parts.newer(loaded);
    const original = newer === null ? loaded : loaded.with(newer);
    const asItIs = newer === null ? null : { text: newer, format: null };
    const excluded = selection.excludes(url);
    if (excluded !== null) {
      if (excluded !== '') modules.leave(url, excluded);
      return asItIs;
    }
    const { key, given, format } = original;
    try {
      const { entry, text } = cache.read(key, given) ?? cache.write(key, given, original.make(slots.following(cache.firstFreeId)));
      if (entry.reason !== null) {
        modules.leave(url, entry.reason);
        return asItIs;
      }
      const base = this.place(entry);
      const renumbered = base === entry.base ? text : renumber(text, base - entry.base);
      const module = new LoadedModule(url, base, entry, Math.max(0, renumbered.length - given.length));
      modules.add(module);
      cache.release();
      return { text: process.sourceMapsEnabled ? this.withSourceMap(renumbered, original.text, module) : renumbered, format };
    } catch (error) {
      modules.leave(url, error instanceof Error ? error.message : String(error));
      return asItIs;
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
