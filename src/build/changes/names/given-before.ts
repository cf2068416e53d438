/** What the old version of a scope gave anything, by statements of their own and as it declared variables. */
import { exportKey, targetKey } from '../../version/forms/items.ts';
import type { TopDiff } from '../top.ts';

/** The keys, of which those of exports are told by what is given away: see `exportKey`. */
export function givenBefore({ ctx, old }: TopDiff): ReadonlySet<string> {
  const declared = [...old.named.values()].flatMap(({ targets }) => targets.map((target) => targetKey(ctx.base, target)));
  return new Set([...old.assigned.map(({ key }) => key), ...declared].map((key) => exportKey(key, old)));
}
