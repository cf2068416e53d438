/**
 * The public API. Everything here works, and does nothing, in a process that was started without `livepatch/register`:
 * a program may call it unconditionally.
 */
import { bind as bindToTask } from './node/tasks/tasks.ts';
import { currentRuntime } from './node/current.ts';

export { LivepatchError } from './errors/errors.ts';
export type { ErrorCode, ErrorReport } from './errors/errors.ts';

/**
 * Runs `fn` as one task of its own: a job, a message, a tick. Along every chain of calls in a task, live functions of one
 * patch are of one version. Returns what `fn` returns; the task ends when that is settled.
 */
export function task<T>(name: string, fn: () => T): T {
  const runtime = currentRuntime();
  return runtime ? runtime.tasks.task(name, fn) : fn();
}

/** Ties `fn` to the task that is current now, for pools and queues that call back out of another one. */
export function bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  return currentRuntime() ? bindToTask(fn) : fn;
}

/**
 * Fires when the work that is current now is asked to move on: it has kept a patch from its end for a second. For what a
 * loop waits for, so that it comes to its head. Ask anew for each wait: one that has fired is replaced, and those who
 * still keep the patch from its end are asked again every second. Its reason is an AbortError.
 */
export function signal(): AbortSignal {
  return currentRuntime()?.moveOn.signal() ?? new AbortController().signal;
}

/**
 * For a loop that cannot go on in another version by itself. Without an argument: whether the work that is current now
 * keeps a patch from its end, so that the loop should be left. With one: calls it, once the caller has returned and its
 * call can go to the other version, though after a second at the latest; to be used as
 * `if (checkpoint()) return checkpoint(() => consume(rest));`.
 */
export function checkpoint(): boolean;
export function checkpoint<T>(next: () => T | Promise<T>): Promise<T>;
export function checkpoint<T>(next?: () => T | Promise<T>): boolean | Promise<T> {
  const moveOn = currentRuntime()?.moveOn;
  if (next === undefined) return moveOn?.isAsked ?? false;
  return moveOn ? moveOn.again(next) : (async () => next())();
}
