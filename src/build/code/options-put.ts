/** Entries that a constructor puts on the options of its object by statements: `this.options.limit ??= 10`. */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { expressionOf, stepsOf } from '../version/forms/steps.ts';
import { isThis } from '../version/forms/this-names.ts';
import { givesWhereLacking, isArgument } from '../version/objects/options.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';

export interface Put {
  readonly name: string;
  readonly value: AnyNode;
  /** The assignment, and the step of the constructor that it is or stands in. */
  readonly node: AnyNode;
  readonly step: AnyNode;
}

/** Those on what the constructor has given a property, as all calls of it do, at once or where the entry is lacking. */
export function putsOn(property: string, fn: FunctionInfo, side: Side): readonly Put[] {
  const steps = stepsOf(fn);
  const found: Put[] = [];
  for (const node of nodesOf(side.model.program, 'AssignmentExpression')) {
    const { left, operator } = node;
    if (left.type !== 'MemberExpression' || !isPropertyOf(left.object as AnyNode, property)) continue;
    const name = memberName(left);
    const step = steps.find((one) => contains(one, node));
    if (name === null || !step || fn.returns.some((returned) => returned.node.start < step.start)) continue;
    const isPut =
      expressionOf(step) === node
        ? /^(?:=|\|\|=|\?\?=)$/.test(operator)
        : operator === '=' && givesWhereLacking(step, node, (of) => isOptionPut(of, name, property, fn, side));
    if (isPut) found.push({ name, value: node.right as AnyNode, node, step });
  }
  return found;
}

/** `this.options.limit`, or the option of that name of what the constructor is given. */
export function isOptionPut(node: AnyNode, name: string, property: string, fn: FunctionInfo, side: Side): boolean {
  const member = node.type === 'ChainExpression' ? node.expression : node;
  if (member.type !== 'MemberExpression' || memberName(member) !== name) return false;
  const object = member.object as AnyNode;
  return isPropertyOf(object, property) || (object.type === 'Identifier' && isArgument(side.refAt(object)?.binding, fn, side));
}

const isPropertyOf = (node: AnyNode, property: string): boolean =>
  node.type === 'MemberExpression' && memberName(node) === property && isThis(node.object as AnyNode);
