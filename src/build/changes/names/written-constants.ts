/**
 * A constant of the top level that new code writes. Nobody can write the one that runs, so the patch has a variable which begins
 * with what that holds, and all new code goes by it; what does not differ is linked to it.
 */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { Binding } from '../../../source/model.ts';
import { runsWith } from '../../version/program/once.ts';
import type { Named } from '../../version/forms/items.ts';
import type { TopDiff } from '../top.ts';

/** Whether the patch can stand in for a constant `old` that begins with what `item` does, and that new code writes. */
export function isLiftable({ ctx, handle, nextFn, items }: TopDiff, item: Named, binding: Binding, old: Binding | undefined): boolean {
  if (old?.kind !== 'const' || !runsOnce(handle.kind) || item.kind !== 'variable') return false;
  if ((binding.kind !== 'let' && binding.kind !== 'var') || binding.declarations.length !== 1 || binding.scope.evalVisible) return false;
  const [declared] = binding.declarations;
  const writes = binding.references.filter(({ write, node }) => write && node !== declared);
  // What the top level gives it besides has to run.
  if (writes.length === 0 || writes.some(({ fn }) => runsWith(fn, nextFn))) return false;
  // Who imports it from an ES module reads the constant.
  const isExported = [...items.exported.values()].some(({ local, source }) => source === null && local === item.name);
  return !isExported && !ctx.resolver.fresh.has(binding);
}

/** The same, and does so. */
export function liftConstant(top: TopDiff, item: Named, binding: Binding, old: Binding | undefined): boolean {
  const { resolver, log, next } = top.ctx;
  if (resolver.lifted.has(binding)) return true;
  if (!isLiftable(top, item, binding, old)) return false;
  resolver.lifted.set(binding, { handle: top.handle, text: `$lp_v${top.handle.id}_${item.name}`, from: old!.name });
  const reason = 'new code writes it: it begins with what the constant holds, with which old code goes on, also after a revert';
  log.add('constant-changed', next, item.node, item.name, reason);
  return true;
}

/** Where it begins with another value: the constant is nothing that the program may have changed, so new code begins with its own. */
export function replaceConstant(top: TopDiff, before: Named, item: Named, binding: Binding, old: Binding | undefined): boolean {
  const { resolver, log, next } = top.ctx;
  if (resolver.lifted.has(binding)) return true;
  const isPlain = (value: AnyNode | null): boolean => value === null || value.type === 'Literal';
  if (before.value === null || !isPlain(before.value) || !isPlain(item.value) || !isLiftable(top, item, binding, old)) return false;
  const from = item.value === null ? 'undefined' : next.written({ node: item.value });
  resolver.lifted.set(binding, { handle: top.handle, text: `$lp_v${top.handle.id}_${item.name}`, from });
  const reason = 'it begins with another value, and new code writes it: old code goes on with the constant, also after a revert';
  log.add('constant-changed', next, item.node, item.name, reason);
  return true;
}
