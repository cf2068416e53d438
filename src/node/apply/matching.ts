/** Which loaded modules a patch is for: the text must be the very text it was built from, in a copy of its package that is so as a whole. */
import { LivepatchError } from '../../errors/errors.ts';
import type { Patch, PatchModule, UnloadedFile } from '../../patch/format.ts';
import { INSTRUMENTATION } from '../../instrument/plan.ts';
import type { LoadedModule, LoadedModules, UntouchedModule } from '../sites/modules.ts';
import { isOfAnother } from './manifests.ts';
import { findTheirOwn, folderOf, hasText, hashAt, isText } from './package-copies.ts';
import type { PackageCopies } from './package-copies.ts';
import { orWithout } from './without.ts';

export interface Match {
  readonly target: PatchModule;
  readonly loaded: LoadedModule;
}

/** Whether a loaded file stands where the patch's file would. */
function standsAt(file: string, target: Pick<PatchModule, 'file' | 'package'>): boolean {
  if (!file.endsWith(`/${target.file}`)) return false;
  if (target.package && file.includes('/node_modules/')) return file.endsWith(`/node_modules/${target.package.name}/${target.file}`);
  return true;
}

/** Whether `loaded` is a module that `target` is for. */
export const isFor = (target: PatchModule, loaded: LoadedModule, copies: PackageCopies): boolean =>
  hasText(target, loaded) && copies.holds(loaded.file, target);

const isInPackage = (file: string, target: UnloadedFile): boolean => file.includes('/node_modules/') && standsAt(file, target);

/**
 * Every instance of every module of the patch that the process has evaluated; a module it has not loaded yet is patched
 * when it comes. Throws ERR_BASE_MISMATCH, ERR_NOT_INSTRUMENTED, ERR_NOT_LOADED or ERR_PATCH_FORMAT.
 */
export function matchModules(patch: Patch, modules: LoadedModules, copies: PackageCopies): Match[] {
  if (patch.instrumentation !== INSTRUMENTATION) {
    throw new LivepatchError(
      'ERR_PATCH_FORMAT',
      { file: patch.name, found: `1.${patch.instrumentation}`, known: `1.${INSTRUMENTATION}` },
      { hint: 'Build the patch with the livepatch version that the process runs.' },
    );
  }
  const matches: Match[] = [];
  const near = modules.near([...patch.modules, ...(patch.unloaded ?? [])].map(({ file }) => file));
  const { untouched } = modules;
  const inTheWay = (patch.unloaded ?? []).flatMap((target) => {
    const loaded =
      near(target.file).find((m) => !m.gone && isText(target, m) && copies.holds(m.file, target)) ??
      untouched.find((m) => isInPackage(m.file, target) && copies.holds(m.file, target));
    return loaded ? [{ target, file: loaded.file }] : [];
  });
  const [first] = inTheWay;
  if (first)
    throw new LivepatchError(
      'ERR_FILE_LOADED',
      { patch: patch.name, module: first.target.file, reason: first.target.reason },
      { where: { file: first.file }, hint: `${UNLOADED}${orWithout(inTheWay.map(({ target }) => target))}` },
    );
  const others: Match[] = [];
  /** Those of the copies that the patch is for, by the package. */
  const folders = new Map<string, Set<string>>();
  const foldersOf = ({ package: owner }: PatchModule): ReadonlySet<string> => folders.get(nameOf(owner)) ?? NONE;
  const usersOf = ({ package: owner }: PatchModule): readonly string[] =>
    matches.filter(({ target }) => target.package?.name !== owner?.name).map(({ loaded }) => loaded.file);
  const missing = patch.modules.filter((target) => {
    const here = near(target.file).filter((m) => hasText(target, m) && m.evaluated);
    const own = here.filter((m) => copies.holds(m.file, target));
    for (const loaded of here) (own.includes(loaded) ? matches : others).push({ target, loaded });
    if (own.length > 0)
      folders.set(nameOf(target.package), new Set([...foldersOf(target), ...own.map(({ file }) => folderOf(file, target))]));
    return own.length === 0;
  });
  for (const target of patch.modules)
    for (const folder of foldersOf(target)) {
      const file = folder + target.file;
      const reason = modules.whyUntouched(file);
      if (reason !== null) throw leftUntouched(target, { file, reason });
    }
  for (const target of missing) {
    // It comes when the copy asks for it; what another copy has in its place is nothing to this one.
    if (foldersOf(target).size > 0) continue;
    const other = near(target.file).find(
      (m) =>
        m.evaluated &&
        !hasText(target, m) &&
        standsAt(m.file, target) &&
        sharesFolder(m.file, target, patch) &&
        !isAnotherCopy(m.file, target, matches),
    );
    if (other && !findTheirOwn(target, usersOf(target))) throw mismatch(target, other.hash, other.file);
    const asItIs = untouched.find((m) => standsAt(m.file, target));
    if (asItIs) throw leftUntouched(target, asItIs);
  }
  for (const { target, loaded } of others) {
    const copy = copies.copyIn(folderOf(loaded.file, target), target.package);
    if (foldersOf(target).size > 0 || copy.is !== 'another text') continue;
    if (!findTheirOwn(copy.target, usersOf(target)) && !isAnotherCopy(loaded.file, target, matches))
      throw mismatch(copy.target, copy.hash, folderOf(loaded.file, target) + copy.target.file);
  }
  // Callbacks and states are in force with nothing else.
  if (matches.length === 0 && patch.hooks === undefined && patch.states === undefined) {
    throw new LivepatchError('ERR_NOT_LOADED', { patch: patch.name, modules: named(patch.modules) }, { hint: whyNone(patch, modules) });
  }
  return matches;
}

