/** What object literals, lists, maps and sets are given. */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { keyName, memberText } from '../../../source/paths.ts';

/** Methods by which a list, a map or a set takes what it is given. */
export const PUTS = /^(?:push|unshift|add|set)$/;

/** By what programs call functions that put what objects have on the first of them. */
export const COPIES = /^_*(?:assign|extends?|mixin|merge)$/i;

/** By what programs call functions that make the options of an object of what was given and of what is where nothing was. */
export const COMPLETES = /(?:default|option|setting|config|x?tend|assign|merge|mixin|clone|copy)/i;

const GIVES = /^Object\.(?:freeze|seal|preventExtensions)$/;

/** The literal that a value is, also one that is frozen where it is written, or given to a property as well. */
export function literalOf(value: AnyNode | null | undefined): (ObjectExpression & AnyNode) | null {
  let own = value;
  while (own?.type === 'AssignmentExpression' || (own?.type === 'CallExpression' && GIVES.test(memberText(own.callee) ?? '')))
    own = (own.type === 'AssignmentExpression' ? own.right : own.arguments[0]) as AnyNode | undefined;
  return own?.type === 'ObjectExpression' ? own : null;
}

/** The entries of a literal under names that are written out; what else it has is left out. */
export function namedEntries({ properties }: ObjectExpression): ReadonlyMap<string, Property & { readonly value: AnyNode }> {
  return new Map(
    properties.flatMap((p) =>
      p.type === 'Property' && !p.computed ? [[keyName(p.key, false), p as Property & { readonly value: AnyNode }] as const] : [],
    ),
  );
}
