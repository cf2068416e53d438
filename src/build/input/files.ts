/** Which files of a tree are code, in which format Node would load them, and to which package they belong. */
import { posix } from 'node:path';
import { LivepatchError } from '../../errors/errors.ts';
import { stripTypes } from '../../source/strip.ts';
import { analyzeModule } from '../../source/analyze.ts';
import type { ModuleModel } from '../../source/model.ts';
import type { ModuleFormat } from '../../source/parse.ts';
import { noteOrigins } from '../version/program/origins.ts';
import { readOrigins } from './read-origins.ts';
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

/** Whether, of what no entry leads to, it is what the package has for browsers: by its name, or as a package file says. */
export function isForBrowsers(file: string, manifests: readonly (Manifest | null)[]): boolean {
  const isNamed = (of: Manifest | null): boolean =>
    ['browser', 'unpkg', 'jsdelivr'].some((field) => {
      const named = of?.content[field];
      return typeof named === 'string' && posix.normalize(named) === file;
    });
  return /\.min\.[cm]?js$/.test(file) || manifests.some(isNamed);
}

export function isTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}

export interface Manifest {
  /** Folder within the tree, '' for its root. */
  readonly folder: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Which of the two trees of a patch; null for what neither of them holds. */
export type Version = 'old' | 'new' | null;

/** The package files of a tree, each read once. What reads one throws ERR_PACKAGE_FILE where Node would refuse it. */
export class Manifests {
  readonly tree: Tree;
  private readonly version: Version;
  private readonly known = new Map<string, Promise<Manifest | null>>();

  constructor(tree: Tree, version: Version) {
    this.tree = tree;
    this.version = version;
  }

  /** The tree, as a message says it behind the name of a file; '' where no version of the two is meant. */
  get of(): string {
    return this.version === null ? '' : ` of the ${this.version} version (${this.tree.label})`;
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
    const file = folder === '' ? 'package.json' : `${folder}/package.json`;
    const text = await this.tree.read(file);
    if (text === null) return null;
    let content: unknown;
    try {
      content = JSON.parse(withoutMark(text));
    } catch (error) {
      throw this.unreadable(file, (error as Error).message, error);
    }
    if (content === null || typeof content !== 'object' || Array.isArray(content)) throw this.unreadable(file, 'it holds no object');
    return { folder, content: content as Record<string, unknown> };
  }

  private unreadable(file: string, reason: string, cause?: unknown): LivepatchError {
    const [, line, column] = /\(line (\d+) column (\d+)\)$/.exec(reason) ?? [];
    const where = { file, ...(line === undefined ? {} : { line: Number(line), column: Number(column) - 1 }) };
    return new LivepatchError('ERR_PACKAGE_FILE', { file, of: this.of, reason }, { where, cause });
  }
}

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** The package a file is in, by the nearest package file that has a name; one that only says the format of a folder may repeat that of its package. */
export async function packageOf(manifests: Manifests, file: string): Promise<Package | null> {
  const own = await namedAbove(manifests, file);
  if (own === null || own.version !== '' || own.folder === '') return own;
  const outer = await packageOf(manifests, own.folder);
  return outer?.name === own.name ? outer : own;
}

async function namedAbove(manifests: Manifests, file: string): Promise<Package | null> {
  for (let from = file; ;) {
    const found = await manifests.nearest(from);
    if (!found) return null;
    const { name, version } = found.content;
    if (typeof name === 'string') return { folder: found.folder, name, version: typeof version === 'string' ? version : '' };
    if (found.folder === '') return null;
    from = found.folder;
  }
}

/** JSON may begin with a byte order mark for Node, not for `JSON.parse`. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** TypeScript as Node runs it: types become blanks, so positions stay. */
function javaScriptOf(text: string, file: string): string {
  if (!isTypeScript(file)) return text;
  try {
    return stripTypes(text);
  } catch (error) {
    const where = { file, ...placeOf(error as Error) };
    throw new LivepatchError('ERR_SYNTAX', { file, of: '', reason: (error as Error).message }, { where, cause: error });
  }
}

/** Where the parser of TypeScript stopped: only its trace says, which begins with the lines around and a mark beneath. */
function placeOf({ stack }: Error): { readonly line: number; readonly column?: number } | null {
  const [, line, excerpt] = /^:(\d+)\n(.*?)\n\n/s.exec(stack ?? '') ?? [];
  if (line === undefined) return null;
  const mark = /^ *(?=\^+$)/m.exec(excerpt!)?.[0];
  return { line: Number(line), ...(mark === undefined ? {} : { column: mark.length }) };
}

/** Analyses a file as Node would load it. Throws ERR_SYNTAX, or ERR_PACKAGE_FILE where the package file decides the format. */
export async function analyzeFile(text: string, file: string, manifests: Manifests): Promise<ModuleModel> {
  const certain = await formatOf(file, manifests);
  try {
    const model = analyzeAs(javaScriptOf(text, file), certain, file);
    const origins = await readOrigins(text, file, manifests.tree);
    if (origins) noteOrigins(model, origins);
    return model;
  } catch (error) {
    if (!(error instanceof LivepatchError)) throw error;
    const { where, cause } = error;
    // The position is said apart.
    const reason = (cause as Error).message.replace(/ \(\d+:\d+\)$/, '');
    throw new LivepatchError('ERR_SYNTAX', { file, of: manifests.of, reason }, { ...(where ? { where } : {}), cause });
  }
}

function analyzeAs(source: string, certain: ModuleFormat | null, file: string): ModuleModel {
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

/** The format that a file is loaded in; null where its text decides. */
export async function formatOf(file: string, manifests: Manifests): Promise<ModuleFormat | null> {
  if (/\.m[jt]s$/.test(file)) return 'module';
  if (/\.c[jt]s$/.test(file)) return 'commonjs';
  const type = (await manifests.nearest(file))?.content['type'];
  return type === 'module' ? 'module' : type === 'commonjs' ? 'commonjs' : null;
}
