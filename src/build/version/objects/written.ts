/** Which properties a program gives a value, as far as their names tell. */
import type { AnyNode } from 'acorn';
import { allGiven } from '../forms/define-helpers.ts';
import { nodesOf } from '../program/nodes.ts';
import { propertyName } from '../forms/own-properties.ts';
import { contains } from '../../../source/contains.ts';

interface Part {
  readonly start: number;
  readonly end: number;
}

/** Whether code outside of `except` gives a property of that name a value. */
export function isWritten(name: string, program: AnyNode, except: readonly Part[] = []): boolean {
  const isOutside = (node: AnyNode): boolean => !except.some((own) => contains(own, node));
  const isIt = (target: AnyNode): boolean => propertyName(target) === name && isOutside(target);
  return (
    nodesOf(program, 'AssignmentExpression').some(({ left }) => isIt(left)) ||
    nodesOf(program, 'UpdateExpression').some(({ argument }) => isIt(argument)) ||
    allGiven(program).some(([node, given]) => given.name === name && isOutside(node))
  );
}

/** Whether a class has a field of that name, or code gives a property of that name a value. */
export function isField(name: string, program: AnyNode): boolean {
  return (
    isWritten(name, program) || nodesOf(program, 'PropertyDefinition').some(({ key }) => key.type === 'Identifier' && key.name === name)
  );
}
