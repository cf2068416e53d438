/** What the text of a function says that a variable of it holds, wherever it is declared. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Binding } from '../../source/model.ts';
import type { Side } from '../version/side.ts';

/** What a variable that is given nothing else begins with; null where the text does not show it in one place. */
export function beginningOf({ declarations, reassigned }: Binding, side: Side): AnyNode | null {
  const [id] = declarations;
  return (id !== undefined && declarations.length === 1 && !reassigned && side.valueOf(id)) || null;
}

/** Whether of two parameters of one name the one is what is given in its place, and the other a part of that, or the rest. */
export function isPartOfOther(old: Binding, now: Binding): boolean {
  return old.kind === 'param' && now.kind === 'param' && isWhole(old) !== isWhole(now);
}

function isWhole({ scope, declarations }: Binding): boolean {
  const params = (scope.fn.node as FunctionNode).params as readonly AnyNode[];
  const whole = params.map((own) => (own.type === 'AssignmentPattern' ? own.left : own));
  return whole.includes(declarations[0] as AnyNode);
}
