/**
 * Has V8 compile what a program's cache holds, as its start will, so that the first start need not. Each module is loaded
 * by Node itself, and stopped where its eval handle is registered: before any code that could run a function of its own.
 */
import Module, { createRequire, registerHooks } from 'node:module';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { NAMES } from '../../instrument/names.ts';
import { Cache } from '../cache/cache.ts';
import { keptOf } from '../cache/kept.ts';
import { LoadedSource } from '../load/loaded-source.ts';
import { fileOf } from '../sites/modules.ts';
import { loadingOwn } from '../../source/own.ts';

const STOP = new Error('no further');
const stop = (): never => {
  throw STOP;
};

export class CodePreparation {
  private readonly cache: Cache;
  private readonly compiled = new Set<string>();

  constructor(environment: NodeJS.ProcessEnv) {
    const { file, code } = keptOf(environment, process.argv[1] ?? process.cwd());
    this.cache = new Cache(file, false, code);
  }

  /** Where it is kept; null where nothing can be. */
  async run(): Promise<string | null> {
    const folder = Module.getCompileCacheDir() ?? null;
    if (folder === null) return null;
    registerHooks({ load: (url, context, nextLoad) => this.load(url, nextLoad(url, context), context) });
    (Module as unknown as { _extensions: Record<string, () => void> })._extensions['.node'] = () => {};
    (globalThis as Record<string, unknown>)[NAMES.register] = stop;
    const require = createRequire(import.meta.url);
    for (const key of this.cache.keys()) {
      const [format, url] = key.split(' ', 2) as [string, string];
      try {
        // What is imported is never undecided.
        if (format.startsWith('module')) await import(url);
        else require(fileOf(url));
      } catch {
        // It has been stopped, or what it asks for is not there.
      }
    }
    Module.flushCompileCache();
    return folder;
  }

  private load(url: string, loaded: LoadFnOutput, context: LoadHookContext): LoadFnOutput {
    if (loadingOwn() || loaded.format === 'builtin' || loaded.format === 'json') return loaded;
    const original = url.startsWith('file:') ? LoadedSource.of(url, loaded, context) : null;
    const found = original && this.cache.read(original.key, original.given);
    // What is left as it is would run.
    if (original === null || found === null || found.entry.reason !== null) return stop();
    // A CommonJS module that has been stopped is loaded anew by whoever asks for it next.
    if (this.compiled.has(original.key)) return stop();
    this.compiled.add(original.key);
    this.cache.release();
    const { format } = original;
    return { ...loaded, source: found.text, ...(format === null ? {} : { format }), shortCircuit: true };
  }
}
