/**
 * Constructors for classes that extend another and write none. Such a class calls what it inherits from, whatever that is
 * at the time, with all that it is given: a class with an entry site is put between the two, and costs nothing before.
 */
import { runInThisContext } from 'node:vm';
import type { Change } from '../../data/index.ts';
import { inheritedText } from '../../instrument/entry.ts';
import type { LinkedConstructor } from '../../link/linked.ts';

const between = new WeakMap<object, object>();

/** One for each class, whichever patches need it: the site's slot says which of them is in force, if any. */
function constructorFor({ cls, site, environment }: LinkedConstructor, base: number): object {
  const parent = Object.getPrototypeOf(cls) as object;
  const known = between.get(cls);
  if (known !== undefined) {
    if (parent !== known) Object.setPrototypeOf(known, parent);
    return known;
  }
  const make = runInThisContext(inheritedText(base + site), { filename: 'livepatch:constructor' }) as (
    parent: object,
    environment: unknown,
  ) => object;
  const made = make(parent, environment);
  between.set(cls, made);
  return made;
}

/** `base` is the first id of the module. */
export function constructorChanges(constructors: readonly LinkedConstructor[], base: number): Change[] {
  return constructors.map((one) => ({ place: { kind: 'prototype', object: one.cls }, content: { value: constructorFor(one, base) } }));
}
