/** Where the parts of a function stand that its node does not tell. */
import type { AnyNode, Function as FunctionNode, Identifier } from 'acorn';
import { afterTrivia } from './text.ts';

/** Where the parenthesis of the parameter list opens; null for an arrow function's bare parameter. */
export function parametersStart(source: string, node: FunctionNode & AnyNode): number | null {
  let position = node.start;
  if (node.type === 'ArrowFunctionExpression') {
    if (node.async) position = afterTrivia(source, position + 'async'.length);
    return source[position] === '(' ? position : null;
  }
  // A method's function starts at its parameters.
  if (source[position] === '(') return position;
  if (node.id) return afterTrivia(source, (node.id as Identifier).end);
  if (node.async) position = afterTrivia(source, position + 'async'.length);
  position = afterTrivia(source, position + 'function'.length);
  if (source[position] === '*') position = afterTrivia(source, position + 1);
  return position;
}

/** The position behind `=>`. */
export function arrowEnd(source: string, node: FunctionNode & AnyNode): number {
  let position = node.params.at(-1)?.end ?? parametersStart(source, node)! + 1;
  for (;;) {
    position = afterTrivia(source, position);
    if (source.startsWith('=>', position)) return position + 2;
    position++;
  }
}
