/** Plain walks over a syntax tree. */
import type { AnyNode } from 'acorn';
import { childrenOf } from '../source/children.ts';

/** Visits `node` and all below it, outer first; `enter` returns false to stay out of a node. `parents` is only valid during the call. */
export function walk(node: AnyNode, enter: (node: AnyNode, parents: readonly AnyNode[]) => boolean | void): void {
  const parents: AnyNode[] = [];
  const visit = (current: AnyNode): void => {
    if (enter(current, parents) === false) return;
    parents.push(current);
    for (const child of childrenOf(current)) visit(child);
    parents.pop();
  };
  visit(node);
}

export function isFunctionNode(node: AnyNode): boolean {
  return node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
}

export function isClassNode(node: AnyNode): boolean {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression';
}

/** The identifier a member chain starts with: `a` of `a.b[c].d`. */
export function rootOf(node: AnyNode): AnyNode {
  let current = node;
  while (current.type === 'MemberExpression' || current.type === 'ChainExpression')
    current = current.type === 'ChainExpression' ? current.expression : current.object;
  return current;
}
