/** `livepatch force`: ends the running transition at once, at the price of the guarantee. */
import { resolveTarget } from '../../agent/target.ts';
import { LivepatchError } from '../../errors/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { plain, processLabel } from '../output/text.ts';
import { count } from '../output/units.ts';

export async function force(
  { terminal, client: options }: Context,
  target: string | undefined,
  flags: { readonly yes?: true },
): Promise<ExitCode> {
  const { info, client } = await resolveTarget(target, options);
  const { transition } = await client.status();
  if (transition === null) throw new LivepatchError('ERR_NO_TRANSITION', {}, { hint: 'There is nothing to force.' });
  if (flags.yes !== true) {
    throw new LivepatchError(
      'ERR_USAGE',
      {
        what: `Forcing ${transition.patch} in ${processLabel(info)} needs --yes: ${count(transition.pending, 'task')} may run old and new code mixed, and the process stays tainted until it is restarted.`,
      },
      {
        hint: `To go back instead, safely: livepatch reverse ${info.pid}`,
      },
    );
  }
  await client.force();
  if (terminal.json) terminal.out(`${JSON.stringify({ pid: info.pid, patch: transition.patch, pending: transition.pending })}\n`);
  else
    terminal.out(
      `The transition of ${plain(transition.patch)} in ${processLabel(info)} was forced over ${count(transition.pending, 'pending task')}. The process is tainted.\n`,
    );
  return EXIT.done;
}
