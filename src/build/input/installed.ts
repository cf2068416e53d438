/**
 * An application with all that it has installed, in two versions: which packages are others in the second, wherever they stand
 * and whatever their package files ask for. A process runs what is installed, not what a range says.
 */
import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { InstalledAt } from '../../patch/format.ts';
import { isWithin } from '../../patch/ranges.ts';
import { isCode, withoutMark } from './files.ts';
import { LOCK_FILES } from './lock-files.ts';
import type { PairSpec } from './trees.ts';

/** A package that is another one in the new installation. */
export interface InstalledPair {
  readonly name: string;
  readonly version: string;
  readonly next: string;
  readonly spec: Directories;
  /** In the old one. */
  readonly installed: InstalledAt;
}

/** A package of which no one patch makes what is in the new installation. */
export interface Parted {
  readonly name: string;
  readonly version: string;
  readonly nexts: readonly string[];
}

type Directories = Extract<PairSpec, { readonly kind: 'directories' }>;

export interface Installed {
  readonly spec: Directories;
  readonly pairs: readonly InstalledPair[];
  readonly parted: readonly Parted[];
  /** Packages with another version to which only what the application is developed with leads. */
  readonly development: readonly string[];
}

interface Copy {
  readonly name: string;
  readonly old: string;
  readonly now: string;
  readonly version: string;
  readonly next: string;
  readonly differs: boolean;
}

type Kind = 'dependencies' | 'devDependencies';

/** What package managers leave where they have installed, beside the packages. */
const MARKS = [
  'node_modules/.package-lock.json',
  'node_modules/.modules.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
  'bun.lockb',
  ...LOCK_FILES,
];

/** Null where the two are not both folders into which a package manager has installed. */
export async function installedIn(spec: PairSpec): Promise<Installed | null> {
  if (spec.kind !== 'directories') return null;
  const [from, to] = await Promise.all([realpath(spec.from), realpath(spec.to)].map((path) => path.catch(() => '')));
  if (!from || !to || from === to || ![from, to].every(isRoot)) return null;
  const walk = new Walk(from);
  await walk.visit(from, to, 'dependencies');
  const { pairs, parted } = sorted(walk.copies, from);
  const known = new Set(walk.copies.keys());
  await walk.visit(from, to, 'devDependencies');
  const development = [...walk.copies].flatMap(([key, { name, differs }]) => (differs && !known.has(key) ? name : []));
  return { spec, pairs, parted, development: [...new Set(development)].sort() };
}

/** A package may come with packages that it brings itself. */
function isRoot(path: string): boolean {
  return !isInstalled(path) && existsSync(join(path, 'node_modules')) && MARKS.some((mark) => existsSync(join(path, mark)));
}

const isInstalled = (path: string): boolean => path.split(sep).includes('node_modules');

class Walk {
  /** By where they stand in both. */
  readonly copies = new Map<string, Copy>();
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  async visit(from: string, to: string, kind: Kind): Promise<void> {
    const queue: { readonly old: string; readonly now: string }[] = [{ old: from, now: to }];
    for (let at = queue.pop(); at; at = queue.pop()) {
      const [before, after] = [manifestIn(at.old), manifestIn(at.now)];
      const asked = new Set(namesIn(after, at.old === this.root ? kind : 'dependencies'));
      for (const name of namesIn(before, at.old === this.root ? kind : 'dependencies')) {
        if (!asked.has(name)) continue;
        const [old, now] = await Promise.all([found(at.old, name), found(at.now, name)]);
        const key = `${old}\0${now}`;
        if (old === null || now === null || old === now || old === this.root || this.copies.has(key)) continue;
        const [version, next] = [versionOf(old), versionOf(now)];
        this.copies.set(key, { name, old, now, version, next, differs: version !== next || hasOtherCode(old, now) });
        queue.push({ old, now });
      }
    }
  }
}

/** By package and version, which is what a process tells the copies by. */
function sorted(copies: ReadonlyMap<string, Copy>, root: string): Pick<Installed, 'pairs' | 'parted'> {
  const groups = Map.groupBy(copies.values(), ({ name, version, old }) => (isInstalled(old) ? `${name}@${version}` : old));
  const pairs: InstalledPair[] = [];
  const parted: Parted[] = [];
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const changed = group.filter(({ differs }) => differs);
    const [first] = changed;
    if (!first) continue;
    const { name, version, next } = first;
    const nexts = [...new Set(group.map((copy) => copy.next))].sort();
    // Those that stay go over as well, which is no harm where who does with the old one does with the new.
    const isOne =
      changed.every((copy) => copy.next === next) && (changed.length === group.length || isWithin(next, `^${version}`) === true);
    if (!isOne) {
      parted.push({ name, version, nexts });
      continue;
    }
    const others = [...copies.values()].filter((copy) => copy.name === name && copy.version !== version);
    const installed = { at: placesOf(group, root), others: placesOf(others, root) };
    pairs.push({ name, version, next, spec: { kind: 'directories', from: first.old, to: first.now }, installed });
  }
  return { pairs, parted };
}

/** Of those that stand in the installation: others are led to by links. */
function placesOf(copies: readonly Copy[], root: string): readonly string[] {
  const places = copies.map(({ old }) => relative(root, old).replaceAll(sep, '/'));
  return [...new Set(places)].filter((place) => place.startsWith('node_modules/')).sort();
}

type Manifest = Readonly<{ version?: unknown; [key: string]: unknown }>;

function manifestIn(folder: string): Manifest {
  try {
    return JSON.parse(withoutMark(readFileSync(join(folder, 'package.json'), 'utf8'))) as Manifest;
  } catch {
    return {};
  }
}

function namesIn(manifest: Manifest, kind: Kind): readonly string[] {
  const wanted = kind === 'dependencies' ? ['dependencies', 'optionalDependencies', 'peerDependencies'] : [kind];
  return wanted.flatMap((key) => Object.keys((manifest[key] as object | undefined) ?? {})).sort();
}

function versionOf(folder: string): string {
  const { version } = manifestIn(folder);
  return typeof version === 'string' ? version : '';
}

async function found(folder: string, name: string): Promise<string | null> {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return realpath(path);
    if (dirname(at) === at) return null;
  }
}

/**
 * Of the same version: whether somebody has changed it all the same. A copy of a folder keeps the times of its files, and those of one
 * size and time are taken for the same; but for a time of whole seconds, which is what those get that are all given one.
 */
function hasOtherCode(old: string, now: string): boolean {
  const entries = readdirSync(old, { withFileTypes: true });
  const others = new Set(readdirSync(now));
  return entries.some((entry) => {
    const [a, b] = [join(old, entry.name), join(now, entry.name)];
    if (entry.name === 'node_modules' || entry.name.startsWith('.git')) return false;
    if (entry.isDirectory()) return others.has(entry.name) && hasOtherCode(a, b);
    if (!isCode(entry.name)) return false;
    if (!others.has(entry.name)) return true;
    const [was, is] = [lstatSync(a), lstatSync(b)];
    if (was.size !== is.size) return true;
    const isKept = was.mtimeMs === is.mtimeMs && was.mtimeMs % 1000 !== 0;
    return !isKept && !readFileSync(a).equals(readFileSync(b));
  });
}
