/** The calls of which a value may be the result, or has it in it. */
import type { AnyNode, CallExpression } from 'acorn';
import { memberName } from '../program/member-name.ts';

/** What a compiler makes of a generator by its helper: `_regeneratorRuntime().mark(…)`. */
const STEPS_ON = /^(?:mark|wrap)$/;

export function callsOf(value: AnyNode): (CallExpression & AnyNode)[] {
  switch (value.type) {
    case 'CallExpression':
      return [
        value,
        ...(value.callee.type === 'MemberExpression' && !STEPS_ON.test(memberName(value.callee) ?? '')
          ? callsOf(value.callee.object as AnyNode)
          : []),
        ...value.arguments.flatMap((given) => callsOf(given as AnyNode)),
      ];
    case 'NewExpression':
      return value.arguments.flatMap((given) => callsOf(given as AnyNode));
    case 'MemberExpression':
      return callsOf(value.object as AnyNode);
    case 'SpreadElement':
      return callsOf(value.argument);
    case 'ObjectExpression':
      return value.properties.flatMap((p) => callsOf(p.type === 'Property' ? p.value : p));
    case 'ArrayExpression':
      return value.elements.flatMap((element) => (element ? callsOf(element as AnyNode) : []));
    case 'BinaryExpression':
      return [...callsOf(value.left as AnyNode), ...callsOf(value.right)];
    case 'TemplateLiteral':
      return value.expressions.flatMap((one) => callsOf(one));
    case 'AwaitExpression':
      return callsOf(value.argument);
    case 'ChainExpression':
      return callsOf(value.expression);
    case 'AssignmentExpression':
      return callsOf(value.right);
    case 'LogicalExpression':
      return [...callsOf(value.left), ...callsOf(value.right)];
    case 'ConditionalExpression':
      return [...callsOf(value.consequent), ...callsOf(value.alternate)];
    default:
      return [];
  }
}
