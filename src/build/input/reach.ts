/** Which files of a package a program can load: from its entries, along the imports their text shows. */
import { posix } from 'node:path';
import { isCode } from './files.ts';
import type { Manifest } from './files.ts';
import { LastOfLarge } from './last-of-large.ts';
import type { Specifiers } from './specifiers.ts';
import type { Tree } from './trees.ts';

/** Quote and specifier of what a text may import. */
const IMPORTS = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(["'`])([^"'`\n]+)\1/g;
/** Conditions that Node always sets: those behind one are never asked. */
const ALWAYS = new Set(['node', 'module-sync', 'default']);
/** Conditions that Node never sets. */
const FOREIGN = new Set([
  'types',
  'browser',
  'deno',
  'worker',
  'workerd',
  'react-native',
  'edge-light',
  'bun',
  'svelte',
  'umd',
  'unpkg',
  'jsdelivr',
]);

/** The specifiers that a file's text may import, comments and strings included: too many rather than too few. */
export function specifiersIn(text: string): readonly string[] {
  return specifiers.get(
    text,
    () => [...text.matchAll(IMPORTS)].map((m) => m[2]!),
    () => text.length,
  );
}

const specifiers = new LastOfLarge<string, readonly string[]>();

/** The text with what it may import called as `rename` says, which gives null for what keeps its name. */
export function renameImports(text: string, rename: (specifier: string) => string | null): string {
  return text.replace(IMPORTS, (whole: string, quote: string, specifier: string) => {
    const name = rename(specifier);
    if (name === null) return whole;
    const at = whole.lastIndexOf(`${quote}${specifier}${quote}`);
    return `${whole.slice(0, at)}${quote}${name}${quote}`;
  });
}

/** The file that a relative specifier leads to. */
export function resolveIn(files: ReadonlySet<string>, from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = posix.join(posix.dirname(from), specifier);
  return asFile(files, target);
}

/** The file at a path within the tree that may lack its extension. */
export function asFile(files: ReadonlySet<string>, target: string): string | null {
  const path = target.replace(/\/$/, '').replace(/^\.\//, '');
  for (const suffix of ['', '.js', '.json', '.cjs', '.mjs', '.ts', '.mts', '.cts', '/index.js', '/index.cjs', '/index.ts']) {
    const file = path === '' || path === '.' ? suffix.slice(1) : path + suffix;
    if (files.has(file)) return file;
  }
  // TypeScript sources import the files they become.
  const source = path.replace(/\.([cm]?)js$/, '.$1ts');
  return source !== path && files.has(source) ? source : null;
}

/** Every reachable file; null when it cannot be told, and any file may be loaded. `patterns`: through entries like `./*` too. */
export async function reachable(
  tree: Tree,
  specifiers: Specifiers,
  manifest: Manifest | null,
  patterns: boolean,
): Promise<ReadonlySet<string> | null> {
  if (!manifest) return null;
  const entries = entryFiles(specifiers.files, manifest, patterns);
  if (entries.size === 0) return null;
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (!isCode(file)) continue;
    const text = (await tree.read(file)) ?? '';
    for (const specifier of specifiersIn(text)) {
      for (const target of specifiers.all(file, specifier)) {
        if (entries.has(target)) continue;
        entries.add(target);
        queue.push(target);
      }
    }
  }
  return entries;
}

/** The files that a package's entries name. */
export function entryFiles(files: ReadonlySet<string>, manifest: Manifest, patterns: boolean): Set<string> {
  const entries = new Set<string>();
  const add = (path: unknown): void => {
    if (typeof path !== 'string') return;
    if (path.includes('*')) {
      if (!patterns) return;
      const [head, tail] = posix.join(manifest.folder, path).split('*', 2) as [string, string];
      for (const file of files) if (file.startsWith(head) && file.endsWith(tail)) entries.add(file);
      return;
    }
    const file = asFile(files, posix.join(manifest.folder, path));
    if (file) entries.add(file);
  };
  const { main, exports, bin } = manifest.content;
  if (exports === undefined) {
    add(typeof main === 'string' ? main : './index.js');
    if (entries.size === 0) add('./index.js');
  } else leaves(exports, add);
  leaves(bin, add);
  return entries;
}

/** Tells `add` whatever an entry of `exports` or `bin` can lead to in Node; returns whether it always leads somewhere, or is closed. */
export function leaves(value: unknown, add: (path: unknown) => void): boolean {
  if (typeof value === 'string') add(value);
  if (typeof value === 'string' || value === null) return true;
  if (Array.isArray(value)) return value.map((item) => leaves(item, add)).includes(true);
  if (typeof value !== 'object') return false;
  const settled = new Set<string>();
  for (const [key, item] of Object.entries(value)) {
    if (FOREIGN.has(key)) continue;
    if (leaves(item, add)) settled.add(key);
    // One of `import` and `require` always holds.
    if ((ALWAYS.has(key) && settled.has(key)) || (settled.has('import') && settled.has('require'))) return true;
  }
  return false;
}
