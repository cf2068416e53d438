/**
 * Modules that the new version has in another file: their text is much the same, the names are but for a hash, or the same entry of
 * the package leads there. The running one is the module of the old file, so the new text is looked at as if it stood there: whoever imports
 * it by its new name, in the new version, is read as importing the old.
 */
import { posix } from 'node:path';
import { LivepatchError } from '../../errors/errors.ts';
import type { ModuleFormat } from '../../source/parse.ts';
import { Manifests, analyzeFile, formatOf, isCode, isTest } from './files.ts';
import { changedEntries } from './maps.ts';
import { renameImports, resolveIn } from './reach.ts';
import { Specifiers } from './specifiers.ts';
import type { Tree, Trees } from './trees.ts';

/** So much of the longer text has to stand in the other: what git calls a rename. */
const SIMILAR = 0.5;
/** Texts that share fewer lines say nothing. */
const MIN_LINES = 3;
/** Where there are more pairs than this, as of bundles in hundreds of pieces, files are compared that share what few others have. */
const MAX_PAIRS = 2_500;
/** A line that more files have tells nothing of them. */
const FEW_FILES = 4;
/** So many files are compared that share the most of such lines. */
const NEAREST = 3;

/** Bundlers put a hash of the content into the names of pieces: `router-DfhegIxR.js`, `router.3f2a91bc.mjs`. */
const HASHED = /^(.+[-.])([\w-]{6,})\.[cm]?js$/;

const IS_HASH = /\d|[a-z].*[A-Z]|[A-Z].*[a-z]|^[A-Z]{8}$/;
/** Fewer than these nobody writes by hand. */
const BLANKS = 0.12;
const PIECES = /[;{}]|\n/;
/** What no string holds, by itself, is a name; within one it only tells less. */
const SHORT_NAME = /(?<![\w$.#])[#]?[\w$]{1,3}(?![\w$])/g;

/** A module that does nothing but give away another one. */
const GIVES = /^\s*(?:(["'])use strict\1;?\s*)?module\.exports\s*=\s*require\(\s*(["'])(\.[^"'\n]*)\2\s*\);?\s*$/;

export interface Moved {
  readonly from: string;
  readonly to: string;
  /** The text of `to` in the old version, where that did nothing but give away `from`: it goes on doing so. */
  readonly stub?: string;
}

/** The trees with every file that moved back where it was. */
export async function followMoved(trees: Trees): Promise<{ readonly trees: Trees; readonly moved: readonly Moved[] }> {
  const moved = trees.single ? [] : await findMoved(trees);
  return moved.length === 0 ? { trees, moved } : { trees: { ...trees, to: movedBack(trees.to, moved) }, moved };
}

async function findMoved({ from, to }: Trees): Promise<Moved[]> {
  const [old, now] = [new Set(from.files), new Set(to.files)];
  const wanted = (file: string): boolean => isCode(file) && !isTest(file);
  const gone = from.files.filter((file) => wanted(file) && !now.has(file));
  const come = to.files.filter((file) => wanted(file) && !old.has(file));
  if (gone.length === 0) return [];
  const taken = await takenIn({ from, to }, old, now);
  if (come.length === 0) return taken;
  const candidates: (Moved & { readonly score: number })[] = [];
  const texts = new Map(await Promise.all(come.map(async (file) => [file, linesOf(await to.read(file))] as const)));
  const near = gone.length * come.length > MAX_PAIRS ? nearest(texts) : null;
  for (const file of gone) {
    const lines = linesOf(await from.read(file));
    for (const other of near?.(file, lines) ?? texts.keys()) {
      if (posix.extname(file) !== posix.extname(other)) continue;
      const score = similarity(lines, texts.get(other)!);
      if (score >= SIMILAR) candidates.push({ from: file, to: other, score });
    }
  }
  const isNamedAlike = ({ from: file, to: other }: Moved): number =>
    withoutHash(file) !== null && withoutHash(file) === withoutHash(other) ? 1 : 0;
  candidates.sort((a, b) => b.score - a.score || isNamedAlike(b) - isNamedAlike(a) || (a.from < b.from ? -1 : 1));
  const moved: Moved[] = [...taken, ...(await entriesMoved({ from, to }, gone, come))];
  for (const { from: file, to: other } of candidates)
    if (!moved.some((one) => one.from === file || one.to === other)) moved.push({ from: file, to: other });
  const isLeft = ({ from: file, to: other }: Moved): boolean => !moved.some((one) => one.from === file || one.to === other);
  for (const pair of sameButForHash(gone, come).filter(isLeft)) {
    const lines = linesOf(await from.read(pair.from));
    const shared = sharedLines(lines, texts.get(pair.to)!);
    // It may have grown to many times what it was.
    if (shared >= MIN_LINES && shared / countOf(lines) >= SIMILAR) moved.push(pair);
  }
  return moved;
}

/** Files whose names are the same but for a hash, where no other of either version has that name. */
function sameButForHash(gone: readonly string[], come: readonly string[]): Moved[] {
  const named = (files: readonly string[]): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const file of files) {
      const name = withoutHash(file);
      if (name !== null) found.set(name, [...(found.get(name) ?? []), file]);
    }
    return found;
  };
  const now = named(come);
  return [...named(gone)].flatMap(([name, [file, ...more]]) => {
    const [other, ...others] = now.get(name) ?? [];
    return other !== undefined && more.length + others.length === 0 ? [{ from: file!, to: other }] : [];
  });
}

