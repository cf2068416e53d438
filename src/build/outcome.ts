/** What becomes of the modules of a patch once all are built: the patch, or why there is none. */
import { basename, isAbsolute } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import type { AddedModule, Expected, Patch, PatchModule, Requires, UnloadedFile, Upgrade, VerdictRow } from '../patch/format.ts';
import type { BothTrees } from './both-trees.ts';
import type { Declared } from './input/declared.ts';
import type { Manifest } from './input/files.ts';
import type { HookFile } from './input/hook-file.ts';
import type { MadeBefore } from './existing/made-before.ts';
import { INSTRUMENTATION } from './changes/module.ts';
import { linkOrder } from './link-order.ts';
import type { Pair } from './pair.ts';
import type { Tree } from './input/trees.ts';
import { LOCK_FILES } from './input/lock-files.ts';
import { noteOn } from './input/unloaded.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';
import { listed } from './verdicts/listed.ts';

export interface BuildOutcome {
  readonly patch: Patch | null;
  readonly modules: readonly PatchModule[];
  readonly verdicts: readonly VerdictRow[];
}

/** What a patch is to be. */
export interface Wanted {
  readonly name: string;
  readonly hook: HookFile | null;
  readonly manifest: Declared;
  /** Packages that the patch changes as well, from trees of their own. */
  readonly beside: ReadonlySet<string>;
  /** It is known what both versions have installed: of an application, or of a package of it. */
  readonly installed?: 'application' | 'package';
  /** Dependencies that stay as they are, as whoever builds it says. */
  readonly without: ReadonlySet<string>;
}

/** What is known of the modules of the patch once all are built. */
interface Built {
  readonly pairs: ReadonlyMap<string, Pair>;
  /** Of all that is no module that differs. */
  readonly logs: readonly VerdictLog[];
  readonly added: readonly AddedModule[];
  /** By the module of the patch that asks. */
  readonly requires: ReadonlyMap<object, Requires>;
  readonly expects: ReadonlyMap<object, readonly Expected[]>;
  /** By the module of the patch that may read what others set. */
  readonly sees: ReadonlyMap<object, readonly string[]>;
  readonly upgrades: readonly Upgrade[];
  /** By the file within the tree. */
  readonly unloaded: ReadonlyMap<string, UnloadedFile>;
  /** Why the first of the files that no process can run was left out. */
  readonly unparsed: LivepatchError | null;
}

/** Of verdicts on what the patch does not do for what exists. */
const ONLY_WHERE_NONE_STAYS = 'the patch stays only where none is alive once all tasks run it';

export async function outcomeOf(
  trees: BothTrees,
  { name, hook, manifest, installed }: Wanted,
  { pairs, logs, added, requires, expects, sees, upgrades, unloaded, unparsed }: Built,
): Promise<BuildOutcome> {
  const modules: PatchModule[] = [];
  const rows: VerdictRow[] = [];
  let refused = false;
  const isAll = upgrades.length === 0 && [...pairs.values()].every(({ result }) => result!.madeBefore.refuses === 'alone');
  for (const pair of linkOrder(pairs)) {
    const { log, module } = pair.result!;
    const left = unloaded.get(pair.file);
    if (left) {
      rows.push(...noteOn(pair.file, left, trees.isLoadable(pair.file)));
      continue;
    }
    refused ||= log.refused;
    const { madeBefore } = pair.result!;
    const before = madeBefore.refuses === 'always' || (isAll && madeBefore.refuses === 'alone') ? madeBefore : null;
    rows.push(...log.rows.map((row) => (before?.rows.has(row) ? { ...row, reason: `${row.reason}; ${ONLY_WHERE_NONE_STAYS}` } : row)));
    if (!module) continue;
    modules.push({
      ...withRequires(module, requires),
      ...(expects.has(module) ? { expects: expects.get(module)! } : {}),
      ...(sees.has(module) ? { sees: sees.get(module)! } : {}),
      ...joined('stranded', module, before),
      ...joined('outdated', module, before),
    });
  }
  for (const log of logs) {
    refused ||= log.refused;
    rows.push(...log.rows);
  }
  const { from, to, manifests } = trees;
  if (!refused && modules.length === 0 && (installed !== 'package' || unloaded.size === 0)) {
    if (unparsed !== null) throw unparsed;
    throw new LivepatchError('ERR_PATCH_EMPTY', { from: from.label, to: to.label }, whatStays(rows));
  }
  const global = hook?.module === null ? hook.code : null;
  const patch: Patch | null = refused
    ? null
    : {
        name,
        mode: [...pairs.values()].some(({ result }) => result!.atOnce) ? 'barrier' : 'task',
        replace: true,
        ...manifest,
        instrumentation: INSTRUMENTATION,
        origin: { from: originOf(from, await manifests.from.at('')), to: originOf(to, await manifests.to.at('')) },
        modules,
        added: added.map((module) => withRequires(module, requires)),
        ...(upgrades.length > 0 ? { upgrades } : {}),
        ...(unloaded.size > 0 ? { unloaded: [...unloaded.values()].sort((a, b) => (a.file < b.file ? -1 : 1)) } : {}),
        ...(global === null ? {} : { hooks: global }),
        verdicts: rows,
      };
  return { patch, modules, verdicts: rows };
}

