/** From two trees to a patch: finds the files that differ, builds each, and lets them see each other's changes. */
import { basename, isAbsolute, posix } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import type { AddedModule, Expected, Patch, PatchModule, Requires, UnloadedFile, VerdictRow } from '../patch/format.ts';
import type { ModuleModel } from '../source/model.ts';
import { eagerFiles } from './eager.ts';
import { Travellers, dependenciesOf } from './dependencies.ts';
import type { Dependencies } from './dependencies.ts';
import { bumped, expectedOf } from './expects.ts';
import { VersionLabels } from './labels.ts';
import { lookedForOnDisk, mayBeLookedFor } from './on-disk.ts';
import { Manifests, analyzeFile, isCode, isData, isTest, packageOf } from './files.ts';
import type { Manifest } from './files.ts';
import type { Surroundings } from './context.ts';
import { GeneratedReport } from './generated-report.ts';
import type { Declared } from './declared.ts';
import type { HookFile } from './hook-file.ts';
import { reportLoaded } from './load-report.ts';
import { dependencyVerdicts } from './manifest.ts';
import { INSTRUMENTATION, buildModule } from './module.ts';
import type { ModuleResult } from './module.ts';
import { withOwnPrivateNames } from './private-kinds.ts';
import { reachable, specifiersIn } from './reach.ts';
import { underOldNames } from './minified.ts';
import { underOldKeys } from './module-keys.ts';
import type { Renamed } from './minified.ts';
import { changedEntries, underOldMaps } from './maps.ts';
import type { BothSpecifiers } from './maps.ts';
import type { Moved } from './moved.ts';
import { Side } from './side.ts';
import { Specifiers } from './specifiers.ts';
import { CANNOT_ASK, askIn } from './surplus.ts';
import type { Tree, Trees } from './trees.ts';
import { noteOn, unloadedFile } from './unloaded.ts';
import { VerdictLog } from './verdicts.ts';

export interface BuildOutcome {
  readonly patch: Patch | null;
  readonly modules: readonly PatchModule[];
  readonly verdicts: readonly VerdictRow[];
}

/** What a patch is to be. */
export interface Wanted {
  readonly name: string;
  readonly hook: HookFile | null;
  readonly manifest: Declared;
}

interface BothManifests {
  readonly from: Manifests;
  readonly to: Manifests;
}

interface Pair {
  readonly file: string;
  readonly raw: string;
  readonly rawNext: string;
  readonly base: ModuleModel;
  readonly next: ModuleModel;
  readonly renamed: Renamed | null;
  result: ModuleResult | null;
  /** Files of the patch whose new exports it reads as it is linked. */
  readonly reads: Set<string>;
}

/** Two modules that export to each other settle in a few rounds; more would mean a rule that never does. */
const MAX_ROUNDS = 24;
/** So many of what stays as it is are named. */
const NAMED = 5;

/** Verdicts on what the patch evaluates itself. */
const RUNS_ANEW: ReadonlySet<string> = new Set(['constant-added', 'constant-changed', 'statement-added', 'table-filled']);

const NONE: ReadonlyMap<object, Requires> = new Map();
const NONE_EXPECTED: ReadonlyMap<object, readonly Expected[]> = new Map();

/** What is known of the modules of the patch once all are built. */
interface Known {
  readonly requires: ReadonlyMap<object, Requires>;
  readonly expects: ReadonlyMap<object, readonly Expected[]>;
  /** By the file within the tree. */
  readonly unloaded: ReadonlyMap<string, UnloadedFile>;
}

export class TreeBuild {
  private readonly trees: Trees;
  private readonly name: string;
  private readonly manifests: BothManifests;
  private readonly specifiers: BothSpecifiers;
  private readonly fromFiles: ReadonlySet<string>;
  private readonly toFiles: ReadonlySet<string>;
  private readonly pairs = new Map<string, Pair>();
  private readonly changedExports = new Map<string, ReadonlySet<string>>();
  private readonly logs: VerdictLog[] = [];
  private readonly added = new Set<string>();
  /** Of those, what the patch brings along. */
  private readonly brought = new Set<string>();
  private loadable: ReadonlySet<string> | null = null;
  private readonly tests = new Map<string, UnloadedFile>();
  private readonly hook: HookFile | null;
  private readonly declared: Declared;
  private leastHandedOn: number | null = null;
  /** Why the first of the files that no process can run was left out. */
  private unparsed: LivepatchError | null = null;

