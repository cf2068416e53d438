/** Chains of optional members and calls: `a?.b.c(d)`. */
import type { AnyNode, CallExpression, MemberExpression } from 'acorn';

/** The last `?.` in what a chain has asked so far: where that finds nothing, all that follows is left out. */
export function lastLink(chain: AnyNode): Link | null {
  for (let node = chain; node.type === 'MemberExpression' || node.type === 'CallExpression';) {
    if (node.optional) return node;
    node = (node.type === 'MemberExpression' ? node.object : node.callee) as AnyNode;
  }
  return null;
}

export type Link = (MemberExpression | CallExpression) & AnyNode;
