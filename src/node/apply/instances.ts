/**
 * What is alive: V8's heap query, through an inspector session of our own, finds every object with a given prototype.
 * Callbacks of patches reach the objects they have to repair through it, and a patch that old closures cannot follow
 * learns whether there are any.
 */
import type Inspector from 'node:inspector';
import type { Session } from 'node:inspector';
import { createRequire } from 'node:module';
import { types } from 'node:util';
import { findId } from '../../instrument/names.ts';
import { nativeText } from '../sites/original-text.ts';

const load = createRequire(import.meta.url);

/**
 * Every live object that inherits from `prototype`, directly or not, prototypes of subclasses included. Collects garbage
 * and stops the program while it looks: some 50 ms and up, with the size of the heap. Null where there is no inspector.
 */
function heirsOf(prototype: object): object[] | null {
  return throughInspector(prototype, (session, prototypeObjectId) => {
    const { objects } = post<{ objects: { objectId: string } }>(session, 'Runtime.queryObjects', { prototypeObjectId });
    return objects.objectId;
  }) as object[] | null;
}

/** What a Proxy stands for, which the language does not tell; null where there is no inspector. */
export function targetOf(proxy: object): object | null {
  const target = throughInspector(proxy, (session, objectId) => {
    const { internalProperties = [] } = post<Inspector.Runtime.GetPropertiesReturnType>(session, 'Runtime.getProperties', { objectId });
    return internalProperties.find(({ name }) => name === '[[Target]]')?.value?.objectId;
  });
  return target !== null && types.isProxy(target) ? targetOf(target) : target;
}

/** The object that `ask`, which is told the inspector's id of `given`, gives the id of; null where there is no inspector. */
function throughInspector(given: object, ask: (session: Session, id: string) => string | undefined): object | null {
  let session: Session;
  try {
    const { Session: Own } = load('node:inspector') as typeof Inspector;
    session = new Own();
    session.connect();
  } catch {
    return null;
  }
  const key = Symbol.for('livepatch.inspected');
  const exchange: { readonly given: object; found: object | null } = { given, found: null };
  Object.defineProperty(globalThis, key, { value: exchange, configurable: true });
  try {
    const { result } = post<{ result: { objectId: string } }>(session, 'Runtime.evaluate', {
      expression: "globalThis[Symbol.for('livepatch.inspected')].given",
    });
    post(session, 'Runtime.callFunctionOn', {
      objectId: ask(session, result.objectId),
      functionDeclaration: "function () { globalThis[Symbol.for('livepatch.inspected')].found = this; }",
    });
    return exchange.found;
  } catch {
    return null;
  } finally {
    delete (globalThis as Record<symbol, unknown>)[key];
    session.disconnect();
  }
}

/** Whether there is an inspector to search with. Opens nothing and stops nothing. */
export function canSearch(): boolean {
  try {
    const { Session: Own } = load('node:inspector') as typeof Inspector;
    const session = new Own();
    session.connect();
    session.disconnect();
    return true;
  } catch {
    return false;
  }
}

/** For each id of `ids`, how many closures of that site are reachable. Null where there is no inspector. */
export function liveClosures(ids: ReadonlySet<number>): Map<number, number> | null {
  const found = heirsOf(Function.prototype);
  if (!found) return null;
  const counts = new Map<number, number>();
  for (const fn of found) {
    // Objects made from Function.prototype are no functions.
    if (typeof fn !== 'function') continue;
    const id = findId(nativeText(fn as () => unknown))?.id;
    if (id !== undefined && ids.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/**
 * Every live instance of a class or constructor function and of its subclasses, or every live object that was made from
 * a prototype object. Throws where the process cannot be searched.
 */
export function instancesOf(type: object): object[] {
  const prototype = typeof type === 'function' ? (type as { prototype?: unknown }).prototype : type;
  // What makes functions may have one as its prototype.
  if (prototype === null || (typeof prototype !== 'object' && typeof prototype !== 'function'))
    throw new TypeError('instances() takes a class, a constructor or a prototype');
  const found = heirsOf(prototype);
  if (!found) throw new Error('this process cannot be searched for instances: it has no inspector');
  return found.filter((object) => !isPrototype(object));
}

/** Of a subclass: it inherits as its instances do. */
function isPrototype(object: object): boolean {
  const constructor = Object.getOwnPropertyDescriptor(object, 'constructor')?.value as { prototype?: unknown } | undefined;
  return typeof constructor === 'function' && constructor.prototype === object;
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
