/** Names in new code that mean no name of the running module: a global variable that one hides, and what a statement declares for itself. */
import { contains } from '../../source/contains.ts';
import type { Binding, Reference } from '../../source/model.ts';
import type { Place } from './resolution.ts';

/** Whether a variable is one of the statement's own, as what a loop counts by is. */
export const isWithin = ({ declarations, references }: Binding, place: Place): boolean =>
  declarations.length > 0 && [...declarations, ...references.map(({ node }) => node)].every((id) => contains(place, id));

/** What gives a global variable, which nobody may have declared; null where nothing does. */
export function hiddenGlobal({ node, parent, read, write, fn }: Reference): string | null {
  const asksType = parent.type === 'UnaryExpression' && parent.operator === 'typeof';
  // Strict code cannot declare one by writing it.
  if (node.name in globalThis || asksType || (write && !read && !fn.strict)) return `globalThis.${node.name}`;
  // It throws where there is none.
  return write ? null : `(0,eval)(${JSON.stringify(node.name)})`;
}
