/** Statements that start work of which they keep nothing. */
import type { AnyNode, MemberExpression } from 'acorn';
import { functionOf } from './effects.ts';
import type { Side } from '../side.ts';

/** `void consume()`: the function goes on beside the program, and no result of it is kept here. */
export function startsWork(node: AnyNode, side: Side): boolean {
  if (node.type !== 'ExpressionStatement') return false;
  let value: AnyNode = node.expression;
  if (value.type === 'UnaryExpression' && value.operator === 'void') value = value.argument;
  for (let callee = calledMember(value); callee !== null; callee = calledMember(value)) {
    if (callee.property.type !== 'Identifier' || callee.property.name !== 'catch') return false;
    value = callee.object;
  }
  if (value.type !== 'CallExpression' || value.callee.type !== 'Identifier') return false;
  const [ref] = side.refsIn(value.callee.start, value.callee.end);
  return functionOf(side, ref?.binding ?? null)?.async === true;
}

function calledMember(node: AnyNode): MemberExpression | null {
  return node.type === 'CallExpression' && node.callee.type === 'MemberExpression' ? node.callee : null;
}
