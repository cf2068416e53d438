/** What a patch is for, by which another one takes its place. */
import type { Patch } from '../../patch/format.ts';

/** A patch is for the packages and files it changes, and for the states it takes over; one with neither is for the whole process. */
export function targetsOf(patch: Patch): { readonly targets?: ReadonlySet<string> } {
  const targets = new Set(patch.modules.map((m) => (m.package ? `${m.package.name}@${m.package.version}` : m.file)));
  for (const { id } of patch.states ?? []) targets.add(`state ${id}`);
  return targets.size === 0 ? {} : { targets };
}
