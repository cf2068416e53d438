/** Questions that many reports ask of the same thing. */

/** Answers by `find`, once for each `key`, for as long as that lives: what else is given has to follow from it. */
export function askedOnce<K extends object, R extends readonly unknown[], V>(find: (key: K, ...rest: R) => V): (key: K, ...rest: R) => V {
  const known = new WeakMap<K, { readonly answer: V }>();
  return (key, ...rest) => {
    let found = known.get(key);
    if (!found) known.set(key, (found = { answer: find(key, ...rest) }));
    return found.answer;
  };
}
