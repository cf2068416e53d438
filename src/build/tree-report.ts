/** What the build of a tree says beside the verdicts on each module: of entries, packages and files, and of what the program made as it loaded. */
import { posix } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import type { VerdictRow } from '../patch/format.ts';
import type { ModuleModel } from '../source/model.ts';
import type { BothTrees } from './both-trees.ts';
import { analyzeFile, isCode, isTest, packageOf } from './input/files.ts';
import { CodeMakers } from './hazards/code-makers.ts';
import { generatorsIn, mayGenerate } from './hazards/generated.ts';
import { GeneratedReport } from './hazards/generated-report.ts';
import type { Handed } from './hazards/handed.ts';
import { reportLoaded } from './hazards/load-report.ts';
import type { Override } from './hazards/members-of-others.ts';
import type { NewTree } from './hazards/new-tree.ts';
import { changedEntries } from './input/maps.ts';
import { reportTakenOfOthers } from './hazards/tables-of-others.ts';
import type { ChangedModule } from './hazards/tables-of-others.ts';
import { lookedForOnDisk, mayBeLookedFor } from './input/on-disk.ts';
import type { Pair } from './pair.ts';
import { specifiersIn } from './input/reach.ts';
import type { Setters } from './tree-setters.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';
import { sideFor } from './version/side.ts';
import type { Side } from './version/side.ts';

/** Verdicts on what the patch evaluates itself. */
const RUNS_ANEW: ReadonlySet<string> = new Set([
  'constant-added',
  'constant-changed',
  'export-changed',
  'property-set',
  'statement-added',
  'table-filled',
]);

export class TreeReport {
  private readonly trees: BothTrees;
  private readonly pairs: ReadonlyMap<string, Pair>;
  /** New files that the patch brings along. */
  private readonly brought: ReadonlySet<string>;
  private readonly setters: Setters;
  private readonly log: (file: string) => VerdictLog;

  constructor(
    trees: BothTrees,
    pairs: ReadonlyMap<string, Pair>,
    brought: ReadonlySet<string>,
    setters: Setters,
    log: (file: string) => VerdictLog,
  ) {
    this.trees = trees;
    this.pairs = pairs;
    this.brought = brought;
    this.setters = setters;
    this.log = log;
  }

  async write(): Promise<void> {
    await this.renamed();
    this.entries();
    await this.command();
    await this.generated();
    await this.evaluated();
    await this.loaded();
    await this.taken();
    await this.data();
    await this.onDisk();
  }

  /** A fork goes by another name, and so does the tree of another package. */
  private async renamed(): Promise<void> {
    const told = new Set<string>();
    for (const file of ['index.js', ...[...this.pairs.keys()].sort()]) {
      const [was, is] = await Promise.all([packageOf(this.trees.manifests.from, file), packageOf(this.trees.manifests.to, file)]);
      if (was === null || is === null || was.name === is.name || told.has(was.folder)) continue;
      told.add(was.folder);
      const reason = `it is ${is.name} in the new version: the patch is for processes that run ${was.name}`;
      this.log(posix.join(was.folder, 'package.json')).add('package-renamed', null, null, was.name, reason);
    }
  }

  private entries(): void {
    for (const { file, name, was, is } of changedEntries(this.trees.specifiers)) {
      const leads = is === null ? 'it leads nowhere in the new version' : `it leads to ${is} in the new version`;
      this.log(file).add('entry-changed', null, null, name, `${leads}, and in the process still to ${was}`);
    }
  }

  /** Whoever uses the package as a library would look for a patch, or a restart, that changes nothing for him. */
  private async command(): Promise<void> {
    const changed = [...this.pairs.keys()].filter((file) => this.trees.loadable?.has(file)).sort();
    if (changed.length === 0) return;
    const library = await this.trees.reachableFiles(true, false);
    if (library === null || changed.some((file) => library.has(file))) return;
    const reason = 'only a command of the package leads to what changed: who uses the package as a library does not run it';
    this.log(changed[0]!).add('command-only', null, null, '', reason);
  }

