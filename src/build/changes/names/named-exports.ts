/**
 * `exports = module.exports = …`, where the old version did not say so: the name stands in the running code for the object that the
 * module began with, which nobody may hold any more, and new code means by it what the module gives away.
 */
import type { AnyNode } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import type { Items } from '../../version/forms/items.ts';
import type { TopDiff } from '../top.ts';

/** Has new code that says `exports` ask the module for what it gives away. */
export function nameExports(top: TopDiff): void {
  const { ctx, handle, baseFn, old, items } = top;
  if (!top.hasExports) return;
  const target = exportsGiven(items);
  if (!target || exportsGiven(old)) return;
  const { resolver } = ctx;
  const binding = ctx.next.refAt(target)?.binding;
  if (!binding || resolver.fresh.has(binding)) return;
  resolver.fresh.set(binding, { binding, handle, text: resolver.helper(handle, ctx.base.wholeText(baseFn)) });
}

/** Whether what the old version put on `exports` was lost, as it gave away another object, and the new one gives it away. */
export function findsLost({ hasExports, old, items }: TopDiff): boolean {
  return (
    hasExports && exportsGiven(old) === null && exportsGiven(items) !== null && old.assigned.some(({ key }) => key === 'module.exports')
  );
}

/** The `exports` that a scope gives what `module.exports` gets as well. */
function exportsGiven({ assigned, named }: Items): AnyNode | null {
  const isName = (target: AnyNode): boolean => target.type === 'Identifier' && target.name === 'exports';
  const isWhole = (target: AnyNode): boolean => memberText(target) === 'module.exports';
  const stated = assigned.find(({ target }) => isName(target));
  if (stated && assigned.some(({ node, target }) => node === stated.node && isWhole(target))) return stated.target;
  const declared = [...named.values()].find(({ targets }) => targets.some(isName) && targets.some(isWhole));
  return declared?.targets.find(isName) ?? null;
}
