/** What the top level of the old version assigns and assigns again, with nothing in between that may have taken it. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { bodyOf } from '../../version/forms/items.ts';
import type { Assigned } from '../../version/forms/items.ts';
import { isFunctionNode } from '../../version/program/walk.ts';

/** Takes those off the beginning of a list of what one place is given, down to as many as the new version gives it. */
export function takeOverwritten(items: Assigned[], fn: FunctionInfo, left: number): readonly Assigned[] {
  const more = items.length - left;
  if (left === 0 || more <= 0) return [];
  const statements = bodyOf(fn);
  const [from, to] = [items[0]!, items[more]!].map(({ node }) => statements.indexOf(node));
  const isPlain = from! >= 0 && to! >= 0 && statements.slice(from, to).every(takesNothing) && gives(items[more]!);
  return isPlain ? items.splice(0, more) : [];
}

/** Whether a statement makes a function, or gives a place one or what is written out, and does no more. */
function takesNothing(statement: AnyNode): boolean {
  if (statement.type === 'FunctionDeclaration' || statement.type === 'EmptyStatement') return true;
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') return false;
  const { left, right, operator } = statement.expression;
  return operator === '=' && (left.type !== 'MemberExpression' || !left.computed) && (isFunctionNode(right) || right.type === 'Literal');
}

const gives = ({ defines, getter, flags }: Assigned): boolean => defines === null && !getter && !flags;
