/** Variables that a loop over what an object has declares, and gives one value after another. */
import type { AnyNode } from 'acorn';
import { askedOnce } from '../program/asked-once.ts';
import { nodesOf } from '../program/nodes.ts';
import type { Side } from '../side.ts';

export const isLoopTarget = (id: AnyNode, side: Side): boolean => declaredByLoops(side).has(id);

const declaredByLoops = askedOnce((side: Side): ReadonlySet<AnyNode> => {
  const { program } = side.model;
  const loops = [...nodesOf(program, 'ForInStatement'), ...nodesOf(program, 'ForOfStatement')];
  const declared = loops.flatMap(({ left }) => (left.type === 'VariableDeclaration' ? left.declarations : []));
  return new Set(declared.map(({ id }) => id as AnyNode));
});
