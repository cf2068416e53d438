/** Patches that would leave behind objects which old code has made: refused while one of those objects is alive. */
import { LivepatchError } from '../../errors/errors.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import type { LoadedModule } from '../sites/modules.ts';
import { canSearch, instancesOf } from './instances.ts';
import type { Match } from './matching.ts';
import type { Moment } from './stranded.ts';
import { orWithout } from './without.ts';

/**
 * Looks through the heap, and only for patches that need it. Throws ERR_LIVE_OBJECTS or ERR_OBJECTS_UNKNOWN. Objects that are
 * looked for when all tasks run the patch, which new code makes by then as well, are kept in `before` at the start: those that
 * an old task has made since and given away are not found.
 */
export function refuseOutdated(patch: string, matches: readonly Match[], moment: Moment, before: WeakSet<object>): void {
  const all = matches.flatMap(({ target, loaded }) => (target.outdated ?? []).map((one) => ({ ...one, loaded, target })));
  if (all.length === 0) return;
  const hint = 'Give the patch a migration of the class or a hook that brings them up to date, or restart the process.';
  const list = (some: readonly { readonly path: string }[]): string => [...new Set(some.map(({ path }) => path))].join(', ');
  const alive = all.flatMap((one) => {
    const found = find(one, () => new LivepatchError('ERR_OBJECTS_UNKNOWN', { patch, paths: list(all) }, { hint }));
    if (one.late && moment === 'start') for (const object of found) before.add(object);
    const count = !one.late || moment === 'dry run' ? found.length : moment === 'start' ? 0 : found.filter((o) => before.has(o)).length;
    return count > 0 ? [{ ...one, count }] : [];
  });
  const [first] = alive;
  if (!first) return;
  const count = alive.reduce((sum, one) => sum + one.count, 0);
  throw new LivepatchError(
    'ERR_LIVE_OBJECTS',
    { patch, count, paths: list(alive) },
    { where: { file: first.loaded.file }, hint: `${first.path}: ${first.reason}. ${hint}${orWithout(alive.map(({ target }) => target))}` },
  );
}

/** How V8 says that a name has no value yet. A name that is not there says nothing of objects. */
const BEFORE_CLASS = /before initialization$/;

function find({ loaded, scope, objects }: OutdatedObjects & { readonly loaded: LoadedModule }, unknown: () => LivepatchError): object[] {
  return loaded.scopes.instances(scope).flatMap(({ evaluate }) => {
    const search = evaluate(`(${objects})`) as (instances: typeof instancesOf) => object[];
    try {
      return search((type: object | undefined) => {
        if (type === undefined) return [];
        if (!canSearch()) throw unknown();
        return instancesOf(type);
      });
    } catch (error) {
      // The module has ended before it came to the class: it has made nothing of it. So it is where a variable has no class yet.
      if (error instanceof ReferenceError && BEFORE_CLASS.test(error.message)) return [];
      throw error;
    }
  });
}
