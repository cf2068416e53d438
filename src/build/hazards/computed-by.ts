/** Which function that has changed had a hand in a value. */
import type { AnyNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import { functionOf } from '../version/effects.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/standing-for.ts';
import type { Outside } from './outside.ts';

/** The path of the first function among `own`, those that `nodes` may have to do with and what those call, that has changed; null for none. */
export function computedBy(
  side: Side,
  nodes: readonly AnyNode[],
  changed: ReadonlySet<FunctionInfo>,
  outside: Outside,
  own: FunctionInfo | null = null,
): string | null {
  const functions = [...(own ? [own] : []), ...reached(side, nodes)];
  return (
    functions.find((other) => changed.has(other))?.path ?? outside.calledIn([...nodes, ...functions.map(({ node }) => node as AnyNode)])
  );
}

/** The functions of the module that `nodes` may have to do with, as far as names tell. */
function reached(side: Side, nodes: readonly AnyNode[]): FunctionInfo[] {
  const seen = new Set<FunctionInfo>();
  const look = ({ start, end }: AnyNode): void => {
    for (const { binding, node, parent } of side.refsIn(start, end)) {
      const called = functionOf(side, binding);
      if (called) seen.add(called);
      // A method of an object that a name of the module stands for.
      if (parent.type === 'MemberExpression' && parent.object === node && !parent.computed)
        for (const owner of standingFor(side).definitions(parent as AnyNode)) if (owner instanceof FunctionInfo) seen.add(owner);
    }
  };
  for (const node of nodes) look(node);
  for (const at of seen) {
    for (const inner of at.children) seen.add(inner);
    look(at.node as AnyNode);
  }
  return [...seen];
}
