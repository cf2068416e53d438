/** What the new source says of a property in its descriptor. */

/** Gives the descriptor. Throws a TypeError where that cannot be said of the property of `object` that exists. */
export function describedFor(object: object, key: PropertyKey, descriptor: unknown): PropertyDescriptor {
  if (typeof descriptor !== 'object' || descriptor === null) throw new TypeError(`${String(key)} is given no descriptor`);
  if (Object.getOwnPropertyDescriptor(object, key)?.configurable === false)
    throw new TypeError(`the property ${String(key)} that exists cannot be defined again`);
  const found: PropertyDescriptor & Record<string, unknown> = {};
  for (const part of ['get', 'set', 'value', 'writable', 'enumerable'] as const)
    if (part in descriptor) found[part] = (descriptor as PropertyDescriptor)[part];
  return found;
}

/** What the property is from now on; null for one that the program has deleted, of which nothing but flags is said. */
export function withDescribed(before: PropertyDescriptor | undefined, given: PropertyDescriptor): PropertyDescriptor | null {
  const isAccessor = 'get' in given || 'set' in given;
  if (!before && !isAccessor && !('value' in given)) return null;
  const isOther = isAccessor ? before && 'value' in before : ('value' in given || 'writable' in given) && before && 'get' in before;
  // A revert takes it off again, or puts back what was there.
  return { ...(isOther ? { enumerable: before?.enumerable === true } : before), ...given, configurable: true };
}
