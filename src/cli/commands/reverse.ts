/** `livepatch reverse`: turns the running transition round, in either direction. */
import { resolveTarget } from '../../agent/target.ts';
import { LivepatchError } from '../../errors/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { plain, processLabel } from '../output/text.ts';

export async function reverse({ terminal, client: options }: Context, target: string | undefined): Promise<ExitCode> {
  const { info, client } = await resolveTarget(target, options);
  const { transition } = await client.status();
  if (transition === null)
    throw new LivepatchError('ERR_NO_TRANSITION', {}, { hint: `To take an applied patch back: livepatch revert <patch> ${info.pid}` });
  await client.reverse();
  // Reversing twice goes forward again.
  const direction = transition.direction === 'patching' ? 'unpatching' : 'patching';
  if (terminal.json) terminal.out(`${JSON.stringify({ pid: info.pid, patch: transition.patch, direction })}\n`);
  else
    terminal.out(
      `The transition of ${plain(transition.patch)} in ${processLabel(info)} is turned round: now ${direction}. livepatch status ${info.pid} shows its end.\n`,
    );
  return EXIT.done;
}
