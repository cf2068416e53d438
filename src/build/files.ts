/** Which files of a tree are code, in which format Node would load them, and to which package they belong. */
import { posix } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import { stripTypes } from '../source/strip.ts';
import { analyzeModule } from '../source/analyze.ts';
import type { ModuleModel } from '../source/model.ts';
import type { ModuleFormat } from '../source/parse.ts';
import type { Tree } from './trees.ts';

const CODE = /\.(?:[cm]?js|[cm]?ts)$/;
const DECLARATIONS = /\.d\.(?:[\w-]+\.)?[cm]?ts$/;

export function isCode(file: string): boolean {
  return CODE.test(file) && !DECLARATIONS.test(file);
}

/** What code can require besides code. */
export function isData(file: string): boolean {
  return file.endsWith('.json') && !file.endsWith('package.json');
}

/** By the names that tests go by. */
export function isTest(file: string): boolean {
  return /(?:^|\/)(?:tests?|specs?|__tests__)\/|[._-](?:test|spec)\.[cm]?[jt]s$/.test(file);
}

export function isTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}

export interface Manifest {
  /** Folder within the tree, '' for its root. */
  readonly folder: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** The package files of a tree, each read once. */
export class Manifests {
  private readonly tree: Tree;
  private readonly known = new Map<string, Promise<Manifest | null>>();

  constructor(tree: Tree) {
    this.tree = tree;
  }

  async nearest(file: string): Promise<Manifest | null> {
    for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
      const name = folder === '.' ? '' : folder;
      const found = await this.at(name);
      if (found || name === '') return found;
    }
  }

  at(folder: string): Promise<Manifest | null> {
    let found = this.known.get(folder);
    if (!found) this.known.set(folder, (found = this.load(folder)));
    return found;
  }

  private async load(folder: string): Promise<Manifest | null> {
    const text = await this.tree.read(folder === '' ? 'package.json' : `${folder}/package.json`);
    if (text === null) return null;
    try {
      const content = JSON.parse(text) as unknown;
      return content !== null && typeof content === 'object' ? { folder, content: content as Record<string, unknown> } : null;
    } catch {
      return null;
    }
  }
}

/** The package a file is in, by the nearest package file that has a name. */
export async function packageOf(
  manifests: Manifests,
  file: string,
): Promise<{ readonly folder: string; readonly name: string; readonly version: string } | null> {
  for (let from = file; ;) {
    const found = await manifests.nearest(from);
    if (!found) return null;
    const { name, version } = found.content;
    if (typeof name === 'string') return { folder: found.folder, name, version: typeof version === 'string' ? version : '' };
    if (found.folder === '') return null;
    from = found.folder;
  }
}

/** TypeScript as Node runs it: types become blanks, so positions stay. */
export function javaScriptOf(text: string, file: string): string {
  if (!isTypeScript(file)) return text;
  try {
    return stripTypes(text);
  } catch (error) {
    throw new LivepatchError(
      'ERR_SYNTAX',
      { file, reason: error instanceof Error ? error.message : String(error) },
      { where: { file }, cause: error },
    );
  }
}

/** Analyses a file as Node would load it. Throws ERR_SYNTAX. */
export async function analyzeFile(text: string, file: string, manifests: Manifests): Promise<ModuleModel> {
  const source = javaScriptOf(text, file);
  const certain = await formatOf(file, manifests);
  if (certain) return analyzeModule(source, certain, file);
  try {
    return analyzeModule(source, 'commonjs', file);
  } catch (error) {
    // Node's own rule: what only parses as an ES module is one.
    try {
      return analyzeModule(source, 'module', file);
    } catch {
      throw error;
    }
  }
}

async function formatOf(file: string, manifests: Manifests): Promise<ModuleFormat | null> {
  if (/\.m[jt]s$/.test(file)) return 'module';
  if (/\.c[jt]s$/.test(file)) return 'commonjs';
  const type = (await manifests.nearest(file))?.content['type'];
  return type === 'module' ? 'module' : type === 'commonjs' ? 'commonjs' : null;
}
