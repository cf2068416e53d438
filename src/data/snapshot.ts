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

/** Values, attributes, order of keys and prototype; not what the values themselves have become. */
export function restore(object: object, { keys, descriptors, prototype }: Snapshot): void {
  const now = Reflect.ownKeys(object);
  const inOrder = now.length === keys.length && now.every((key, i) => key === keys[i]);
  if (!inOrder) for (const key of now) Reflect.deleteProperty(object, key);
  keys.forEach((key, i) => Reflect.defineProperty(object, key, descriptors[i]!));
  Reflect.setPrototypeOf(object, prototype);
}
