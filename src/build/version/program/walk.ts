/** Plain walks over a syntax tree. */
import type { AnyNode } from 'acorn';
import { pushChildren } from '../../../source/children.ts';
import { lowerBound } from '../../../source/lower-bound.ts';

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

/** Visits those of `nodes`, in the order of the text, that are `root` or below it: what leads to none of them is not walked. */
export function walkTo(root: AnyNode, nodes: readonly AnyNode[], visit: (node: AnyNode, parents: readonly AnyNode[]) => void): void {
  const wanted = new Set(nodes);
  const starts = nodes.map(({ start }) => start);
  walk(root, (node, parents) => {
    const next = starts[lowerBound(starts.length, (i) => starts[i]! < node.start)];
    if (next === undefined || next >= node.end) return false;
    if (wanted.has(node)) visit(node, parents);
    return true;
  });
}

/** The nodes above a node in what is below `root`, outermost first. */
export function nodesAbove(node: AnyNode, root: AnyNode): readonly AnyNode[] {
  let found: readonly AnyNode[] = [];
  walkTo(root, [node], (_, parents) => void (found = [...parents]));
  return found;
}
