/** The modules that this process has loaded through the hook: instrumented ones with their scopes, and untouched ones with the reason. */
import type { CachedModule, Details } from './cached-module.ts';
import type { EntryForm } from '../engine/index.ts';
import { GROUP, groupOf } from '../instrument/names.ts';
import { ModuleScopes } from '../link/scopes.ts';

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export class LoadedModule {
  readonly url: string;
  /** Absolute path with forward slashes. */
  readonly file: string;
  /** SHA-256 of the text as it was loaded, before anything was changed. */
  readonly hash: string;
  readonly base: number;
  readonly ids: number;
  /** Functions with an entry site. */
  readonly functions: number;
  /** Where the original's pieces and the ids stand in the instrumented text: see layout.ts. */
  readonly layout: Uint8Array;
  /** Characters that instrumentation added to its text. */
  readonly added: number;
  readonly scopes: ModuleScopes;
  meta: (() => unknown) | null = null;

  private readonly readDetails: () => Details;
  private paths: Map<number, string> | null = null;
  private forms: Map<number, EntryForm> | null = null;

  constructor(
    url: string,
    file: string,
    hash: string,
    base: number,
    entry: Pick<CachedModule, 'ids' | 'functions' | 'details' | 'layout'>,
    added: number,
  ) {
    this.url = url;
    this.file = file;
    this.hash = hash;
    this.base = base;
    this.ids = entry.ids;
    this.functions = entry.functions;
    this.layout = entry.layout;
    this.added = added;
    this.readDetails = entry.details;
    this.scopes = new ModuleScopes(base);
  }

  /** Path of each function that can be suspended, by its id within the module. */
  get trackedPaths(): ReadonlyMap<number, string> {
    return (this.paths ??= new Map(this.readDetails().tracked.map(([id, path]) => [id, path])));
  }

  get entries(): ReadonlyMap<number, EntryForm> {
    return (this.forms ??= new Map(this.readDetails().tracked.map(([id, , form]) => [id, form])));
  }

  get unpatchable(): readonly Skipped[] {
    return this.readDetails().unpatchable;
  }

  /** It has been unloaded, or was refused. */
  gone = false;

  /** Its evaluation has begun. */
  get evaluated(): boolean {
    return !this.gone && this.scopes.instances(0).length > 0;
  }
}

export interface UntouchedModule {
  readonly url: string;
  readonly file: string;
  readonly hash: string | null;
  readonly reason: string;
}

export class LoadedModules {
  readonly instrumented: LoadedModule[] = [];
  readonly untouched: UntouchedModule[] = [];
  private readonly byGroup: LoadedModule[] = [];

  add(module: LoadedModule): void {
    this.instrumented.push(module);
    const first = groupOf(module.base);
    for (let group = first; group === first || group * GROUP < module.base + module.ids; group++) this.byGroup[group] = module;
  }

  /** The module that holds an id of the process. */
  holding(id: number): LoadedModule {
    return this.byGroup[groupOf(id)]!;
  }

  byHash(hash: string): LoadedModule[] {
    return this.instrumented.filter((module) => module.hash === hash);
  }
}
