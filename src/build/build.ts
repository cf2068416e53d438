/** From two trees to a patch: finds the files that differ, builds each, and lets them see each other's changes. */
import { posix } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import type { UnloadedFile } from '../patch/format.ts';
import type { ModuleModel } from '../source/model.ts';
import { BothTrees } from './both-trees.ts';
import type { GivenAway, Surroundings } from './code/context.ts';
import { packageNameOf } from './input/dependencies.ts';
import { eagerFiles } from './input/eager.ts';
import { isCode, isData, isTest, packageOf } from './input/files.ts';
import type { HookFile } from './input/hook-file.ts';
import { VersionLabels } from './match/labels.ts';
import { underOldNames } from './match/old-names.ts';
import { underOldKeys } from './match/module-keys.ts';
import { callsAtLoad } from './existing/called-at-load.ts';
import { buildModule } from './changes/module.ts';
import type { ModuleResult } from './changes/module.ts';
import type { Moved } from './input/moved.ts';
import { outcomeOf } from './outcome.ts';
import type { BuildOutcome, Wanted } from './outcome.ts';
import type { Pair } from './pair.ts';
import { PropertyNames } from './input/property-names.ts';
import { mayReadTexts, withTexts } from './input/read-texts.ts';
import { withOwnPrivateNames } from './code/private-kinds.ts';
import { handedAs } from './hazards/handed.ts';
import { patternOf } from '../source/text.ts';
import { CACHE } from './version/cache-names.ts';
import { specifiersIn } from './input/reach.ts';
import { stillCommonJs } from './input/still-commonjs.ts';
import { gainsOf, mayHaveEntry } from './version/gains.ts';
import type { Gain } from './version/gains.ts';
import { usesIn } from './version/needed.ts';
import type { Use } from './version/needed.ts';
import { timesSaid, timesWrittenOut } from './version/options.ts';
import { Side } from './version/side.ts';
import { TreeAdditions } from './tree-additions.ts';
import { TreeDependencies } from './tree-dependencies.ts';
import { reportKeepers } from './tree-keepers.ts';
import { settersOf } from './tree-setters.ts';
import { TreeReport } from './tree-report.ts';
import type { Trees } from './input/trees.ts';
import { withOldClasses } from './changes/old-classes.ts';
import { withStandIns } from './changes/stand-ins.ts';
import { givesNothing, unloadedFile } from './input/unloaded.ts';
import { VerdictLog } from './verdicts/verdicts.ts';

/** Two modules that export to each other settle in a few rounds; more would mean a rule that never does. */
const MAX_ROUNDS = 24;

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/[\w$]/.test(text[at - 1] ?? '') && !/[\w$]/.test(text[at + word.length] ?? '')) return true;
  return false;
}

/** Whether code may call what goes by the name, or give it another. */
function mayCall(text: string, name: string): boolean {
  const own = `(?<!\\bfunction\\s*\\*?\\s*)(?<![\\w$])${patternOf(name)}`;
  return text.includes(name) && new RegExp(`${own}\\s*(?:\\)?\\s*(?:\\?\\.)?\\(|as\\b|:\\s*[\\w$]+\\s*[,}])`).test(text);
}

/** Whether code may load a file: it says its name, or that of the folder of which it is the index. */
function mayLoad(text: string, file: string): boolean {
  const named = (path: string): string => posix.basename(path).replace(/\.[cm]?[jt]sx?$/, '');
  const name = named(file);
  const isIndex = name === 'index';
  return specifiersIn(text).some(
    (specifier) => named(specifier) === name || (isIndex && (/^[./]*$/.test(specifier) || named(specifier) === named(posix.dirname(file)))),
  );
}

function wordsOf(texts: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of texts) for (const word of text.match(/[\w$]+/g) ?? []) found.add(word);
  return found;
}

/** Names for which the old texts are searched; for more, all their words are put together once. */
const FEW = 16;

