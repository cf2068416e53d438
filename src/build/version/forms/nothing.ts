/** Values that stand for nothing, and what asks for them, as people and as tools write them: `void 0`, `!1`, `'u' > typeof x`. */
import type { AnyNode } from 'acorn';

/** Stands for it in the text of a patch. */
export const NOTHING = '(void 0)';

/** `undefined`, `void 0` */
export const isUndefined = (node: AnyNode): boolean =>
  (node.type === 'Identifier' && node.name === 'undefined') ||
  (node.type === 'UnaryExpression' && node.operator === 'void' && node.argument.type === 'Literal');

export const isNull = (node: AnyNode): boolean => node.type === 'Literal' && node.raw === 'null';

/** `true`, `!0`; null for what is no boolean that is written out. */
export function booleanOf(node: AnyNode): boolean | null {
  if (node.type === 'Literal') return typeof node.value === 'boolean' ? node.value : null;
  const isFlag = node.type === 'UnaryExpression' && node.operator === '!' && node.argument.type === 'Literal';
  return isFlag && typeof (node.argument as { readonly value?: unknown }).value === 'number'
    ? !(node.argument as { readonly value?: unknown }).value
    : null;
}

/** What a condition asks for being nothing, and no more. */
export interface NothingTest {
  readonly of: AnyNode;
  readonly kind: 'null' | 'undefined' | 'null or undefined';
  /** Whether it holds where that is nothing. */
  readonly holds: boolean;
}

/** `x === undefined`, `null != x`, `typeof x === 'undefined'`, and the like; null for any other. */
export function nothingTest(test: AnyNode): NothingTest | null {
  if (test.type !== 'BinaryExpression') return null;
  const { operator } = test;
  const [left, right] = [test.left as AnyNode, test.right];
  const isSwapped = left.type === 'Literal' || isUndefined(left);
  const [asked, value] = isSwapped ? [right, left] : [left, right];
  if (asked.type === 'UnaryExpression' && asked.operator === 'typeof') {
    const of = asked.argument as AnyNode;
    if (value.type !== 'Literal') return null;
    // Of all types `undefined` alone comes behind the letter.
    if (value.value === 'u' && /^[<>]$/.test(operator)) return { of, kind: 'undefined', holds: (operator === '>') !== isSwapped };
    return value.value === 'undefined' && /^[!=]==?$/.test(operator) ? { of, kind: 'undefined', holds: operator.startsWith('=') } : null;
  }
  if (!/^[!=]==?$/.test(operator) || (!isNull(value) && !isUndefined(value))) return null;
  const kind = operator.length === 2 ? 'null or undefined' : isNull(value) ? 'null' : 'undefined';
  return { of: asked, kind, holds: operator.startsWith('=') };
}
