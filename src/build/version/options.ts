/** Options: what a variable is that a function takes out of an object which it is given. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';

export interface Option {
  readonly name: string;
  /** What it is where nobody gave it: a literal; null for `undefined`. */
  readonly fallback: AnyNode | null;
}

/** The option that a variable is, of a parameter that is taken apart: `{ limit = 5 }`. */
export function optionOf(binding: Binding, fn: FunctionInfo): Option | null {
  if (binding.reassigned) return null;
  for (const param of (fn.node as FunctionNode).params ?? []) {
    const pattern = param.type === 'AssignmentPattern' ? param.left : param;
    for (const property of pattern.type === 'ObjectPattern' ? pattern.properties : []) {
      if (property.type !== 'Property' || property.computed || property.key.type !== 'Identifier') continue;
      const { value } = property;
      const [target, fallback] = value.type === 'AssignmentPattern' ? [value.left, value.right as AnyNode] : [value, null];
      if (target.type !== 'Identifier' || !binding.declarations.includes(target)) continue;
      return fallback === null || fallback.type === 'Literal' ? { name: property.key.name, fallback } : null;
    }
  }
  return null;
}
