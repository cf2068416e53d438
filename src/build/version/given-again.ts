/** What a module gives away again by the exports that have it: `exports.default = box; module.exports = exports.default`. */
import type { AnyNode } from 'acorn';
import type { Items } from './items.ts';
import { nodesOf } from './nodes.ts';
import type { Side } from './side.ts';

type Read = Pick<Items, 'assigned' | 'others' | 'stars' | 'copies'>;

/** The name that the exports which `value` asks for were given, where that is all that they can be; `value` itself otherwise. `read`: the statements so far. */
export function givenAgain(value: AnyNode, { assigned, others, stars, copies }: Read, side: Side): AnyNode {
  const text = value.type === 'MemberExpression' ? (side.targetText(value) ?? '') : '';
  if (!/^(?:module\.)?exports(?:\.|$)/.test(text)) return value;
  const [only, ...more] = assigned.filter(({ key, defines }) => key === text && defines === null);
  if (only?.value.type !== 'Identifier' || more.length > 0) return value;
  // Any other statement may have put something else there.
  if (stars.size + copies.size > 0 || others.some(({ start }) => start > only.node.start)) return value;
  const writes = nodesOf(side.model.program, 'AssignmentExpression').filter(({ left }) => side.targetText(left as AnyNode) === text);
  return writes.length === 1 ? only.value : value;
}
