/** What two patches put in one place, as each task has it while the one takes the place of the other. */
import type { Content, Place } from '../../data/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { Callable } from '../../link/linked.ts';

/** Null where they cannot both stand there: an entry of a map has one value for all, but for a function. */
export function eitherOf(
  engine: Engine,
  place: Place,
  was: NonNullable<Content>,
  content: NonNullable<Content>,
): NonNullable<Content> | null {
  if (place.kind !== 'property' && place.kind !== 'entry') return null;
  const both = { ...content };
  let found = false;
  for (const part of ['value', 'get', 'set'] as const) {
    if (!isCalled(was[part], part) || !isCalled(content[part], part)) continue;
    both[part] = eitherFunction(engine, was[part], content[part]);
    found = true;
  }
  if (found) return both;
  const isOne = !('value' in was) || !('value' in content) || Object.is(was.value, content.value);
  if (place.kind !== 'property' || content.configurable !== true || isOne) return null;
  return eitherValue(engine, place, was.value, content);
}

/** Whether it is a function, and none that makes objects: which class that is `new` has to see. */
const isCalled = (value: unknown, part: 'value' | 'get' | 'set'): value is Callable =>
  typeof value === 'function' && (part !== 'value' || !Object.hasOwn(value, 'prototype'));

/** Whether each task can have its own there. */
export function bothStand(place: Place, was: NonNullable<Content>, content: NonNullable<Content>): boolean {
  return place.kind === 'property' || (place.kind === 'entry' && isCalled(was.value, 'value') && isCalled(content.value, 'value'));
}

/** A function that is the one or the other, by what the task that calls it runs. */
function eitherFunction(engine: Engine, unpatched: Callable, patched: Callable): Callable {
  const either = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(engine.universe() === 'unpatched' ? unpatched : patched, this, args);
  };
  for (const key of ['name', 'length']) Object.defineProperty(either, key, Object.getOwnPropertyDescriptor(patched, key)!);
  return either;
}

/** What the program puts there is there for all. */
function eitherValue(
  engine: Engine,
  { object, key }: Extract<Place, { readonly kind: 'property' }>,
  unpatched: unknown,
  { value: patched, enumerable = false }: NonNullable<Content>,
): PropertyDescriptor {
  return {
    get: () => (engine.universe() === 'unpatched' ? unpatched : (patched as unknown)),
    set: (value: unknown) => void Reflect.defineProperty(object, key, { value, writable: true, enumerable, configurable: true }),
    enumerable,
    configurable: true,
  };
}
