/** Which loaded modules a patch is for: the text must be the very text it was built from. */
import { LivepatchError } from '../../errors/errors.ts';
import type { Patch, PatchModule, UnloadedFile } from '../../patch/format.ts';
import { INSTRUMENTATION } from '../../instrument/plan.ts';
import type { LoadedModule, LoadedModules } from '../sites/modules.ts';
import { findTheirOwn } from './copies.ts';

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
export function isFor(target: PatchModule, loaded: LoadedModule): boolean {
  // The hash is the identity; the folder may be another, where a package is installed under an alias.
  // Cheapest first: each module keeps its hash packed away.
  return loaded.ids === target.ids && isText(target, loaded);
}

const isText = (target: Pick<PatchModule, 'file' | 'hash'>, loaded: LoadedModule): boolean =>
  loaded.file.endsWith(`/${target.file}`) && loaded.hash === target.hash;

const isInPackage = (file: string, target: UnloadedFile): boolean => file.includes('/node_modules/') && standsAt(file, target);

/**
 * Every instance of every module of the patch that the process has evaluated; a module it has not loaded yet is patched
 * when it comes. Throws ERR_BASE_MISMATCH, ERR_NOT_INSTRUMENTED, ERR_NOT_LOADED or ERR_PATCH_FORMAT.
 */
export function matchModules(patch: Patch, modules: LoadedModules): Match[] {
  if (patch.instrumentation !== INSTRUMENTATION) {
    throw new LivepatchError(
      'ERR_PATCH_FORMAT',
      { file: patch.name, found: `1.${patch.instrumentation}`, known: `1.${INSTRUMENTATION}` },
      { hint: 'Build the patch with the livepatch version that the process runs.' },
    );
  }
  const matches: Match[] = [];
  const near = modules.near([...patch.modules, ...(patch.unloaded ?? [])].map(({ file }) => file));
  for (const target of patch.unloaded ?? []) {
    const loaded =
      near(target.file).find((m) => !m.gone && isText(target, m)) ?? modules.untouched.find((m) => isInPackage(m.file, target));
    if (loaded)
      throw new LivepatchError(
        'ERR_FILE_LOADED',
        { patch: patch.name, module: target.file, reason: target.reason },
        { where: { file: loaded.file }, hint: 'Nothing was changed. A process that has not loaded the file takes the patch.' },
      );
  }
  const missing = patch.modules.filter((target) => {
    const here = near(target.file).filter((m) => isFor(target, m) && m.evaluated);
    for (const loaded of here) matches.push({ target, loaded });
    return here.length === 0;
  });
  for (const target of missing) {
    const users = matches.filter((match) => match.target.package?.name !== target.package?.name).map(({ loaded }) => loaded.file);
    const other = near(target.file).find((m) => m.evaluated && standsAt(m.file, target) && sharesFolder(m.file, target, patch));
    if (other && !findTheirOwn(target, users)) {
      throw new LivepatchError(
        'ERR_BASE_MISMATCH',
        {
          module: target.package ? `${target.package.name}@${target.package.version} ${target.file}` : target.file,
          running: other.hash.slice(0, 12),
          expected: target.hash.slice(0, 12),
        },
        { where: { file: other.file }, hint: 'Build the patch from the version that is running.' },
      );
    }
    const untouched = modules.untouched.find((m) => standsAt(m.file, target));
    if (untouched)
      throw new LivepatchError(
        'ERR_NOT_INSTRUMENTED',
        { module: target.file, reason: untouched.reason },
        { where: { file: untouched.file }, hint: 'Run `livepatch doctor` for all modules that were left untouched.' },
      );
  }
  // Callbacks and states are in force with nothing else.
  if (matches.length === 0 && patch.hooks === undefined && patch.states === undefined) {
    throw new LivepatchError(
      'ERR_NOT_LOADED',
      { patch: patch.name, modules: patch.modules.map((m) => m.file).join(', ') },
      { hint: patch.modules.every(({ file }) => /\.[cm]?ts$/.test(file)) ? COMPILED : ELSEWHERE },
    );
  }
  return matches;
}

const ELSEWHERE = 'Check that this is the process you mean, and that it was started with --import livepatch/register.';
const COMPILED = `${ELSEWHERE} One that runs what a compiler made of these files is patched with a patch that is built from that.`;

/**
 * Names such as `index.js` are everywhere: a file of another text is only taken for another version of the target if it
 * is in the package, or in a folder of the target's name.
 */
function sharesFolder(file: string, target: PatchModule, patch: Patch): boolean {
  if (target.package && file.includes('/node_modules/')) return file.endsWith(`/node_modules/${target.package.name}/${target.file}`);
  if (file.includes('/node_modules/')) return false;
  return target.file.includes('/') || patch.modules.length === 1;
}
