/**
 * The public API. Everything here works, and does nothing, in a process that was started without `livepatch/register`:
 * a program may call it unconditionally.
 */
import { bind as bindToTask } from './node/tasks.ts';
import { currentRuntime } from './node/current.ts';

export { LivepatchError } from './errors/errors.ts';
export type { ErrorCode, ErrorReport } from './errors/errors.ts';

/**
 * Runs `fn` as one task of its own: a job, a message, a tick. Within a task, no call ever mixes old and new functions
 * of one patch. Returns what `fn` returns; the task ends when that is settled.
 */
export function task<T>(name: string, fn: () => T): T {
  const runtime = currentRuntime();
  return runtime ? runtime.tasks.task(name, fn) : fn();
}

/** Ties `fn` to the task that is current now, for pools and queues that call back out of another one. */
export function bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  return currentRuntime() ? bindToTask(fn) : fn;
}
