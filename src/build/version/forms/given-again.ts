/**
 * What a module gives away by another name for it: by the exports that have it, `exports.default = box; module.exports =
 * exports.default`, or by a variable that stands for it, `var Box = Box$1; module.exports = Box`.
 */
import type { AnyNode } from 'acorn';
import type { Items } from './items.ts';
import { nodesOf } from '../program/nodes.ts';
import type { Side } from '../side.ts';

type Read = Pick<Items, 'assigned' | 'others' | 'stars' | 'copies'>;

/** The name that `value` stands for in the end, where it is another name for that or the exports which were given it; `value` itself otherwise. */
export function meant(value: AnyNode, read: Read, side: Side): AnyNode {
  return value.type === 'Identifier' ? (otherNameOf(value, side) ?? value) : givenAgain(value, read, side);
}

/** What a variable is given as it is declared, before the exports are, where neither is ever given anything else. */
function otherNameOf(id: AnyNode, side: Side): AnyNode | null {
  const binding = side.refAt(id)?.binding;
  const [declared, ...more] = binding?.declarations ?? [];
  const inner = declared && more.length === 0 && !binding!.reassigned && declared.start < id.start ? side.valueOf(declared) : null;
  const of = inner?.type === 'Identifier' ? side.refAt(inner)?.binding : null;
  const [first, ...others] = of?.declarations ?? [];
  if (!inner || !first || others.length > 0 || of!.reassigned || of!.scope.fn !== binding!.scope.fn || of!.kind === 'param') return null;
  const isThere = side.functionDeclaredBy(first) !== null || first.start < declared!.start;
  return isThere ? (otherNameOf(inner, side) ?? inner) : null;
}

/** The name that the exports which `value` asks for were given, where that is all that they can be; `value` itself otherwise. `read`: the statements so far. */
function givenAgain(value: AnyNode, { assigned, others, stars, copies }: Read, side: Side): AnyNode {
  const text = value.type === 'MemberExpression' ? (side.targetText(value) ?? '') : '';
  if (!/^(?:module\.)?exports(?:\.|$)/.test(text)) return value;
  const [only, ...more] = assigned.filter(({ key, defines }) => key === text && defines === null);
  if (only?.value.type !== 'Identifier' || more.length > 0) return value;
  // Any other statement may have put something else there.
  if (stars.size + copies.size > 0 || others.some(({ start }) => start > only.node.start)) return value;
  const writes = nodesOf(side.model.program, 'AssignmentExpression').filter(({ left }) => side.targetText(left as AnyNode) === text);
  return writes.length === 1 ? only.value : value;
}