  private constructor(trees: Trees, manifests: BothManifests, specifiers: BothSpecifiers, { name, hook, manifest }: Wanted) {
    this.hook = hook;
    this.declared = manifest;
    this.trees = trees;
    this.name = name;
    this.manifests = manifests;
    this.specifiers = specifiers;
    this.fromFiles = new Set(trees.from.files);
    this.toFiles = new Set(trees.to.files);
  }

  static async of(trees: Trees, moved: readonly Moved[], wanted: Wanted): Promise<TreeBuild> {
    const manifests = { from: new Manifests(trees.from, 'old'), to: new Manifests(trees.to, 'new') };
    const specifiers = {
      from: await Specifiers.of(trees.from, manifests.from, []),
      to: await Specifiers.of(trees.to, manifests.to, moved),
    };
    const build = new TreeBuild({ ...trees, to: underOldMaps(trees.to, specifiers) }, manifests, specifiers, wanted);
    for (const { from, to } of moved)
      build.log(from).add('file-moved', null, null, '', `it is ${to} in the new version; the module goes on as it`);
    return build;
  }

  async run(): Promise<BuildOutcome> {
    const { from, to, single } = this.trees;
    const changed: { file: string; before: string; after: string }[] = [];
    for (const file of from.files) {
      if (!this.toFiles.has(file) || !isCode(file)) continue;
      const [before, after] = await Promise.all([from.read(file), to.read(file)]);
      if (before !== null && after !== null && before !== after) changed.push({ file, before, after });
    }
    const removed = from.files.filter((f) => isCode(f) && !this.toFiles.has(f));
    for (const file of to.files) if ((isCode(file) || isData(file)) && !this.fromFiles.has(file)) this.added.add(file);
    if (!single) this.loadable = await this.reachableFiles(true, true);
    const tests = changed.filter(({ file }) => isTest(file) && this.loadable?.has(file) === false);
    if (tests.length > 0) await this.leaveOutTests(tests);
    for (const pair of changed) if (!tests.includes(pair)) await this.addPair(pair.file, pair.before, pair.after);
    if (this.hook?.module) await this.addHooked(this.hook.module);
    await this.settle();
    const added = await this.addedModules();
    for (const file of removed) {
      if (this.loadable && !this.loadable.has(file)) continue;
      this.log(file).add('file-removed', null, null, '', 'modules that hold it keep it');
    }
    await this.reportRenamed();
    this.reportEntries();
    await this.reportCommand();
    await this.reportGenerated();
    await this.reportLoaded();
    await this.reportData();
    await this.reportOnDisk();
    const travellers = new Travellers(to);
    const requires = single ? NONE : await this.requires(travellers, added);
    for (const log of await dependencyVerdicts(this.trees, this.hook, travellers)) this.logs.push(log);
    const packages = await Promise.all([this.manifests.from.at(''), this.manifests.to.at('')]);
    const known = { requires, expects: single ? NONE_EXPECTED : await this.expected(), unloaded: await this.unloaded() };
    return this.outcome([...added.map((m) => withRequires(m, requires.get(m))), ...travellers.modules], known, packages);
  }

  /** What the files of the patch ask of packages that only the new version depends on. */
  private async requires(travellers: Travellers, added: readonly AddedModule[]): Promise<ReadonlyMap<object, Requires>> {
    const found = new Map<object, Requires>();
    const look = async (key: object, file: string, name: string, text: string): Promise<void> => {
      const asks = await packageOf(this.manifests.to, file);
      const { old, now } = await this.dependencies(asks?.folder ?? '');
      const wanted = Object.fromEntries(Object.entries(now).filter(([dependency]) => old[dependency] === undefined));
      const owner = await this.ownerOf(file);
      const own = await travellers.requires({ file: name, text, folder: owner?.folder ?? '', owner: owner?.name ?? null }, wanted);
      if (own) found.set(key, own);
    };
    for (const pair of this.pairs.values())
      if (pair.result?.module) await look(pair.result.module, pair.file, pair.result.module.file, pair.next.text);
    for (const module of added) {
      const file = this.trees.to.files.find((f) => f === module.file || f.endsWith(`/${module.file}`)) ?? module.file;
      await look(module, file, module.file, module.source);
    }
    return found;
  }

