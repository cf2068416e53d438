/** What an assignment of the top level gives, by its code. */
import type { AnyNode, BlockStatement, MemberExpression } from 'acorn';
import { memberText } from '../../source/paths.ts';
import type { Assigned } from '../version/items.ts';

/** What is assigned, or what a getter gives. */
export function givenBy({ value, getter }: Assigned): AnyNode | null {
  if (!getter) return value;
  if (value.type === 'ArrowFunctionExpression' && value.body.type !== 'BlockStatement') return value.body;
  if (value.type !== 'FunctionExpression' && value.type !== 'ArrowFunctionExpression') return null;
  const [statement, ...more] = (value.body as BlockStatement).body;
  return statement?.type === 'ReturnStatement' && more.length === 0 ? (statement.argument ?? null) : null;
}

/** A value that has no identity: who requires it again is content with an equal one. */
export function isPrimitive(node: AnyNode): boolean {
  if (node.type === 'TemplateLiteral') return node.expressions.length === 0;
  return node.type === 'Literal' && !(node.value instanceof RegExp) && node.regex === undefined;
}

/** Whether what a call gives has no identity. */
export function isPrimitiveMade(value: AnyNode): boolean {
  return (
    value.type === 'CallExpression' &&
    /^(?:String|Number|Boolean|BigInt|parseInt|parseFloat|Math\.\w+|JSON\.stringify)$/.test(memberText(value.callee) ?? '')
  );
}

export function keyOf(target: MemberExpression): string {
  return target.computed && target.property.type === 'Literal' ? String(target.property.value) : (target.property as { name: string }).name;
}
