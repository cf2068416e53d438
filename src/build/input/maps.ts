/**
 * Package files whose maps of names differ. The one that a process goes by is that of the old version, so what the new code
 * asks for through the new one, or by a name that the package has only there, is asked for by its path.
 */
import { posix } from 'node:path';
import { isCode } from './files.ts';
import { renameImports } from './reach.ts';
import type { Kind, Specifiers } from './specifiers.ts';
import type { Tree } from './trees.ts';

export interface BothSpecifiers {
  readonly from: Specifiers;
  readonly to: Specifiers;
}

/** The new tree, with the specifiers that lead elsewhere in a process of the old version written as paths. */
export function underOldMaps(tree: Tree, { from, to }: BothSpecifiers): Tree {
  const marks = to.marks;
  if (marks.length === 0) return tree;
  const rewritten = (text: string, file: string): string =>
    renameImports(text, (specifier) => {
      if (specifier.startsWith('.')) return null;
      const target = to.resolve(file, specifier);
      if (target === null) {
        const outside = to.outside(file, specifier);
        return outside === from.outside(file, specifier) ? null : outside;
      }
      if (target === from.resolve(file, specifier)) return null;
      const path = posix.relative(posix.dirname(file), target);
      return path.startsWith('.') ? path : `./${path}`;
    });
  /** The files that stay as they are, and the text of the others. */
  const known = new Map<string, string | null>();
  return {
    ...tree,
    read: async (file) => {
      const other = isCode(file) ? known.get(file) : null;
      if (other != null) return other;
      const text = await tree.read(file);
      if (other === null || text === null) return text;
      const written = marks.some((mark) => text.includes(mark)) ? rewritten(text, file) : text;
      known.set(file, written === text ? null : written);
      return written;
    },
  };
}

export interface ChangedEntry {
  /** The package file, within the tree. */
  readonly file: string;
  /** As programs ask for it. */
  readonly name: string;
  readonly was: string;
  /** Null where it leads to nothing that Node could load. */
  readonly is: string | null;
}

/** Entries that lead to another file in the new version. */
export function changedEntries({ from, to }: BothSpecifiers): readonly ChangedEntry[] {
  const found = new Map<string, ChangedEntry>();
  for (const old of from.packages) {
    const now = to.packages.find(({ folder }) => folder === old.folder);
    if (!now) continue;
    for (const subpath of entriesOf(old.content['exports'])) {
      for (const kind of ['import', 'require'] satisfies Kind[]) {
        const [was, is] = [from.entry(old, subpath, kind), to.entry(now, subpath, kind)];
        if (was === null || was === is) continue;
        const name = String(old.content['name']) + subpath.slice(1);
        found.set(`${name} ${was} ${is}`, { file: posix.join(old.folder, 'package.json'), name, was, is });
      }
    }
  }
  return [...found.values()];
}

/** Patterns stand for any number of names. */
function entriesOf(exports: unknown): readonly string[] {
  const keys = exports !== null && typeof exports === 'object' && !Array.isArray(exports) ? Object.keys(exports) : [];
  return keys.some((key) => key.startsWith('.')) ? keys.filter((key) => !key.includes('*') && !key.endsWith('/')) : ['.'];
}
