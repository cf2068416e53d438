/** Patches that cannot read what old code has put into objects: refused while one of those objects is alive. */
import { LivepatchError } from '../../errors/errors.ts';
import { canSearch, instancesOf } from './instances.ts';
import type { Match } from './matching.ts';

/** Looks through the heap, and only for patches that need it. Throws ERR_LIVE_OBJECTS or ERR_OBJECTS_UNKNOWN. */
export function refuseOutdated(patch: string, matches: readonly Match[]): void {
  const all = matches.flatMap(({ target, loaded }) => (target.outdated ?? []).map((one) => ({ ...one, loaded })));
  if (all.length === 0) return;
  const hint = 'Give the patch a migration of the class, or restart the process.';
  const list = (some: readonly { readonly path: string }[]): string => [...new Set(some.map(({ path }) => path))].join(', ');
  const alive = all.flatMap((one) => {
    const found = one.loaded.scopes.instances(0).flatMap((scope) => {
      const find = scope.evaluate(`(${one.objects})`) as (instances: typeof instancesOf) => object[];
      return find((type) => {
        if (!canSearch()) throw new LivepatchError('ERR_OBJECTS_UNKNOWN', { patch, paths: list(all) }, { hint });
        return instancesOf(type);
      });
    });
    return found.length > 0 ? [{ ...one, count: found.length }] : [];
  });
  const [first] = alive;
  if (!first) return;
  const count = alive.reduce((sum, one) => sum + one.count, 0);
  throw new LivepatchError(
    'ERR_LIVE_OBJECTS',
    { patch, count, paths: list(alive) },
    { where: { file: first.loaded.file }, hint: `${first.path}: ${first.reason}. ${hint}` },
  );
}
