/** What the modules of one patch see of each other, and of the files that it brings. */
import { AddedFiles } from './resolve.ts';
import { exportChanges, propertyChanges } from './property-changes.ts';
import { show } from './tables.ts';
import type { Tables } from './tables.ts';
import { folderOf } from './package-copies.ts';
import type { LoadedModule } from '../sites/modules.ts';
import type { LinkedModule } from '../../link/linked-module.ts';
import type { Patch, PatchModule } from '../../patch/format.ts';

interface Joined {
  readonly loaded: LoadedModule;
  readonly module: LinkedModule;
}

export class BetweenModules {
  private readonly patch: Patch;
  /** Those that are linked so far. */
  private readonly linked: readonly Joined[];
  private readonly tables: Tables;
  private readonly arrived: () => void;
  private readonly files = new Map<string, AddedFiles>();
  /** Modules of which code runs that sees what others set, and what takes that back. */
  private readonly looking = new Map<PatchModule, (() => void)[]>();

  /** `arrived` is called when a module may have loaded. */
  constructor(patch: Patch, linked: readonly Joined[], tables: Tables, arrived: () => void) {
    this.arrived = arrived;
    this.patch = patch;
    this.linked = linked;
    this.tables = tables;
  }

  /** Runs `body` while what other modules set, and that `target` may read, is as it is going to be. */
  seeing<T>(target: PatchModule, body: () => T): T {
    if (!target.sees) return body();
    const around = this.looking.get(target);
    const shown: (() => void)[] = [];
    this.looking.set(target, shown);
    try {
      for (const { module } of this.linked) this.showTo(target, module, shown);
      return body();
    } finally {
      for (const takeBack of shown.toReversed()) takeBack();
      if (around) this.looking.set(target, around);
      else this.looking.delete(target);
    }
  }

  /** The same for code that runs already, of a module that has been linked meanwhile. */
  nowLinked(module: LinkedModule): void {
    for (const [target, shown] of this.looking) this.showTo(target, module, shown);
  }

  private showTo({ sees, package: owner }: PatchModule, module: LinkedModule, shown: (() => void)[]): void {
    const { file, package: own } = module.module;
    if (!sees!.includes(file) || own?.name !== owner?.name) return;
    const tables = this.tables.show(module);
    if (!tables) return;
    shown.push(tables);
    // Modules may ask for each other: what the one sets is not known while that is being computed.
    if (this.looking.has(module.module)) return;
    shown.push(show([...propertyChanges(module, () => true), ...exportChanges(module, () => true)]));
  }

  /** What the patch brings along is there once for each place where the package is installed. */
  filesFor({ file, package: owner }: PatchModule, loaded: LoadedModule): AddedFiles {
    const root = folderOf(loaded.file, { file });
    const key = `${owner?.name ?? ''} ${root}`;
    let files = this.files.get(key);
    if (!files) {
      const givenBy = (giver: string): Record<string, unknown> => this.exportsOf(giver, root, owner?.name, true);
      this.files.set(key, (files = new AddedFiles(this.patch, root, owner?.name ?? null, givenBy, this.arrived)));
    }
    return files;
  }

  /**
   * The new exports of a module of the patch, of a package that is installed in `root`. That module may be linked later
   * than the one that asks: each name is looked up when it is read. With `linked`, it must have been by then.
   */
  exportsOf(file: string, root: string, owner: string | undefined, linked = false): Record<string, unknown> {
    const isIt = (m: PatchModule): boolean => m.file === file && m.package?.name === owner;
    const find = (): LinkedModule | undefined =>
      (this.linked.find(({ loaded }) => loaded.file === root + file) ?? this.linked.find(({ module }) => isIt(module.module)))?.module;
    let known: LinkedModule | undefined;
    const result: Record<string, unknown> = {};
    for (const { name, binding } of this.patch.modules.find(isIt)?.exports ?? []) {
      Object.defineProperty(result, name, {
        enumerable: true,
        get: () => {
          known ??= find();
          if (linked && known === undefined) throw new Error(`${name} of ${file} is asked for before that is linked`);
          return known?.bindings()[binding];
        },
      });
    }
    return result;
  }
}