  private async dependencies(folder: string): Promise<{ readonly old: Dependencies; readonly now: Dependencies }> {
    const [old, now] = await Promise.all([this.manifests.from.at(folder), this.manifests.to.at(folder)]);
    return { old: dependenciesOf(old?.content), now: dependenciesOf(now?.content) };
  }

  /** What the changed files call of dependencies whose version changed. */
  private async expected(): Promise<ReadonlyMap<object, readonly Expected[]>> {
    const found = new Map<object, readonly Expected[]>();
    for (const { file, base, next, result } of this.pairs.values()) {
      if (!result?.module) continue;
      const { old, now } = await this.dependencies((await packageOf(this.manifests.to, file))?.folder ?? '');
      const changed = bumped(old, now);
      const own = changed.size > 0 ? expectedOf(base, next, changed) : [];
      if (own.length > 0) found.set(result.module, own);
    }
    return found;
  }

  /** The package that a file of either version is in where the patch runs: that of the old version, by the name it has there. */
  private ownerOf(file: string): ReturnType<typeof packageOf> {
    return packageOf(this.manifests.from, file);
  }

  private log(file: string): VerdictLog {
    const log = new VerdictLog(file, this.hook);
    this.logs.push(log);
    return log;
  }

  /** `patterns`: through entries like `./*` too. `commands`: through `bin` too. */
  private async reachableFiles(patterns: boolean, commands: boolean): Promise<ReadonlySet<string> | null> {
    const of = async (which: 'from' | 'to'): Promise<ReadonlySet<string> | null> => {
      const manifest = await this.manifests[which].at('');
      return await reachable(
        this.trees[which],
        this.specifiers[which],
        manifest && !commands ? withoutCommands(manifest) : manifest,
        patterns,
      );
    };
    const [a, b] = [await of('from'), await of('to')];
    return a && b ? new Set([...a, ...b]) : null;
  }

  /** They would be most of a patch, and hardly a program loads them. */
  private async leaveOutTests(tests: readonly { readonly file: string; readonly before: string }[]): Promise<void> {
    const which = tests.length === 1 ? 'it is a test' : `it and ${tests.length - 1} more are tests`;
    this.log(tests[0]!.file).add('file-unreachable', null, null, '', `${which}, and the package's entries do not lead there; left out`);
    for (const { file, before } of tests) {
      try {
        this.tests.set(file, await unloadedFile(this.manifests.from, file, before, null, 'it is a test, and was left out'));
      } catch (error) {
        // No process has loaded what stands under a package file that Node refuses.
        if (!(error instanceof LivepatchError)) throw error;
      }
    }
  }

  private async addPair(file: string, before: string, after: string): Promise<void> {
    let base: ModuleModel | null = null;
    try {
      base = await this.analyze(before, file, this.manifests.from);
      const next = await this.analyze(after, file, this.manifests.to);
      if (base.format !== next.format) this.log(file).add('format-changed', null, null, '', `it was ${base.format} and is ${next.format}`);
      else {
        const kept = before === after ? next : underOldKeys(base, next);
        const renamed = before === after ? null : underOldNames(base, kept);
        const compared = withOwnPrivateNames(base, renamed?.next ?? kept);
        const pair = { file, raw: before, rawNext: after, base, next: compared, renamed };
        this.pairs.set(file, { ...pair, result: null, reads: new Set() });
      }
    } catch (error) {
      if (!(error instanceof LivepatchError) || !this.loadable) throw error;
      if (base === null) {
        this.unparsed ??= error;
        const why = error.code === 'ERR_SYNTAX' ? 'Node cannot parse the old version' : 'Node refuses the package file of the old version';
        this.log(file).add('file-unreachable', null, null, '', `${why}, so no process runs it; left out`);
        return;
      }
      // An entry such as `./*` gives sources away that are no JavaScript.
      if (this.loadable.has(file) && (await this.reachableFiles(false, true))?.has(file) !== false) throw error;
      this.log(file).add(
        'file-unreachable',
        null,
        null,
        '',
        'no entry of the package names it and it cannot be parsed, nor loaded by Node; left out',
      );
    }
  }

