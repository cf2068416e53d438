/** Patches that old closures cannot follow: refused while one of those closures is alive. */
import type { Engine } from '../../engine/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import type { Patch } from '../../patch/format.ts';
import { nextTurn } from '../time/turns.ts';
import { liveClosures } from './instances.ts';
import type { Match } from './matching.ts';
import { orWithout } from './without.ts';

/**
 * When it is looked: before anything is done, or when all tasks run the patch and what old ones made for themselves has gone;
 * for a dry run at once for both.
 */
export type Moment = 'start' | 'end' | 'dry run';

export const isDue = ({ late }: { readonly late?: true }, moment: Moment): boolean => late !== true || moment !== 'start';

/** Whether a patch depends on what is alive. */
export const looksAround = ({ modules }: Patch): boolean =>
  modules.some(({ stranded = [], outdated = [] }) => stranded.length + outdated.length > 0);

/** A request that its client has left, and a task that nobody ends, must not count as alive because they are listed here. */
export async function letGoOfTasks(engine: Engine): Promise<void> {
  engine.endSilentTasks();
  do await nextTurn();
  while (engine.asksTasks);
}

/** Looks through the heap, and only for patches that need it. Throws ERR_LIVE_CLOSURES or ERR_CLOSURES_UNKNOWN. */
export function refuseStranded(patch: string, matches: readonly Match[], moment: Moment): void {
  const stranded = matches.flatMap(({ target, loaded }) =>
    (target.stranded ?? [])
      .filter((fn) => isDue(fn, moment))
      .map((fn) => ({ ...fn, id: loaded.base + fn.site, file: loaded.file, target })),
  );
  if (stranded.length === 0) return;
  const counts = liveClosures(new Set(stranded.map((fn) => fn.id)));
  const hint = 'The functions were made by a call that is over. Restart the process, or give the patch a hook that makes them anew.';
  const list = (functions: readonly { readonly path: string }[]): string => [...new Set(functions.map((fn) => fn.path))].join(', ');
  if (counts === null) throw new LivepatchError('ERR_CLOSURES_UNKNOWN', { patch, paths: list(stranded) }, { hint });
  const alive = stranded.filter((fn) => (counts.get(fn.id) ?? 0) > 0);
  if (alive.length === 0) return;
  const count = alive.reduce((sum, fn) => sum + counts.get(fn.id)!, 0);
  throw new LivepatchError(
    'ERR_LIVE_CLOSURES',
    { patch, count, paths: list(alive) },
    {
      where: { file: alive[0]!.file },
      hint: `${alive[0]!.path}: ${alive[0]!.reason}. ${hint}${orWithout(alive.map(({ target }) => target))}`,
    },
  );
}