export class TreeBuild {
  private readonly trees: BothTrees;
  private readonly wanted: Wanted;
  private readonly hook: HookFile | null;
  private readonly pairs = new Map<string, Pair>();
  private readonly changedExports = new Map<string, ReadonlySet<string>>();
  private readonly given = new Map<string, GivenAway>();
  /** By file; see `Surroundings.handed`. */
  private readonly handed = new Map<string, Map<string, string>>();
  private readonly logs: VerdictLog[] = [];
  private readonly added = new Set<string>();
  /** All code of the old version. */
  private readonly oldTexts = new Map<string, string>();
  private words: ReadonlySet<string> | null = null;
  private asked = 0;
  private readonly tests = new Map<string, UnloadedFile>();
  private readonly dependencies: TreeDependencies;
  private readonly names: PropertyNames;
  private readonly addedTexts: string[] = [];
  private readonly gains = new Map<string, readonly Gain[]>();
  private leastHandedOn: number | null = null;
  /** Why the first of the files that no process can run was left out. */
  private unparsed: LivepatchError | null = null;

  /** `stays` as in `TreeDependencies`. */
  private constructor(trees: BothTrees, wanted: Wanted, stays: string | null) {
    this.trees = trees;
    this.wanted = wanted;
    this.hook = wanted.hook;
    this.names = new PropertyNames(trees.to, (file) => trees.isLoadable(file));
    this.dependencies = new TreeDependencies(trees, this.pairs, wanted, stays);
  }

  /** Where what goes over to another version of a dependency cannot be carried, the patch is one for processes whose own has what it takes. */
  static async outcome(trees: Trees, moved: readonly Moved[], wanted: Wanted): Promise<BuildOutcome> {
    const build = await TreeBuild.of(trees, moved, wanted, null);
    const outcome = await build.run();
    if (outcome.patch !== null || build.dependencies.upgraded.length === 0 || (await build.isRefusedAnyway())) return outcome;
    const { code, file, line } = outcome.verdicts.find(({ verdict }) => verdict === 'refused' || verdict === 'needs-hook')!;
    return (await TreeBuild.of(trees, moved, wanted, `${code} at ${file}:${line}`)).run();
  }

  private static async of(trees: Trees, moved: readonly Moved[], wanted: Wanted, stays: string | null): Promise<TreeBuild> {
    const build = new TreeBuild(await BothTrees.of(trees, moved), wanted, stays);
    for (const { from, to } of moved)
      build.log(from).add('file-moved', null, null, '', `it is ${to} in the new version; the module goes on as it`);
    return build;
  }

  private async run(): Promise<BuildOutcome> {
    const { from, to } = this.trees;
    const changed: { file: string; before: string; after: string }[] = [];
    for (const file of from.files) {
      if (!isCode(file)) continue;
      const before = await from.read(file);
      if (before !== null) this.oldTexts.set(file, before);
      const after = this.trees.toFiles.has(file) ? await to.read(file) : null;
      if (before !== null && after !== null && before !== after) changed.push({ file, before, after });
    }
    const removed = from.files.filter((f) => isCode(f) && !this.trees.toFiles.has(f));
    for (const file of to.files) {
      if ((!isCode(file) && !isData(file)) || this.trees.fromFiles.has(file)) continue;
      this.added.add(file);
      if (isCode(file) && this.trees.isLoadable(file)) this.addedTexts.push((await to.read(file)) ?? '');
    }
    const tests = changed.filter(({ file }) => isTest(file) && !this.trees.isLoadable(file));
    if (tests.length > 0) await this.leaveOutTests(tests);
    for (const pair of changed) if (!tests.includes(pair)) await this.addPair(pair.file, pair.before, pair.after);
    await this.addReaders();
    if (this.hook?.module) await this.addHooked(this.hook.module);
    for (const file of await this.dependencies.findUpgrades(this.added)) {
      const text = (await from.read(file))!;
      await this.addPair(file, text, text);
    }
    await this.settle();
    await reportKeepers(
      this.trees,
      this.pairs,
      (file) => this.oldTexts.get(file),
      (file) => this.log(file),
    );
    const additions = new TreeAdditions(this.trees, this.pairs, this.added, this.leastHandedOn, (file) => this.log(file));
    const added = await additions.modules();
    for (const file of removed) {
      if (!this.trees.isLoadable(file)) continue;
      this.log(file).add('file-removed', null, null, '', 'modules that hold it keep it');
    }
    const setters = await settersOf(this.trees, this.pairs);
    await new TreeReport(this.trees, this.pairs, additions.brought, setters, (file) => this.log(file)).write();
    const { dependencies } = this;
    const requires = await dependencies.requires(added);
    this.logs.push(...(await dependencies.report(this.wanted, (file) => this.log(file))));
    return outcomeOf(this.trees, this.wanted, {
      pairs: this.pairs,
      logs: this.logs,
      added: [...added, ...dependencies.travelling],
      requires,
      expects: dependencies.expected(),
      sees: setters.seen,
      upgrades: dependencies.upgraded,
      unloaded: await this.unloaded(),
      unparsed: this.unparsed,
    });
  }

