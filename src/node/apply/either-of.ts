/** What two patches put in one place, as each task has it while the one takes the place of the other. */
import type { Content, Place } from '../../data/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { Callable } from '../../link/linked.ts';

/** Null where they cannot both stand there: an entry of a map that is no function has one value for all. */
export function eitherOf(
  engine: Engine,
  place: Place,
  was: NonNullable<Content>,
  content: NonNullable<Content>,
): NonNullable<Content> | null {
  const both = { ...content };
  let found = false;
  for (const part of ['value', 'get', 'set'] as const) {
    if (typeof was[part] !== 'function' || typeof content[part] !== 'function') continue;
    both[part] = eitherFunction(engine, was[part] as Callable, content[part] as Callable);
    found = true;
  }
  if (found) return both;
  if (place.kind !== 'property' || !('value' in was) || !('value' in content) || Object.is(was.value, content.value)) return null;
  const { enumerable, configurable } = content;
  return configurable === true
    ? { ...eitherValue(engine, place, was.value, content), enumerable: enumerable === true, configurable }
    : null;
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
  { value: patched, enumerable }: NonNullable<Content>,
): PropertyDescriptor {
  return {
    get: () => (engine.universe() === 'unpatched' ? unpatched : (patched as unknown)),
    set: (value: unknown) =>
      void Reflect.defineProperty(object, key, { value, writable: true, enumerable: enumerable === true, configurable: true }),
  };
}
