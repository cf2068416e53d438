/** What a function does one after another, as far as its body is a list of that: minifiers join with commas what were statements. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';

/** Statements, and the expressions of those that are several. */
export function stepsOf({ node }: FunctionInfo): readonly AnyNode[] {
  const { body } = node as Partial<FunctionNode>;
  if (body?.type !== 'BlockStatement') return [];
  return body.body.flatMap((statement): AnyNode[] =>
    statement.type === 'ExpressionStatement' && statement.expression.type === 'SequenceExpression'
      ? statement.expression.expressions
      : [statement],
  );
}

/** The expression that a step is; null for any other statement. */
export function expressionOf(step: AnyNode): AnyNode | null {
  if (step.type === 'ExpressionStatement') return step.expression;
  return step.type.endsWith('Expression') ? step : null;
}
