/** What code does with a class by its name, around it and within. */
import type { AnyNode } from 'acorn';
import type { ClassInfo, Reference } from '../../../source/model.ts';
import type { Side } from '../side.ts';

export function referencesTo({ refs }: Side, { node }: ClassInfo): readonly Reference[] {
  return refs.filter(({ binding }) => binding?.declarations.some((id) => id === node.id));
}

/** Whether code asks of objects whether they are of the class. */
export function isAskedFor(side: Side, cls: ClassInfo): boolean {
  return referencesTo(side, cls).some(({ node, parent }) => isAsking(node, parent));
}

export function isAsking(node: AnyNode, parent: AnyNode): boolean {
  return parent.type === 'BinaryExpression' && parent.operator === 'instanceof' && parent.right === node;
}
