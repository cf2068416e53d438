/** Members that code takes of objects by names which it puts together as it runs: `this[kind]`, ``this[`on${name}`]``. */
import type { AnyNode, CallExpression, MemberExpression } from 'acorn';
import { askedOnce } from '../program/asked-once.ts';
import { nodesOf } from '../program/nodes.ts';
import type { Side } from '../side.ts';

export interface ComputedCall {
  readonly member: MemberExpression & AnyNode;
  readonly call: CallExpression & AnyNode;
}

/** Calls of such members. */
export const computedCalls = askedOnce((side: Side): readonly ComputedCall[] =>
  nodesOf(side.model.program, 'CallExpression').flatMap((call) => {
    const { callee } = call;
    return callee.type === 'MemberExpression' && callee.computed && callee.property.type !== 'Literal' ? [{ member: callee, call }] : [];
  }),
);

/** Whether a key that code puts together may be `name`, as far as its text tells. */
export function mayBe(side: Side, key: AnyNode, name: string): boolean {
  switch (key.type) {
    case 'Literal':
      return String(key.value) === name;
    case 'TemplateLiteral': {
      const [first, last] = [key.quasis[0]!.value.cooked ?? '', key.quasis.at(-1)!.value.cooked ?? ''];
      return name.length >= first.length + last.length && name.startsWith(first) && name.endsWith(last);
    }
    case 'BinaryExpression': {
      const [left, right] = [textOf(key.left as AnyNode), textOf(key.right)];
      return key.operator === '+' && (left === null || name.startsWith(left)) && (right === null || name.endsWith(right));
    }
    case 'ConditionalExpression':
      return mayBe(side, key.consequent, name) || mayBe(side, key.alternate, name);
    case 'UpdateExpression':
      return false;
    case 'Identifier': {
      const binding = side.refAt(key)?.binding;
      const value = binding && !binding.reassigned && binding.declarations.length === 1 ? side.valueOf(binding.declarations[0]!) : null;
      // A symbol, by which methods go that say so.
      if (value?.type === 'CallExpression') return !/^Symbol\b/.test(side.text(value.callee as AnyNode));
      return value ? mayBe(side, value, name) : true;
    }
    default:
      return true;
  }
}

/** What a part of a key is surely; null for what only the program that runs tells. */
const textOf = (part: AnyNode): string | null => (part.type === 'Literal' && typeof part.value === 'string' ? part.value : null);
