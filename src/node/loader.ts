/** The load hook: every JavaScript module of the program, CommonJS, ESM or stripped TypeScript, comes in through here. */
import { isUtf8 } from 'node:buffer';
import { registerHooks } from 'node:module';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { renumber } from '../instrument/names.ts';
import type { ModuleFormat } from '../source/parse.ts';
import type { Cache } from './cache.ts';
import type { CachedModule, Made, Refused } from './cached-module.ts';
import { decodeLayout } from './layout.ts';
import type * as Maker from './maker.ts';
import { LoadedModule, fileOf } from './modules.ts';
import type { LoadedModules } from './modules.ts';
import { loadOwn, loadingOwn } from './own.ts';
import type { Selection } from './selection.ts';
import { readSidecar } from './sidecar.ts';
import type { Slots } from './slots.ts';
import type * as SourceMaps from './source-maps.ts';

interface Known {
  /** Null where Node finds out by the syntax, which instrumentation keeps. */
  readonly format: ModuleFormat | null;
  readonly typescript: boolean;
}

const FORMATS: Readonly<Record<string, Known>> = {
  commonjs: { format: 'commonjs', typescript: false },
  module: { format: 'module', typescript: false },
  'commonjs-typescript': { format: 'commonjs', typescript: true },
  'module-typescript': { format: 'module', typescript: true },
  typescript: { format: null, typescript: true },
};

export interface LoaderParts {
  readonly modules: LoadedModules;
  readonly slots: Slots;
  readonly cache: Cache;
  readonly selection: Selection;
}

export class Loader {
  private readonly parts: LoaderParts;
  private maker: typeof Maker | null = null;

  constructor(parts: LoaderParts) {
    this.parts = parts;
  }

  install(): void {
    registerHooks({ load: (url, context, nextLoad) => this.load(url, nextLoad(url, context), context) });
  }

  private load(url: string, loaded: LoadFnOutput, context: LoadHookContext): LoadFnOutput {
    if (loadingOwn() || !url.startsWith('file:') || loaded.source == null) return loaded;
    const known = loaded.format == null ? undefined : FORMATS[loaded.format];
    if (!known && (loaded.format != null || context.format != null)) return loaded;
    const { cache, modules, selection } = this.parts;
    const excluded = selection.excludes(url);
    if (excluded !== null) {
      if (excluded !== '') modules.leave(url, excluded);
      return loaded;
    }
    const given = bytesOrText(loaded.source);
    const key = `${loaded.format ?? 'undecided'} ${withoutQuery(url)}`;
    try {
      const { entry, text } = cache.read(key, given) ?? cache.write(key, given, this.make(given, known, fileOf(url)));
      if (entry.reason !== null) {
        modules.leave(url, entry.reason);
        return loaded;
      }
      const base = this.place(entry);
      let source = base === entry.base ? text : renumber(text, base - entry.base);
      const module = new LoadedModule(url, base, entry, Math.max(0, source.length - given.length));
      modules.add(module);
      cache.release();
      if (process.sourceMapsEnabled) source = this.withSourceMap(source, textOf(given), module);
      return { ...loaded, source, ...(known?.format ? { format: known.format } : {}), shortCircuit: true } as LoadFnOutput;
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

  private make(given: string | Uint8Array, known: Known | undefined, file: string): Made | Refused {
    this.maker ??= loadOwn<typeof Maker>('maker');
    const { make, hashOf } = this.maker;
    // The hash is that of the text, which bytes that are no UTF-8 have to be made first.
    const hash = hashOf(typeof given === 'string' || isUtf8(given) ? given : textOf(given));
    const { slots, cache } = this.parts;
    const base = slots.following(cache.firstFreeId);
    const format = known?.format ?? null;
    const typescript = known?.typescript === true;
    return (
      (typescript ? null : readSidecar(file, hash, format, base)) ?? make({ text: textOf(given), hash, format, typescript, file, base })
    );
  }

  private withSourceMap(text: string, raw: string, module: LoadedModule): string {
    const { addSourceMap } = loadOwn<typeof SourceMaps>('source-maps');
    return addSourceMap(text, raw, decodeLayout(module.record.layout, module.ids).segments, module.file);
  }
}

function bytesOrText(source: NonNullable<LoadFnOutput['source']>): string | Uint8Array {
  if (typeof source === 'string' || source instanceof Uint8Array) return source;
  return source instanceof ArrayBuffer || source instanceof SharedArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

const textOf = (given: string | Uint8Array): string =>
  typeof given === 'string' ? given : Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('utf8');

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
