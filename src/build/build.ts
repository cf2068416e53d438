/** From two trees to a patch: finds the files that differ, builds each, and lets them see each other's changes. */
import { WHOLE } from '../patch/format.ts';
import { BothTrees } from './both-trees.ts';
import type { GivenAway, Surroundings } from './code/context.ts';
import type { ModuleModel } from '../source/model.ts';
import { packageNameOf } from './input/dependencies.ts';
import { isCode, isData, isForBrowsers, isTest, packageOf } from './input/files.ts';
import type { HookFile } from './input/hook-file.ts';
import { VersionLabels } from './match/labels.ts';
import { buildModule } from './changes/module.ts';
import type { ModuleResult } from './changes/module.ts';
import type { Moved } from './input/moved.ts';
import { outcomeOf } from './outcome.ts';
import type { BuildOutcome, Wanted } from './outcome.ts';
import { OtherFiles } from './other-files.ts';
import type { Pair } from './pair.ts';
import { PropertyNames } from './input/property-names.ts';
import { mayGenerate } from './hazards/generated.ts';
import { handedAs } from './hazards/handed.ts';
import { CACHE } from './version/forms/cache-names.ts';
import { specifiersIn } from './input/reach.ts';
import { TreeAdditions } from './tree-additions.ts';
import { TreeDependencies } from './tree-dependencies.ts';
import { TreePairs } from './tree-pairs.ts';
import { TreeUnloaded } from './tree-unloaded.ts';
import { reportCachesOfFound } from './tree-caches.ts';
import { reportKeepers } from './tree-keepers.ts';
import { reportStarred } from './tree-starred.ts';
import { settersOf } from './tree-setters.ts';
import { TreeReport } from './tree-report.ts';
import type { Trees } from './input/trees.ts';
import { VerdictLog } from './verdicts/verdicts.ts';

/** Two modules that export to each other settle in a few rounds; more would mean a rule that never does. */
const MAX_ROUNDS = 24;

/** In characters. */
const LARGE = 1 << 20;

export class TreeBuild {
  private readonly trees: BothTrees;
  private readonly wanted: Wanted;
  private readonly hook: HookFile | null;
  private readonly pairs: TreePairs;
  private readonly others: OtherFiles;
  private readonly left: TreeUnloaded;
  private readonly changedExports = new Map<string, ReadonlySet<string>>();
  private readonly given = new Map<string, GivenAway>();
  /** By file; see `Surroundings.handed`. */
  private readonly handed = new Map<string, Map<string, string>>();
  private readonly logs: VerdictLog[] = [];
  private readonly added = new Set<string>();
  /** All code of the old version. */
  private readonly oldTexts = new Map<string, string>();
  private readonly dependencies: TreeDependencies;
  private readonly names: PropertyNames;
  private readonly addedTexts: string[] = [];
  private readonly addedModels = new Map<string, ModuleModel>();
  private leastHandedOn: number | null = null;

