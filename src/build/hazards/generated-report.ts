/** The verdicts on code that makes code: what it generated before the patch is out of its reach, wherever changed code had a hand in it. */
import type { AnyNode } from 'acorn';
import { isCode } from '../input/files.ts';
import { importCalled } from './at-load.ts';
import { calledOnGiven, tellingNames } from './called-on-given.ts';
import { helpInBundle, nearInBundle } from './bundle-help.ts';
import { fedBy, feeding, generatorsIn, isCached, isDropped, mayGenerate } from './generated.ts';
import { handedAs } from './handed.ts';
import { Hands } from './hands.ts';
import { importsOf } from '../version/modules/imports.ts';
import { specifiersIn } from '../input/reach.ts';
import type { Side } from '../version/side.ts';
import type { VerdictLog } from '../verdicts/verdicts.ts';

/** The old tree. */
interface Sources {
  text(file: string): Promise<string | null>;
  /** Null for a file that nobody can load. */
  side(file: string, text: string): Promise<Side | null>;
  resolve(file: string, specifier: string): string | null;
  /** The folder of the package that a file is in: a package may bring others along. */
  packageOf(file: string): Promise<string>;
  log(file: string): Promise<VerdictLog>;
  /** What a file asks for of packages whose export makes code of the text that it is given. */
  makers(file: string, text: string): Promise<ReadonlySet<string>>;
  /** Whether the patch empties the caches of a file that hold the results of what it is given so: see `handedAs`. */
  empties(file: string, as: string): boolean;
  /** Whether objects that keep what a generator of a file has made are made to hold none: see memos.ts. */
  isMadeAnew(file: string, generator: AnyNode): boolean;
}

const NONE: ReadonlySet<string> = new Set();

export class GeneratedReport {
  private readonly files: readonly string[];
  private readonly changed: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly values: ReadonlySet<string>;
  private readonly sources: Sources;
  private readonly hands: Hands;
  private readonly named = new Map<string, ReadonlySet<string>>();
  private readonly imports = new Map<string, Promise<ReadonlySet<string>>>();
  private readonly sides = new Map<string, Promise<Side | null>>();

  /**
   * `files`: the code that a program can load. `changed`: the paths of the functions that are not what they were. `values`: the
   * files that give away other values than they did.
   */
  constructor(files: readonly string[], changed: ReadonlyMap<string, ReadonlySet<string>>, values: ReadonlySet<string>, sources: Sources) {
    this.files = files;
    this.changed = changed;
    this.values = values;
    this.sources = sources;
    this.hands = new Hands({
      changed,
      side: (file) => this.sideOf(file),
      around: (file) => this.around(file),
      resolve: (file, specifier) => {
        const target = sources.resolve(file, specifier);
        return target !== null && isCode(target) ? target : null;
      },
    });
  }

  async write(): Promise<void> {
    for (const file of this.files) {
      const text = await this.sources.text(file);
      if (text === null) continue;
      const takes = this.takesValues(file, text);
      const makers = takes || this.changed.has(file) ? await this.sources.makers(file, text) : NONE;
      if (makers.size === 0 && !mayGenerate(text)) continue;
      const side = await this.sideOf(file);
      const generators = side ? generatorsIn(side, makers) : [];
      if (side && generators.length > 0) await this.report(file, text, side, generators, takes);
    }
  }

  /** Whether it imports a file whose values have changed: it may have given one to code that it generated. */
  private takesValues(file: string, text: string): boolean {
    if (this.values.size === 0) return false;
    return specifiersIn(text).some((specifier) => this.values.has(this.sources.resolve(file, specifier) ?? ''));
  }

  private async report(file: string, text: string, side: Side, generators: readonly AnyNode[], takes: boolean): Promise<void> {
    const log = await this.sources.log(file);
    const sources = [...(await this.importsOf(file))].filter((f) => this.changed.has(f)).sort();
    const foreign = sources.length > 0 ? await this.leadingTo(file, text) : new Set<string>();
    // What it does not import may be put on its objects by whoever has both.
    const helpers = sources.length > 0 ? sources : await this.changedNear(file);
    for (const generator of generators) {
      const fed = feeding(side, generator);
      const own = [...(this.changed.get(file) ?? [])].filter((path) => fed.has(path));
      const inside = helpInBundle(side, generator, this.changed.get(file) ?? NONE);
      const from =
        helpers.length > 0 || inside.functions.size > 0
          ? fedBy(side, generator, (specifier) => foreign.has(specifier), inside.isForeign)
          : [];
      const isNear = nearInBundle(side, generator);
      const beyond = sources.length === 0;
      const all = beyond ? NONE : (this.changed.get(file) ?? NONE);
      const helped =
        from.length > 0 && helpers.length > 0 && (await this.hands.reachChanged(file, from, { functions: all, beyond, isNear }));
      const within =
        from.length > 0 &&
        inside.functions.size > 0 &&
        (await this.hands.reachChanged(file, from, { functions: inside.functions, beyond: true, isNear }));
      const kept = helped || within || (own.length > 0 && isCached(side, generator, this.isEmptied(file, side)));
      const help = helped ? helpers : within ? [...inside.functions] : own;
      if (kept && !isDropped(side, generator) && !this.sources.isMadeAnew(file, generator))
        log.add(
          'generated-code',
          side,
          generator,
          '',
          `it generates code with the help of ${listed(help)}: what was generated before the patch keeps the old behaviour, and is likely cached: let a hook empty what keeps it`,
        );
      else if (
        kept ||
        own.length > 0 ||
        sources.length > 0 ||
        inside.isAny ||
        takes ||
        (from.length > 0 && (await this.callsGiven(file, helpers)))
      )
        log.add(
          'results-kept',
          side,
          generator,
          own[0] ?? '',
          'code that was generated before the patch stays as it is, if the program holds it',
        );
    }
  }

