/** What stands around a node, within its own function. */
import type { AnyNode } from 'acorn';

const LOOPS = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Whether what stands below `ancestors`, the outermost first, may run more than once in a run of its function. */
export function insideLoop(ancestors: readonly AnyNode[]): boolean {
  const around = ancestors.findLast(({ type }) => LOOPS.has(type) || FUNCTIONS.has(type));
  return around !== undefined && LOOPS.has(around.type);
}