  /** `stays` as in `TreeDependencies`. */
  private constructor(trees: BothTrees, wanted: Wanted, stays: string | null) {
    this.trees = trees;
    this.wanted = wanted;
    this.hook = wanted.hook;
    this.names = new PropertyNames(trees.to, (file) => trees.isLoadable(file));
    const log = (file: string): VerdictLog => this.log(file);
    this.pairs = new TreePairs(trees, this.oldTexts, log);
    this.others = new OtherFiles(trees, this.pairs.all, this.oldTexts, this.addedTexts);
    this.dependencies = new TreeDependencies(trees, this.pairs.all, wanted, stays);
    this.left = new TreeUnloaded(trees, this.pairs.all, this.dependencies, this.added, log, wanted.installed === 'package');
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
      if (isCode(file) && this.trees.isLoadable(file)) await this.addCode(file);
    }
    const unreachable = changed.filter(({ file }) => !this.trees.isLoadable(file));
    const tests = unreachable.filter(({ file }) => isTest(file));
    const bundles = await this.largeForBrowsers(unreachable);
    const left = new Set([...tests, ...(tests.length + bundles.length < changed.length ? bundles : [])]);
    await this.left.leaveOutTests(tests);
    await this.left.leaveOutForBrowsers(bundles.filter((pair) => left.has(pair)));
    for (const pair of changed) if (!left.has(pair)) await this.pairs.add(pair.file, pair.before, pair.after);
    await this.left.leaveOutOtherFormats(this.pairs.otherFormats);
    await this.pairs.addReaders();
    if (this.hook?.module) await this.pairs.addHooked(this.hook.module);
    for (const file of await this.dependencies.findUpgrades(this.added)) {
      const text = (await from.read(file))!;
      await this.pairs.add(file, text, text);
    }
    await this.settle();
    await reportKeepers(
      this.trees,
      this.pairs.all,
      (file) => this.oldTexts.get(file),
      (file) => this.log(file),
    );
    await reportStarred(this.trees, this.pairs.all);
    await reportCachesOfFound(this.trees, this.pairs.all, this.oldTexts, (file) => this.log(file));
    const additions = new TreeAdditions(this.trees, this.pairs.all, this.added, this.addedModels, this.leastHandedOn, (file) =>
      this.log(file),
    );
    const added = await additions.modules();
    for (const file of removed) {
      if (!this.trees.isLoadable(file)) continue;
      const functions = isCode(file) ? ', and who holds a function of it, or a closure that one made, goes on with the old code' : '';
      this.log(file).add('file-removed', null, null, '', `modules that hold it keep it${functions}`);
    }
    const setters = await settersOf(this.trees, this.pairs.all);
    await new TreeReport(this.trees, this.pairs.all, additions.brought, setters, (file) => this.log(file)).write();
    const { dependencies } = this;
    const requires = await dependencies.requires(added);
    this.logs.push(...(await dependencies.report(this.wanted, (file) => this.log(file))));
    return outcomeOf(this.trees, this.wanted, {
      pairs: this.pairs.all,
      logs: this.logs,
      added: [...added, ...dependencies.travelling],
      requires,
      expects: dependencies.expected(),
      sees: setters.seen,
      upgrades: dependencies.upgraded,
      unloaded: await this.left.found(),
      unparsed: this.pairs.unparsed,
    });
  }

  private async addCode(file: string): Promise<void> {
    const text = (await this.trees.to.read(file)) ?? '';
    this.addedTexts.push(text);
    const model = await this.trees.modelOf('to', file, text);
    if (model) this.addedModels.set(file, model);
  }

  private log(file: string): VerdictLog {
    const log = new VerdictLog(file, this.hook);
    this.logs.push(log);
    return log;
  }

  private async largeForBrowsers<T extends { readonly file: string; readonly before: string }>(files: readonly T[]): Promise<readonly T[]> {
    const large = files.filter(({ before }) => before.length >= LARGE);
    const owners = large.length > 0 ? [await this.trees.manifests.from.at(''), await this.trees.manifests.to.at('')] : [];
    return large.filter(({ file }) => isForBrowsers(file, owners));
  }

  /**
   * Builds each module, and again those that read what another one exports anew, or keep what functions of another one made,
   * until that moves nothing.
   */
  private async settle(): Promise<void> {
    let pending = [...this.pairs.all.keys()].sort();
    const givers = new Set<string>();
    for (let round = 0; pending.length > 0; round++) {
      if (round === MAX_ROUNDS) throw new Error('the modules of the patch do not settle');
      const moved = new Set<string>();
      for (const file of pending) {
        const pair = this.pairs.all.get(file)!;
        pair.result = await this.buildPair(pair);
        const { changedExports, log } = pair.result;
        // What is refused, and is left out where that is possible, gives what it gave.
        const names = new Set(log.refused ? changedExports.filter((name) => name !== WHOLE) : changedExports);
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
      pending = [...this.pairs.all.keys()].sort();
    }
  }

  /** Notes what modules give to functions of others that may remember results: those of which that is new. */
  private async takersOfHanded(): Promise<string[]> {
    const found = new Set<string>();
    const all = [...this.pairs.all.values()].flatMap(({ file, result }) => result!.handed.map((one) => ({ file, ...one })));
    for (const { file, source, names, index, path } of all) {
      const target = this.trees.specifiers.from.resolve(file, source);
      const text = target === null ? undefined : this.oldTexts.get(target);
      if (target === null || target === file || text === undefined || !CACHE.test(text)) continue;
      if (!this.pairs.all.has(target) && (await this.trees.to.read(target)) === text) await this.pairs.add(target, text, text);
      const known = this.handed.get(target) ?? new Map<string, string>();
      this.handed.set(target, known);
      for (const as of names.map((name) => handedAs(name, index))) {
        if (known.has(as) || !this.pairs.all.has(target)) continue;
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
    return (text) => CACHE.test(text) || mayGenerate(text) || isNamed(text);
  }

  /** Whether a module is refused for what differs in it alone. */
  private async isRefusedAnyway(): Promise<boolean> {
    const left = await this.left.found();
    for (const pair of this.pairs.all.values())
      if (pair.result!.log.refused && !left.has(pair.file) && (await this.buildPair(pair, true)).log.refused) return true;
    return false;
  }

  private leastOfAll(): number | null {
    let least: number | null = null;
    for (const { result } of this.pairs.all.values()) {
      const own = result?.leastHandedOn ?? null;
      if (own !== null) least = Math.min(least ?? own, own);
    }
    return least;
  }

  /** `alone`: with nothing that others of the patch bring about. */
  private async buildPair(pair: Pair, alone = false): Promise<ModuleResult> {
    const { file } = pair;
    const { others } = this;
    pair.reads.clear();
    const owner = await this.trees.ownerOf(file);
    const newOwner = await packageOf(this.trees.manifests.to, file);
    const isInternal = await this.trees.isInternal(file);
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
      isInternal: () => isInternal,
      given: (specifier) => {
        const target = this.trees.specifiers.to.resolve(file, specifier);
        return (target !== null && target !== file && this.given.get(target)) || null;
      },
      versionsOf: (specifier) => {
        const target = this.trees.specifiers.to.resolve(file, specifier);
        if (target === null || target === file || this.trees.specifiers.from.resolve(file, specifier) !== target) return null;
        const other = this.pairs.all.get(target);
        if (other) pair.reads.add(target);
        return other ?? null;
      },
      newModelOf: (specifier) => {
        const target = this.trees.specifiers.to.resolve(file, specifier);
        if (target === null || target === file) return null;
        return this.pairs.all.get(target)?.next ?? this.addedModels.get(target) ?? null;
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
      knew: (word) => others.knew(word),
      knewKey: (name) => others.knewKey(name),
      knewButConstants: (name) => others.knewButConstants(name),
      mayTake: (name) => others.mayTake(name),
      gains: (name) => others.gainsOf(name),
      passed: (to) => others.passed(file, to),
      mayPass: (to) => others.mayPass(to),
      isGivenBeside: (name) => others.mayGive(file, name),
      mayCallBeside: (name) => others.mayCall(file, name),
      setsBeside: (name) => others.sets(file, name),
      putsBeside: (name) => others.puts(file, name),
      isLoadedBeside: () => others.mayLoad(file),
      usesByHeirs: (name, property) => others.usesByHeirs(name, property),
      usesBeside: (name, called) => others.uses(file, name, called),
      asksTogetherBeside: (one, other) => others.asksTogether(file, one, other),
      areCalledAtLoad: (names) => others.areCalledAtLoad(file, names),
      labels: new VersionLabels(owner && newOwner ? [owner.version, newOwner.version] : null),
      hook: this.hook,
    };
    const name = this.trees.within(file, owner?.folder ?? '');
    const { raw, base, next, renamed, classes } = pair;
    const input = {
      file: name,
      package: owner && { name: owner.name, version: owner.version },
      raw,
      base,
      next,
      renamed,
      classes,
    };
    const nothing = {
      changedExport: () => null,
      changedExports: () => null,
      given: () => null,
      handed: new Map<string, string>(),
      follows: () => false,
    };
    const seen = alone ? { ...around, ...nothing } : around;
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
      if (!this.pairs.all.has(file)) {
        const before = await this.trees.from.read(file);
        if (before === text) await this.pairs.add(file, text, text);
      }
      if (this.pairs.all.has(file)) readers.push(file);
    }
    return readers.sort();
  }
}
