/** The load hook: every JavaScript module of the program, CommonJS, ESM or stripped TypeScript, comes in through here. */
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { waitsAtEntry } from '../instrument/entry.ts';
import { instrument } from '../instrument/instrument.ts';
import { firstPlaces, renumber } from '../instrument/names.ts';
import { hashOf } from '../patch/format.ts';
import { analyzeModule } from '../source/analyze.ts';
import type { ModuleFormat } from '../source/parse.ts';
import type { Cache, CachedModule } from './cache.ts';
import { addSourceMap } from './source-maps.ts';
import type { Selection } from './selection.ts';
import { LoadedModule } from './modules.ts';
import type { LoadedModules } from './modules.ts';
import type { Sites } from './sites.ts';
import type { Slots } from './slots.ts';
import type { OriginalText } from './original-text.ts';

const FORMATS: Readonly<Record<string, { readonly format: ModuleFormat; readonly typescript: boolean }>> = {
  commonjs: { format: 'commonjs', typescript: false },
  module: { format: 'module', typescript: false },
  'commonjs-typescript': { format: 'commonjs', typescript: true },
  'module-typescript': { format: 'module', typescript: true },
};

export interface LoaderParts {
  readonly modules: LoadedModules;
  readonly slots: Slots;
  readonly sites: Sites;
  readonly cache: Cache;
  readonly selection: Selection;
  readonly originals: OriginalText;
}

export class Loader {
  private readonly parts: LoaderParts;

  constructor(parts: LoaderParts) {
    this.parts = parts;
  }

  install(): void {
    registerHooks({ load: (url, context, nextLoad) => this.load(url, nextLoad(url, context), context) });
  }

  private load(url: string, loaded: LoadFnOutput, context: LoadHookContext): LoadFnOutput {
    if (!url.startsWith('file:') || loaded.source == null) return loaded;
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
    const raw = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8');
    const hash = hashOf(raw);
    try {
      const format = known?.format ?? null;
      const entry =
        this.parts.cache.read(hash, loaded.format ?? 'undecided') ??
        this.make(raw, hash, format, known?.typescript === true, file, loaded.format ?? 'undecided');
      const base = this.parts.slots.allocate(entry.ids);
      this.parts.sites.reserve(base + entry.ids);
      const module = new LoadedModule(url, file, hash, base, entry);
      this.parts.modules.add(module);
      this.parts.originals.add(module, entry.segments, entry.firsts);
      let source = renumber(entry.text, base);
      if (process.sourceMapsEnabled) source = addSourceMap(source, raw, entry.segments, file);
      return { ...loaded, source, ...(known ? { format: known.format } : {}), shortCircuit: true } as LoadFnOutput;
    } catch (error) {
      this.parts.modules.untouched.push({ url, file, hash, reason: error instanceof Error ? error.message : String(error) });
      return loaded;
    }
  }

  private make(
    raw: string,
    hash: string,
    format: ModuleFormat | null,
    typescript: boolean,
    file: string,
    cacheFormat: string,
  ): CachedModule {
    const text = typescript ? stripTypes(raw) : raw;
    const model = format === null ? analyzeEither(text, file) : analyzeModule(text, format, file);
    const outcome = instrument(model);
    if (!outcome.ok) throw new Error(outcome.reason);
    const { plan } = outcome.result;
    const segments: number[] = [];
    for (const { at, from, length } of outcome.result.segments) segments.push(at, from, length);
    const entry: CachedModule = {
      ids: plan.ids,
      functions: plan.sites.length,
      tracked: plan.sites
        .filter((site) => site.tracked)
        .map((site) => [site.id, site.fn.path, waitsAtEntry(site.fn) ? 'waits' : 'plain'] as const),
      unpatchable: plan.unpatchable.map(({ fn, reason }) => ({ path: fn.path, reason })),
      segments,
      firsts: firstPlaces(outcome.result.text, plan.ids),
      text: outcome.result.text,
    };
    this.parts.cache.write(hash, cacheFormat, entry);
    return entry;
  }
}

/** Strips as Node would, which does not warn that stripping through the API is experimental. */
function stripTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** A module whose format Node has still to detect: CommonJS unless only ESM can parse it. */
function analyzeEither(text: string, file: string): ReturnType<typeof analyzeModule> {
  try {
    return analyzeModule(text, 'commonjs', file);
  } catch {
    return analyzeModule(text, 'module', file);
  }
}
