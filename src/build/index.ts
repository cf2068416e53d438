/** The builder: what the command line and programs use to make a patch. Nothing of it runs in the patched process. */
import type { Patch, VerdictRow } from '../patch/format.ts';
import { LivepatchError } from '../errors/errors.ts';
import { encodePatch } from '../patch/format.ts';
import { recommendedMode } from '../patch/recommended-mode.ts';
import type { RecommendedMode } from '../patch/recommended-mode.ts';
import { TreeBuild } from './build.ts';
import { carriedFor, leftOut, ofPackage } from './outcome.ts';
import type { BuildOutcome, Wanted } from './outcome.ts';
import { bumps } from './input/bumps.ts';
import type { Bump } from './input/bumps.ts';
import { declared } from './input/declared.ts';
import type { Declared } from './input/declared.ts';
import { outcomesOfInstallation } from './installation.ts';
import { checkUsed, readHookFile } from './input/hook-file.ts';
import type { HookSource } from './input/hook-file.ts';
import { Manifests } from './input/files.ts';
import { installedIn } from './input/installed.ts';
import { followMoved } from './input/moved.ts';
import { openTrees, pairsOf } from './input/trees.ts';
import type { PairSpec, TreeSpec } from './input/trees.ts';

export type { HookSource } from './input/hook-file.ts';
export type { TreeSpec } from './input/trees.ts';
export { VERDICTS } from './verdicts/verdicts.ts';
export type { VerdictCode } from './verdicts/verdicts.ts';

export interface BuildReport {
  readonly name: string;
  /** The patch file's text, or null when a difference was refused. */
  readonly patch: string | null;
  readonly functions: number;
  readonly modules: number;
  readonly verdicts: readonly VerdictRow[];
  readonly recommended: RecommendedMode;
  readonly ms: number;
  readonly bytes: number;
}

export interface BuildOptions extends Declared {
  readonly name: string;
  /** The author's callbacks and claims. */
  readonly hooks?: HookSource;
  /** Packages of an installation that stay as they are. */
  readonly without?: readonly string[];
}

/**
 * Builds the patch that turns one tree into the other. Throws ERR_SOURCE_TREE, ERR_SYNTAX, ERR_PACKAGE_FILE, ERR_FETCH,
 * ERR_HOOKS, ERR_USAGE, or ERR_PATCH_EMPTY when no code changes that would run again.
 */
export async function buildPatch(spec: TreeSpec, options: BuildOptions): Promise<BuildReport> {
  const started = performance.now();
  const { name, hooks, without = [], ...given } = options;
  const read = hooks ? readHookFile(hooks) : null;
  const manifest = declared(name, read?.manifest ?? {}, given);
  const hook = read && { ...read, manifest };
  const outcomes: BuildOutcome[] = [];
  const pairs = pairsOf(spec);
  const names = pairs.length > 1 ? await Promise.all(pairs.map(packageIn)) : [];
  const beside = new Set(names);
  const wanted: Wanted = { name, hook, manifest, beside, without: new Set(without) };
  for (const [i, pair] of pairs.entries()) {
    const installed = await installedIn(pair);
    const own = installed ? await outcomesOfInstallation(installed, wanted, outcomeOfOne) : await outcomesOf(pair, wanted);
    outcomes.push(...(names[i] ? own.map((one) => ofPackage(names[i]!, one)) : own));
  }
  const { patch, modules, verdicts } = merge(outcomes);
  const unknown = without.find((one) => !verdicts.some(({ code, path }) => code === 'dependency-changed' && path === one));
  if (unknown !== undefined)
    throw new LivepatchError(
      'ERR_USAGE',
      { what: `No dependency "${unknown}" would be in the patch.` },
      { hint: 'Name one that a verdict `dependency-carried` names.' },
    );
  if (hook) checkUsed(hook, modules, verdicts);
  const text = patch === null ? null : encodePatch(patch);
  return {
    name,
    patch: text,
    functions: modules.reduce((sum, m) => sum + m.functions.length, 0),
    modules: modules.length,
    verdicts,
    recommended: recommendedMode(verdicts),
    ms: performance.now() - started,
    bytes: text === null ? 0 : Buffer.byteLength(text),
  };
}

async function outcomeOfOne(pair: PairSpec, wanted: Wanted): Promise<BuildOutcome> {
  const { trees, moved } = await followMoved(await openTrees(pair));
  return TreeBuild.outcome(trees, moved, wanted);
}

/**
 * Of the pair, and of the dependencies whose new versions it asks for; where its two trees have the same code, of those
 * whose versions differ.
 */
