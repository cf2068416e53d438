/** Prototypes on which a program has put what a class has, as mixins are: they get what the class gains. */
import { types } from 'node:util';
import type { Change, Place } from '../../data/index.ts';
import type { LoadedModule } from '../sites/modules.ts';

type Member = Extract<Place, { readonly kind: 'property' }>;

interface Gained {
  readonly place: Member;
  readonly content: Change['content'];
}

type Gaining = ReadonlyMap<object, readonly Gained[]>;

/**
 * `members`: new ones of classes; `properties`: what is new on other objects, of which a prototype is as good as a class. Looks among
 * the classes of the modules in `root`, and what those export.
 */
export function mixedIn(
  members: readonly Change[],
  properties: readonly Change[],
  modules: readonly LoadedModule[],
  root: string,
): Change[] {
  const gained = [...members.filter(isMember), ...properties.filter(isMember).filter(({ place }) => isPrototype(place.object))];
  const gaining = Map.groupBy(gained, ({ place }) => place.object);
  if (gaining.size === 0) return [];
  // To ask a scope takes microseconds, and a program has thousands.
  const own = modules.filter(({ file }) => file.startsWith(root) && !file.startsWith('node_modules/', root.length));
  return [...prototypesOf(own)].flatMap((prototype) =>
    gaining.has(prototype) || !Object.isExtensible(prototype) ? [] : missing(prototype, gaining),
  );
}

const isMember = (change: Change): change is Gained => change.place.kind === 'property';

function isPrototype(object: object): boolean {
  const maker: unknown = Object.getOwnPropertyDescriptor(object, 'constructor')?.value;
  return typeof maker === 'function' && Object.getOwnPropertyDescriptor(maker, 'prototype')?.value === object;
}

function missing(prototype: object, gaining: Gaining): Change[] {
  return [...gaining].flatMap(([source, own]) => {
    if (!hasAllOf(prototype, source)) return [];
    return own
      .filter(({ place: { key } }) => !Object.hasOwn(prototype, key) || hasOf(prototype, source, key))
      .map(({ place, content }) => ({ place: { ...place, object: prototype }, content }));
  });
}

/** Whether one has all members of another, and some of them are the very same: another mixin may have put others there since. */
function hasAllOf(prototype: object, source: object): boolean {
  const keys = Reflect.ownKeys(source);
  return keys.every((key) => Object.hasOwn(prototype, key)) && keys.some((key) => hasOf(prototype, source, key));
}

function hasOf(prototype: object, source: object, key: PropertyKey): boolean {
  const theirs = Object.getOwnPropertyDescriptor(source, key);
  const parts = theirs === undefined ? [] : partsOf(theirs);
  return partsOf(Object.getOwnPropertyDescriptor(prototype, key)!).some((part) => part !== undefined && parts.includes(part));
}

const partsOf = ({ value, get, set }: PropertyDescriptor): unknown[] => [typeof value === 'function' ? value : undefined, get, set];

function prototypesOf(modules: readonly LoadedModule[]): Set<object> {
  const found = new Set<object>();
  const add = (value: unknown): void => {
    const isPlain = typeof value === 'function' && !types.isProxy(value);
    const prototype = isPlain ? Object.getOwnPropertyDescriptor(value, 'prototype')?.value : undefined;
    if (typeof prototype === 'object' && prototype !== null) found.add(prototype as object);
  };
  for (const { scopes } of modules)
    for (const self of [...scopes.selves(), scopes.exported()]) {
      add(self);
      // To look into a proxy runs code of the program.
      if (self === null || (typeof self !== 'object' && typeof self !== 'function') || types.isProxy(self)) continue;
      for (const { value } of Object.values(Object.getOwnPropertyDescriptors(self))) add(value);
    }
  return found;
}
