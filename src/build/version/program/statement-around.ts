/** Statements, and the one of them in which code stands. */
import type { AnyNode } from 'acorn';
import { lowerBound } from '../../../source/lower-bound.ts';

/** Of statements in source order: the body of a module may have thousands. */
export function statementAround(statements: readonly AnyNode[], { start, end }: AnyNode): AnyNode | undefined {
  const found = statements[lowerBound(statements.length, (i) => statements[i]!.end < end)];
  return found && found.start <= start ? found : undefined;
}

/** Those that stand in no other, in source order. */
export function outermost(statements: readonly AnyNode[]): readonly AnyNode[] {
  let end = 0;
  return statements
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .filter((statement) => {
      if (statement.end <= end) return false;
      end = statement.end;
      return true;
    });
}