  private log(file: string): VerdictLog {
    const log = new VerdictLog(file, this.hook);
    this.logs.push(log);
    return log;
  }

  /** They would be most of a patch, and hardly a program loads them. */
  private async leaveOutTests(tests: readonly { readonly file: string; readonly before: string }[]): Promise<void> {
    const which = tests.length === 1 ? 'it is a test' : `it and ${tests.length - 1} more are tests`;
    this.log(tests[0]!.file).add('file-unreachable', null, null, '', `${which}, and the package's entries do not lead there; left out`);
    for (const { file, before } of tests) {
      try {
        this.tests.set(file, await unloadedFile(this.trees.manifests.from, file, before, null, 'it is a test, and was left out'));
      } catch (error) {
        // No process has loaded what stands under a package file that Node refuses.
        if (!(error instanceof LivepatchError)) throw error;
      }
    }
  }

  private async addPair(file: string, before: string, after: string): Promise<void> {
    let base: ModuleModel | null = null;
    try {
      base = await this.trees.analyze('from', file, before);
      const loaded = await this.trees.analyze('to', file, after);
      const next = base.format === 'commonjs' && loaded.format === 'module' ? (stillCommonJs(loaded) ?? loaded) : loaded;
      if (base.format !== next.format) this.log(file).add('format-changed', null, null, '', `it was ${base.format} and is ${next.format}`);
      else {
        const writtenOut = before === after ? null : withOldClasses(base, next);
        const kept = before === after ? next : underOldKeys(base, writtenOut?.next ?? next);
        const renamed = before === after ? null : underOldNames(base, kept);
        const compared = withOwnPrivateNames(base, renamed?.next ?? kept);
        const stoodIn = before === after ? null : withStandIns(base, compared);
        const folder = (await packageOf(this.trees.manifests.to, file))?.folder ?? '';
        const standIns = stoodIn?.keys ?? new Set<string>();
        const known = stoodIn?.next ?? compared;
        const read = mayReadTexts(after) ? await withTexts(known, (name) => this.newText(name)) : null;
        if (read) this.log(file).add('text-brought', null, null, '', `it has the new text of ${[...read.files].join(', ')}`);
        const pair = {
          file,
          folder,
          raw: before,
          rawNext: after,
          base,
          next: read?.next ?? known,
          renamed,
          standIns,
          classes: writtenOut?.names ?? new Set<string>(),
          texts: read?.files ?? new Set<string>(),
        };
        this.pairs.set(file, { ...pair, result: null, reads: new Set() });
      }
    } catch (error) {
      if (!(error instanceof LivepatchError) || !this.trees.loadable) throw error;
      if (base === null) {
        this.unparsed ??= error;
        const why = error.code === 'ERR_SYNTAX' ? 'Node cannot parse the old version' : 'Node refuses the package file of the old version';
        this.log(file).add('file-unreachable', null, null, '', `${why}, so no process runs it; left out`);
        return;
      }
      // An entry such as `./*` gives sources away that are no JavaScript.
      if (this.trees.loadable.has(file) && (await this.trees.reachableFiles(false, true))?.has(file) !== false) throw error;
      this.log(file).add(
        'file-unreachable',
        null,
        null,
        '',
        'no entry of the package names it and it cannot be parsed, nor loaded by Node; left out',
      );
    }
  }

  /** The text of a file that the process has otherwise, or not at all. A package file says of which version it is, as the process has it. */
  private async newText(file: string): Promise<string | null> {
    const { from, to, fromFiles, toFiles } = this.trees;
    if (!toFiles.has(file) || posix.basename(file) === 'package.json') return null;
    const text = await to.read(file);
    return fromFiles.has(file) && (await from.read(file)) === text ? null : text;
  }

