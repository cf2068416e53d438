/** Values that are numbers, texts and the like as they stand there: `5`, `1024 * 1024`, `-1`. */
import type { AnyNode } from 'acorn';

export function isWrittenOut(value: AnyNode): boolean {
  switch (value.type) {
    case 'Literal':
      return (value.value === null || typeof value.value !== 'object') && !('regex' in value);
    case 'UnaryExpression':
      return value.operator === '-' && isWrittenOut(value.argument);
    case 'BinaryExpression':
      return /^(?:[-+*/]|\*\*|<<)$/.test(value.operator) && isWrittenOut(value.left as AnyNode) && isWrittenOut(value.right);
    default:
      return false;
  }
}

/** Fit to stand anywhere in an expression. */
export function writtenOut({ type, start, end }: AnyNode, text: string): string {
  const own = text.slice(start, end);
  return type === 'Literal' ? own : `(${own})`;
}
