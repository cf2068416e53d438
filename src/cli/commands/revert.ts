/** `livepatch revert`: one patch out of one process. */
import { resolveTarget } from '../../agent/target.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { watch } from './transition.ts';

export async function revert(
  context: Context,
  patch: string,
  target: string | undefined,
  flags: { readonly timeout: number },
): Promise<ExitCode> {
  const { info, client } = await resolveTarget(target, context.client);
  return await watch(context, {
    verb: 'revert',
    patch,
    info,
    timeoutMs: flags.timeout,
    start: (options) => client.revert(patch, options),
  });
}
