/**
 * Where the specifiers in a tree's files lead, as Node resolves them: to a path, through the `imports` of their package, or
 * to a package of the tree by its name, its own among them. What is installed is no part of the tree.
 */
import { posix } from 'node:path';
import { LivepatchError } from '../../errors/errors.ts';
import type { Manifest, Manifests } from './files.ts';
import type { Moved } from './moved.ts';
import { asFile, leaves, resolveIn } from './reach.ts';
import type { Tree } from './trees.ts';

/** How a module is asked for. */
export type Kind = 'import' | 'require';

const KINDS: readonly Kind[] = ['import', 'require'];
/** What holds in every process. */
const CONDITIONS: ReadonlySet<string> = new Set(['node', 'node-addons', 'module-sync', 'default']);
const NAME = /^(?:@[^/]+\/)?[^@./#:][^/:]*(?=\/|$)/;

export class Specifiers {
  readonly files: ReadonlySet<string>;
  private readonly folders: ReadonlyMap<string, Manifest>;
  private readonly names = new Map<string, Manifest | null>();
  private readonly moved: ReadonlyMap<string, string>;

  private constructor(files: ReadonlySet<string>, folders: ReadonlyMap<string, Manifest>, moved: ReadonlyMap<string, string>) {
    this.files = files;
    this.folders = folders;
    this.moved = moved;
    for (const manifest of folders.values()) {
      const { name } = manifest.content;
      // Which of two is meant cannot be told.
      if (typeof name === 'string') this.names.set(name, this.names.has(name) ? null : manifest);
    }
  }

  /** Of files that moved, the old place is given: see moved.ts. */
  static async of(tree: Tree, manifests: Manifests, moved: readonly Moved[]): Promise<Specifiers> {
    const folders = new Map<string, Manifest>();
    for (const file of tree.files) {
      if (posix.basename(file) !== 'package.json') continue;
      const folder = file === 'package.json' ? '' : posix.dirname(file);
      try {
        const manifest = await manifests.at(folder);
        if (manifest) folders.set(folder, manifest);
      } catch (error) {
        // Node loads nothing from there; who asks for a file there is told.
        if (!(error instanceof LivepatchError)) throw error;
      }
    }
    return new Specifiers(new Set(tree.files), folders, new Map(moved.map(({ from, to }) => [to, from])));
  }

  get packages(): readonly Manifest[] {
    return [...this.folders.values()].filter(({ content }) => typeof content['name'] === 'string');
  }

  /** What a text has to contain to ask for anything but by a path. */
  get marks(): readonly string[] {
    return [...this.names.keys(), ...([...this.folders.values()].some(({ content }) => content['imports'] !== undefined) ? ['#'] : [])];
  }

  /** The file that `specifier`, in `from`, leads to in a process with no conditions of its own; null where it leads out of the tree. */
  resolve(from: string, specifier: string): string | null {
    if (specifier.startsWith('.')) return resolveIn(this.files, from, specifier);
    return this.at(this.target(from, specifier, this.kindOf(from)));
  }

  /** The name outside the tree, of a package or of what is built in, that a name of `imports` stands for. */
  outside(from: string, specifier: string): string | null {
    const found = specifier.startsWith('#') ? this.imported(from, specifier) : null;
    if (found === null) return null;
    const isOutside = (name: string): boolean => !/^[.#]/.test(name) && !this.names.has(NAME.exec(name)?.[0] ?? '');
    return chosen(found.value, this.kindOf(from), (path) => (isOutside(path) ? path.replaceAll('*', found.star) : null)) ?? null;
  }

  /** All files that it may lead to, whatever the conditions. */
  all(from: string, specifier: string): readonly string[] {
    if (specifier.startsWith('.')) {
      const file = resolveIn(this.files, from, specifier);
      return file === null ? [] : [file];
    }
    const found = new Set<string>();
    for (const kind of KINDS) this.target(from, specifier, kind, (target) => void found.add(target));
    return [...found].map((target) => this.at(target)).filter((file) => file !== null);
  }

  /** The file that an entry of a package leads to: `.` or `./name`. */
  entry({ folder, content }: Manifest, subpath: string, kind: Kind): string | null {
    return this.at(this.entryOf({ folder, content }, subpath, kind));
  }

  private at(target: string | null): string | null {
    const file = target === null ? null : asFile(this.files, target);
    return file === null ? null : (this.moved.get(file) ?? file);
  }

  private scopeOf(file: string): Manifest | null {
    for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
      const found = this.folders.get(folder === '.' ? '' : folder);
      if (found || folder === '.') return found ?? null;
    }
  }

  /** How the static imports of a file, or its calls of `require`, ask. */
  private kindOf(file: string): Kind {
    if (/\.m[jt]s$/.test(file)) return 'import';
    if (/\.c[jt]s$/.test(file)) return 'require';
    return this.scopeOf(file)?.content['type'] === 'module' ? 'import' : 'require';
  }

  private target(from: string, specifier: string, kind: Kind, each?: (target: string) => void): string | null {
    if (!specifier.startsWith('#')) {
      const name = NAME.exec(specifier)?.[0];
      const manifest = name === undefined ? null : this.names.get(name);
      return manifest ? this.entryOf(manifest, `.${specifier.slice(name!.length)}`, kind, each) : null;
    }
    const found = this.imported(from, specifier);
    if (found === null) return null;
    const follow = (path: string): string | null => {
      const full = path.replaceAll('*', found.star);
      return full.startsWith('.') ? posix.join(found.folder, full) : full.startsWith('#') ? null : this.target(from, full, kind, each);
    };
    return reach(found.value, kind, follow, each);
  }

  private imported(from: string, specifier: string): (Matched & { readonly folder: string }) | null {
    const scope = this.scopeOf(from);
    const { imports } = scope?.content ?? {};
    return scope === null || !isMap(imports) ? null : { ...matching(imports, specifier), folder: scope.folder };
  }

  private entryOf({ folder, content }: Manifest, subpath: string, kind: Kind, each?: (target: string) => void): string | null {
    const { exports, main } = content;
    if (exports === undefined || exports === null) {
      const target = subpath === '.' || subpath === './' ? asMain(this.files, folder, main) : posix.join(folder, subpath);
      each?.(target);
      return target;
    }
    const map = isMap(exports) && Object.keys(exports).some((key) => key.startsWith('.')) ? exports : { '.': exports };
    const { value, star } = matching(map, subpath);
    return reach(value, kind, (path) => (path.startsWith('./') ? posix.join(folder, path.replaceAll('*', star)) : null), each);
  }
}

function asMain(files: ReadonlySet<string>, folder: string, main: unknown): string {
  const target = typeof main === 'string' ? posix.join(folder, main) : null;
  return target !== null && asFile(files, target) !== null ? target : posix.join(folder, 'index.js');
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

interface Matched {
  readonly value: unknown;
  /** What its star stands for. */
  readonly star: string;
}

/** The entry of a map for a name: the very name before any pattern, of these the one with the longest text ahead of its star. */
function matching(map: Readonly<Record<string, unknown>>, name: string): Matched {
  if (Object.hasOwn(map, name) && !name.includes('*')) return { value: map[name], star: '' };
  let best: { readonly key: string; readonly head: number } | null = null;
  for (const key of Object.keys(map)) {
    const head = key.indexOf('*');
    if (head < 0 || !name.startsWith(key.slice(0, head)) || !name.endsWith(key.slice(head + 1)) || name.length < key.length) continue;
    if (best === null || head > best.head || (head === best.head && key.length > best.key.length)) best = { key, head };
  }
  if (best === null) return { value: undefined, star: '' };
  return { value: map[best.key], star: name.slice(best.head, name.length - (best.key.length - best.head - 1)) };
}

/** Where the entry of a map leads; null where it leads nowhere. With `each`, that is told all it may lead to under any conditions. */
function reach(value: unknown, kind: Kind, follow: (path: string) => string | null, each?: (target: string) => void): string | null {
  if (each)
    leaves(value, (path) => {
      const target = typeof path === 'string' ? follow(path) : null;
      if (target !== null) each(target);
    });
  return chosen(value, kind, follow) ?? null;
}

/** As Node goes through conditions: undefined where none holds, and the search goes on; null where it ends. */
function chosen(value: unknown, kind: Kind, follow: (path: string) => string | null): string | null | undefined {
  if (value === null) return null;
  if (typeof value === 'string') return follow(value);
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      const found = chosen(item, kind, follow);
      if (found != null) return found;
    }
    return undefined;
  }
  if (!isMap(value)) return undefined;
  for (const [condition, item] of Object.entries(value)) {
    if (condition !== kind && !CONDITIONS.has(condition)) continue;
    const found = chosen(item, kind, follow);
    if (found !== undefined) return found;
  }
  return undefined;
}