  /** Whether code that the file leads to calls a method of what it was given by the name of one that has changed in `helpers`. */
  private async callsGiven(file: string, helpers: readonly string[]): Promise<boolean> {
    const names = new Set<string>();
    for (const helper of helpers)
      for (const fn of (await this.sideOf(helper))?.model.functions ?? [])
        if (this.changed.get(helper)!.has(fn.path)) for (const name of tellingNames(fn)) names.add(name);
    for (const one of names.size > 0 ? [file, ...(await this.importsOf(file))] : []) {
      const text = (await this.sources.text(one)) ?? '';
      const side = [...names].some((name) => text.includes(name)) ? await this.sideOf(one) : null;
      if (side && [...calledOnGiven(side)].some((name) => names.has(name))) return true;
    }
    return false;
  }

  /** Whether the patch empties the cache of another module that a call of `file` fills. */
  private isEmptied(file: string, side: Side): (callee: AnyNode, index: number) => boolean {
    const imports = importsOf(side);
    return (callee, index) => {
      const called = importCalled(side, imports, callee);
      const target = called && this.sources.resolve(file, called.source);
      return target !== null && called!.names.some((name) => this.sources.empties(target, handedAs(name, index)));
    };
  }

  private sideOf(file: string): Promise<Side | null> {
    let found = this.sides.get(file);
    if (!found) this.sides.set(file, (found = this.analyse(file)));
    return found;
  }

  private async analyse(file: string): Promise<Side | null> {
    const text = await this.sources.text(file);
    return text === null ? null : this.sources.side(file, text);
  }

  /** The specifiers of a file that lead to one that has changed, directly or not. */
  private async leadingTo(file: string, text: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const specifier of new Set(specifiersIn(text))) {
      const target = this.sources.resolve(file, specifier);
      if (target === null || !isCode(target)) continue;
      if (this.changed.has(target) || [...(await this.importsOf(target))].some((f) => this.changed.has(f))) found.add(specifier);
    }
    return found;
  }

  private async changedNear(file: string): Promise<string[]> {
    const near = await this.around(file);
    return [...this.changed.keys()].filter((other) => other !== file && near.has(other)).sort();
  }

  /**
   * The files of its package that lead to it, and what they lead to. What a bundle makes objects of stands in it and goes by no
   * name outside: only who imports it may put something on what it gives away.
   */
  private async around(file: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>([file]);
    const isBundle = ((await this.sideOf(file))?.plan.bundled.size ?? 0) > 0;
    const own = await this.sources.packageOf(file);
    for (const other of this.files) {
      if ((await this.sources.packageOf(other)) !== own) continue;
      const led = isBundle ? await this.namedBy(other) : await this.importsOf(other);
      if (other !== file && !led.has(file)) continue;
      found.add(other);
      for (const target of isBundle ? [] : led) found.add(target);
    }
    return found;
  }

  /** The files that `file` imports, directly or not; without itself. */
  private importsOf(file: string): Promise<ReadonlySet<string>> {
    let found = this.imports.get(file);
    if (!found) this.imports.set(file, (found = this.findImports(file)));
    return found;
  }

  private async findImports(file: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const queue = [file];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const target of await this.namedBy(next)) {
        if (found.has(target)) continue;
        found.add(target);
        queue.push(target);
      }
    }
    found.delete(file);
    return found;
  }

  /** The files that the text of `file` imports: many that generate code import the same. */
  private async namedBy(file: string): Promise<ReadonlySet<string>> {
    let found = this.named.get(file);
    if (!found) {
      const targets = specifiersIn((await this.sources.text(file)) ?? '').map((specifier) => this.sources.resolve(file, specifier));
      found = new Set(targets.filter((target) => target !== null).filter((target) => isCode(target)));
      this.named.set(file, found);
    }
    return found;
  }
}

function listed(names: readonly string[]): string {
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
}
