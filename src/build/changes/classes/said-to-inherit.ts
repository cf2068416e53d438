/**
 * A constructor whose objects inherit what they did, where the new version has Node's `inherits` say so, in the place of
 * `Box.prototype.__proto__ = Base.prototype`: nothing is left to do but to note the superclass as that does.
 */
import type { AnyNode } from 'acorn';
import { compareCode } from '../../code/context.ts';
import { inheritedBy } from '../../version/forms/definitions.ts';
import type { Assigned } from '../../version/forms/items.ts';
import type { TopDiff } from '../top.ts';

export interface SaidToInherit {
  readonly before: Assigned;
  readonly node: AnyNode;
  readonly type: AnyNode;
  readonly from: AnyNode;
}

/** Those among the statements that are `fresh`. */
export function saidToInherit(top: TopDiff, fresh: readonly AnyNode[]): SaidToInherit[] {
  const { ctx, old, items, baseFn, nextFn } = top;
  const isSame = (was: AnyNode, is: AnyNode): boolean => compareCode(ctx, was, is, baseFn, nextFn) === 'same';
  return fresh.flatMap((node) => {
    const inherited = inheritedBy(node, ctx.next);
    if (!inherited) return [];
    const { type, from } = inherited;
    const [before, ...more] = old.assigned.filter(({ target }) => {
      const of = objectOf(target, '__proto__');
      const named = of && objectOf(of, 'prototype');
      return named !== null && isSame(named, type);
    });
    const was = before && more.length === 0 ? objectOf(before.value, 'prototype') : null;
    const isSaidStill = before && items.assigned.some(({ key }) => key === before.key);
    return was && isSame(was, from) && !isSaidStill ? { before: before!, node, type, from } : [];
  });
}

/** `x` of `x.name`. */
function objectOf(node: AnyNode, name: string): AnyNode | null {
  const isMember = node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === name;
  return isMember && node.object.type !== 'Super' ? node.object : null;
}
