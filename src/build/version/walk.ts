/** Plain walks over a syntax tree. */
import type { AnyNode } from 'acorn';
import { pushChildren } from '../../source/children.ts';

/** Visits `node` and all below it, outer first; `enter` returns false to stay out of a node. `parents` is only valid during the call. */
export function walk(node: AnyNode, enter: (node: AnyNode, parents: readonly AnyNode[]) => boolean | void): void {
  const parents: AnyNode[] = [];
  // Null stands where all below the last of the parents has been visited. Not by recursion: generated text nests deeper than
  // the stack allows.
  const left: (AnyNode | null)[] = [node];
  for (let current = left.pop(); current !== undefined; current = left.pop()) {
    if (current === null) parents.pop();
    else if (enter(current, parents) !== false) {
      const end = left.push(null);
      pushChildren(current, left as AnyNode[]);
      if (left.length === end) left.pop();
      else parents.push(current);
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

/** The nodes above a node in what is below `root`, outermost first. */
export function nodesAbove(node: AnyNode, root: AnyNode): readonly AnyNode[] {
  let found: readonly AnyNode[] = [];
  walk(root, (at, parents) => {
    if (at === node) found = [...parents];
    return found.length === 0 && at.start <= node.start && at.end >= node.end;
  });
  return found;
}
