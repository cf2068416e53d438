/**
 * Listeners that the running code has no name for, as one that a constructor writes out: what they say has to mean the same in the
 * scope of the running module, where objects that exist are given one each.
 */
import type { AnyNode } from 'acorn';
import type { HandleScope } from '../../../instrument/plan.ts';
import { FunctionInfo } from '../../../source/model.ts';
import type { Reference } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';

/** The text of a function that is written out in a constructor, or that only the new version has; null for any other, and where it says more. */
export function listenerText({ next, match, resolver }: ModuleContext, value: AnyNode, handle: HandleScope): string | null {
  const fn = next.definitionOf(value);
  if (!(fn instanceof FunctionInfo)) return null;
  const node = fn.node as AnyNode;
  const isOwn = node === value;
  // Outside of the constructor `this` is not the object.
  if ((!isOwn && match.baseOf.has(fn)) || !isPlain(node, isOwn || node.type !== 'ArrowFunctionExpression')) return null;
  const place = { handle, site: null, start: node.start, end: node.end, nameless: null };
  const meansTheSame = (ref: Reference): boolean => {
    const { binding } = ref;
    if (!binding && ref.node.name === 'eval') return false;
    return resolver.resolve(ref, place).kind === 'as-is' && (!binding || (binding.kind !== 'implicit' && !resolver.fresh.has(binding)));
  };
  return next.refsIn(node.start, node.end).every(meansTheSame) ? next.written({ node }) : null;
}

/** Whether code is free of what only its place gives a meaning, and of functions that are followed while they run. */
function isPlain(root: AnyNode, mayBeThis: boolean): boolean {
  let plain = true;
  walk(root, (node) => {
    const fn = isFunctionNode(node) ? (node as { readonly async?: boolean; readonly generator?: boolean }) : null;
    const isOfPlace = /^(?:Super|MetaProperty|PrivateIdentifier|ImportExpression)$/.test(node.type);
    plain &&= fn?.async !== true && fn?.generator !== true && !isOfPlace && (mayBeThis || node.type !== 'ThisExpression');
    return plain;
  });
  return plain;
}
