/**
 * What a constructor gives its object in the new version only, other than by the names of properties: what functions of the module
 * set on it, which it is given to, and properties whose names are told as the code runs. Objects that exist lack it.
 */
import type { AnyNode, AssignmentExpression, Function as FunctionNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/objects/create.ts';
import { functionAround } from '../version/program/function-around.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { hasOneKey, isPrivateName, keyVariable, ownProperty, propertyName } from '../version/forms/own-properties.ts';
import type { Side } from '../version/side.ts';
import { assignedBy } from '../version/objects/surely.ts';
import { isThis } from '../version/forms/this-names.ts';
import { nodesAbove } from '../version/program/walk.ts';
import { isReadElsewhere } from './instances.ts';

/** `gives`: as in `reportInstances`. */
export function reportSetThrough(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo, gives: (name: string) => boolean): void {
  if (!isConstructor(fn)) return;
  const { base: old, next, log } = ctx;
  const had = setThrough(base, old);
  const isKnown = (name: string): boolean => had.has(name) || assignedBy(base).has(name) || assignedBy(fn).has(name) || gives(name);
  for (const [name, call] of setThrough(fn, next))
    if (!isKnown(name) && isReadElsewhere(name, fn, ctx))
      log.add('instances-lack', next, call, `${base.path} ${name}`, `objects that exist have no ${name}, which other code reads`);
  const texts = new Set(setByKey(base, old).map((node) => old.text(node)));
  for (const node of setByKey(fn, next))
    if (!texts.has(next.text(node)))
      log.add(
        'instances-lack',
        next,
        node,
        base.path,
        'objects that exist have nothing of what it sets under names that are told as it runs',
      );
}

/** Of the functions that are given the object: each property that one sets, and the call. */
function setThrough(fn: FunctionInfo, side: Side): ReadonlyMap<string, AnyNode> {
  const found = new Map<string, AnyNode>();
  for (const call of nodesWithin(side.model.program, 'CallExpression', fn.node.start, fn.node.end)) {
    const at = call.arguments.findIndex((given) => isThis(given as AnyNode));
    const called = at < 0 || !isOwn(call, fn, side) ? null : side.definitionOf(call.callee as AnyNode);
    const param = called instanceof FunctionInfo ? (called.node as Partial<FunctionNode>).params?.[at] : undefined;
    if (!(called instanceof FunctionInfo) || param?.type !== 'Identifier') continue;
    for (const { node, parent, fn: by } of called.scope.bindings.get(param.name)?.references ?? []) {
      const name = by === called && parent.type === 'MemberExpression' && parent.object === node ? propertyName(parent) : null;
      if (name === null || keyVariable(name) !== null || isPrivateName(name)) continue;
      const above = nodesAbove(node as AnyNode, called.node as AnyNode).at(-2);
      if (above?.type === 'AssignmentExpression' && above.left === parent) found.set(name, call as AnyNode);
    }
  }
  return found;
}

function setByKey(fn: FunctionInfo, side: Side): readonly (AssignmentExpression & AnyNode)[] {
  return nodesWithin(side.model.program, 'AssignmentExpression', fn.node.start, fn.node.end).filter(({ left, ...node }) => {
    if (left.type !== 'MemberExpression' || !isThis(left.object as AnyNode) || !isOwn(node, fn, side)) return false;
    return ownProperty(left) === null ? left.property.type !== 'Literal' : !hasOneKey(left, fn);
  });
}

/** Whether code stands in the function itself, or in an arrow function of it. */
function isOwn(node: { readonly start: number; readonly end: number }, fn: FunctionInfo, side: Side): boolean {
  let at: FunctionInfo | null = functionAround(side, node);
  while (at && at !== fn && at.kind === 'arrow') at = at.parent;
  return at === fn;
}
