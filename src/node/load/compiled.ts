/**
 * CommonJS that comes to be compiled past the load hook. Node asks no hook again for a file that an `import` leads to where a
 * loader left its text to `require`; a program may put a function of its own in the place of one of `Module._extensions`, which
 * reads the file itself; and a compiler that it puts on a module takes the text behind the hook, and must not be given ours.
 */
import { Module } from 'node:module';
import { nativeText } from '../sites/original-text.ts';

type Compile = (this: CommonModule, text: string, file: string, ...rest: readonly unknown[]) => unknown;

/** What Node keeps of a CommonJS module. */
interface CommonModule {
  readonly filename: string | null;
  readonly loaded: boolean;
}

/** What is to be compiled in place of the text of a file, and as what. */
type Instrument = (file: string, text: string, format: unknown) => readonly [text: string, format: unknown];

type Read = (module: CommonModule, file: string) => void;

const loader = Module as unknown as {
  readonly _cache: Readonly<Record<string, CommonModule | undefined>>;
  readonly _extensions: Readonly<Record<string, Read>>;
  readonly prototype: { _compile: Compile };
};
const { prototype } = loader;

/** A module that `require` is loading from this file, or has loaded. */
const moduleAt = (file: string): CommonModule | undefined => loader._cache[file];

/** Endings of what is not compiled. */
const DATA = new Set(['.json', '.node']);

/** What Node has for an ending asks the hooks for the text. */
const asksHooks = (read: Read): boolean => nativeText(read).includes('loadSource(');

export class CompiledModules {
  /** Those of which the hook has had the text. */
  private readonly seen = new WeakSet<CommonModule>();
  /** Files that are to be compiled of which the hook has had no text. */
  private readonly awaited = new Set<string>();
  private readonly known = new Set<Read>();
  /** A program with readers of its own: any file may come past the hook. */
  private stays = false;
  /** What the prototype has by itself: ours takes its place no longer than it must, as it shows in stack traces. */
  private theirs: Compile = prototype._compile;
  private readonly ours: Compile;
  private isInPlace = false;

  constructor(instrument: Instrument) {
    const compiled = (module: CommonModule, text: string, file: string, format: unknown): readonly [string, unknown] => {
      const isOurs = typeof text === 'string' && file === module.filename && moduleAt(file) === module && !this.seen.has(module);
      if (!isOurs) return [text, format];
      this.seen.add(module);
      return instrument(file, text, format);
    };
    const next = (): Compile => this.theirs;
    this.ours = {
      _compile(this: CommonModule, text: string, file: string, ...rest: readonly unknown[]): unknown {
        const [given, format] = compiled(this, text, file, rest[0]);
        return next().call(this, given, file, format, ...rest.slice(1));
      },
    }._compile;
  }

  /** The hook is asked for a file: by now the program may have put readers of its own in place. */
  look(): void {
    const { _extensions: readers } = loader;
    for (const ending in readers) {
      const read = readers[ending]!;
      if (DATA.has(ending) || this.known.has(read)) continue;
      this.known.add(read);
      if (asksHooks(read)) continue;
      this.stays = true;
      this.begin();
    }
  }

  /** The hook has got no text of a file that is imported: `require` is going to read it. */
  awaits(file: string): void {
    this.awaited.add(file);
    this.begin();
  }

  /** It has come, past the hook or through it. */
  comes(file: string): void {
    if (this.awaited.delete(file) && this.awaited.size === 0) this.end();
  }

  /** The hook is asked for a file that is required: true where the text that it gets is not what is going to run. */
  isCompiledLater(file: string): boolean {
    const module = moduleAt(file);
    if (module === undefined || module.loaded) return false;
    if (this.stays && Object.hasOwn(module, '_compile')) return true;
    this.seen.add(module);
    return false;
  }

  private begin(): void {
    if (this.isInPlace) return;
    this.isInPlace = true;
    this.theirs = prototype._compile;
    prototype._compile = this.ours;
  }

  private end(): void {
    // Where another tool has put its own in place of ours meanwhile, that goes on to ours.
    if (this.stays || prototype._compile !== this.ours) return;
    this.isInPlace = false;
    prototype._compile = this.theirs;
  }
}
