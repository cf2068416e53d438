/** Expressions that can be evaluated later than they would have been: they make something new, and call nothing of the program's. */
import type { AnyNode } from 'acorn';
import { walk } from '../program/walk.ts';

const COLLECTIONS = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array', 'Date', 'AbortController']);

export function isQuiet(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'Identifier':
    case 'ThisExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return true;
    case 'TemplateLiteral':
      return node.expressions.every(isQuiet);
    case 'ArrayExpression':
      return node.elements.every((element) => element === null || (element.type !== 'SpreadElement' && isQuiet(element)));
    case 'ObjectExpression':
      return node.properties.every((p) => p.type === 'Property' && !p.computed && isQuiet(p.value));
    case 'MemberExpression':
      return isQuiet(node.object) && (!node.computed || isQuiet(node.property));
    case 'UnaryExpression':
      return node.operator !== 'delete' && isQuiet(node.argument);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return isQuiet(node.left) && isQuiet(node.right);
    case 'ConditionalExpression':
      return isQuiet(node.test) && isQuiet(node.consequent) && isQuiet(node.alternate);
    case 'ChainExpression':
      return isQuiet(node.expression);
    case 'NewExpression':
      return node.callee.type === 'Identifier' && COLLECTIONS.has(node.callee.name) && node.arguments.every(isQuiet);
    default:
      return false;
  }
}

const READS =
  /^(?:Identifier|ThisExpression|MemberExpression|ChainExpression|LogicalExpression|ConditionalExpression|BinaryExpression|UnaryExpression)$/;

/** Whether computing a value makes nothing and calls nothing: who computes it once more gets an equal one. */
export function makesNothing(value: AnyNode): boolean {
  let found = true;
  walk(value, (node) => {
    found &&=
      (READS.test(node.type) || (node.type === 'Literal' && !node.regex)) &&
      !(node.type === 'UnaryExpression' && node.operator === 'delete');
    return found;
  });
  return found;
}