const NONE: ReadonlySet<string> = new Set();

const nameOf = (owner: PatchModule['package']): string => (owner ? `${owner.name}@${owner.version}` : '');

function leftUntouched(target: PatchModule, { file, reason }: UntouchedModule): LivepatchError {
  return new LivepatchError(
    'ERR_NOT_INSTRUMENTED',
    { module: target.file, reason },
    { where: { file }, hint: 'Run `livepatch doctor` for all modules that were left untouched.' },
  );
}

function mismatch(target: PatchModule, hash: string | null, file: string): LivepatchError {
  return new LivepatchError(
    'ERR_BASE_MISMATCH',
    {
      module: target.package ? `${target.package.name}@${target.package.version} ${target.file}` : target.file,
      running: hash?.slice(0, 12) ?? 'none, as there is no such file',
      expected: target.hash.slice(0, 12),
    },
    { where: { file }, hint: hashAt(file) === target.hash ? OTHER_THAN_FILE : 'Build the patch from the version that is running.' },
  );
}

/**
 * Whether it stands where the installation of which the patch was built has another copy, for which the patch is not, as far as
 * the modules that it is for show where the same installation stands here.
 */
function isAnotherCopy(file: string, target: PatchModule, matches: readonly Match[]): boolean {
  const others = target.installed?.others ?? [];
  const roots = new Set(others.length > 0 ? matches.flatMap((match) => rootsOf(match)) : []);
  return [...roots].some((root) => others.some((place) => file === `${root}${place}/${target.file}`));
}

function rootsOf({ target, loaded }: Match): string[] {
  return (target.installed?.at ?? []).flatMap((place) => {
    const end = `/${place}/${target.file}`;
    return loaded.file.endsWith(end) ? loaded.file.slice(0, 1 - end.length) : [];
  });
}

function named(targets: readonly PatchModule[]): string {
  const rest = targets.length - NAMED;
  const files = targets.slice(0, NAMED).map(({ file }) => file);
  return files.join(', ') + (rest > 0 ? `, and ${rest} more` : '');
}

function whyNone(patch: Patch, { instrumented }: LoadedModules): string {
  if (patch.modules.every(({ file }) => /\.[cm]?ts$/.test(file))) return COMPILED;
  const names = new Set(patch.modules.flatMap((target) => target.package?.name ?? []));
  const known = [...names].find((name) => instrumented.some(({ file }) => file.includes(`/node_modules/${name}/`)));
  if (known === undefined) return ELSEWHERE;
  return `Other files of ${known} are loaded. The program has not come to these, or it reads their text and runs that itself, as with node:vm, where no patch reaches it.`;
}

const UNLOADED = 'Nothing was changed. A process that has not loaded the file takes the patch.';
const OTHER_THAN_FILE =
  'The file holds what the patch was built from, and the process runs another text: a tool compiles what it loads, or the file was put there later.';
/** So many modules are named where there are more. */
const NAMED = 5;
const ELSEWHERE = 'Check that this is the process you mean, and that it was started with --import livepatch/register.';
const COMPILED = `${ELSEWHERE} One that runs what a compiler made of these files is patched with a patch that is built from that.`;

/**
 * Names such as `index.js` are everywhere: a file of another text is only taken for another version of the target if it
 * is in the package, or in a folder of the target's name and in no other package.
 */
function sharesFolder(file: string, target: PatchModule, patch: Patch): boolean {
  if (target.package && file.includes('/node_modules/')) return file.endsWith(`/node_modules/${target.package.name}/${target.file}`);
  if (file.includes('/node_modules/') || (target.package && isOfAnother(file, target.package.name))) return false;
  return target.file.includes('/') || patch.modules.length === 1;
}