  /** Modules that are the same, and read the text of files that are not. */
  private async addReaders(): Promise<void> {
    for (const [file, text] of this.oldTexts) {
      if (this.pairs.has(file) || !mayReadTexts(text) || !this.trees.isLoadable(file) || !this.trees.toFiles.has(file)) continue;
      if ((await this.trees.to.read(file)) !== text) continue;
      const read = await withTexts(await this.trees.analyze('to', file, text), (name) => this.newText(name)).catch(() => null);
      if (read) await this.addPair(file, text, text);
    }
  }

  /** The module whose scope the callbacks see is part of the patch, changed or not. */
  private async addHooked(name: string): Promise<void> {
    for (const file of this.trees.from.files) {
      if (!isCode(file) || !file.endsWith(name)) continue;
      if (this.trees.within(file, (await this.trees.ownerOf(file))?.folder ?? '') !== name) continue;
      const [before, after] = await Promise.all([this.trees.from.read(file), this.trees.to.read(file)]);
      if (before !== null && after !== null && !this.pairs.has(file)) await this.addPair(file, before, after);
    }
  }

  /**
   * Builds each module, and again those that read what another one exports anew, or keep what functions of another one made,
   * until that moves nothing.
   */
  private async settle(): Promise<void> {
    let pending = [...this.pairs.keys()].sort();
    const givers = new Set<string>();
    for (let round = 0; pending.length > 0; round++) {
      if (round === MAX_ROUNDS) throw new Error('the modules of the patch do not settle');
      const moved = new Set<string>();
      for (const file of pending) {
        const pair = this.pairs.get(file)!;
        pair.result = await this.buildPair(pair);
        const names = new Set(pair.result.changedExports);
        const known = this.changedExports.get(file);
        if (names.size > (known?.size ?? 0)) moved.add(file);
        this.changedExports.set(file, names);
        if (pair.result.given.changed.size > (this.given.get(file)?.changed.size ?? 0)) givers.add(file);
        this.given.set(file, pair.result.given);
      }
      pending = moved.size > 0 ? await this.readersOf(moved) : [];
      if (pending.length === 0) pending = await this.takersOfHanded();
      if (pending.length === 0 && givers.size > 0) {
        pending = await this.readersOf(givers, this.mayKeep(givers));
        givers.clear();
      }
      // What calls have to ask depends on all modules.
      const least = this.leastOfAll();
      if (least === this.leastHandedOn) continue;
      this.leastHandedOn = least;
      pending = [...this.pairs.keys()].sort();
    }
  }

  /** Notes what modules give to functions of others that may remember results: those of which that is new. */
  private async takersOfHanded(): Promise<string[]> {
    const found = new Set<string>();
    const all = [...this.pairs.values()].flatMap(({ file, result }) => result!.handed.map((one) => ({ file, ...one })));
    for (const { file, source, names, index, path } of all) {
      const target = this.trees.specifiers.from.resolve(file, source);
      const text = target === null ? undefined : this.oldTexts.get(target);
      if (target === null || target === file || text === undefined || !CACHE.test(text)) continue;
      if (!this.pairs.has(target) && (await this.trees.to.read(target)) === text) await this.addPair(target, text, text);
      const known = this.handed.get(target) ?? new Map<string, string>();
      this.handed.set(target, known);
      for (const as of names.map((name) => handedAs(name, index))) {
        if (known.has(as) || !this.pairs.has(target)) continue;
        known.set(as, path);
        found.add(target);
      }
    }
    return [...found].sort();
  }

  /** Whether code, by its text, may keep for as long as it lives what functions that `files` give away have made. */
  private mayKeep(files: ReadonlySet<string>): (text: string) => boolean {
    const completing = new Set([...files].flatMap((file) => [...(this.given.get(file)?.completing.keys() ?? [])]));
    const isNamed = (text: string): boolean => [...completing].some((name) => name === '' || name === 'default' || text.includes(name));
    return (text) => CACHE.test(text) || isNamed(text);
  }

  /** Whether a module is refused for what differs in it alone. */
  private async isRefusedAnyway(): Promise<boolean> {
    const left = await this.unloaded();
    for (const pair of this.pairs.values())
      if (pair.result!.log.refused && !left.has(pair.file) && (await this.buildPair(pair, true)).log.refused) return true;
    return false;
  }

  private leastOfAll(): number | null {
    let least: number | null = null;
    for (const { result } of this.pairs.values()) {
      const own = result?.leastHandedOn ?? null;
      if (own !== null) least = Math.min(least ?? own, own);
    }
    return least;
  }

