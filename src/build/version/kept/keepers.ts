/** Functions that keep what one which they are given has computed, as `memoize` and `once` do, whatever they are called. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import { escapes } from '../program/escape.ts';
import { sourcesOf } from '../values/flow.ts';
import { leftBy } from './left.ts';
import type { Side } from '../side.ts';
import { walk } from '../program/walk.ts';
import { STEPS } from '../forms/written-helpers.ts';

const NONE: ReadonlySet<number> = new Set();
/** As which arguments it is given those. */
export const keptArguments = askedOnce((fn: FunctionInfo, side: Side): ReadonlySet<number> =>
  fn.children.length === 0 || STEPS.test(fn.path.split('/').at(-1)!) ? NONE : findKept(fn, side),
);

function findKept(fn: FunctionInfo, side: Side): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [index, param] of ((fn.node as Partial<FunctionNode>).params ?? []).entries()) {
    const binding = param.type === 'Identifier' ? fn.scope.bindings.get(param.name) : undefined;
    for (const { call, by } of binding?.captured ? callsOf(binding, fn) : []) if (escapes(by) && isKept(call, by, side)) found.add(index);
  }
  return found;
}

/** In functions that stand in `fn`. */
function callsOf({ references }: Binding, fn: FunctionInfo): { readonly call: AnyNode; readonly by: FunctionInfo }[] {
  return references.flatMap(({ node, parent, fn: by }) => {
    if (by === fn) return [];
    const isApplied = parent.type === 'MemberExpression' && parent.object === node && !parent.computed;
    return isApplied || (parent.type === 'CallExpression' && parent.callee === node) ? [{ call: node, by }] : [];
  });
}

/** Whether a function puts what a call gives where it is for calls to come. */
function isKept(call: AnyNode, by: FunctionInfo, side: Side): boolean {
  const isFrom = ({ start, end }: AnyNode): boolean => start <= call.start && call.end <= end;
  if (!isTaken(by.node as AnyNode, isFrom)) return false;
  return leftBy(by, side).some(
    ({ how, value, isOwn, property }) =>
      (how === 'kept' || how === 'put') &&
      !(isOwn && property === null) &&
      (isFrom(value) || sourcesOf(side, by.node as AnyNode, value).some(isFrom)),
  );
}

/** Whether what the call gives is assigned, or given to another call, at all: it takes long to tell what becomes of it. */
function isTaken(root: AnyNode, isFrom: (node: AnyNode) => boolean): boolean {
  let found = false;
  walk(root, (node) => {
    if (found || (node !== root && !isFrom(node))) return false;
    found =
      (node.type === 'AssignmentExpression' && isFrom(node.right)) ||
      (node.type === 'VariableDeclarator' && node.init != null && isFrom(node.init)) ||
      (node.type === 'CallExpression' && (node.arguments as AnyNode[]).some(isFrom));
    return true;
  });
  return found;
}