/** Of a patch of several packages. */
export function ofPackage(name: string, outcome: BuildOutcome): BuildOutcome {
  return { ...outcome, verdicts: outcome.verdicts.map((row) => ({ package: name, ...row })) };
}

/** What becomes of a dependency, as part of the patch of what depends on it; `note` says why. */
export function carriedFor(name: string, note: readonly VerdictRow[], outcome: BuildOutcome): BuildOutcome {
  return { ...outcome, verdicts: [...note, ...ofPackage(name, outcome).verdicts] };
}

/** What is said of a dependency that stays as it is because whoever builds the patch says so. */
export function leftOut(name: string, what: string): VerdictRow {
  const reason = `${what}, and is left as it is`;
  return { verdict: 'warning', code: 'dependency-changed', file: 'package.json', line: 1, path: name, reason };
}

/** With what must not be alive either once all tasks run the patch. */
function joined<K extends 'stranded' | 'outdated'>(key: K, module: PatchModule, before: MadeBefore | null): Pick<PatchModule, K> | object {
  const all = [...(module[key] ?? []), ...(before?.[key] ?? [])];
  return all.length > 0 ? { [key]: all } : {};
}

/** With what it asks of the packages that the patch brings. */
function withRequires<T extends AddedModule | PatchModule>(module: T, requires: ReadonlyMap<object, Requires>): T {
  const own = requires.get(module);
  return own ? { ...module, requires: own } : module;
}

/** What a tree is called in the patch: not by where it lies on this machine, so that the same trees give the same patch anywhere. */
function originOf({ label }: Tree, manifest: Manifest | null): string {
  if (!isAbsolute(label)) return label;
  const { name, version } = manifest?.content ?? {};
  if (typeof name !== 'string') return basename(label);
  return typeof version === 'string' ? `${name}@${version}` : name;
}

/** What a process that has loaded the old version goes on with where a release takes things away or leads entries elsewhere. */
function whatStays(rows: readonly VerdictRow[]): { readonly hint?: string } {
  const hints: string[] = [];
  const kept = rows
    .filter(({ code }) => code.endsWith('-removed'))
    .map(({ path, file, line }) => `${path || 'a statement'} (${file}:${line})`);
  if (kept.length > 0) hints.push(`What the new version takes away stays in a process that has loaded it: ${listed(kept)}.`);
  const written = rows.filter(({ code }) => code === 'live-state').map(({ path, file, line }) => `${path} (${file}:${line})`);
  if (written.length > 0) hints.push(`What functions write keeps the value that the program gave it: ${listed(written)}.`);
  // The version of a package is another one in every release.
  const read = rows.filter(({ code, file }) => code === 'data-changed' && basename(file) !== 'package.json').map(({ file }) => file);
  if (read.length > 0) hints.push(`Modules that have read a file of JSON keep what they read: ${listed(read)}.`);
  const entries = [...new Set(rows.filter(({ code }) => code === 'entry-changed').map(({ path }) => path))];
  if (entries.length > 0)
    hints.push(`An entry that leads to another file in the new version leads a process to the old one: ${listed(entries)}.`);
  const asked = rows
    .filter(({ code, reason }) => code === 'dependency-changed' && / was .* and is /.test(reason))
    .map(({ reason }) => reason.split(': ', 1)[0]!);
  if (asked.length > 0)
    hints.push(
      `If the fix is in what the package depends on, build a patch of that, from the version that the process has: ${listed(asked)}.`,
    );
  for (const { file, reason } of rows.filter((row) => row.code === 'dependency-changed' && LOCK_FILES.includes(row.file)))
    hints.push(`${file} differs: ${reason}.`);
  return hints.length > 0 ? { hint: hints.join(' ') } : {};
}
