/** Variables that a loop over what an object has declares, and gives one value after another. */
import type { AnyNode } from 'acorn';
import { nodesOf } from './nodes.ts';
import type { Side } from './side.ts';

const known = new WeakMap<Side, ReadonlySet<AnyNode>>();

export function isLoopTarget(id: AnyNode, side: Side): boolean {
  let found = known.get(side);
  if (!found) {
    const { program } = side.model;
    const loops = [...nodesOf(program as AnyNode, 'ForInStatement'), ...nodesOf(program as AnyNode, 'ForOfStatement')];
    const declared = loops.flatMap(({ left }) => (left.type === 'VariableDeclaration' ? left.declarations : []));
    known.set(side, (found = new Set(declared.map((declarator) => declarator.id as AnyNode))));
  }
  return found.has(id);
}
