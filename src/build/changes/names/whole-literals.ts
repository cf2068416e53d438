/** The literals of what a module gives away as a whole, written out by itself or put on something else as it is given away. */
import type { AnyNode, ObjectExpression } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { compareCode } from '../../code/context.ts';
import type { TopDiff } from '../top.ts';

type Literal = ObjectExpression & AnyNode;

/** Of both versions, where they put them on the same: `Object.assign(parse, { … })`. */
export function wholeLiterals({ ctx, baseFn, nextFn }: TopDiff, before: AnyNode, now: AnyNode): readonly [Literal, Literal] | null {
  if (before.type === 'ObjectExpression' && now.type === 'ObjectExpression') return [before, now];
  const [was, is] = [assigned(before), assigned(now)];
  if (!was || !is || was.others.length !== is.others.length) return null;
  const isSame = was.others.every((node, i) => compareCode(ctx, node, is.others[i]!, baseFn, nextFn) === 'same');
  return isSame ? [was.literal, is.literal] : null;
}

function assigned(value: AnyNode): { readonly literal: Literal; readonly others: readonly AnyNode[] } | null {
  if (value.type !== 'CallExpression' || memberText(value.callee as AnyNode) !== 'Object.assign') return null;
  const others = value.arguments.slice(0, -1) as AnyNode[];
  const literal = value.arguments.at(-1) as AnyNode | undefined;
  return literal?.type === 'ObjectExpression' ? { literal, others } : null;
}
