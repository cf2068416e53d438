/** How code reads an option of an object, and what it takes where that has none: `options?.limit || 5`. */
import type { AnyNode, MemberExpression } from 'acorn';

export interface OptionRead {
  /** What the object is called. */
  readonly of: string;
  readonly key: string;
  readonly operator: string;
  readonly fallback: unknown;
  readonly member: MemberExpression;
}

export function optionRead(node: AnyNode): OptionRead | null {
  if (node.type !== 'LogicalExpression' || node.operator === '&&' || !isPlainLiteral(node.right)) return null;
  const member = node.left.type === 'ChainExpression' ? node.left.expression : node.left;
  if (member.type !== 'MemberExpression' || member.computed || member.object.type !== 'Identifier') return null;
  const { object, property } = member;
  if (property.type !== 'Identifier') return null;
  return { of: object.name, key: property.name, operator: node.operator, fallback: node.right.value, member };
}

/** Whether both begin as the same where nobody gave the option. */
export const beginsSame = (a: OptionRead, b: OptionRead): boolean =>
  a.key === b.key && a.operator === b.operator && a.fallback === b.fallback;

/** A text, a number, true, false or null. */
export function isPlainLiteral(node: AnyNode): node is AnyNode & { readonly value: string | number | boolean | null } {
  return node.type === 'Literal' && !node.regex && node.bigint == null;
}
