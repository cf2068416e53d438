/** Whether code that is new or has changed goes by what a function leaves somewhere. */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionAround } from '../version/function-around.ts';
import { nodesOf } from '../version/nodes.ts';
import { ownProperty } from '../version/own-properties.ts';

/** Of a property of its object by that name, or of a variable; in another function than `writer`. */
export function isReadByChanged(
  { next, match }: ModuleContext,
  writer: FunctionInfo,
  { name, variable }: { readonly name: string; readonly variable: Binding | null },
): boolean {
  const isOther = (fn: FunctionInfo): boolean => fn !== writer && match.differs(fn);
  if (variable) return variable.references.some(({ read, fn }) => read && isOther(fn));
  const written = new Set(nodesOf(next.model.program, 'AssignmentExpression').map(({ left }) => left as AnyNode));
  return nodesOf(next.model.program, 'MemberExpression').some((node) => {
    if (ownProperty(node) !== name || written.has(node)) return false;
    return isOther(functionAround(next, node));
  });
}
