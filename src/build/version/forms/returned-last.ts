/** What a scope that runs once returns where a minifier has joined its statements: `return lib.a = 1, lib.b = 2, lib`. */
import type { AnyNode, ReturnStatement } from 'acorn';
import { askedOnce } from '../program/asked-once.ts';

export interface Returned {
  readonly before: readonly AnyNode[];
  /** A statement that does no more than return the last of them; the statement itself where there is one alone. */
  readonly last: AnyNode;
}

export const returnedLast = askedOnce((statement: ReturnStatement): Returned => {
  const { argument } = statement;
  if (argument?.type !== 'SequenceExpression') return { before: [], last: statement as AnyNode };
  const last = argument.expressions.at(-1)!;
  const own: ReturnStatement = { type: 'ReturnStatement', start: last.start, end: last.end, argument: last };
  return { before: argument.expressions.slice(0, -1) as AnyNode[], last: own as AnyNode };
});
