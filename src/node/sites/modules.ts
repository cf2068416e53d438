/** The modules that this process has loaded through the hook: instrumented ones with their scopes, and untouched ones with the reason. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CachedModule, Record, Skipped } from '../cache/cached-module.ts';
import { recordOf } from '../cache/cached-module.ts';
import type { EntryForm } from '../../engine/index.ts';
import { GROUP, groupOf } from '../../instrument/names.ts';
import { ModuleScopes } from '../../link/scopes.ts';
import { isRequired, requiredFiles } from './required.ts';
import { Store } from './store.ts';

/** Absolute path with forward slashes. */
export const fileOf = (url: string): string => fileURLToPath(url).replaceAll('\\', '/');

const store = new Store();
/** The record that was read last: whoever asks a large module for one function asks it for the next. */
let last: { readonly module: LoadedModule; readonly record: Record; readonly tracked: ReadonlyMap<number, Tracked> } | null = null;

interface Tracked {
  readonly path: string;
  readonly form: EntryForm;
}

export class LoadedModule {
  readonly url: string;
  readonly base: number;
  readonly ids: number;
  /** Functions with an entry site. */
  readonly functions: number;
  /** Characters that instrumentation added to its text. */
  readonly added: number;
  readonly scopes: ModuleScopes;
  meta: (() => unknown) | null = null;
  private readonly stored: number;

  constructor(url: string, base: number, entry: Pick<CachedModule, 'ids' | 'functions' | 'record'>, added: number) {
    this.url = url;
    this.base = base;
    this.ids = entry.ids;
    this.functions = entry.functions;
    this.added = added;
    this.stored = store.put(entry.record);
    this.scopes = new ModuleScopes(base);
  }

  /** Absolute path with forward slashes. */
  get file(): string {
    return fileOf(this.url);
  }

  /** The last segment of its path, as the URL has it. */
  get name(): string {
    const { url } = this;
    const [query, fragment] = [url.indexOf('?'), url.indexOf('#')];
    const end = Math.min(query < 0 ? url.length : query, fragment < 0 ? url.length : fragment);
    return url.slice(url.lastIndexOf('/', end) + 1, end);
  }

  private get read(): NonNullable<typeof last> {
    if (last?.module === this) return last;
    const record = recordOf(store.get(this.stored));
    const tracked = new Map(record.details.tracked.map(([id, path, form]) => [id, { path, form }]));
    return (last = { module: this, record, tracked });
  }

  /** What was found out about it when it was instrumented. */
  get record(): Record {
    return this.read.record;
  }

  /** SHA-256 of the text as it was loaded, before anything was changed. */
  get hash(): string {
    return this.record.hash;
  }

  /** Bytes that its record takes. */
  get recordSize(): number {
    return store.sizeOf(this.stored);
  }

  /** Each function that can be suspended, by its id within the module. */
  get tracked(): ReadonlyMap<number, Tracked> {
    return this.read.tracked;
  }

  get unpatchable(): readonly Skipped[] {
    return this.record.details.unpatchable;
  }

  /** It has been unloaded, or was refused. */
  gone = false;

  /** Another tool has printed it anew after it was instrumented. */
  isReprinted = false;

  /** Its evaluation has begun. */
  get evaluated(): boolean {
    return !this.gone && this.scopes.has(0);
  }
}

export interface UntouchedModule {
  readonly file: string;
  readonly reason: string;
}

const PAST = 'it was loaded before livepatch, or by a loader that goes past its hook';
const CONVERTED = 'it is an ES module that another tool has made CommonJS of after livepatch';

/** A name that a URL has as it is. */
const PLAIN = /^[\w.-]+$/;

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

export class LoadedModules {
  readonly instrumented: LoadedModule[] = [];
  private readonly left: UntouchedModule[] = [];
  private readonly byGroup: LoadedModule[] = [];
  private readonly excludes: (url: string) => string | null;

  /** `excludes` tells why a file is left untouched whatever it says. */
  constructor(excludes: (url: string) => string | null = () => null) {
    this.excludes = excludes;
  }

  add(module: LoadedModule): void {
    this.instrumented.push(module);
    const first = groupOf(module.base);
    for (let group = first; group === first || group * GROUP < module.base + module.ids; group++) this.byGroup[group] = module;
  }

  /** Those whose path may end in `file`, by what costs least to know: a program has thousands of modules. */
  near(files: readonly string[]): (file: string) => readonly LoadedModule[] {
    const byName = new Map<string, LoadedModule[]>(files.map((file) => [nameOf(file), []]));
    for (const module of this.instrumented) byName.get(module.name)?.push(module);
    return (file) => (PLAIN.test(nameOf(file)) ? byName.get(nameOf(file))! : this.instrumented);
  }

  /** Those that run as they are: what the hook has left, and then what has gone past it. */
  get untouched(): readonly UntouchedModule[] {
    return [...this.left, ...this.past];
  }

  /** Those that have been loaded without the hook. */
  get past(): readonly UntouchedModule[] {
    const known = new Set([...this.instrumented.filter(({ evaluated }) => evaluated), ...this.left].map(({ file }) => file));
    return requiredFiles()
      .filter((file) => !known.has(file) && this.excludes(pathToFileURL(file).href) === null)
      .map((file) => ({ file, reason: PAST }));
  }

  /** Why a file is left untouched, or will be when it comes; null where it is not. */
  whyUntouched(file: string): string | null {
    return this.whyLeft(file) ?? (this.excludes(pathToFileURL(file).href) || null);
  }

  /** Why a file that has been loaded runs as it is; null where it does not, or has not been loaded. */
  whyLeft(file: string): string | null {
    const reason = this.left.find((module) => module.file === file)?.reason ?? null;
    return reason === null && isRequired(file) && !this.near([file])(file).some((module) => module.file === file && module.evaluated)
      ? PAST
      : reason;
  }

  leave(url: string, reason: string): void {
    this.left.push({ file: fileOf(url), reason });
  }

  /** What was left comes again, in another text. */
  takeUp(file: string): void {
    const at = this.left.findIndex((module) => module.file === file);
    if (at >= 0) this.left.splice(at, 1);
  }

  /** What runs of a module is not of the kind that it was instrumented as. */
  disown(module: LoadedModule): void {
    module.gone = true;
    this.leave(module.url, CONVERTED);
  }

  /** The module that holds an id of the process. */
  holding(id: number): LoadedModule {
    return this.byGroup[groupOf(id)]!;
  }
}
