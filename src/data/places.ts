/** Where a value stands that a patch changes and a revert puts back: a property, an entry of a map, a member of a set, a pattern, a prototype. */

export type Place =
  | { readonly kind: 'property'; readonly object: object; readonly key: PropertyKey }
  | { readonly kind: 'entry'; readonly object: Map<unknown, unknown>; readonly key: unknown }
  | { readonly kind: 'member'; readonly object: Set<unknown>; readonly key: unknown }
  /** What a regular expression matches: the object stays. */
  | { readonly kind: 'pattern'; readonly object: RegExp }
  /** What an object inherits from. */
  | { readonly kind: 'prototype'; readonly object: object };

/** What stands there; undefined for nothing. */
export type Content = PropertyDescriptor | undefined;

/** What a patch puts at a place. */
export interface Change {
  readonly place: Place;
  readonly content: Content;
}

// One that a patch changes has methods of its own for the time of the transition, which tell code of the patch something else.
const { has: mapHas, get: mapGet } = Map.prototype as Map<unknown, unknown>;
const { has: setHas } = Set.prototype as Set<unknown>;

export const isSamePlace = (one: Place, other: Place): boolean =>
  one.kind === other.kind && one.object === other.object && keyOf(one) === keyOf(other);

export function keyOf(place: Place): unknown {
  return place.kind === 'pattern' || place.kind === 'prototype' ? null : place.key;
}

export function read(place: Place): Content {
  switch (place.kind) {
    case 'property':
      return Object.getOwnPropertyDescriptor(place.object, place.key);
    case 'entry':
      return mapHas.call(place.object, place.key) ? { value: mapGet.call(place.object, place.key) } : undefined;
    case 'member':
      return setHas.call(place.object, place.key) ? { value: true } : undefined;
    case 'pattern':
      return { value: `/${place.object.source}/${place.object.flags}` };
    case 'prototype':
      return { value: Object.getPrototypeOf(place.object) };
  }
}

export function write(place: Place, content: Content): void {
  switch (place.kind) {
    case 'property':
      if (content) Object.defineProperty(place.object, place.key, content);
      else Reflect.deleteProperty(place.object, place.key);
      return;
    case 'entry':
      if (content) place.object.set(place.key, content.value);
      else place.object.delete(place.key);
      return;
    case 'member':
      if (content) place.object.add(place.key);
      else place.object.delete(place.key);
      return;
    case 'prototype':
      Reflect.setPrototypeOf(place.object, content!.value as object | null);
      return;
    case 'pattern': {
      const { lastIndex } = place.object;
      const [source, flags] = patternOf(String(content!.value));
      // The one way to change what holders of a regular expression see. It is in Annex B of the language.
      place.object.compile(source, flags);
      place.object.lastIndex = lastIndex;
    }
  }
}

function patternOf(text: string): [source: string, flags: string] {
  const end = text.lastIndexOf('/');
  return [text.slice(1, end), text.slice(end + 1)];
}

export function sameContent(a: Content, b: Content): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Object.is(a.value, b.value) && a.get === b.get && a.set === b.set;
}