  /** Throws ERR_SYNTAX, or ERR_PACKAGE_FILE where Node would load nothing from there. */
  private async analyze(text: string, file: string, manifests: Manifests): Promise<ModuleModel> {
    await packageOf(manifests, file);
    return analyzeFile(text, file, manifests);
  }

  /** The module whose scope the callbacks see is part of the patch, changed or not. */
  private async addHooked(name: string): Promise<void> {
    for (const file of this.trees.from.files) {
      if (!isCode(file) || !file.endsWith(name)) continue;
      if (this.within(file, (await this.ownerOf(file))?.folder ?? '') !== name) continue;
      const [before, after] = await Promise.all([this.trees.from.read(file), this.trees.to.read(file)]);
      if (before !== null && after !== null && !this.pairs.has(file)) await this.addPair(file, before, after);
    }
  }

  /** Builds each module, and again those that read what another one exports anew, until that moves nothing. */
  private async settle(): Promise<void> {
    let pending = [...this.pairs.keys()].sort();
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
      }
      pending = moved.size > 0 ? await this.readersOf(moved) : [];
      // What calls have to ask depends on all modules.
      const least = this.leastOfAll();
      if (least === this.leastHandedOn) continue;
      this.leastHandedOn = least;
      pending = [...this.pairs.keys()].sort();
    }
  }

  private leastOfAll(): number | null {
    let least: number | null = null;
    for (const { result } of this.pairs.values()) {
      const own = result?.leastHandedOn ?? null;
      if (own !== null) least = Math.min(least ?? own, own);
    }
    return least;
  }

  private async buildPair(pair: Pair): Promise<ModuleResult> {
    const { file } = pair;
    pair.reads.clear();
    const owner = await this.ownerOf(file);
    const newOwner = await packageOf(this.manifests.to, file);
    const around: Surroundings = {
      changedExport: (specifier, name) => {
        const target = this.specifiers.to.resolve(file, specifier);
        if (target === null || !this.fromFiles.has(target) || !this.changedExports.get(target)?.has(name)) return null;
        pair.reads.add(target);
        return this.within(target, owner?.folder ?? '');
      },
      changedExports: (specifier) => {
        const target = this.specifiers.to.resolve(file, specifier);
        const names = target !== null && target !== file && this.fromFiles.has(target) ? this.changedExports.get(target) : undefined;
        if (target === null || names === undefined || names.size === 0) return null;
        pair.reads.add(target);
        return { file: this.within(target, owner?.folder ?? ''), names: [...names].sort() };
      },
      isAdded: (specifier) => {
        const target = this.specifiers.to.resolve(file, specifier);
        return target !== null && this.added.has(target);
      },
      leastHandedOn: this.leastHandedOn,
      labels: new VersionLabels(owner && newOwner ? [owner.version, newOwner.version] : null),
      hook: this.hook,
    };
    const name = this.within(file, owner?.folder ?? '');
    const { raw, base, next, renamed } = pair;
    return buildModule({ file: name, package: owner && { name: owner.name, version: owner.version }, raw, base, next, renamed }, around);
  }

  private within(file: string, folder: string): string {
    return folder === '' ? file : posix.relative(folder, file);
  }

  /** Files whose text imports one of `files`: those that did not change themselves join the patch. */
  private async readersOf(files: ReadonlySet<string>): Promise<string[]> {
    const readers: string[] = [];
    for (const file of this.trees.to.files) {
      if (!isCode(file) || !this.fromFiles.has(file)) continue;
      const text = await this.trees.to.read(file);
      if (text === null || !specifiersIn(text).some((s) => files.has(this.specifiers.to.resolve(file, s) ?? ''))) continue;
      if (!this.pairs.has(file)) {
        const before = await this.trees.from.read(file);
        if (before === text) await this.addPair(file, text, text);
      }
      if (this.pairs.has(file)) readers.push(file);
    }
    return readers.sort();
  }

  /** A fork goes by another name, and so does the tree of another package. */
  private async reportRenamed(): Promise<void> {
    const told = new Set<string>();
    for (const file of ['index.js', ...[...this.pairs.keys()].sort()]) {
      const [was, is] = await Promise.all([packageOf(this.manifests.from, file), packageOf(this.manifests.to, file)]);
      if (was === null || is === null || was.name === is.name || told.has(was.folder)) continue;
      told.add(was.folder);
      const reason = `it is ${is.name} in the new version: the patch is for processes that run ${was.name}`;
      this.log(posix.join(was.folder, 'package.json')).add('package-renamed', null, null, was.name, reason);
    }
  }

  private reportEntries(): void {
    for (const { file, name, was, is } of changedEntries(this.specifiers)) {
      const leads = is === null ? 'it leads nowhere in the new version' : `it leads to ${is} in the new version`;
      this.log(file).add('entry-changed', null, null, name, `${leads}, and in the process still to ${was}`);
    }
  }

  /** Whoever uses the package as a library would look for a patch, or a restart, that changes nothing for him. */
  private async reportCommand(): Promise<void> {
    const changed = [...this.pairs.keys()].filter((file) => this.loadable?.has(file)).sort();
    if (changed.length === 0) return;
    const library = await this.reachableFiles(true, false);
    if (library === null || changed.some((file) => library.has(file))) return;
    const reason = 'only a command of the package leads to what changed: who uses the package as a library does not run it';
    this.log(changed[0]!).add('command-only', null, null, '', reason);
  }

  private async reportGenerated(): Promise<void> {
    const changed = new Map<string, ReadonlySet<string>>();
    for (const { file, result } of this.pairs.values()) {
      const rows = result!.log.rows.filter((r) => r.code === 'function-changed' || r.code === 'function-relinked');
      if (rows.length > 0) changed.set(file, new Set(rows.map((r) => r.path)));
    }
    if (changed.size === 0) return;
    const files = this.trees.from.files.filter((file) => isCode(file) && this.loadable?.has(file) !== false);
    const report = new GeneratedReport(files, changed, {
      text: (file) => this.trees.from.read(file),
      model: async (file, text) => this.pairs.get(file)?.base ?? (await analyzeFile(text, file, this.manifests.from)),
      resolve: (file, specifier) => this.specifiers.from.resolve(file, specifier),
      log: async (file) => this.log(this.within(file, (await this.ownerOf(file))?.folder ?? '')),
    });
    await report.write();
  }

  private async reportLoaded(): Promise<void> {
    const changed = new Map<string, ReadonlySet<string>>();
    for (const { file, result } of this.pairs.values())
      if (result!.changedGiven.length > 0) changed.set(file, new Set(result!.changedGiven));
    if (changed.size === 0) return;
    const files = this.trees.to.files.filter(
      (file) => isCode(file) && this.fromFiles.has(file) && !isTest(file) && this.loadable?.has(file) !== false,
    );
    await reportLoaded(files, changed, {
      text: (file) => this.trees.to.read(file),
      model: async (file, text) => this.pairs.get(file)?.next ?? (await this.analyze(text, file, this.manifests.to)),
      resolve: (file, specifier) => this.specifiers.to.resolve(file, specifier),
      log: async (file) => this.log(this.within(file, (await packageOf(this.manifests.from, file))?.folder ?? '')),
      runsAnew: (file, line) => this.pairs.get(file)?.result!.log.rows.some((row) => row.line === line && RUNS_ANEW.has(row.code)) === true,
    });
  }

  /** JSON is read once, and the program holds what was read. */
  private async reportData(): Promise<void> {
    const { from, to } = this.trees;
    const read = new Set<string>();
    for (const file of from.files) {
      if (!isCode(file) || (this.loadable && !this.loadable.has(file))) continue;
      for (const specifier of specifiersIn((await from.read(file)) ?? '')) {
        const target = this.specifiers.from.resolve(file, specifier);
        if (target?.endsWith('.json') && this.toFiles.has(target)) read.add(target);
      }
    }
    for (const file of [...read].sort())
      if ((await from.read(file)) !== (await to.read(file)))
        this.log(file).add('data-changed', null, null, '', 'modules that have read it keep what they read');
  }

  /** What the new code may look for on the disk, where the old version lies. */
  private async reportOnDisk(): Promise<void> {
    const { from, to } = this.trees;
    const others: string[] = [];
    for (const file of to.files) {
      if (!mayBeLookedFor(file) || this.brought.has(file)) continue;
      if (this.fromFiles.has(file) && (isCode(file) || (await from.read(file)) === (await to.read(file)))) continue;
      others.push(file);
    }
    if (others.length === 0) return;
    const sources: { file: string; text: string }[] = [];
    for (const file of to.files) {
      if (!isCode(file) || isTest(file) || (this.loadable && !this.loadable.has(file))) continue;
      sources.push({ file, text: (await to.read(file)) ?? '' });
    }
    for (const { file, by } of lookedForOnDisk(others, sources)) {
      const which = this.fromFiles.has(file) ? 'has changed' : 'is new';
      this.log(file).add('file-not-brought', null, null, '', `it ${which}, and ${by} may look for it on the disk`);
    }
  }

  private async addedModules(): Promise<AddedModule[]> {
    // Only what the modules of the patch lead to is brought along.
    const wanted = new Set<string>();
    const queue = [...this.pairs.values()].filter((p) => p.result?.module).map((p) => ({ file: p.file, text: p.next.text }));
    for (let item = queue.pop(); item; item = queue.pop()) {
      for (const specifier of specifiersIn(item.text)) {
        const target = this.specifiers.to.resolve(item.file, specifier);
        if (!target || !this.added.has(target) || wanted.has(target)) continue;
        wanted.add(target);
        queue.push({ file: target, text: (await this.trees.to.read(target)) ?? '' });
      }
    }
    const modules: AddedModule[] = [];
    for (const file of [...wanted].sort()) {
      this.brought.add(file);
      const text = (await this.trees.to.read(file))!;
      const owner = await this.ownerOf(file);
      const log = this.log(file);
      log.add('file-added', null, null, '', 'the patch brings it along');
      modules.push({
        file: this.within(file, owner?.folder ?? ''),
        ...(isData(file) ? { format: 'json', source: text } : await this.addedCode(file, text, log)),
        ...(owner ? { package: owner.name } : {}),
      });
    }
    return modules;
  }

  private async addedCode(file: string, text: string, log: VerdictLog): Promise<Pick<AddedModule, 'format' | 'source'>> {
    const model = await analyzeFile(text, file, this.manifests.to);
    const { format } = model;
    if (this.leastHandedOn === null) return { format, source: model.text };
    const side = new Side(model);
    return { format, source: askIn(model, this.leastHandedOn, (call) => log.add('argument-out-of-reach', side, call, '', CANNOT_ASK)) };
  }

  /** Files that are refused, and that a process which takes the patch need not have loaded. */
  private async unloaded(): Promise<ReadonlyMap<string, UnloadedFile>> {
    const found = new Map(this.tests);
    const { loadable } = this;
    const refused = [...this.pairs.values()].filter((pair) => pair.result!.log.refused);
    if (loadable === null || refused.length === 0) return found;
    // A patch of nothing else would be for no process.
    if (refused.some(({ file }) => loadable.has(file)) && ![...this.pairs.values()].some((pair) => pair.result!.module)) return found;
    const eager = refused.some(({ file }) => loadable.has(file))
      ? await eagerFiles(this.trees.from, this.manifests.from, this.specifiers.from)
      : loadable;
    const read = new Set([...this.pairs.values()].flatMap((pair) => (refused.includes(pair) ? [] : [...pair.reads])));
    for (const { file, raw, rawNext, result } of refused) {
      const isLoadable = loadable.has(file);
      // The text is loaded as it is: what it asks for must be there.
      if (isLoadable && (eager.has(file) || read.has(file) || this.asksForAdded(file, rawNext))) continue;
      const first = result!.log.rows.find((r) => r.verdict === 'refused' || r.verdict === 'needs-hook')!;
      const reason = `${first.code} at line ${first.line}`;
      found.set(file, await unloadedFile(this.manifests.from, file, raw, isLoadable ? rawNext : null, reason));
    }
    return found;
  }

  private asksForAdded(file: string, text: string): boolean {
    return specifiersIn(text).some((specifier) => this.added.has(this.specifiers.to.resolve(file, specifier) ?? ''));
  }

  /** Modules are linked in this order, so what others read as they are linked comes first; else by name. */
  private providersFirst(): Pair[] {
    const ordered = new Set<Pair>();
    const path = new Set<Pair>();
    const visit = (pair: Pair): void => {
      if (ordered.has(pair) || path.has(pair)) return;
      path.add(pair);
      for (const file of [...pair.reads].sort()) {
        const provider = this.pairs.get(file);
        if (provider) visit(provider);
      }
      ordered.add(pair);
    };
    for (const file of [...this.pairs.keys()].sort()) visit(this.pairs.get(file)!);
    return [...ordered];
  }

  private outcome(
    added: readonly AddedModule[],
    { requires, expects, unloaded }: Known,
    packages: readonly [Manifest | null, Manifest | null],
  ): BuildOutcome {
    const modules: PatchModule[] = [];
    const rows: VerdictRow[] = [];
    let refused = false;
    for (const pair of this.providersFirst()) {
      const { log, module } = pair.result!;
      const left = unloaded.get(pair.file);
      if (left) {
        rows.push(...noteOn(pair.file, left));
        continue;
      }
      refused ||= log.refused;
      rows.push(...log.rows);
      if (module)
        modules.push({ ...withRequires(module, requires.get(module)), ...(expects.has(module) ? { expects: expects.get(module)! } : {}) });
    }
    for (const log of this.logs) {
      refused ||= log.refused;
      rows.push(...log.rows);
    }
    const { from, to } = this.trees;
    if (!refused && modules.length === 0) {
      if (this.unparsed !== null) throw this.unparsed;
      throw new LivepatchError('ERR_PATCH_EMPTY', { from: from.label, to: to.label }, whatStays(rows));
    }
    const global = this.hook && this.hook.module === null ? this.hook.code : null;
    const patch: Patch | null = refused
      ? null
      : {
          name: this.name,
          mode: 'task',
          replace: true,
          ...this.declared,
          instrumentation: INSTRUMENTATION,
          origin: { from: originOf(from, packages[0]), to: originOf(to, packages[1]) },
          modules,
          added,
          ...(unloaded.size > 0 ? { unloaded: [...unloaded.values()].sort((a, b) => (a.file < b.file ? -1 : 1)) } : {}),
          ...(global === null ? {} : { hooks: global }),
          verdicts: rows,
        };
    return { patch, modules, verdicts: rows };
  }
}

