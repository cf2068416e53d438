/**
 * Packages that the process does not have, or has in another version than the new code asks for. They travel with the
 * patch: the files that their entries lead to, as they are installed where the patch is built.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile, readdir, realpath } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import type { AddedModule, Requires } from '../../patch/format.ts';
import { isWithin } from '../../patch/ranges.ts';
import type { ModuleFormat } from '../../source/parse.ts';
import { requestsOf } from '../../source/requests.ts';
import { computedRequests } from './computed-requests.ts';
import { Manifests, analyzeFile, isCode, withoutMark } from './files.ts';
import { resolvedFrom } from './from-installed.ts';
import { lookedForOnDisk, mayBeLookedFor } from './on-disk.ts';
import type { Looked } from './on-disk.ts';
import { specifiersIn } from './reach.ts';
import type { Tree } from './trees.ts';

export type Dependencies = Readonly<Record<string, string>>;

export function dependenciesOf(manifest: Readonly<Record<string, unknown>> | undefined): Dependencies {
  const { dependencies, optionalDependencies } = (manifest ?? {}) as { dependencies?: Dependencies; optionalDependencies?: Dependencies };
  return { ...dependencies, ...optionalDependencies };
}

/** `@scope/name` of `@scope/name/file`; null for what is no package. */
export function packageNameOf(specifier: string): string | null {
  if (isBuiltin(specifier) || !/^[a-z@~_]/i.test(specifier)) return null;
  return /^(@[^/]+\/)?[^/]+/.exec(specifier)![0];
}

/** A file of the new version. */
export interface Asking {
  /** Within its package. */
  readonly file: string;
  readonly text: string;
  readonly format: () => Promise<ModuleFormat>;
  /** Where the package stands in the tree. */
  readonly folder: string;
  /** Null where it has no name. */
  readonly owner: string | null;
}

interface Traveller {
  readonly path: string;
  readonly file: string;
}

export class Travellers {
  private readonly tree: Tree;
  private readonly added = new Map<string, AddedModule>();
  private readonly versions = new Map<string, string>();
  /** Where each package stands in the patch, and where it is installed here. */
  private readonly folders = new Map<string, string>();
  /** Names that could not be found, and why. */
  readonly missing = new Map<string, string>();

  constructor(tree: Tree) {
    this.tree = tree;
  }

