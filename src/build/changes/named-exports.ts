/**
 * `exports = module.exports = …`, where the old version did not say so: the name stands in the running code for the object that the
 * module began with, which nobody may hold any more, and new code means by it what the module gives away.
 */
import type { AnyNode } from 'acorn';
import type { Items } from '../version/items.ts';
import type { TopDiff } from './top.ts';

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

/** The `exports` that a scope gives what `module.exports` gets as well. */
function exportsGiven({ assigned, named }: Items): AnyNode | null {
  const isName = (target: AnyNode): boolean => target.type === 'Identifier' && target.name === 'exports';
  for (const { key, target, node } of assigned)
    if (isName(target) && assigned.some((one) => one.node === node && one.key === 'module.exports' && key === 'exports')) return target;
  for (const { targets } of named.values()) {
    const own = targets.find((target) => isName(target));
    if (own && targets.length > 1) return own;
  }
  return null;
}
