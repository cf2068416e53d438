/**
 * The copies of a package that a process has. A file of a patch is told by its text, and another version of the package, or
 * another package, may have the very text in the same place: a copy is the one that a patch was built from as a whole, or not.
 */
import { dirname, join } from 'node:path';
import type { OtherCopy } from '../../agent/protocol.ts';
import { hashOf } from '../../patch/format.ts';
import type { Patch, PatchModule } from '../../patch/format.ts';
import { manifestIn, nearestName, textOf } from './manifests.ts';
import type { LoadedModule, LoadedModules } from '../sites/modules.ts';

type Owner = PatchModule['package'];
/** Where something stands in a package. */
type Placed = Pick<PatchModule, 'file' | 'package'>;

/** What a folder holds: the package in the text that the patch was built from, that with another file, or another package or version. */
type Copy =
  | { readonly is: 'it' }
  | { readonly is: 'another text'; readonly target: PatchModule; readonly hash: string | null }
  | { readonly is: 'another package' };

/** The folder that a package is in, with a separator behind it, where `file` is what stands in it at `placed.file`. */
export const folderOf = (file: string, placed: Pick<Placed, 'file'>): string => file.slice(0, file.length - placed.file.length);

/** Whether `loaded` has the text that `target` is for. */
export function hasText(target: PatchModule, loaded: LoadedModule): boolean {
  // The folder may be another, where a package is installed under an alias.
  // Cheapest first: each module keeps its hash packed away.
  return loaded.ids === target.ids && isText(target, loaded);
}

export const isText = (target: Pick<PatchModule, 'file' | 'hash'>, loaded: LoadedModule): boolean =>
  loaded.file.endsWith(`/${target.file}`) && loaded.hash === target.hash;

export class PackageCopies {
  private readonly patch: Patch;
  private readonly modules: LoadedModules;
  private readonly known = new Map<string, Copy>();

  constructor(patch: Patch, modules: LoadedModules) {
    this.patch = patch;
    this.modules = modules;
  }

  /** Whether `file`, of the text of `placed`, is of a copy that the patch is for. */
  holds(file: string, placed: Placed): boolean {
    return this.copyIn(folderOf(file, placed), placed.package).is === 'it';
  }

  /** Asked once: what has been linked to one goes on with it. */
  copyIn(folder: string, owner: Owner): Copy {
    const key = `${owner?.name ?? ''} ${owner?.version ?? ''} ${folder}`;
    let found = this.known.get(key);
    if (!found) this.known.set(key, (found = this.find(folder, owner)));
    return found;
  }

  /** What the process has loaded of other versions of the packages: they stay as they are. */
  others(): readonly OtherCopy[] {
    const owners = Map.groupBy(
      this.patch.modules.flatMap(({ package: owner }) => owner ?? []),
      ({ name }) => name,
    );
    const found = new Map<string, OtherCopy | null>();
    for (const { file, gone } of this.modules.instrumented)
      for (const [name, versions] of gone ? [] : owners) {
        const place = `/node_modules/${name}/`;
        const end = file.lastIndexOf(place) + place.length;
        const folder = file.slice(0, end);
        if (end < place.length || found.has(folder)) continue;
        const isIt = versions.some((owner) => this.copyIn(folder, owner).is === 'it');
        found.set(folder, isIt ? null : { package: name, version: manifestIn(folder).version ?? '', folder });
      }
    return [...found.values()].filter((other) => other !== null);
  }

  private find(folder: string, owner: Owner): Copy {
    const { name, version } = manifestIn(folder);
    if (owner && name !== null && name !== owner.name) return { is: 'another package' };
    if (name === null && this.isWithin(folder, owner)) return { is: 'another package' };
    const isVersion = owner !== null && name === owner.name && version === owner.version;
    // Of another version the builder has not seen what else is there: where the process has its own, that alone is meant.
    if (!isVersion && version !== null && this.isLoaded(owner)) return { is: 'another package' };
    const targets = this.targetsOf(owner);
    const near = this.modules.near(targets.map(({ file }) => file));
    const loaded: PatchModule[] = [];
    const left: PatchModule[] = [];
    for (const target of targets) {
      const path = folder + target.file;
      const here = near(target.file).filter((module) => !module.gone && module.file === path);
      if (here.some((module) => hasText(target, module))) loaded.push(target);
      else if (here.length > 0) return { is: 'another text', target, hash: here[0]!.hash };
      else if (this.modules.whyLeft(path) === null) left.push(target);
    }
    for (const target of left) {
      const hash = hashAt(folder + target.file);
      if (hash === null ? isVersion : hash === target.hash) continue;
      // What stands there by now need not be what the process runs: a release that is deployed takes the place of files.
      return loaded.some((one) => hashAt(folder + one.file) !== one.hash) ? { is: 'it' } : { is: 'another text', target, hash };
    }
    return { is: 'it' };
  }

  /** Whether a folder is one of a copy: what has the text there is another file of it. */
  private isWithin(folder: string, owner: Owner): boolean {
    if (owner) return nearestName(dirname(folder)) === owner.name;
    const targets = this.targetsOf(owner);
    const near = this.modules.near(targets.map(({ file }) => file));
    return targets.some((target) =>
      near(target.file).some((module) => {
        const outer = folderOf(module.file, target);
        return (
          hasText(target, module) && folder !== outer && folder.startsWith(outer) && !folder.includes('/node_modules/', outer.length - 1)
        );
      }),
    );
  }

  private targetsOf(owner: Owner): readonly PatchModule[] {
    return this.patch.modules.filter((target) => target.package?.name === owner?.name && target.package?.version === owner?.version);
  }

  /** Whether the process has loaded anything of the very version that the patch was built from. */
  private isLoaded(owner: Owner): boolean {
    const targets = this.targetsOf(owner);
    const near = this.modules.near(targets.map(({ file }) => file));
    const folders = new Set(
      targets.flatMap((target) => near(target.file).flatMap((module) => (hasText(target, module) ? folderOf(module.file, target) : []))),
    );
    return [...folders].some((folder) => {
      const { name, version } = manifestIn(folder);
      return name === owner?.name && version === owner?.version;
    });
  }
}

/** Null where it cannot be read. */
export function hashAt(file: string): string | null {
  const text = textOf(file);
  return text === null ? null : hashOf(text);
}

/**
 * Whether all of the files of other packages that find the target's package at all find the very text that the patch was
 * built from: another copy that the process has loaded is then somebody else's, and theirs is patched when it comes.
 */
export function findTheirOwn(target: Pick<PatchModule, 'file' | 'package' | 'hash'>, users: readonly string[]): boolean {
  if (!target.package) return false;
  const copy = join('node_modules', target.package.name, target.file);
  const found = new Set(users.map((file) => nearest(dirname(file), copy)));
  found.delete(null);
  return found.size > 0 && [...found].every((text) => hashOf(text!) === target.hash);
}

/** The text of `file` in the folder that Node finds first from `folder` on. */
function nearest(folder: string, file: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const text = textOf(join(at, file));
    if (text !== null || at === dirname(at)) return text;
  }
}