/** A path with nothing in the place of the hash; null for one without. A word is no hash: that has a digit, or capitals in it, or nothing else. */
function withoutHash(file: string): string | null {
  const [, stem, hash] = HASHED.exec(posix.basename(file)) ?? [];
  if (stem === undefined || hash === undefined || !IS_HASH.test(hash)) return null;
  return posix.join(posix.dirname(file), `${stem}${hash.length}${posix.extname(file)}`);
}

/** Files that an entry of the package led to, and those that the same entry leads to now: who asks for it gets that module. */
async function entriesMoved({ from, to }: Pick<Trees, 'from' | 'to'>, gone: readonly string[], come: readonly string[]): Promise<Moved[]> {
  const manifests = { from: new Manifests(from, 'old'), to: new Manifests(to, 'new') };
  const specifiers = { from: await Specifiers.of(from, manifests.from, []), to: await Specifiers.of(to, manifests.to, []) };
  const found: { readonly from: string; readonly to: string }[] = [];
  for (const { was, is } of changedEntries(specifiers))
    if (is !== null && gone.includes(was) && come.includes(is) && !found.some((one) => one.from === was && one.to === is))
      found.push({ from: was, to: is });
  const asked: { readonly from: string; readonly to: string }[] = [];
  for (const one of found) {
    const [was, is] = [await parsedAs(from, one.from, manifests.from), await parsedAs(to, one.to, manifests.to)];
    const stands = await formatOf(one.from, manifests.to);
    // It is read as if it stood where the old one did. Of two that one entry leads to, a process has the one of its own kind.
    if (was !== null && was === is && (stands === null || stands === was)) asked.push(one);
  }
  return asked.filter((one) => !asked.some((other) => other !== one && (other.from === one.from || other.to === one.to)));
}

/** What Node takes a file for, by its text where nothing else says so; null for what is no JavaScript. */
async function parsedAs(tree: Tree, file: string, manifests: Manifests): Promise<ModuleFormat | null> {
  const certain = await formatOf(file, manifests);
  const text = certain === null ? await tree.read(file) : null;
  if (certain !== null || text === null) return certain;
  try {
    return (await analyzeFile(text, file, manifests)).format;
  } catch (error) {
    if (!(error instanceof LivepatchError)) throw error;
    return null;
  }
}

/** Modules that another one gave away, which in the new version holds their code itself. */
async function takenIn({ from, to }: Pick<Trees, 'from' | 'to'>, old: ReadonlySet<string>, now: ReadonlySet<string>): Promise<Moved[]> {
  const found: Moved[] = [];
  for (const file of from.files) {
    if (!isCode(file) || isTest(file) || !now.has(file)) continue;
    const stub = (await from.read(file)) ?? '';
    const given = GIVES.exec(stub);
    const target = given && resolveIn(old, file, given[3]!);
    if (!target || now.has(target) || found.some((one) => one.from === target)) continue;
    const [was, is] = [linesOf(await from.read(target)), linesOf(await to.read(file))];
    if (similarity(was, is) >= SIMILAR) found.push({ from: target, to: file, stub });
  }
  return found;
}

