/** The own properties of an object as they are at one moment, and the way back to them. */

export interface Snapshot {
  readonly keys: readonly PropertyKey[];
  readonly descriptors: readonly PropertyDescriptor[];
  readonly prototype: object | null;
}

export function snapshot(object: object): Snapshot {
  const keys = Reflect.ownKeys(object);
  return {
    keys,
    descriptors: keys.map((key) => Reflect.getOwnPropertyDescriptor(object, key)!),
    prototype: Reflect.getPrototypeOf(object),
  };
}

/**
 * Values, attributes, order of keys and prototype; not what the values themselves have become. False where the object was
 * frozen meanwhile, or got what cannot be taken off.
 */
export function restore(object: object, { keys, descriptors, prototype }: Snapshot): boolean {
  const now = Reflect.ownKeys(object);
  const inOrder = now.length === keys.length && now.every((key, i) => key === keys[i]);
  if (!inOrder) for (const key of now) Reflect.deleteProperty(object, key);
  const put = keys.map((key, i) => Reflect.defineProperty(object, key, descriptors[i]!));
  const linked = Reflect.setPrototypeOf(object, prototype);
  return linked && !put.includes(false) && Reflect.ownKeys(object).length === keys.length;
}
