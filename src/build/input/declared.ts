/** What a patch says of itself as a whole, in its manifest: by its file of callbacks, or as it is built. */
import { LivepatchError } from '../../errors/errors.ts';
import type { Mode, PatchRequirement, PatchState } from '../../patch/format.ts';

export interface Declared {
  readonly mode?: Mode;
  readonly replace?: boolean;
  readonly states?: readonly PatchState[];
  readonly requires?: PatchRequirement;
}

/**
 * Both together: `given` says how the patch is applied, whatever the file says; of what the patch depends on nothing may be
 * lost, so there the two must agree. Throws ERR_USAGE.
 */
export function declared(name: string, file: Declared, given: Declared): Declared {
  const fail = (what: string, hint: string): never => {
    throw new LivepatchError('ERR_USAGE', { what }, { hint });
  };
  const states = [...(file.states ?? [])];
  for (const state of given.states ?? []) {
    if (!isState(state))
      fail(`"${state.id}@${state.version}" is no state.`, 'A state has an id and a version, which is a number from 1 on.');
    const known = states.find(({ id }) => id === state.id);
    if (known === undefined) states.push(state);
    else if (known.version !== state.version)
      fail(
        `The state "${state.id}" has the versions ${known.version} and ${state.version}.`,
        'Say it once, in the callbacks or as an option.',
      );
  }
  const requires = given.requires ?? file.requires;
  if (requires?.patch === name) fail(`The patch "${name}" requires itself.`, 'Name the patch that comes before it.');
  if (file.requires !== undefined && requires !== undefined && requires.patch !== file.requires.patch)
    fail(`The callbacks require "${file.requires.patch}", the options "${requires.patch}".`, 'A patch can require one other.');
  return {
    ...file,
    // The second of two steps stands on the first, so it must not take its place.
    ...(requires === undefined ? {} : { replace: false }),
    ...given,
    ...(states.length > 0 ? { states } : {}),
    ...(requires === undefined ? {} : { requires: { ...requires, complete: requires.complete || file.requires?.complete === true } }),
  };
}

export function isState({ id, version }: PatchState): boolean {
  return id !== '' && Number.isInteger(version) && version >= 1;
}
