/** Methods of the language: one of these names says nothing of what is called. */
export const BUILT_IN: ReadonlySet<string> = new Set(
  [Object, Function, Array, String, Number, RegExp, Promise, Map, Set, WeakMap, WeakSet, Date, Error, Symbol, Buffer]
    .flatMap((type: { readonly prototype: object }) => [type, type.prototype])
    .concat([JSON, Math, Reflect, console, process])
    .flatMap((object) => Object.getOwnPropertyNames(object)),
);
