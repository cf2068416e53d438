/** Variables that take a member of an object which stands beside them: `const { parse } = createParser()`. */
import type { AnyNode } from 'acorn';
import { keyName } from '../../../source/paths.ts';
import { askedOnce } from '../program/asked-once.ts';
import { nodesOf } from '../program/nodes.ts';
import type { Side } from '../side.ts';

export interface Taken {
  readonly value: AnyNode;
  readonly name: string;
}

/** By the identifier that declares the variable. */
export const takenFrom = askedOnce((side: Side): ReadonlyMap<AnyNode, Taken> => {
  const found = new Map<AnyNode, Taken>();
  for (const { id, init } of nodesOf(side.model.program, 'VariableDeclarator'))
    for (const property of id.type === 'ObjectPattern' && init ? id.properties : [])
      if (property.type === 'Property' && !property.computed && property.value.type === 'Identifier')
        found.set(property.value, { value: init!, name: keyName(property.key, false) });
  return found;
});
