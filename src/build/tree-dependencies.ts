/** What the packages of a tree ask of others, and what of that travels with the patch. */
import type { AddedModule, Expected, Requires, Upgrade } from '../patch/format.ts';
import type { ModuleModel } from '../source/model.ts';
import type { ModuleFormat } from '../source/parse.ts';
import type { BothTrees } from './both-trees.ts';
import { Travellers, dependenciesOf } from './input/dependencies.ts';
import type { Dependencies } from './input/dependencies.ts';
import { bumped } from './input/expects.ts';
import { formatOf, isCode, isTest, packageOf } from './input/files.ts';
import { dependencyVerdicts } from './input/manifest.ts';
import type { Wanted } from './outcome.ts';
import type { Pair } from './pair.ts';
import { Upgrades } from './input/upgrades.ts';
import type { Changed, PackageFiles } from './input/upgrades.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';

export class TreeDependencies {
  private readonly trees: BothTrees;
  private readonly pairs: ReadonlyMap<string, Pair>;
  private readonly beside: ReadonlySet<string>;
  private readonly travellers: Travellers;
  private readonly upgrades: Upgrades;
  /** Why no dependency is upgraded; null where they may be. */
  private readonly stays: string | null;

  constructor(trees: BothTrees, pairs: ReadonlyMap<string, Pair>, { beside }: Wanted, stays: string | null) {
    this.trees = trees;
    this.pairs = pairs;
    this.beside = beside;
    this.stays = stays;
    this.travellers = new Travellers(trees.to);
    this.upgrades = new Upgrades(this.travellers, (file, text, names) => this.bring(file, text, names));
  }

  get upgraded(): readonly Upgrade[] {
    return this.upgrades.list;
  }

  /** The files of the packages that the patch brings along. */
  get travelling(): readonly AddedModule[] {
    return this.travellers.modules;
  }

  /** As in `Surroundings`, for a file of the package in `folder`. */
  follows(folder: string, specifier: string): boolean {
    return this.upgrades.follows(folder, specifier);
  }

  /**
   * Finds the dependencies that the patch brings in their new version, where it has the pairs that differ and the files that
   * are new; returns the files without a difference that ask for one of them.
   */
  async findUpgrades(added: ReadonlySet<string>): Promise<readonly string[]> {
    if (this.trees.single) return [];
    const packages = new Map<string, Changed[]>();
    const add = (folder: string, one: Changed): void => void packages.set(folder, [...(packages.get(folder) ?? []), one]);
    for (const pair of this.pairs.values()) add(pair.folder, pair);
    for (const file of added) {
      if (!isCode(file) || isTest(file) || !this.trees.isLoadable(file)) continue;
      const { folder, old, now } = await this.askedFrom(file);
      if (bumped(old, now).size === 0) continue;
      add(folder, { file, base: null, next: await this.trees.analyze('to', file, (await this.trees.to.read(file))!) });
    }
    for (const [folder, changed] of [...packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { old, now } = await this.askedFrom(changed[0]!.file);
      if (bumped(old, now).size === 0) continue;
      const owner = (await this.trees.ownerOf(changed[0]!.file))?.name ?? null;
      const files = { folder, owner, dependencies: { old, now }, changed, others: await this.unchangedIn(folder) };
      await this.upgrades.find(files, (name) => this.stays !== null || this.beside.has(name));
    }
    return this.upgrades.followers;
  }

  /** What the modules of the patch, and the files that it adds, ask of packages that it brings along. */
  async requires(added: readonly AddedModule[]): Promise<ReadonlyMap<object, Requires>> {
    const found = new Map<object, Requires>();
    if (this.trees.single) return found;
    const look = async (key: object, file: string, text: string): Promise<void> => {
      const { folder, old, now } = await this.askedFrom(file);
      const wanted = Object.entries(now).filter(([name]) => old[name] === undefined || this.upgrades.isUpgraded(folder, name));
      const own = await this.bring(file, text, Object.fromEntries(wanted));
      if (own) found.set(key, own);
    };
    for (const pair of this.pairs.values()) if (pair.result?.module) await look(pair.result.module, pair.file, pair.next.text);
    for (const module of added) {
      const file = this.trees.to.files.find((f) => f === module.file || f.endsWith(`/${module.file}`)) ?? module.file;
      await look(module, file, module.source);
    }
    return found;
  }

  /** What the modules of the patch take of dependencies that may lack it, and that it does not bring along. */
  expected(): ReadonlyMap<object, readonly Expected[]> {
    const found = new Map<object, readonly Expected[]>();
    for (const { file, folder, result } of this.pairs.values()) {
      const own = result?.module ? this.upgrades.lackingIn(folder, file) : [];
      if (own.length > 0) found.set(result!.module!, own);
    }
    return found;
  }

  /** Once it is known what travels. */
  async report(wanted: Wanted, log: (file: string) => VerdictLog): Promise<readonly VerdictLog[]> {
    for (const { file, by } of await this.travellers.lookedFor())
      log(file).add('file-not-brought', null, null, '', `it stays behind, and ${by} may look for it on the disk`);
    const { travellers, upgrades, stays, beside } = this;
    const isInstalled = wanted.installed !== undefined;
    const files = [...this.pairs.keys()];
    return dependencyVerdicts(this.trees, { hook: wanted.hook, travellers, upgrades, stays, beside, isInstalled, files });
  }

  private async unchangedIn(folder: string): Promise<PackageFiles['others']> {
    const { from, to, toFiles } = this.trees;
    const found: { file: string; text: string; model: () => Promise<ModuleModel> }[] = [];
    for (const file of from.files) {
      if (!isCode(file) || isTest(file) || !toFiles.has(file) || this.pairs.has(file) || !this.trees.isLoadable(file)) continue;
      if ((await this.askedFrom(file)).folder !== folder) continue;
      const text = await from.read(file);
      if (text === null || text !== (await to.read(file))) continue;
      found.push({ file, text, model: () => this.trees.analyze('from', file, text) });
    }
    return found;
  }

  /** What a file of the new version asks for of the packages in `wanted`, which travel with the patch. */
  private async bring(file: string, text: string, wanted: Dependencies): Promise<Requires | null> {
    const owner = await this.trees.ownerOf(file);
    const folder = owner?.folder ?? '';
    const format = async (): Promise<ModuleFormat> =>
      (await formatOf(file, this.trees.manifests.to)) ?? (await this.trees.analyze('to', file, text)).format;
    return this.travellers.requires({ file: this.trees.within(file, folder), text, format, folder, owner: owner?.name ?? null }, wanted);
  }

  /** The package that the new version of a file is in, and what both versions of it depend on. */
  private async askedFrom(file: string): Promise<{ readonly folder: string; readonly old: Dependencies; readonly now: Dependencies }> {
    const { from, to } = this.trees.manifests;
    const folder = (await packageOf(to, file))?.folder ?? '';
    const [old, now] = await Promise.all([from.at(folder), to.at(folder)]);
    return { folder, old: dependenciesOf(old?.content), now: dependenciesOf(now?.content) };
  }
}
