/**
 * Callers that were given a function by the old code, and go on calling it with what that takes: a listener, a rule of a table.
 * The new code gives such callers another function in its place, as `f.bind(null, context)`, and takes its arguments otherwise.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { functionOf } from '../../version/values/effects.ts';
import { callsAtOnce } from '../../version/program/escape.ts';
import { gives } from '../../version/values/holding.ts';
import { isNeededVariable } from '../../version/objects/needed.ts';
import type { Side } from '../../version/side.ts';

/** Why they cannot call the new version; null where they can, or there are none. */
export function whyNotCalledAsBefore({ base, next }: ModuleContext, fn: FunctionInfo, baseFn: FunctionInfo): string | null {
  const old = parametersOf(baseFn);
  const now = parametersOf(fn);
  const at = now.findIndex((parameter, i) => {
    const was = nameOf(parameter) === null ? -1 : old.findIndex((other) => nameOf(other) === nameOf(parameter));
    return was >= 0 && was !== i;
  });
  const lacking = now.slice(old.length).find((parameter) => isNeeded(fn, parameter));
  if ((at < 0 && !lacking) || !isGivenAway(base, baseFn) || isGivenAway(next, fn)) return null;
  const what = at < 0 ? 'without an argument that it cannot do without' : `with ${nameOf(now[at]!)} in another place`;
  return `the old code gave it to callers that go on calling it ${what}`;
}

const parametersOf = (fn: FunctionInfo): readonly AnyNode[] => ((fn.node as Partial<FunctionNode>).params ?? []) as AnyNode[];

function nameOf(parameter: AnyNode): string | null {
  if (parameter.type === 'AssignmentPattern') return nameOf(parameter.left);
  return parameter.type === 'Identifier' ? parameter.name : null;
}

function isNeeded(fn: FunctionInfo, parameter: AnyNode): boolean {
  if (parameter.type === 'ObjectPattern' || parameter.type === 'ArrayPattern') return true;
  const binding = parameter.type === 'Identifier' ? fn.scope.bindings.get(parameter.name) : undefined;
  return binding !== undefined && isNeededVariable(binding, fn);
}

/** Whether code that runs more than once gives the function itself to what may call it later. */
function isGivenAway(side: Side, fn: FunctionInfo): boolean {
  const binding = namedBy(fn);
  const parent = fn.ancestors.at(-1);
  if (isCode(side, fn.parent) && parent && binding === null && holds(side, parent, fn.node as AnyNode)) return true;
  return binding?.references.some((ref) => ref.read && isCode(side, ref.fn) && holds(side, ref.parent, ref.node as AnyNode)) === true;
}

/** What has run once is carried, or refused, as a statement. */
function isCode(side: Side, fn: FunctionInfo | null): boolean {
  return fn !== null && !side.runsOnce(fn);
}

function holds(side: Side, parent: AnyNode, node: AnyNode): boolean {
  if (parent.type !== 'CallExpression' && parent.type !== 'NewExpression') return gives(parent, node);
  const callee = parent.callee as AnyNode;
  const at = (parent.arguments as readonly AnyNode[]).indexOf(node);
  if (at < 0) return false;
  if (callee.type === 'MemberExpression')
    return callee.computed || callee.property.type !== 'Identifier' || !callsAtOnce(callee.property.name);
  const taker = callee.type === 'Identifier' ? functionOf(side, side.refAt(callee)?.binding ?? null) : null;
  const parameter = taker && parametersOf(taker)[at];
  const binding = parameter?.type === 'Identifier' ? taker!.scope.bindings.get(parameter.name) : undefined;
  return !binding || !isCalledMeanwhile(binding, taker!);
}

/** Whether a function does no more with what it is given than call it before it returns. */
function isCalledMeanwhile({ references, reassigned }: Binding, taker: FunctionInfo): boolean {
  if (reassigned || taker.async || taker.generator || taker.usesArguments) return false;
  return references.every(
    ({ read, parent, node, fn }) => !read || (fn === taker && parent.type === 'CallExpression' && parent.callee === node),
  );
}
