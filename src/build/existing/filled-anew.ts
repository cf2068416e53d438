/** Tables of which the patch sees to what is in them: what old code has put there does not stay. */
import type { VerdictLog } from '../verdicts/verdicts.ts';

/** Said of one that is there already. */
export const TOPPED_UP =
  'others may hold it: what the function fills it with is put there once all tasks run the patch, and taken back by a revert';

/** By their names. */
export function tablesFilledAnew({ rows }: VerdictLog): ReadonlySet<string> {
  return new Set(
    rows.flatMap(({ code, path, reason }) => (code === 'cache-emptied' || reason === TOPPED_UP ? path.replace(/.* /, '') : [])),
  );
}
