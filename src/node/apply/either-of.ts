/** What two patches, or the program and a patch, have in one place, as each task has it while the one comes or goes. */
import type { Content, Place } from '../../data/index.ts';
import type { Callable } from '../../link/linked.ts';
import type { TaskSide } from './task-side.ts';

type Property = Extract<Place, { readonly kind: 'property' }>;

/** Of two patches. Null where they cannot both stand there: an entry of a map has one value for all, but for a function. */
export function eitherOf(
  side: TaskSide,
  place: Place,
  was: NonNullable<Content>,
  content: NonNullable<Content>,
): NonNullable<Content> | null {
  if (place.kind === 'entry')
    return bothStand(place, was, content) ? { value: eitherFunction(side, was.value as Callable, content.value as Callable) } : null;
  if (place.kind !== 'property') return null;
  const both = { ...content };
  let found = false;
  for (const part of ['value', 'get', 'set'] as const) {
    if (!isCalled(was[part], part) || !isCalled(content[part], part)) continue;
    both[part] = eitherFunction(side, was[part], content[part]);
    found = true;
  }
  if (found) return both;
  const isOne = !('value' in was) || !('value' in content) || Object.is(was.value, content.value);
  if (content.configurable !== true || isOne) return null;
  return accessorOf(side, place, was, content);
}

/** Whether it is a function, and none that makes objects: which class that is `new` has to see. */
const isCalled = (value: unknown, part: 'value' | 'get' | 'set'): value is Callable =>
  typeof value === 'function' && (part !== 'value' || !Object.hasOwn(value, 'prototype'));

/** The same of an entry of a map, which has one value for all: a function that may make objects is called as such more often. */
const isCalledThere = (value: unknown): value is Callable =>
  typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));

/** Whether each task can have its own there. */
export function bothStand(place: Place, was: NonNullable<Content>, content: NonNullable<Content>): boolean {
  return place.kind === 'property' || (place.kind === 'entry' && isCalledThere(was.value) && isCalledThere(content.value));
}

/** A function that is the one or the other, by what the task that calls it runs. */
function eitherFunction(side: TaskSide, unpatched: Callable, patched: Callable): Callable {
  const either = function (this: unknown, ...args: unknown[]): unknown {
    const own = side.isUnpatched ? unpatched : patched;
    return new.target ? Reflect.construct(own, args, new.target === either ? own : new.target) : Reflect.apply(own, this, args);
  };
  for (const key of ['name', 'length', 'prototype']) {
    const described = Object.getOwnPropertyDescriptor(patched, key);
    if (described) Object.defineProperty(either, key, described);
  }
  return either;
}

/** A property that is the one or the other, by what the task that asks for it runs. What the program puts there is there for all. */
export function accessorOf(
  side: TaskSide,
  { object, key }: Property,
  unpatched: PropertyDescriptor,
  patched: PropertyDescriptor,
): PropertyDescriptor {
  const own = (): PropertyDescriptor => (side.isUnpatched ? unpatched : patched);
  const { enumerable = false } = unpatched;
  const set = function (this: unknown, value: unknown): void {
    const content = own();
    if (!('value' in content)) content.set?.call(this, value);
    // What inherits it gets a property of its own, as from one that has a value.
    else if (content.writable === true && Object(this) === this)
      Reflect.defineProperty(this as object, key, {
        value,
        writable: true,
        enumerable: this !== object || enumerable,
        configurable: true,
      });
  };
  return {
    get(this: unknown): unknown {
      const content = own();
      return 'value' in content ? content.value : content.get?.call(this);
    },
    ...(isSettable(unpatched) || isSettable(patched) ? { set } : {}),
    enumerable,
    configurable: true,
  };
}

const isSettable = (content: PropertyDescriptor): boolean => ('value' in content ? content.writable === true : content.set !== undefined);
