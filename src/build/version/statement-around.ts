/** The statement of a body in which code stands. */
import type { AnyNode } from 'acorn';
import { lowerBound } from '../../source/lower-bound.ts';

/** Of statements in source order: the body of a module may have thousands. */
export function statementAround(statements: readonly AnyNode[], { start, end }: AnyNode): AnyNode | undefined {
  const found = statements[lowerBound(statements.length, (i) => statements[i]!.end < end)];
  return found && found.start <= start ? found : undefined;
}
