/** Which files of a package a program can load: from its entries, along the imports their text shows. */
import { posix } from 'node:path';
import { isCode } from './files.ts';
import type { Manifest } from './files.ts';
import type { Tree } from './trees.ts';

/** Quote and specifier of what a text may import. */
export const IMPORTS = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(["'`])([^"'`\n]+)\1/g;
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
export function specifiersIn(text: string): string[] {
  return [...text.matchAll(IMPORTS)].map((m) => m[2]!);
}

/** The file that a relative specifier leads to. */
export function resolveIn(files: ReadonlySet<string>, from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  const target = posix.join(posix.dirname(from), specifier);
  return asFile(files, target);
}

function asFile(files: ReadonlySet<string>, target: string): string | null {
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
export async function reachable(tree: Tree, manifest: Manifest | null, patterns: boolean): Promise<ReadonlySet<string> | null> {
  if (!manifest) return null;
  const files = new Set(tree.files);
  const entries = entryFiles(files, manifest, patterns);
  if (entries.size === 0) return null;
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (!isCode(file)) continue;
    const text = (await tree.read(file)) ?? '';
    for (const specifier of specifiersIn(text)) {
      const target = resolveIn(files, file, specifier);
      if (target && !entries.has(target)) {
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

/** Whatever an entry of `exports` or `bin` can lead to in Node. */
function leaves(value: unknown, add: (path: unknown) => void): void {
  if (typeof value === 'string') add(value);
  else if (Array.isArray(value)) for (const item of value) leaves(item, add);
  else if (value !== null && typeof value === 'object') {
    const asked = new Set<string>();
    for (const [key, item] of Object.entries(value)) {
      if (FOREIGN.has(key)) continue;
      leaves(item, add);
      asked.add(key);
      // One of `import` and `require` always holds.
      if (ALWAYS.has(key) || (asked.has('import') && asked.has('require'))) return;
    }
  }
}
