/** What a module in a bundle gives away under a name. Throws where it will do so only when the patch is applied. */
export function takenOf(given: object, name: string): unknown {
  if (!(name in given)) throw new TypeError(`${name}, which it takes of another module of the bundle, is not there yet`);
  return (given as Record<string, unknown>)[name];
}
