/** The two source trees of a patch, wherever they come from: directories, single files, npm packages, git commits. */
import { readFileSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { LivepatchError } from '../../errors/errors.ts';
import { diffTrees } from './diff.ts';
import { gitTrees } from './git.ts';
import { LastOfLarge } from './last-of-large.ts';
import { installDependency, installPackage } from './npm.ts';

/** The two source trees a patch is made of. */
export type TreeSpec =
  | { readonly kind: 'directories'; readonly from: string; readonly to: string }
  | { readonly kind: 'package'; readonly name: string; readonly from: string; readonly to: string }
  | { readonly kind: 'git'; readonly range: string; readonly cwd: string }
  | { readonly kind: 'diff'; readonly base: string; readonly diff: string }
  /** Each pair becomes part of one patch. */
  | { readonly kind: 'several'; readonly specs: readonly TreeSpec[] };

export type PairSpec = Exclude<TreeSpec, { readonly kind: 'several' }>;

export interface Tree {
  /** What users call it: a path, `name@version`, a commit. */
  readonly label: string;
  /** Every file, with forward slashes, sorted. */
  readonly files: readonly string[];
  /** A folder on this machine in which, or above which, what the tree depends on is installed. */
  dependencies?(name: string, range: string): Promise<string>;
  /** Null when there is no such file. */
  read(file: string): Promise<string | null>;
}

export interface Trees {
  readonly from: Tree;
  readonly to: Tree;
  /** Both trees are one file each: what else the package holds is not known. */
  readonly single: boolean;
}

const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn']);

/** The pairs of a spec, which need not be one. */
export function pairsOf(spec: TreeSpec): PairSpec[] {
  return spec.kind === 'several' ? spec.specs.flatMap(pairsOf) : [spec];
}

export async function openTrees(spec: PairSpec): Promise<Trees> {
  switch (spec.kind) {
    case 'directories':
      return openPaths(spec.from, spec.to);
    case 'package': {
      const from = await installPackage(spec.name, spec.from);
      const to = await installPackage(spec.name, spec.to);
      return {
        from: await directory(from, `${spec.name}@${spec.from}`),
        // The package alone was fetched, without what it depends on.
        to: { ...(await directory(to, `${spec.name}@${spec.to}`)), dependencies: installDependency },
        single: false,
      };
    }
    case 'diff':
      return diffTrees(await directory(spec.base, spec.base), spec.diff);
    case 'git':
      return gitTrees(spec.range, spec.cwd);
  }
}

async function openPaths(from: string, to: string): Promise<Trees> {
  const [a, b] = await Promise.all([kindOf(from), kindOf(to)]);
  if (a !== b) throw new LivepatchError('ERR_SOURCE_TREE', { path: to, reason: `it is a ${b}, and ${from} is a ${a}` });
  if (a === 'file') return { from: await file(from), to: await file(to, basename(from)), single: true };
  return { from: await directory(from, from), to: await directory(to, to), single: false };
}

async function kindOf(path: string): Promise<'file' | 'directory'> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    throw new LivepatchError(
      'ERR_SOURCE_TREE',
      { path, reason: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it does not exist' : (error as Error).message },
      { cause: error },
    );
  }
}

/** One file, under the name of the base file, with the package files above it. */
async function file(path: string, name = basename(path)): Promise<Tree> {
  const text = await readFile(path, 'utf8');
  // The nearest package.json tells the format; it is not part of the tree.
  const manifest = await nearestManifest(resolve(path));
  return { label: path, files: [name], read: async (wanted) => (wanted === name ? text : wanted === 'package.json' ? manifest : null) };
}

async function nearestManifest(path: string): Promise<string | null> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      return await readFile(join(folder, 'package.json'), 'utf8');
    } catch {
      if (dirname(folder) === folder) return null;
    }
  }
}

export async function directory(root: string, label: string): Promise<Tree> {
  const files: string[] = [];
  const visit = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      if (entry.isDirectory()) await visit(join(folder, entry.name), `${prefix}${entry.name}/`);
      else if (entry.isFile()) files.push(prefix + entry.name);
    }
  };
  try {
    await visit(root, '');
  } catch (error) {
    throw new LivepatchError('ERR_SOURCE_TREE', { path: root, reason: (error as Error).message }, { cause: error });
  }
  files.sort();
  const known = new Set(files);
  const large = new LastOfLarge<string, string>();
  return {
    label,
    files,
    dependencies: async () => root,
    // A build reads thousands of files one after the other: to leave each to another thread takes three times as long.
    read: async (name) => {
      if (!known.has(name)) return null;
      return large.get(
        name,
        () => readFileSync(join(root, name), 'utf8'),
        ({ length }) => length,
      );
    },
  };
}