async function outcomesOf(pair: PairSpec, wanted: Wanted, around: ReadonlySet<string> = new Set()): Promise<readonly BuildOutcome[]> {
  // Packages may depend on each other.
  const key = JSON.stringify(pair);
  if (around.has(key)) return [];
  const above = new Set([...around, key]);
  const { trees, moved } = await followMoved(await openTrees(pair));
  try {
    const own = await TreeBuild.outcome(trees, moved, wanted);
    return own.patch === null ? [own] : withDependencies(own, await bumps(trees, 'differs', pair.kind === 'package'), wanted, above);
  } catch (error) {
    if (!(error instanceof LivepatchError) || error.code !== 'ERR_PATCH_EMPTY') throw error;
    const found: BuildOutcome[] = [];
    const left: VerdictRow[] = [];
    for (const { name, spec, note } of await bumps(trees, 'same', pair.kind === 'package')) {
      if (wanted.without.has(name)) {
        left.push(leftOut(name, `${name} is another version`));
        continue;
      }
      const [first, ...more] = await outcomesOf(spec, wanted, above).catch(unlessNothing);
      if (first) found.push(carriedFor(name, note, first), ...more);
    }
    const [first, ...more] = found;
    if (!first) throw error;
    return [{ ...first, verdicts: [...left, ...first.verdicts] }, ...more];
  }
}

/** With the dependencies that the release asks for, as far as they can be carried into any process that has them. */
async function withDependencies(
  own: BuildOutcome,
  found: readonly Bump[],
  wanted: Wanted,
  above: ReadonlySet<string>,
): Promise<BuildOutcome[]> {
  const brought = new Set(own.patch?.upgrades?.map(({ dependency }) => dependency));
  const carried = new Set<string>();
  const outcomes: BuildOutcome[] = [];
  for (const { name, spec, isAskedFor, note } of found) {
    if (!isAskedFor || brought.has(name) || wanted.beside.has(name) || wanted.without.has(name)) continue;
    // What an author says is said of the package itself.
    const parts = await outcomesOf(spec, { ...wanted, hook: null }, above).catch(unlessRefused);
    const [first, ...more] = parts;
    if (!first || !parts.every(isUnconditional)) continue;
    carried.add(name);
    outcomes.push(carriedFor(name, note, first), ...more);
  }
  const verdicts = own.verdicts.filter(({ code, path }) => code !== 'dependency-changed' || !carried.has(path));
  return [{ ...own, verdicts }, ...outcomes];
}

/** Whether no process that has the dependency refuses the patch for what is alive in it. */
const isUnconditional = ({ patch, modules, verdicts }: BuildOutcome): boolean =>
  patch?.mode === 'task' &&
  verdicts.every(({ code }) => code !== 'file-unloaded') &&
  modules.every(({ stranded, outdated }) => !stranded && !outdated);

/** The name of the package at the root of a pair's old tree; '' for none. */
async function packageIn(pair: PairSpec): Promise<string> {
  if (pair.kind === 'package') return pair.name;
  const manifest = await new Manifests((await openTrees(pair)).from, 'old').at('');
  return typeof manifest?.content['name'] === 'string' ? manifest.content['name'] : '';
}

function unlessRefused(error: unknown): readonly BuildOutcome[] {
  if (error instanceof LivepatchError) return [];
  throw error;
}

/** What cannot be fetched says nothing: the error that the package has no other code does. */
function unlessNothing(error: unknown): readonly BuildOutcome[] {
  if (error instanceof LivepatchError && (error.code === 'ERR_PATCH_EMPTY' || error.code === 'ERR_FETCH')) return [];
  throw error;
}

/** One patch of several pairs: all of them or none. */
function merge(all: readonly BuildOutcome[]): BuildOutcome {
  // Several may depend on one, of which every copy takes the patch.
  const origins = new Set<string>();
  const outcomes = all.filter(({ patch }) => {
    const origin = patch && JSON.stringify(patch.origin);
    if (origin === null || !origins.has(origin)) return origin === null || origins.add(origin);
    return false;
  });
  const modules = outcomes.flatMap((o) => o.modules);
  const verdicts = outcomes.flatMap((o) => o.verdicts);
  const parts = outcomes.map((o) => o.patch).filter((p) => p !== null);
  const [first] = parts;
  if (!first || parts.length < outcomes.length) return { patch: null, modules, verdicts };
  const added = parts.flatMap((p) => p.added);
  const upgrades = parts.flatMap((p) => p.upgrades ?? []);
  const unloaded = parts.flatMap((p) => p.unloaded ?? []);
  const origin = { from: parts.map((p) => p.origin.from).join(', '), to: parts.map((p) => p.origin.to).join(', ') };
  const mode = parts.some((part) => part.mode === 'barrier') ? 'barrier' : first.mode;
  const patch: Patch = {
    ...first,
    mode,
    origin,
    modules,
    added,
    ...(upgrades.length > 0 ? { upgrades } : {}),
    ...(unloaded.length > 0 ? { unloaded } : {}),
    verdicts,
  };
  return { patch, modules, verdicts };
}
