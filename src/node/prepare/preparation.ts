/**
 * Fills the cache of a program ahead of its start. Node loads the program's modules as it would for the program, in the
 * same order and under the same conditions; each is instrumented, and in its place runs a stub that asks for the same
 * modules and does nothing else. So nothing of the program runs.
 */
import { statSync, writeSync } from 'node:fs';
import Module, { createRequire, registerHooks } from 'node:module';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstOfGroup } from '../../instrument/names.ts';
import { requestsOf } from '../../source/requests.ts';
import type { ProgramPath } from '../../source/programs.ts';
import type { Requests } from '../../source/requests.ts';
import { stripTypes } from '../../source/strip.ts';
import { whyUnkept } from './unkept.ts';
import { Cache } from '../cache/cache.ts';
import { fileFor } from '../cache/kept.ts';
import { LoadedSource } from '../load/loaded-source.ts';
import { fileOf } from '../sites/modules.ts';
import { loadingOwn } from '../../source/own.ts';
import { Selection } from '../load/selection.ts';

/** What `livepatch prepare` is told. */
export interface PreparationReport {
  /** Where it is kept; null where nothing can be kept. */
  readonly cache: string | null;
  /** Instrumented modules, and the functions in them. */
  readonly modules: number;
  readonly functions: number;
  /** Modules that are loaded as they are, and why. */
  readonly untouched: readonly { readonly module: string; readonly reason: string }[];
  /** Files that it starts in threads and processes of their own, each of which has a cache of its own. */
  readonly programs: readonly string[];
  /** Why there is none, or it could not be written; null if it was, or was as it should be. */
  readonly failure: string | null;
}

export class Preparation {
  private readonly cache: Cache;
  private readonly selection: Selection;
  private readonly environment: NodeJS.ProcessEnv;
  private modules = 0;
  private functions = 0;
  private readonly untouched = new Map<string, string>();
  private readonly programs = new Set<string>();

  constructor(environment: NodeJS.ProcessEnv) {
    this.environment = environment;
    // Written in one go, in the order in which a start loads it.
    this.cache = new Cache(fileFor(environment, process.argv[1] ?? process.cwd()), false);
    this.selection = new Selection(environment['LIVEPATCH_INCLUDE'], environment['LIVEPATCH_EXCLUDE']);
  }

  /** From here on nothing that is loaded runs. The report goes to the file descriptor as the process ends. */
  install(report: number): void {
    registerHooks({ load: (url, context, nextLoad) => this.load(url, nextLoad(url, context), context) });
    // Native code would run as it is loaded.
    (Module as unknown as { _extensions: Record<string, () => void> })._extensions['.node'] = () => {};
    process.once('exit', () => {
      writeSync(report, JSON.stringify(this.finish()));
    });
  }

  private finish(): PreparationReport {
    const { cache, modules, functions } = this;
    let failure = cache.file === null ? whyUnkept(this.environment) : null;
    try {
      cache.flush();
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    return {
      cache: cache.file,
      modules,
      functions,
      untouched: [...this.untouched].map(([module, reason]) => ({ module, reason })),
      programs: [...this.programs],
      failure,
    };
  }

  private load(url: string, loaded: LoadFnOutput, context: LoadHookContext): LoadFnOutput {
    if (loadingOwn()) return loaded;
    const original = LoadedSource.of(url, loaded, context);
    if (original === null) {
      const { format } = loaded;
      const runs = format != null && format !== 'builtin' && format !== 'json';
      return runs ? { format: 'module', source: '', shortCircuit: true } : loaded;
    }
    if (url.startsWith('file:')) this.keep(original);
    return { ...loaded, source: this.stubOf(original), shortCircuit: true };
  }

  private keep(original: LoadedSource): void {
    const { cache } = this;
    const { url, key, given } = original;
    const excluded = this.selection.excludes(url);
    if (excluded !== null) {
      if (excluded !== '') this.untouched.set(fileOf(url), excluded);
      return;
    }
    const { entry } = cache.read(key, given) ?? cache.write(key, given, original.make(firstOfGroup(cache.firstFreeId)));
    if (entry.reason !== null) this.untouched.set(fileOf(url), entry.reason);
    else {
      this.modules++;
      this.functions += entry.functions;
    }
    cache.release();
  }

  /** Asks for what a module asks for, and does nothing else. */
  private stubOf(original: LoadedSource): string {
    let asked: Requests;
    try {
      asked = requestsOf(original.typescript ? stripTypes(original.text) : original.text, original.format, fileOf(original.url));
    } catch {
      return '';
    }
    for (const program of asked.programs) {
      const file = programFile(program, original.url);
      if (file !== null && original.url.startsWith('file:')) this.programs.add(file);
    }
    return stubFor(asked);
  }
}

function programFile({ from, path }: ProgramPath, url: string): string | null {
  try {
    const file =
      from === 'require' ? createRequire(url).resolve(path) : from === 'module' ? fileURLToPath(new URL(path, url)) : resolve(path);
    return statSync(file).isFile() ? file : null;
  } catch {
    return null;
  }
}

function stubFor({ format, requests }: Requests): string {
  const requires = requests.some(({ kind }) => kind === 'require');
  const head =
    format === 'module' && requires ? "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" : '';
  const lines = requests.map(({ kind, specifier, attributes, late }) => {
    const name = JSON.stringify(specifier);
    if (kind === 'static') return `import ${name}${attributes && ` with ${attributes}`};`;
    // What is not there may never be asked for, or be missed by nobody.
    const ask = kind === 'require' ? `try{require(${name})}catch{}` : `import(${name}${attributes && `,${attributes}`}).catch(()=>{});`;
    // Behind all that the start itself asks for, so that it is not read together with that.
    return late ? `setImmediate(()=>{${ask}});` : ask;
  });
  return head + lines.join('\n');
}