  private knew(word: string): boolean {
    this.asked++;
    if (this.asked <= FEW || !/^[\w$]+$/.test(word)) return [...this.oldTexts.values()].some((text) => hasWord(text, word));
    this.words ??= wordsOf(this.oldTexts.values());
    return this.words.has(word);
  }

  private mayTake(name: string): boolean {
    if (!this.knew(name)) return false;
    return [...this.oldTexts].some(([file, text]) => {
      if (!hasWord(text, name)) return false;
      const base = this.pairs.get(file)?.base;
      return base === undefined || timesSaid(text, name) !== timesWrittenOut(base, name);
    });
  }

  /** What other files say that have changed, or are new. */
  private textsBeside(file: string): readonly string[] {
    const others = [...this.pairs.values()].flatMap((pair) => (pair.file !== file && this.trees.isLoadable(pair.file) ? pair.rawNext : []));
    return [...others, ...this.addedTexts];
  }

  private usesBeside(file: string, name: string, called: boolean): ReadonlySet<Use> {
    if (!/^[\w$]+$/.test(name)) return new Set();
    const users = [...this.pairs.values()].filter(
      (pair) => pair.file !== file && this.trees.isLoadable(pair.file) && hasWord(pair.rawNext, name) && !hasWord(pair.raw, name),
    );
    return new Set(users.flatMap(({ next }) => [...usesIn(new Side(next), name, null, called)]));
  }

  private areCalledAtLoad(file: string, names: readonly string[]): boolean {
    const users = [...this.oldTexts].filter(
      ([other, text]) => other !== file && this.trees.isLoadable(other) && names.some((name) => hasWord(text, name)),
    );
    return (
      users.length > 0 &&
      users.every(([user]) => {
        // What a module that stays has made goes on with it.
        const pair = this.pairs.get(user);
        const leads = (source: string): boolean => this.trees.specifiers.from.resolve(user, source) === file;
        return pair !== undefined && callsAtLoad(new Side(pair.base), leads, names);
      })
    );
  }

  private gainsOf(name: string): readonly Gain[] {
    let found = this.gains.get(name);
    if (!found) {
      const isLoadable = (file: string): boolean => this.trees.isLoadable(file);
      const changed = [...this.pairs.values()].filter(({ file }) => isLoadable(file));
      const kept = [...this.oldTexts].flatMap(([file, text]) => (this.pairs.has(file) || !isLoadable(file) ? [] : text));
      found = gainsOf(name, (key) => !this.knew(key), { changed, kept, added: this.addedTexts });
      this.gains.set(name, found);
    }
    return found;
  }

  /** `alone`: with nothing that others of the patch bring about. */
  private async buildPair(pair: Pair, alone = false): Promise<ModuleResult> {
    const { file } = pair;
    pair.reads.clear();
    const owner = await this.trees.ownerOf(file);
    const newOwner = await packageOf(this.trees.manifests.to, file);
    const around: Surroundings = {
      changedExport: (specifier, name) => {
        const target = this.trees.specifiers.to.resolve(file, specifier);
        if (target === null || !this.trees.fromFiles.has(target) || !this.changedExports.get(target)?.has(name)) return null;
        pair.reads.add(target);
        return this.trees.within(target, owner?.folder ?? '');
      },
      changedExports: (specifier) => {
        const target = this.trees.specifiers.to.resolve(file, specifier);
        const names = target !== null && target !== file && this.trees.fromFiles.has(target) ? this.changedExports.get(target) : undefined;
        if (target === null || names === undefined || names.size === 0) return null;
        pair.reads.add(target);
        return { file: this.trees.within(target, owner?.folder ?? ''), names: [...names].sort() };
      },
      given: (specifier) => {
        const target = this.trees.specifiers.to.resolve(file, specifier);
        return (target !== null && target !== file && this.given.get(target)) || null;
      },
      handed: this.handed.get(file) ?? new Map(),
      isAdded: (specifier) => {
        const target = this.trees.specifiers.to.resolve(file, specifier);
        return target !== null && this.added.has(target);
      },
      follows: (specifier) => this.dependencies.follows(pair.folder, specifier),
      isBeside: (specifier) => this.wanted.beside.has(packageNameOf(specifier) ?? ''),
      isNamedBeside: (property) => this.names.isNamedBeside(file, property),
      leastHandedOn: this.leastHandedOn,
      knew: (word) => this.knew(word),
      mayTake: (name) => this.mayTake(name),
      gains: (name) => this.gainsOf(name),
      isGivenBeside: (name) => this.textsBeside(file).some((text) => mayHaveEntry(text, name)),
      mayCallBeside: (name) => this.textsBeside(file).some((text) => mayCall(text, name)),
      isLoadedBeside: () => this.textsBeside(file).some((text) => mayLoad(text, file)),
      usesBeside: (name, called) => this.usesBeside(file, name, called),
      areCalledAtLoad: (names) => this.areCalledAtLoad(file, names),
      labels: new VersionLabels(owner && newOwner ? [owner.version, newOwner.version] : null),
      hook: this.hook,
    };
    const name = this.trees.within(file, owner?.folder ?? '');
    const { raw, base, next, renamed, standIns, classes } = pair;
    const input = {
      file: name,
      package: owner && { name: owner.name, version: owner.version },
      raw,
      base,
      next,
      renamed,
      standIns,
      classes,
    };
    const others = {
      changedExport: () => null,
      changedExports: () => null,
      given: () => null,
      handed: new Map<string, string>(),
      follows: () => false,
    };
    const seen = alone ? { ...around, ...others } : around;
    let result = buildModule(input, seen);
    while (await this.names.lookUp()) result = buildModule(input, seen);
    return result;
  }