  private async generated(): Promise<void> {
    const changed = new Map<string, ReadonlySet<string>>();
    const values = new Set<string>();
    for (const { file, result } of this.pairs.values()) {
      const { rows } = result!.log;
      const functions = rows.filter((r) => r.code === 'function-changed' || r.code === 'function-relinked');
      if (functions.length > 0) changed.set(file, new Set(functions.map((r) => r.path)));
      if (rows.some(({ code }) => code === 'export-changed' || code === 'table-changed')) values.add(file);
    }
    if (changed.size + values.size === 0) return;
    const files = this.trees.from.files.filter((file) => isCode(file) && this.trees.isLoadable(file));
    const makers = new CodeMakers(this.trees.from);
    const report = new GeneratedReport(files, changed, values, {
      text: (file) => this.trees.from.read(file),
      side: (file, text) => sideOf(this.pairs.get(file)?.base ?? analyzeFile(text, file, this.trees.manifests.from)),
      resolve: (file, specifier) => this.trees.specifiers.from.resolve(file, specifier),
      packageOf: async (file) => (await this.trees.ownerOf(file))?.folder ?? '',
      log: async (file) => this.log(await this.trees.nameOf(file)),
      makers: (file, text) => makers.askedBy(file, text),
      empties: (file, as) => this.pairs.get(file)?.result!.emptied.has(as) === true,
      isMadeAnew: (file, generator) => this.pairs.get(file)?.result!.regenerated.has(generator) === true,
    });
    await report.write();
  }

  /** Files that nothing imports, and that a module reads to make code of their text: what it made is out of reach. */
  private async evaluated(): Promise<void> {
    const { from, to } = this.trees;
    const wanted: string[] = [];
    for (const file of from.files)
      if (isCode(file) && !isTest(file) && !this.trees.isLoadable(file) && this.trees.toFiles.has(file))
        if ((await from.read(file)) !== (await to.read(file))) wanted.push(file);
    for (const by of wanted.length > 0 ? from.files : []) {
      if (!isCode(by) || !this.trees.isLoadable(by)) continue;
      const text = (await from.read(by)) ?? '';
      const read = mayGenerate(text) ? lookedForOnDisk(wanted, [{ file: by, text }], true) : [];
      const side = read.length > 0 ? await sideOf(this.pairs.get(by)?.base ?? analyzeFile(text, by, this.trees.manifests.from)) : null;
      const [generator] = side ? generatorsIn(side) : [];
      if (!side || !generator) continue;
      const log = this.log(await this.trees.nameOf(by));
      const brought = this.pairs.get(by)?.texts;
      const left = read.find(({ file }) => brought?.has(file) !== true);
      const made = (file: string, what: string): string => `it makes code of the text of ${file}, which has changed: what it made ${what}`;
      if (left) log.add('generated-code', side, generator, '', made(left.file, 'as it loaded stays as it is'));
      else log.add('results-kept', side, generator, '', made(read[0]!.file, 'before stays as it is, if the program holds it'));
    }
  }

  private async loaded(): Promise<void> {
    const changed = new Map<string, ReadonlySet<string>>();
    const overrides = new Map<string, (Override & { readonly file: string })[]>();
    for (const { file, result } of this.pairs.values()) {
      const { given, members } = result!;
      const names = new Set([...given.changed, ...members.given]);
      if (names.size > 0) changed.set(file, names);
      for (const override of members.overrides) {
        const target = this.trees.specifiers.to.resolve(file, override.source);
        if (target !== null) overrides.set(target, [...(overrides.get(target) ?? []), { ...override, file }]);
      }
    }
    const handed = this.handed();
    if (changed.size + overrides.size + handed.size === 0) return;
    const sources = {
      ...this.newTree,
      overrides,
      handed,
      givesAnother: (file: string, name: string) => this.pairs.get(file)?.result!.changedExports.includes(name) === true,
      converts: (file: string, path: string) => this.rows(file).some((row) => row.code === 'field-converted' && row.path === path),
    };
    await reportLoaded(this.goingOn, changed, sources);
  }