  get modules(): AddedModule[] {
    return [...this.added.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  }

  /** Files of the packages that stay behind, and that code which travels may look for on the disk: there is no folder of theirs. */
  async lookedFor(): Promise<Looked[]> {
    const found: Looked[] = [];
    for (const [place, folder] of [...this.folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const left: string[] = [];
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const own = relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/');
        if (!entry.isFile() || /(?:^|\/)node_modules\//.test(own) || !mayBeLookedFor(own)) continue;
        if (own === 'package.json' || !this.added.has(`${place}/${own}`)) left.push(`${place}/${own}`);
      }
      const within = this.modules.filter(({ file }) => file.startsWith(`${place}/`) && !file.startsWith(`${place}/node_modules/`));
      const sources = within.flatMap(({ file, source, format }) => (format === 'json' ? [] : [{ file, text: source }]));
      found.push(...lookedForOnDisk(left.sort(), sources));
    }
    return found;
  }

  /** The version of a package that it brings along as a dependency of the new code itself; undefined where it brings none. */
  version(name: string): string | undefined {
    return this.versions.get(name);
  }

  /** What `text`, of the package `owner`, asks of the packages in `wanted`; null when it asks for none. */
  async requires({ file, text, format, folder: within, owner }: Asking, wanted: Dependencies): Promise<Requires | null> {
    const found: Record<string, string> = {};
    for (const specifier of [...new Set(specifiersIn(text))].sort()) {
      const name = packageNameOf(specifier);
      const range = name === null ? undefined : wanted[name];
      if (name === null || range === undefined || this.missing.has(name)) continue;
      try {
        if (!this.tree.dependencies) throw new Error('this kind of source does not show where it is installed');
        const installed = await realpath(await this.tree.dependencies(name, range));
        const folder = existsSync(join(installed, within)) ? join(installed, within) : installed;
        const path = resolvedFrom(join(folder, file), await format(), specifier);
        const version = versionOf(path);
        if (isWithin(version, range) === false) throw new Error(`what is installed here is ${version}`);
        found[specifier] = await this.bring({ path, file: placeOf(path, folder) }, folder, owner);
        this.versions.set(name, version);
      } catch (error) {
        this.missing.set(name, error instanceof Error ? error.message.split('\n')[0]! : String(error));
      }
    }
    return Object.keys(found).length > 0 ? found : null;
  }

  /** Adds a file and all that it leads to; returns its place in the patch. */
  private async bring(first: Traveller, folder: string, owner: string | null): Promise<string> {
    const named = owner === null ? {} : { package: owner };
    const queue = [first];
    for (let item = queue.pop(); item; item = queue.pop()) {
      const { path, file } = item;
      const known = this.added.get(file);
      if (known) continue;
      const source = await readFile(path, 'utf8');
      if (!isCode(file)) {
        this.added.set(file, { file, format: 'json', source, ...named });
        continue;
      }
      const model = await analyzeFile(source, file, new Manifests(await packageTree(path, file), null));
      const requires: Record<string, string> = {};
      // The version of the package, and the format of its files, stand in its package file.
      const manifest = packageFileOf(path);
      if (manifest) {
        const place = placeOf(manifest, folder);
        queue.push({ path: manifest, file: place });
        this.folders.set(posix.dirname(place), dirname(manifest));
      }
      for (const specifier of [...new Set(specifiersIn(source))].sort()) {
        if (isBuiltin(specifier)) continue;
        let target: string;
        try {
          target = resolvedFrom(path, model.format, specifier);
        } catch {
          // A comment, or what is optional: the process looks for it itself.
          continue;
        }
        if (!isCode(target) && !target.endsWith('.json')) {
          if (!asks(source, specifier, file)) continue;
          throw new Error(`${placeOf(target, folder)} is neither JavaScript nor JSON`);
        }
        const place = placeOf(target, folder);
        if (!specifier.startsWith('.')) requires[specifier] = place;
        queue.push({ path: target, file: place });
      }
      for (const target of await computedRequests(model, path)) queue.push({ path: target, file: placeOf(target, folder) });
      const module = { file, format: model.format, source, ...named };
      this.added.set(file, Object.keys(requires).length > 0 ? { ...module, requires } : module);
    }
    return first.file;
  }
}

/** Whether the code itself asks for it: comments import types. */
function asks(source: string, specifier: string, file: string): boolean {
  return requestsOf(source, null, file).requests.some((request) => request.specifier === specifier);
}

/**
 * Where a file of a dependency stands within the package that depends on it, wherever it is hoisted to:
 * `node_modules/name@version/file`. Under the plain name the process may have another version, whose files are not these.
 */
function placeOf(path: string, folder: string): string {
  for (let root = folder; ; root = dirname(root)) {
    const from = root === folder ? root : join(root, 'node_modules');
    if (path.startsWith(from + sep)) return withVersions(relative(root, path).replaceAll(sep, '/'), root);
    if (dirname(root) === root) throw new Error(`${path} is outside every node_modules folder`);
  }
}

function withVersions(file: string, root: string): string {
  return file.replaceAll(/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/g, (place, at: number) => {
    const version = versionOf(join(root, file.slice(0, at), place, 'package.json'));
    return version === '' ? place : `${place}@${version}`;
  });
}

/** The version of the package that an installed file is in; '' where there is none. */
function versionOf(path: string): string {
  const manifest = packageFileOf(path);
  if (manifest === null || !existsSync(manifest)) return '';
  const { version } = JSON.parse(withoutMark(readFileSync(manifest, 'utf8'))) as { version?: unknown };
  return typeof version === 'string' ? version : '';
}

/** The file package.json of the package that an installed file is in. */
function packageFileOf(path: string): string | null {
  const match = /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)[/\\]/.exec(path);
  return match ? join(match[1]!, 'package.json') : null;
}

/** Just what tells the format of one installed file: the package files above it, within its package. */
async function packageTree(path: string, file: string): Promise<Tree> {
  const manifest = packageFileOf(path);
  const place = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+\/)/.exec(file)?.[1];
  return {
    label: file,
    files: [],
    read: async (wanted) => {
      if (manifest === null || place === undefined || !wanted.startsWith(place)) return null;
      const installed = join(dirname(manifest), wanted.slice(place.length));
      return existsSync(installed) ? await readFile(installed, 'utf8') : null;
    },
  };
}
