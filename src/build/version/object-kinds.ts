/** Values that are objects of their own, made where they stand. */
import type { AnyNode } from 'acorn';

export function makesObject(node: AnyNode | null): boolean {
  if (!node) return false;
  return node.type === 'ObjectExpression' || node.type === 'ArrayExpression' || node.type === 'NewExpression' || isPattern(node);
}

/** What kind of object a value that makes one makes; null for any other. */
export function kindOf(node: AnyNode | null): string | null {
  if (!node || !makesObject(node)) return null;
  if (node.type !== 'NewExpression') return isPattern(node) ? 'pattern' : node.type;
  return node.callee.type === 'Identifier' ? `new ${node.callee.name}` : null;
}

export function isPattern(node: AnyNode): boolean {
  return node.type === 'Literal' && node.regex !== undefined;
}