function withoutCommands({ folder, content }: Manifest): Manifest {
  return { folder, content: { ...content, bin: undefined } };
}

function withRequires<T extends AddedModule | PatchModule>(module: T, requires: Requires | undefined): T {
  return requires ? { ...module, requires } : module;
}

/** What a tree is called in the patch: not by where it lies on this machine, so that the same trees give the same patch anywhere. */
function originOf({ label }: Tree, manifest: Manifest | null): string {
  if (!isAbsolute(label)) return label;
  const { name, version } = manifest?.content ?? {};
  if (typeof name !== 'string') return basename(label);
  return typeof version === 'string' ? `${name}@${version}` : name;
}

/** What a process that has loaded the old version goes on with where a release takes things away or leads entries elsewhere. */
function whatStays(rows: readonly VerdictRow[]): { readonly hint?: string } {
  const hints: string[] = [];
  const kept = rows
    .filter(({ code }) => code.endsWith('-removed'))
    .map(({ path, file, line }) => `${path || 'a statement'} (${file}:${line})`);
  if (kept.length > 0) hints.push(`What the new version takes away stays in a process that has loaded it: ${listed(kept)}.`);
  const entries = [...new Set(rows.filter(({ code }) => code === 'entry-changed').map(({ path }) => path))];
  if (entries.length > 0)
    hints.push(`An entry that leads to another file in the new version leads a process to the old one: ${listed(entries)}.`);
  return hints.length > 0 ? { hint: hints.join(' ') } : {};
}

function listed(names: readonly string[]): string {
  return names.slice(0, NAMED).join(', ') + (names.length > NAMED ? `, and ${names.length - NAMED} more` : '');
}
