/** The tables that a patch changes in place, merged with what the program has made of them. */
import { merge, mergeProperty, read, sameContent } from '../../data/index.ts';
import type { Change, Content, Merge, Recorded } from '../../data/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import type { LinkedMerge } from '../../link/linked-module.ts';
import type { Properties } from './properties.ts';

/** A table that is in conflict is refused with ERR_LIVE_DATA, or once the patch is in force left as the program made it. */
export function changesOf(
  tables: readonly LinkedMerge[],
  patch: string,
  file: string,
  properties: Properties,
  conflicts: 'refuse' | 'leave',
): Change[] {
  return tables.flatMap((table) => {
    let result = mergeOf(table);
    // A patch that this one replaces may be in force.
    if (result.kind === 'conflict') result = properties.withoutPatches(() => mergeOf(table));
    if (result.kind === 'changes') return result.changes;
    if (conflicts === 'leave' || table.optional) return [];
    throw new LivepatchError(
      'ERR_LIVE_DATA',
      { patch, table: `${table.name}${result.path}`, reason: result.reason },
      { where: { file }, hint: 'Restart the process, or give the patch a hook that changes the data.' },
    );
  });
}

function mergeOf({ target, key, ...sources }: LinkedMerge): Merge {
  if (key === null) return merge(target, sources.before, sources.after);
  if (target === null || (typeof target !== 'object' && typeof target !== 'function'))
    return { kind: 'conflict', path: '', reason: 'the program has changed what holds it' };
  const content = (side: 'before' | 'after'): Content =>
    side in sources ? { value: sources[side], writable: true, enumerable: true, configurable: true } : undefined;
  return mergeProperty(target, key, content('before'), content('after'));
}

/** What statements have put into tables; nothing into one that the program has changed at the same place since. */
export function stillFitting(recorded: readonly Recorded[]): Change[] {
  const changed = new Set(recorded.filter(({ place, was }) => !sameContent(read(place), was)).map(({ place }) => place.object));
  return recorded.filter(({ place }) => !changed.has(place.object));
}
