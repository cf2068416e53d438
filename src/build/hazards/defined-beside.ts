/** What a function says, beside the closures that it puts on an object, of more properties of that: `Object.defineProperties(object, { … })`. */
import type { AnyNode, CallExpression } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

const DEFINES = /^(?:Object\.(?:defineProperty|defineProperties|assign)|Reflect\.defineProperty)$/;

/**
 * Each of them by itself, where an object that the function was given, or has made, gets closures in that way. Those that have
 * closures in them are none: these are looked at themselves.
 */
export function definedBeside(fn: FunctionInfo, side: Side): readonly AnyNode[] {
  const all: { readonly object: Binding; readonly entries: readonly AnyNode[] }[] = [];
  walk(fn.node as AnyNode, (node) => {
    if (node !== (fn.node as AnyNode) && isFunctionNode(node)) return false;
    const own = node.type === 'CallExpression' ? definedBy(node, fn, side) : null;
    if (own) all.push(own);
    return true;
  });
  const keepers = new Set(all.flatMap(({ object, entries }) => (entries.some(hasFunction) ? [object] : [])));
  return all.flatMap(({ object, entries }) => (keepers.has(object) ? entries.filter((entry) => !hasFunction(entry)) : []));
}

function definedBy(call: CallExpression, fn: FunctionInfo, side: Side): { object: Binding; entries: readonly AnyNode[] } | null {
  const [first, ...more] = call.arguments as AnyNode[];
  if (first?.type !== 'Identifier' || !DEFINES.test(memberText(call.callee) ?? '')) return null;
  const object = side.refAt(first)?.binding;
  if (!object || (object.scope.fn !== fn && object.scope !== fn.scope)) return null;
  const isOne = more.length === 2 && more[0]!.type !== 'ObjectExpression';
  return { object, entries: isOne ? [call] : more.flatMap((value) => (value.type === 'ObjectExpression' ? value.properties : [])) };
}

function hasFunction(node: AnyNode): boolean {
  let found = false;
  walk(node, (part) => {
    found ||= isFunctionNode(part);
    return !found;
  });
  return found;
}
