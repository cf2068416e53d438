/** What object literals, lists, maps and sets are given. */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { keyName } from '../../source/paths.ts';

/** Methods by which a list, a map or a set takes what it is given. */
export const PUTS = /^(?:push|unshift|add|set)$/;

/** By what programs call functions that put what objects have on the first of them. */
export const COPIES = /^_*(?:assign|extends?|mixin|merge)$/i;

/** The entries of a literal under names that are written out; what else it has is left out. */
export function namedEntries({ properties }: ObjectExpression): ReadonlyMap<string, Property & { readonly value: AnyNode }> {
  return new Map(
    properties.flatMap((p) =>
      p.type === 'Property' && !p.computed ? [[keyName(p.key, false), p as Property & { readonly value: AnyNode }] as const] : [],
    ),
  );
}