type Lines = ReadonlyMap<string, number>;

/** Finds the few of many files that one may be: those of its name, and those that share the most lines which few others have. */
function nearest(texts: ReadonlyMap<string, Lines>): (file: string, lines: Lines) => readonly string[] {
  const having = new Map<string, string[]>();
  const named = new Map<string, string[]>();
  const put = (map: Map<string, string[]>, key: string, file: string): void => {
    const known = map.get(key);
    if (known) known.push(file);
    else map.set(key, [file]);
  };
  for (const [file, lines] of texts) {
    put(named, posix.basename(file), file);
    for (const line of lines.keys()) put(having, line, file);
  }
  return (file, lines) => {
    const shared = new Map<string, number>();
    for (const line of lines.keys()) {
      const files = having.get(line) ?? [];
      if (files.length > FEW_FILES) continue;
      for (const other of files) if (posix.extname(other) === posix.extname(file)) shared.set(other, (shared.get(other) ?? 0) + 1);
    }
    const most = [...shared].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).slice(0, NEAREST);
    return [...new Set([...(named.get(posix.basename(file)) ?? []), ...most.map(([other]) => other)])];
  };
}

/** How often each line stands in a text; in one without lines to speak of, as minifiers write it, each piece of code but for names that they choose. */
function linesOf(text: string | null): Lines {
  const lines = new Map<string, number>();
  const pieces = isDense(text ?? '') ? text!.split(PIECES).map((piece) => piece.replace(SHORT_NAME, '$')) : (text ?? '').split('\n');
  for (const line of pieces.map((l) => l.trim())) if (/\w/.test(line)) lines.set(line, (lines.get(line) ?? 0) + 1);
  return lines;
}

const isDense = (text: string): boolean => (text.match(/\s/g)?.length ?? 0) <= BLANKS * text.length;

function similarity(a: Lines, b: Lines): number {
  const shared = sharedLines(a, b);
  return shared < MIN_LINES ? 0 : shared / Math.max(countOf(a), countOf(b));
}

function sharedLines(a: Lines, b: Lines): number {
  let shared = 0;
  for (const [line, n] of a) shared += Math.min(n, b.get(line) ?? 0);
  return shared;
}

function countOf(lines: Lines): number {
  return [...lines.values()].reduce((sum, n) => sum + n, 0);
}

function movedBack(tree: Tree, moved: readonly Moved[]): Tree {
  const known = new Set(tree.files);
  const oldOf = new Map(moved.map(({ from, to }) => [to, from]));
  const newOf = new Map(moved.map(({ from, to }) => [from, to]));
  const stubs = new Map(moved.flatMap(({ to, stub }) => (stub === undefined ? [] : [[to, stub] as const])));
  /** The text of `stands` with what it imports named as from `file`. */
  const rewritten = (text: string, stands: string, file: string): string =>
    renameImports(text, (specifier) => {
      const target = resolveIn(known, stands, specifier);
      const old = target === null ? undefined : oldOf.get(target);
      if (!specifier.startsWith('.') || (old === undefined && stands === file)) return null;
      const path = old === undefined ? posix.join(posix.dirname(stands), specifier) : asWritten(old, specifier);
      const relative = posix.relative(posix.dirname(file), path) || '.';
      return relative.startsWith('.') ? relative : `./${relative}`;
    });
  return {
    label: tree.label,
    files: [...tree.files, ...newOf.keys()].sort(),
    read: async (file) => {
      const stub = stubs.get(file);
      if (stub !== undefined) return stub;
      const stands = newOf.get(file) ?? file;
      const text = await tree.read(stands);
      return text === null || !isCode(file) ? text : rewritten(text, stands, file);
    },
    ...(tree.dependencies ? { dependencies: tree.dependencies } : {}),
  };
}

/** A file as a specifier names one: with the extension of the specifier, or without. */
function asWritten(file: string, specifier: string): string {
  const bare = file.slice(0, file.length - posix.extname(file).length);
  return bare + (/\.[cm]?[jt]s$/.exec(specifier)?.[0] ?? '');
}
