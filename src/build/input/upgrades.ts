/**
 * Dependencies whose new version the patch brings along: the new code takes of them what the version that a process has
 * may lack. There, all code of the package goes over to the new one, as in a process that begins with it.
 */
import type { Expected, Upgrade } from '../../patch/format.ts';
import type { ModuleModel } from '../../source/model.ts';
import { packageNameOf } from './dependencies.ts';
import type { Dependencies, Travellers } from './dependencies.ts';
import { bumped, expectedOf, usesOf } from './expects.ts';
import type { Uses } from './expects.ts';
import { specifiersIn } from './reach.ts';

/** One file of the new version that the patch changes or adds; `base` is null for one that it adds. */
export interface Changed {
  readonly file: string;
  readonly base: ModuleModel | null;
  readonly next: ModuleModel;
}

/** The files of one package of the tree. */
export interface PackageFiles {
  /** Within the tree. */
  readonly folder: string;
  /** Of the running package. */
  readonly owner: string | null;
  readonly dependencies: { readonly old: Dependencies; readonly now: Dependencies };
  readonly changed: readonly Changed[];
  /** Those of both versions that no difference is in, and that a program can load. */
  readonly others: readonly { readonly file: string; readonly text: string; readonly model: () => Promise<ModuleModel> }[];
}

interface Own {
  readonly upgrade: Upgrade;
  readonly version: string;
}

export class Upgrades {
  private readonly travellers: Travellers;
  private readonly bring: (file: string, text: string, wanted: Dependencies) => Promise<unknown>;
  /** By the folder of the package, and the name of the dependency. */
  private readonly found = new Map<string, Map<string, Own>>();
  /** What the patch does not bring along, by the file that takes it. */
  private readonly lacking = new Map<string, Expected[]>();
  /** Files without a difference that ask for what the patch brings along. */
  readonly followers: string[] = [];

  /** `bring` has the travellers look for what a file asks for. */
  constructor(travellers: Travellers, bring: (file: string, text: string, wanted: Dependencies) => Promise<unknown>) {
    this.travellers = travellers;
    this.bring = bring;
  }

  /** `left` are not brought along, whatever is taken of them. */
  async find(files: PackageFiles, left: (name: string) => boolean): Promise<void> {
    const { folder, owner, dependencies, changed, others } = files;
    const { old, now } = dependencies;
    const names = bumped(old, now);
    if (names.size === 0) return;
    const asks = (text: string, isWanted: (name: string) => boolean): boolean =>
      specifiersIn(text).some((specifier) => isWanted(packageNameOf(specifier) ?? ''));
    const uses = changed.map(({ file, base, next }) => ({ file, old: base && usesOf(base, names), now: usesOf(next, names) }));
    const before: Uses[] = uses.flatMap((own) => own.old ?? []);
    const wanted = new Set(uses.flatMap((own) => expectedOf(before, own.now).map(({ specifier }) => packageNameOf(specifier)!)));
    if (wanted.size === 0) return;
    const asking = others.filter(({ text }) => asks(text, (name) => wanted.has(name)));
    for (const { model } of asking) before.push(usesOf(await model(), names));
    const expected = new Map<string, Expected[]>();
    for (const { file, now: own } of uses)
      for (const one of expectedOf(before, own)) {
        const name = packageNameOf(one.specifier)!;
        expected.set(name, [...(expected.get(name) ?? []), one]);
        this.lacking.set(file, [...(this.lacking.get(file) ?? []), one]);
      }
    const upgrades = new Map<string, Own>();
    for (const [name, expects] of [...expected].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (left(name)) continue;
      const range = now[name]!;
      const texts = [...changed.map(({ file, next }) => ({ file, text: next.text })), ...asking];
      for (const { file, text } of texts) await this.bring(file, text, { [name]: range });
      const version = this.travellers.version(name);
      if (version === undefined || this.travellers.missing.has(name)) continue;
      upgrades.set(name, {
        upgrade: { dependency: name, range, ...(owner === null ? {} : { package: owner }), expects: unique(expects) },
        version,
      });
    }
    if (upgrades.size === 0) return;
    this.found.set(folder, upgrades);
    for (const { file, text } of asking) if (asks(text, (name) => upgrades.has(name))) this.followers.push(file);
  }

  get list(): Upgrade[] {
    return [...this.found.values()].flatMap((own) => [...own.values()].map(({ upgrade }) => upgrade));
  }

  /** Whether code of the package in `folder` goes over to another version of what `specifier` leads to. */
  follows(folder: string, specifier: string): boolean {
    return this.found.get(folder)?.has(packageNameOf(specifier) ?? '') === true;
  }

  isUpgraded(folder: string, name: string): boolean {
    return this.found.get(folder)?.has(name) === true;
  }

  /** What a file takes of dependencies that the patch does not bring along. */
  lackingIn(folder: string, file: string): readonly Expected[] {
    return (this.lacking.get(file) ?? []).filter(({ specifier, otherwise }) => !otherwise && !this.follows(folder, specifier));
  }

  /** What of a dependency is new to the code of the package, in words; null for nothing. */
  taken(folder: string, name: string, files: Iterable<string>): string | null {
    const own = this.found.get(folder)?.get(name);
    const expects = own?.upgrade.expects ?? unique([...files].flatMap((file) => this.lacking.get(file) ?? []));
    const words = expects.filter(({ specifier }) => packageNameOf(specifier) === name).map((one) => inWords(one));
    return words.length === 0 ? null : [...new Set(words)].join(', ');
  }
}

function unique(expects: readonly Expected[]): Expected[] {
  const found = new Map(expects.map((one) => [JSON.stringify(one), one]));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function inWords({ specifier, name, otherwise }: Expected): string {
  const what = name === '' ? `${specifier} as a function` : name === '*' ? specifier : name;
  return otherwise ? `${what} in another way` : what;
}
