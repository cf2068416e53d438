/** The load hook: every JavaScript module of the program, CommonJS, ESM or stripped TypeScript, comes in through here. */
import { isUtf8 } from 'node:buffer';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { hashOf } from '../patch/format.ts';
import type { ModuleFormat } from '../source/parse.ts';
import type { Cache } from './cache.ts';
import type { CachedModule, Made } from './cached-module.ts';
import { decodeLayout } from './layout.ts';
import type * as Maker from './maker.ts';
import type { Selection } from './selection.ts';
import { LoadedModule } from './modules.ts';
import type { LoadedModules } from './modules.ts';
import { readSidecar } from './sidecar.ts';
import type { Slots } from './slots.ts';
import type * as SourceMaps from './source-maps.ts';

/** Loads a part of livepatch when it is needed, in the middle of a synchronous hook. */
const load = createRequire(import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

const FORMATS: Readonly<Record<string, { readonly format: ModuleFormat; readonly typescript: boolean }>> = {
  commonjs: { format: 'commonjs', typescript: false },
  module: { format: 'module', typescript: false },
  'commonjs-typescript': { format: 'commonjs', typescript: true },
  'module-typescript': { format: 'module', typescript: true },
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
  private sourceMaps: typeof SourceMaps | null = null;
  /** What is loaded now is livepatch's own, whatever package it is of. */
  private makingOwn = false;

  constructor(parts: LoaderParts) {
    this.parts = parts;
  }

  install(): void {
    registerHooks({ load: (url, context, nextLoad) => this.load(url, nextLoad(url, context), context) });
  }

  private load(url: string, loaded: LoadFnOutput, context: LoadHookContext): LoadFnOutput {
    if (this.makingOwn || !url.startsWith('file:') || loaded.source == null) return loaded;
    const known = FORMATS[loaded.format ?? ''];
    // No format yet: Node finds out by the syntax, which instrumentation keeps.
    const undecided = loaded.format == null && context.format == null;
    if (!known && !undecided) return loaded;
    const file = fileURLToPath(url).replaceAll('\\', '/');
    const excluded = this.parts.selection.excludes(file);
    if (excluded !== null) {
      if (excluded !== '') this.parts.modules.untouched.push({ url, file, hash: null, reason: excluded });
      return loaded;
    }
    const given = loaded.source as string | Uint8Array;
    const text = (): string =>
      typeof given === 'string' ? given : Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('utf8');
    // The hash is that of the text, which bytes that are no UTF-8 have to be made first.
    const hash = hashOf(typeof given === 'string' || isUtf8(given) ? given : text());
    try {
      const format = known?.format ?? null;
      const entry =
        this.parts.cache.read(hash, loaded.format ?? 'undecided') ??
        (known?.typescript === true ? null : readSidecar(file, hash, known?.format ?? null)) ??
        this.parts.cache.write(hash, loaded.format ?? 'undecided', this.make(text(), format, known?.typescript === true, file));
      const base = this.parts.slots.allocate(entry.ids);
      let source = entry.textFrom(base);
      this.parts.modules.add(new LoadedModule(url, file, hash, base, entry, Math.max(0, source.length - given.length)));
      if (process.sourceMapsEnabled) source = this.withSourceMap(source, text(), entry, file);
      return { ...loaded, source, ...(known ? { format: known.format } : {}), shortCircuit: true } as LoadFnOutput;
    } catch (error) {
      this.parts.modules.untouched.push({ url, file, hash, reason: error instanceof Error ? error.message : String(error) });
      return loaded;
    }
  }

  private make(raw: string, format: ModuleFormat | null, typescript: boolean, file: string): Made {
    this.makingOwn = true;
    try {
      this.maker ??= load(`./maker${extension}`) as typeof Maker;
    } finally {
      this.makingOwn = false;
    }
    return this.maker.make(raw, format, typescript, file);
  }

  private withSourceMap(text: string, raw: string, entry: CachedModule, file: string): string {
    this.makingOwn = true;
    try {
      this.sourceMaps ??= load(`./source-maps${extension}`) as typeof SourceMaps;
    } finally {
      this.makingOwn = false;
    }
    return this.sourceMaps.addSourceMap(text, raw, decodeLayout(entry.layout, entry.ids).segments, file);
  }
}