  /** Files whose text imports one of `files`: those that did not change themselves join the patch. */
  private async readersOf(files: ReadonlySet<string>, isWanted: (text: string) => boolean = () => true): Promise<string[]> {
    const readers: string[] = [];
    for (const file of this.trees.to.files) {
      if (!isCode(file) || !this.trees.fromFiles.has(file)) continue;
      const text = await this.trees.to.read(file);
      if (text === null || !isWanted(text) || !specifiersIn(text).some((s) => files.has(this.trees.specifiers.to.resolve(file, s) ?? '')))
        continue;
      if (!this.pairs.has(file)) {
        const before = await this.trees.from.read(file);
        if (before === text) await this.addPair(file, text, text);
      }
      if (this.pairs.has(file)) readers.push(file);
    }
    return readers.sort();
  }

  /** Files that are refused, and that a process which takes the patch need not have loaded. */
  private async unloaded(): Promise<ReadonlyMap<string, UnloadedFile>> {
    const found = new Map(this.tests);
    const { loadable } = this.trees;
    const refused = [...this.pairs.values()].filter((pair) => pair.result!.log.refused);
    if (loadable === null || refused.length === 0) return found;
    // A patch of nothing else would be for no process.
    if (refused.some(({ file }) => loadable.has(file)) && ![...this.pairs.values()].some((pair) => pair.result!.module)) return found;
    const eager = refused.some(({ file }) => loadable.has(file))
      ? await eagerFiles(this.trees.from, this.trees.manifests.from, this.trees.specifiers.from)
      : loadable;
    const read = new Set([...this.pairs.values()].flatMap((pair) => (refused.includes(pair) ? [] : [...pair.reads])));
    const named = await this.trees.reachableFiles(false, true);
    for (const { file, raw, rawNext, result, base, next } of refused) {
      const isLoadable = loadable.has(file);
      if (isLoadable && (eager.has(file) || read.has(file))) continue;
      // The text is loaded as it is: what it asks for must be there. A pattern like `./*` leads to examples too, which nobody imports.
      const asks = isLoadable && this.asksForBrought(file, rawNext);
      if (asks && (named?.has(file) !== false || ![base, next].every(givesNothing))) continue;
      const first = result!.log.rows.find((r) => r.verdict === 'refused' || r.verdict === 'needs-hook')!;
      const reason = `${first.code} at line ${first.line}`;
      found.set(file, await unloadedFile(this.trees.manifests.from, file, raw, isLoadable && !asks ? rawNext : null, reason));
    }
    return found;
  }

  private asksForBrought(file: string, text: string): boolean {
    const { folder } = this.pairs.get(file)!;
    const isAdded = (specifier: string): boolean => this.added.has(this.trees.specifiers.to.resolve(file, specifier) ?? '');
    return specifiersIn(text).some((specifier) => isAdded(specifier) || this.dependencies.follows(folder, specifier));
  }
}
