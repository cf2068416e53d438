/**
 * Bundlers name the modules in a bundle by their paths. Where packages are installed by version, a new version of a dependency
 * moves all of its files: a module whose path says another version, and the same for the rest, is the same one. And npm puts a
 * package within another, or beside it, as the versions that are asked for allow: a module that is much the same there is the same one.
 */
import type { AnyNode } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import { Edits } from '../../source/edits.ts';
import type { ModuleModel } from '../../source/model.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

/** How pnpm and Yarn name the folder or archive of one version of a package. */
const VERSION = /(?:@|-(?:npm|virtual)-)\d[^/]*/g;
/** A module with the name of a file in a package, as esbuild, Rolldown, webpack and Browserify write it. */
const KEY = /(["'])[^"'\n]*(?:node_modules\/|(?:@|-(?:npm|virtual)-)\d)[^"'\n]*\1\s*[(:]/;
/** In a folder of packages, what stands before the package. */
const FOLDER = /^.*\/?node_modules\//;
/** A file whose name ends in a hash of what is in it. */
const HASHED = /([-.])[\w-]{6,}(\.[cm]?js)$/;
/** Of pieces that are called alike, so many pairs are compared. */
const MOST_PAIRS = 400;
/** The share of its lines that stand in what has its name, but for a hash, where no other has; as few say nothing. */
const HELD = 0.5;
const LEAST_LINES = 3;
/** The share of its lines that a module has in common with what it was in another folder. */
const ALIKE = 0.6;

/** The new bundle with the names that its modules had; itself where none moved. */
export function underOldKeys(base: ModuleModel, next: ModuleModel): ModuleModel {
  if (!KEY.test(base.text) || !KEY.test(next.text)) return next;
  const [was, now] = [keysIn(base), keysIn(next)];
  const [gone, come] = [left(was, now), left(now, was)];
  const moved = new Map<string, string>();
  const pair = (
    olds: ReadonlyMap<string, string[]>,
    news: ReadonlyMap<string, string[]>,
    isSame: (old: string, key: string) => boolean,
  ) => {
    for (const [path, [key, ...more]] of news) {
      const [old, ...others] = olds.get(path) ?? [];
      if (old !== undefined && more.length + others.length === 0 && isSame(old, key!)) moved.set(key!, old);
    }
  };
  const versionless = (key: string): string => key.replaceAll(VERSION, '');
  pair(by(gone, versionless), by(come, versionless), () => true);
  const taken = new Set(moved.values());
  const packaged = (key: string): string => (FOLDER.test(key) ? key.replace(FOLDER, '') : key);
  pair(
    by(
      gone.filter((key) => !taken.has(key)),
      packaged,
    ),
    by(
      come.filter((key) => !moved.has(key)),
      packaged,
    ),
    (old, key) => haveMostInCommon(was.get(old)!, now.get(key)!),
  );
  for (const [key, old] of ofHashes(left(was, now, moved.values()), left(now, was, moved.keys()), was, now)) moved.set(key, old);
  if (moved.size === 0) return next;
  const edits = new Edits(next.text);
  walk(next.program, (node) => {
    const old = node.type === 'Literal' && typeof node.value === 'string' ? moved.get(node.value) : undefined;
    if (old !== undefined) edits.cut(node.start, node.end, JSON.stringify(old));
  });
  return analyzeModule(edits.render().text, next.format, next.file);
}

/** The names of what may be modules, functions of objects under keys with a path, and their texts. */
function keysIn({ program, text }: ModuleModel): Map<string, string> {
  const keys = new Map<string, string>();
  for (const { key, value } of nodesOf(program, 'Property'))
    if (isFunctionNode(value as AnyNode) && key.type === 'Literal' && typeof key.value === 'string' && key.value.includes('/'))
      keys.set(key.value, text.slice(value.start, value.end));
  return keys;
}

function left(own: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>, known: Iterable<string> = []): string[] {
  const paired = new Set(known);
  return [...own.keys()].filter((key) => !other.has(key) && !paired.has(key));
}

/** Those whose names are the same but for a hash, as pieces of a package have them: each that has most in common with one, and that with no other. */
function ofHashes(
  gone: readonly string[],
  come: readonly string[],
  was: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const hashless = (key: string): string => key.replace(HASHED, '$1$2');
  const [olds, news] = [by(gone, hashless), by(come, hashless)];
  return [...news].flatMap(([path, keys]) => {
    const before = olds.get(path) ?? [];
    const [[only, ...others], [key, ...more]] = [before, keys];
    // It may have grown to many times what it was.
    if (only !== undefined && others.length + more.length === 0)
      return holdsMost(was.get(only)!, now.get(key!)!) ? [[key!, only] as const] : [];
    if (before.length * keys.length > MOST_PAIRS) return [];
    const pairs = keys.flatMap((key) =>
      before.flatMap((old) => (haveMostInCommon(was.get(old)!, now.get(key)!) ? [[key, old] as const] : [])),
    );
    return pairs.filter(([key, old]) => pairs.every((pair) => (pair[0] === key) === (pair[1] === old)));
  });
}

/** By what is left of them; those of which all is left are known by that already. */
function by(keys: readonly string[], rest: (key: string) => string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of keys) {
    const path = rest(key);
    if (path !== key) found.set(path, [...(found.get(path) ?? []), key]);
  }
  return found;
}

function haveMostInCommon(before: string, after: string): boolean {
  if (before === after) return true;
  const [a, b] = [linesOf(before), linesOf(after)];
  const both = [...a].filter((line) => b.has(line)).length;
  return 2 * both >= ALIKE * (a.size + b.size);
}

function holdsMost(before: string, after: string): boolean {
  const [a, b] = [linesOf(before), linesOf(after)];
  const both = [...a].filter((line) => b.has(line)).length;
  return both >= LEAST_LINES && both >= HELD * a.size;
}

const linesOf = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  );
