/** A module's source as a load hook gets it: what it is, how the cache knows it, and its instrumented form. */
import { isUtf8 } from 'node:buffer';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import type { ModuleFormat } from '../../source/parse.ts';
import type { Made, Refused } from '../cache/cached-module.ts';
import type * as Maker from './maker.ts';
import { fileOf } from '../sites/modules.ts';
import { loadOwn } from '../../source/own.ts';
import { readSidecar } from '../cache/sidecar.ts';

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

const UNDECIDED: Known = { format: null, typescript: false };

let maker: typeof Maker | null = null;

/** What makes instrumented text: a parser, which most starts do without. */
export const loadMaker = (): typeof Maker => (maker ??= loadOwn<typeof Maker>('node/load/maker'));

export class LoadedSource {
  readonly url: string;
  /** Null where Node has still to detect it. */
  readonly format: ModuleFormat | null;
  readonly typescript: boolean;
  /** As it was given: a `require` gives text, an `import` bytes. */
  readonly given: string | Uint8Array;
  /** The same file can be loaded both ways. */
  readonly key: string;

  private constructor(url: string, { format, typescript }: Known, given: string | Uint8Array, key: string) {
    this.url = url;
    this.format = format;
    this.typescript = typescript;
    this.given = given;
    this.key = key;
  }

  /** Null for what is no JavaScript. */
  static of(url: string, loaded: LoadFnOutput, context: LoadHookContext): LoadedSource | null {
    if (loaded.source == null) return null;
    const known = loaded.format == null ? UNDECIDED : FORMATS[loaded.format];
    if (!known || (loaded.format == null && context.format != null)) return null;
    return new LoadedSource(url, known, bytesOrText(loaded.source), keyOf(loaded.format, url));
  }

  /** What a CommonJS loader compiles; `format` is undefined where Node finds out by the syntax. */
  static compiled(url: string, text: string, format: unknown): LoadedSource | null {
    const known = typeof format === 'string' ? FORMATS[format] : UNDECIDED;
    return known ? new LoadedSource(url, known, text, keyOf(format, url)) : null;
  }

  /** The same file with another text. */
  with(text: string): LoadedSource {
    const { url, format, typescript, key } = this;
    return new LoadedSource(url, { format, typescript }, text, key);
  }

  get text(): string {
    const { given } = this;
    return typeof given === 'string' ? given : Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('utf8');
  }

  /** SHA-256 of the text, which bytes that are no UTF-8 have to be made first. */
  get hash(): string {
    const { given } = this;
    return loadMaker().hashOf(typeof given === 'string' || isUtf8(given) ? given : this.text);
  }

  /** Makes its instrumented form, with ids numbered from `base`. */
  make(base: number): Made | Refused {
    const { make } = loadMaker();
    const { hash, format, typescript } = this;
    const file = fileOf(this.url);
    return (typescript ? null : readSidecar(file, hash, format, base)) ?? make({ text: this.text, hash, format, typescript, file, base });
  }
}

function bytesOrText(source: NonNullable<LoadFnOutput['source']>): string | Uint8Array {
  if (typeof source === 'string' || source instanceof Uint8Array) return source;
  return source instanceof ArrayBuffer || source instanceof SharedArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

const keyOf = (format: unknown, url: string): string => `${typeof format === 'string' ? format : 'undecided'} ${withoutQuery(url)}`;

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
