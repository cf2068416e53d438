/**
 * Listeners that new code puts on its objects and that the running code has no name for: each is noted on its object, so that
 * objects which were there before get one of their own, none gets two, and a revert finds them all.
 */
import type { Shadows } from '../../data/index.ts';

type Puts = (event: string, listener: unknown) => unknown;

export interface Listened {
  readonly on: Puts;
  readonly addListener: Puts;
}

/** Stands in place of `object` for the call that puts the listener on it. */
export function listening(shadows: Shadows, id: string, object: Listened): Listened {
  const noting =
    (name: keyof Listened): Puts =>
    (event, listener) => {
      const result = object[name](event, listener);
      shadows.getOrAlloc(object, id, () => listener);
      return result;
    };
  return { on: noting('on'), addListener: noting('addListener') };
}
