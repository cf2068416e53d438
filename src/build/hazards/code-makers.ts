/** Packages whose export makes code of text: what a module has them make is code that it has generated. */
import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LivepatchError } from '../../errors/errors.ts';
import { packageNameOf } from '../input/dependencies.ts';
import { Manifests, analyzeFile } from '../input/files.ts';
import { specifiersIn } from '../input/reach.ts';
import type { Tree } from '../input/trees.ts';
import { Side } from '../version/side.ts';
import { generatorsIn, mayGenerate } from './generated.ts';

/** One that does nothing else is small; a large one makes code for itself. */
const MOST_CHARACTERS = 50_000;

export class CodeMakers {
  private readonly tree: Tree;
  /** By the folder that asks and the specifier; null where it is not installed here. */
  private readonly paths = new Map<string, Promise<string | null>>();
  /** By the file that is asked for. */
  private readonly known = new Map<string, Promise<boolean>>();

  constructor(tree: Tree) {
    this.tree = tree;
  }

  /** The specifiers of such packages in a file, as far as they are installed beside the tree. */
  async askedBy(file: string, text: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    if (!this.tree.dependencies) return found;
    for (const specifier of new Set(specifiersIn(text))) {
      const path = await this.pathOf(dirname(file), specifier);
      if (path === null) continue;
      let made = this.known.get(path);
      if (!made) this.known.set(path, (made = makesCode(path)));
      if (await made) found.add(specifier);
    }
    return found;
  }

  private pathOf(folder: string, specifier: string): Promise<string | null> {
    const key = JSON.stringify([folder, specifier]);
    let path = this.paths.get(key);
    if (!path) this.paths.set(key, (path = this.find(folder, specifier)));
    return path;
  }

  private async find(folder: string, specifier: string): Promise<string | null> {
    const name = packageNameOf(specifier);
    if (name === null) return null;
    try {
      return createRequire(join(await realpath(await this.tree.dependencies!(name, '*')), folder, 'index.js')).resolve(specifier);
    } catch (error) {
      if (isOfNode(error)) return null;
      throw error;
    }
  }
}

async function makesCode(path: string): Promise<boolean> {
  try {
    const text = path.endsWith('.js') || path.endsWith('.cjs') ? await readFile(path, 'utf8') : '';
    if (text.length > MOST_CHARACTERS || !mayGenerate(text)) return false;
    const none: Tree = { label: path, files: [], read: async () => null };
    return generatorsIn(new Side(await analyzeFile(text, 'index.cjs', new Manifests(none, null)))).length > 0;
  } catch (error) {
    if (error instanceof LivepatchError || isOfNode(error)) return false;
    throw error;
  }
}

/** A package is not installed here, or cannot be read. */
function isOfNode(error: unknown): boolean {
  return error instanceof Error && !(error instanceof LivepatchError) && 'code' in error;
}
