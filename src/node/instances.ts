/**
 * Which closures of a function are alive. Old closures that new code cannot be put into must not exist when a patch
 * that needs them to go is applied: V8's heap query, through an inspector session of our own, finds every one.
 */
import type Inspector from 'node:inspector';
import type { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { findId } from '../instrument/names.ts';
import { nativeText } from './original-text.ts';

const load = createRequire(import.meta.url);

/**
 * For each id of `ids`, how many closures of that site are reachable. Stops the program while it looks: some 50 ms and
 * up, with the size of the heap. Null where there is no inspector.
 */
export function liveClosures(ids: ReadonlySet<number>): Map<number, number> | null {
  let session: Session;
  try {
    const { Session: Own } = load('node:inspector') as typeof Inspector;
    session = new Own();
    session.connect();
  } catch {
    return null;
  }
  const counts = new Map<number, number>();
  const key = Symbol.for('livepatch.closures');
  let complete = false;
  const count = (found: readonly object[]): void => {
    for (const fn of found) {
      // Objects made from Function.prototype are no functions.
      if (typeof fn !== 'function') continue;
      const id = findId(nativeText(fn as () => unknown))?.id;
      if (id !== undefined && ids.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    complete = true;
  };
  Object.defineProperty(globalThis, key, { value: count, configurable: true });
  try {
    const prototype = post<{ result: { objectId: string } }>(session, 'Runtime.evaluate', { expression: 'Function.prototype' });
    const found = post<{ objects: { objectId: string } }>(session, 'Runtime.queryObjects', {
      prototypeObjectId: prototype.result.objectId,
    });
    post(session, 'Runtime.callFunctionOn', {
      objectId: found.objects.objectId,
      functionDeclaration: "function () { globalThis[Symbol.for('livepatch.closures')](this); }",
    });
    return complete ? counts : null;
  } catch {
    return null;
  } finally {
    delete (globalThis as Record<symbol, unknown>)[key];
    session.disconnect();
  }
}

/** A session of the same thread answers before `post` returns. */
function post<T>(session: Session, method: string, parameters: object): T {
  let answer: T | undefined;
  let failure: Error | null = null;
  session.post(method, parameters, (error: Error | null, result?: object) => {
    failure = error;
    answer = result as T;
  });
  if (failure) throw failure as Error;
  if (answer === undefined) throw new Error(`${method} did not answer`);
  return answer;
}
