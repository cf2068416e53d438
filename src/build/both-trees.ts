/** The two versions of a tree as the builder goes through them: their files and package files, and where what they ask for leads. */
import { posix } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import type { ModuleModel } from '../source/model.ts';
import { Manifests, analyzeFile, packageOf } from './input/files.ts';
import type { Manifest } from './input/files.ts';
import { underOldMaps } from './input/maps.ts';
import type { BothSpecifiers } from './input/maps.ts';
import type { Moved } from './input/moved.ts';
import { entryFiles, reachable } from './input/reach.ts';
import { Specifiers } from './input/specifiers.ts';
import type { Tree, Trees } from './input/trees.ts';

interface BothManifests {
  readonly from: Manifests;
  readonly to: Manifests;
}

export class BothTrees {
  readonly from: Tree;
  readonly to: Tree;
  /** Both trees are one file each: what else the package holds is not known. */
  readonly single: boolean;
  readonly manifests: BothManifests;
  readonly specifiers: BothSpecifiers;
  readonly fromFiles: ReadonlySet<string>;
  readonly toFiles: ReadonlySet<string>;
  private loadableFiles: ReadonlySet<string> | null = null;

  private constructor({ from, to, single }: Trees, manifests: BothManifests, specifiers: BothSpecifiers) {
    this.from = from;
    this.to = to;
    this.single = single;
    this.manifests = manifests;
    this.specifiers = specifiers;
    this.fromFiles = new Set(from.files);
    this.toFiles = new Set(to.files);
  }

  static async of(trees: Trees, moved: readonly Moved[]): Promise<BothTrees> {
    const manifests = { from: new Manifests(trees.from, 'old'), to: new Manifests(trees.to, 'new') };
    const specifiers = {
      from: await Specifiers.of(trees.from, manifests.from, []),
      to: await Specifiers.of(trees.to, manifests.to, moved),
    };
    const both = new BothTrees({ ...trees, to: underOldMaps(trees.to, specifiers) }, manifests, specifiers);
    if (!trees.single) both.loadableFiles = await both.reachableFiles(true, true);
    return both;
  }

  /** What a program can load of either version; null where that is not known. */
  get loadable(): ReadonlySet<string> | null {
    return this.loadableFiles;
  }

  isLoadable(file: string): boolean {
    return this.loadableFiles?.has(file) !== false;
  }

  /** Whether the entries of its package, of either version, lead to other files only. */
  async isInternal(file: string): Promise<boolean> {
    const entriesOf = async (manifests: Manifests, files: ReadonlySet<string>): Promise<ReadonlySet<string> | null> => {
      const owner = await packageOf(manifests, file);
      const manifest = owner && (await manifests.at(owner.folder));
      return manifest && entryFiles(files, manifest, true);
    };
    const [was, is] = [await entriesOf(this.manifests.from, this.fromFiles), await entriesOf(this.manifests.to, this.toFiles)];
    return was?.has(file) === false && is?.has(file) === false;
  }

  /** The package that a file of either version is in where the patch runs: that of the old version, by the name it has there. */
  ownerOf(file: string): ReturnType<typeof packageOf> {
    return packageOf(this.manifests.from, file);
  }

  /** How a file is called within the package in `folder`. */
  within(file: string, folder: string): string {
    return folder === '' ? file : posix.relative(folder, file);
  }

  /** How a file is called in the patch: by its place in its package. */
  async nameOf(file: string): Promise<string> {
    return this.within(file, (await this.ownerOf(file))?.folder ?? '');
  }

  /** Throws ERR_SYNTAX, or ERR_PACKAGE_FILE where Node would load nothing from there. */
  async analyze(version: keyof BothManifests, file: string, text: string): Promise<ModuleModel> {
    const manifests = this.manifests[version];
    await packageOf(manifests, file);
    return analyzeFile(text, file, manifests);
  }

  /** Null where Node could not load it either. */
  async modelOf(version: keyof BothManifests, file: string, text: string): Promise<ModuleModel | null> {
    return this.analyze(version, file, text).catch((error: unknown) => {
      if (error instanceof LivepatchError) return null;
      throw error;
    });
  }

  /** `patterns`: through entries like `./*` too. `commands`: through `bin` too. */
  async reachableFiles(patterns: boolean, commands: boolean): Promise<ReadonlySet<string> | null> {
    const of = async (which: 'from' | 'to'): Promise<ReadonlySet<string> | null> => {
      const manifest = await this.manifests[which].at('');
      return await reachable(this[which], this.specifiers[which], manifest && !commands ? withoutCommands(manifest) : manifest, patterns);
    };
    const [a, b] = [await of('from'), await of('to')];
    return a && b ? new Set([...a, ...b]) : null;
  }
}

function withoutCommands({ folder, content }: Manifest): Manifest {
  return { folder, content: { ...content, bin: undefined } };
}
