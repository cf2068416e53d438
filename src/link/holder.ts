/** Finds the object of the program that holds functions of the old source. */

/**
 * The one object among what `candidates` give and their prototype properties that holds all of `functions`, each a key and
 * the text of the function, as plain properties. Throws a TypeError where none does or more than one.
 */
export function holderOf(candidates: readonly (() => unknown)[], functions: readonly (readonly [string, string])[]): object {
  const found = new Set<object>();
  const look = (value: unknown): void => {
    if (isObject(value) && functions.every(([key, text]) => holds(value, key, text))) found.add(value);
  };
  for (const candidate of candidates) {
    let value: unknown;
    try {
      value = candidate();
    } catch {
      continue;
    }
    look(value);
    if (isObject(value)) look(Object.getOwnPropertyDescriptor(value, 'prototype')?.value);
  }
  const [holder] = found;
  const names = functions.map(([key]) => key).join(', ');
  if (holder === undefined) throw new TypeError(`no object that the call names holds ${names} as the old source has it`);
  if (found.size > 1) throw new TypeError(`${found.size} objects that the call names hold ${names}`);
  return holder;
}

/** Throws a TypeError where `find` does not give the function whose text is `text`. */
export function holdTo(find: () => unknown, text: string): void {
  const fn = find();
  if (typeof fn !== 'function' || Function.prototype.toString.call(fn) !== text)
    throw new TypeError(`${String(find).slice('()=>'.length)} is not the function that the old source has there`);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function holds(object: object, key: string, text: string): boolean {
  const own = Object.getOwnPropertyDescriptor(object, key);
  if (!own || typeof own.value !== 'function' || !own.writable || !own.enumerable || !own.configurable) return false;
  return Function.prototype.toString.call(own.value) === text;
}
