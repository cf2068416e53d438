/** Plain walks over a syntax tree. */
import type { AnyNode } from 'acorn';
import { childrenOf } from '../../source/children.ts';

/** Visits `node` and all below it, outer first; `enter` returns false to stay out of a node. `parents` is only valid during the call. */
export function walk(node: AnyNode, enter: (node: AnyNode, parents: readonly AnyNode[]) => boolean | void): void {
  const parents: AnyNode[] = [];
  // Of `node` and of each of its parents what is left to visit, the last first. Not by recursion: generated text nests deeper
  // than the stack allows.
  const left: AnyNode[][] = [[node]];
  while (left.length > 0) {
    const current = left.at(-1)!.pop();
    if (current === undefined) {
      left.pop();
      parents.pop();
    } else if (enter(current, parents) !== false) {
      const children = childrenOf(current);
      if (children.length === 0) continue;
      parents.push(current);
      left.push(children.reverse());
    }
  }
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
