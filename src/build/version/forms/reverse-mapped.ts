/** Members of enumerations of numbers as compilers emit them: each is put under its name, and its name under the number. */
import type { AnyNode } from 'acorn';
import type { Assigned } from './items.ts';
import { memberName } from '../program/member-name.ts';

type Put = Omit<Assigned, 'node'>;

const SETS = { getter: false, hidden: false, flags: false, again: true } as const;

/** What `E[E["A"] = 0] = "A"` puts on the object; null for anything else. */
export function reverseMapped(node: AnyNode): readonly Put[] | null {
  if (!isSet(node) || node.left.type !== 'MemberExpression' || !node.left.computed) return null;
  const { object: owner, property: inner } = node.left;
  if (owner.type !== 'Identifier' || !isSet(inner) || inner.left.type !== 'MemberExpression') return null;
  const { left: target, right: value } = inner;
  const [name, number] = [memberName(target), numberOf(value)];
  const isOwn = target.object.type === 'Identifier' && target.object.name === owner.name;
  if (!isOwn || name === null || number === null || node.right.type !== 'Literal' || typeof node.right.value !== 'string') return null;
  return [
    { ...SETS, key: `${owner.name}.${name}`, target, value, defines: null },
    { ...SETS, key: `${owner.name}.${number}`, target: owner, value: node.right, defines: number },
  ];
}

function isSet(
  node: AnyNode,
): node is AnyNode & { readonly type: 'AssignmentExpression'; readonly left: AnyNode; readonly right: AnyNode } {
  return node.type === 'AssignmentExpression' && node.operator === '=';
}

/** The key that a number is written out as. */
function numberOf(node: AnyNode): string | null {
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const positive = numberOf(node.argument);
    return positive === null ? null : String(-Number(positive));
  }
  return node.type === 'Literal' && typeof node.value === 'number' ? String(node.value) : null;
}