  /** By the file whose functions were given them. */
  private handed(): ReadonlyMap<string, readonly Handed[]> {
    const found = new Map<string, Handed[]>();
    for (const { file, result } of this.pairs.values())
      for (const one of result!.handed) {
        const target = this.trees.specifiers.to.resolve(file, one.source);
        if (target !== null) found.set(target, [...(found.get(target) ?? []), one]);
      }
    return found;
  }

  private async taken(): Promise<void> {
    const changed = new Map<string, ChangedModule>();
    for (const { file, result } of this.pairs.values())
      if (result!.tables.size + result!.changedExports.length > 0)
        changed.set(file, { tables: result!.tables, exports: result!.changedExports });
    if (changed.size === 0) return;
    const isLate = (file: string, setter: string): boolean => this.setters.isLate(file, setter);
    await reportTakenOfOthers(this.goingOn, changed, { ...this.newTree, isLate });
  }

  /** The files that a process may have loaded and that the new version has. */
  private get goingOn(): readonly string[] {
    const { to, fromFiles } = this.trees;
    return to.files.filter((file) => isCode(file) && fromFiles.has(file) && !isTest(file) && this.trees.isLoadable(file));
  }

  private get newTree(): NewTree {
    return {
      text: (file: string) => this.trees.to.read(file),
      side: (file: string, text: string) => sideOf(this.pairs.get(file)?.next ?? this.trees.analyze('to', file, text)),
      resolve: (file: string, specifier: string) => this.trees.specifiers.to.resolve(file, specifier),
      log: async (file: string) => this.log(await this.trees.nameOf(file)),
      rows: (file: string) => this.rows(file),
      runsAnew: (file: string, line: number) => this.rows(file).some((row) => row.line === line && RUNS_ANEW.has(row.code)),
      had: (file: string, path: string) => this.pairs.get(file)?.base.functions.some((fn) => fn.path === path) !== false,
    };
  }

  private rows(file: string): readonly VerdictRow[] {
    return this.pairs.get(file)?.result!.log.rows ?? [];
  }

  /** JSON is read once, and the program holds what was read. */
  private async data(): Promise<void> {
    const { from, to } = this.trees;
    const read = new Set<string>();
    for (const file of from.files) {
      if (!isCode(file) || !this.trees.isLoadable(file)) continue;
      for (const specifier of specifiersIn((await from.read(file)) ?? '')) {
        const target = this.trees.specifiers.from.resolve(file, specifier);
        if (target?.endsWith('.json') && this.trees.toFiles.has(target)) read.add(target);
      }
    }
    for (const file of [...read].sort())
      if ((await from.read(file)) !== (await to.read(file)))
        this.log(file).add('data-changed', null, null, '', 'modules that have read it keep what they read');
  }

  /** What the new code may look for on the disk, where the old version lies. */
  private async onDisk(): Promise<void> {
    const { from, to } = this.trees;
    const others: string[] = [];
    for (const file of to.files) {
      if (!mayBeLookedFor(file) || this.brought.has(file)) continue;
      if (this.trees.fromFiles.has(file) && (isCode(file) || (await from.read(file)) === (await to.read(file)))) continue;
      others.push(file);
    }
    if (others.length === 0) return;
    const sources: { file: string; text: string }[] = [];
    for (const file of to.files) {
      if (!isCode(file) || isTest(file) || !this.trees.isLoadable(file)) continue;
      sources.push({ file, text: (await to.read(file)) ?? '' });
    }
    for (const { file, by } of lookedForOnDisk(others, sources)) {
      if (this.pairs.get(by)?.texts.has(file)) continue;
      const which = this.trees.fromFiles.has(file) ? 'has changed' : 'is new';
      this.log(file).add('file-not-brought', null, null, '', `it ${which}, and ${by} may look for it on the disk`);
    }
  }
}

/** Null for a file that nobody can load: it does nothing. */
async function sideOf(model: ModuleModel | Promise<ModuleModel>): Promise<Side | null> {
  try {
    return sideFor(await model);
  } catch (error) {
    if (error instanceof LivepatchError) return null;
    throw error;
  }
}
