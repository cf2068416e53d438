/** Where the values of one shadow variable are kept: beside the objects, or in a private field of each. */

export interface ShadowStore {
  readonly place: 'beside' | 'inside';
  readonly get: (object: object) => unknown;
  readonly has: (object: object) => boolean;
  readonly set: (object: object, value: unknown) => void;
  readonly delete: (object: object) => void;
}

export function besideStore(): ShadowStore {
  const values = new WeakMap<object, unknown>();
  return {
    place: 'beside',
    get: (object) => values.get(object),
    has: (object) => values.has(object),
    set: (object, value) => void values.set(object, value),
    delete: (object) => void values.delete(object),
  };
}

/** A constructor that returns what it is given: fields of classes that extend it are put on that. */
export class Stamp {
  constructor(object: object) {
    return object;
  }
}

/**
 * Made from text, so that each variable has inline caches of its own: shared ones would soon be megamorphic. `in` throws
 * for what is no object, which has no variable.
 */
const TEXT = `return class extends Stamp {
  #value; #there = true;
  static get = (o) => { try { return #value in o ? o.#value : undefined; } catch { return undefined; } };
  static has = (o) => { try { return #value in o && o.#there; } catch { return false; } };
  static set = (o, v) => { if (#value in o) o.#there = true; else new this(o); o.#value = v; };
  static delete = (o) => { o.#there = false; o.#value = undefined; };
}`;

/** Null where code may not be made from text. */
export function insideStore(): ShadowStore | null {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval, eslint/no-new-func
    const { get, has, set, delete: remove } = new Function('Stamp', TEXT)(Stamp) as ShadowStore;
    return { place: 'inside', get, has, set, delete: remove };
  } catch {
    return null;
  }
}
