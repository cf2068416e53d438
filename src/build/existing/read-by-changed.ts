/** Whether code that is new or has changed goes by what a function leaves somewhere. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionAround } from '../version/program/function-around.ts';
import type { Given } from '../version/kept/given-by.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { ownProperty, propertyName } from '../version/forms/own-properties.ts';

/** Of a property of its object or of a table, or of a variable; in another function than `writer`. */
export function isReadByChanged(
  { next, match }: ModuleContext,
  writer: FunctionInfo,
  { name, property, variable }: Pick<Given, 'name' | 'property' | 'variable'>,
): boolean {
  const isOther = (fn: FunctionInfo): boolean => fn !== writer && match.differs(fn);
  if (variable) return variable.references.some(({ read, fn }) => read && isOther(fn));
  const written = new Set(nodesOf(next.model.program, 'AssignmentExpression').map(({ left }) => left as AnyNode));
  return nodesOf(next.model.program, 'MemberExpression').some((node) => {
    if ((name === property ? ownProperty : propertyName)(node) !== property || written.has(node)) return false;
    return isOther(functionAround(next, node));
  });
}
