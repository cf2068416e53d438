/**
 * What a CommonJS module gives away as a whole, where the new version gives another object or function in its place, and no
 * entry of the package leads to the module: the modules of the package that ask for it take the new one.
 */
import type { AnyNode } from 'acorn';
import type { ModuleContext } from '../code/context.ts';
import { WHOLE } from '../../patch/format.ts';
import { isEffectFree } from '../version/effects.ts';
import { nodesWithin } from '../version/nodes.ts';
import type { Assigned } from '../version/items.ts';
import { requiredBy } from '../version/ran.ts';
import type { TopDiff } from './top.ts';
import { contains } from '../../source/contains.ts';

/** Whether the patch gives the new one away; and has it do so. */
export function givesAnotherWhole(top: TopDiff, { key, target, value, node }: Assigned): boolean {
  const { ctx, handle, items, exports, tables, nextFn } = top;
  if (handle.kind !== 'module' || key !== 'module.exports' || target.type !== 'MemberExpression' || !ctx.around.isInternal()) return false;
  // What is put on it besides would be put on the one that it was.
  const isGiven = (text: string): boolean => /^(?:module\.)?exports(?:\.|$)/.test(text);
  const besides = [...items.named.values()].some(({ targets }) => targets.some((one) => isGiven(ctx.next.targetText(one) ?? '')));
  if (besides || items.assigned.filter((one) => isGiven(one.key)).length > 1 || !isEffectFree(value, ctx.next, nextFn)) return false;
  if (ctx.next.refsIn(value.start, value.end).some(({ binding }) => binding?.name === 'module' || binding?.name === 'exports'))
    return false;
  const local = value.type === 'Identifier' && top.bindingOf(value.name) ? value.name : null;
  exports.set(WHOLE, { name: WHOLE, local, value, source: null, node });
  tables.atOnce = true;
  ctx.log.add(
    'value-copied',
    ctx.next,
    node,
    key,
    'it is another one: whoever has asked for the module outside of the package keeps what it gave',
  );
  return true;
}

/** What functions keep of a module that gives away another whole, in a variable or a property that outlives their call, as `m ??= require('./m')`. */
export function reportKeptWholes({ next, log, around }: ModuleContext): void {
  for (const { node, parent, binding, fn } of next.refs) {
    const source = node.name === 'require' && binding?.kind === 'implicit' ? requiredBy(parent) : null;
    if (source === null || next.runsOnce(fn) || around.changedExport(source, WHOLE) === null) continue;
    for (const keeper of nodesWithin(next.model.program, 'AssignmentExpression', fn.node.start, fn.node.end)) {
      if (!contains(keeper.right as AnyNode, parent)) continue;
      const held = keeper.left.type === 'Identifier' ? next.refAt(keeper.left as AnyNode)?.binding : null;
      if (held && held.scope.fn === fn) continue;
      log.add('value-replaced', next, keeper, fn.path, `it may have kept what ${source} gave, which is another object or function now`);
    }
  }
}

/** What the top level has made of a module that gives away another whole, other than by a name that takes the new one. */
export function reportOldWholes(ctx: ModuleContext, tops: readonly TopDiff[]): void {
  const { next, log, around } = ctx;
  for (const { items, nextFn } of tops) {
    const taken = [...items.named.values()].filter(({ source }) => source !== null);
    for (const { node, parent, binding } of next.ownRefs(nextFn)) {
      const source = node.name === 'require' && binding?.kind === 'implicit' ? requiredBy(parent) : null;
      if (source === null || around.changedExport(source, WHOLE) === null) continue;
      if (taken.some((item) => contains(item.node, parent))) continue;
      log.add('value-replaced', next, parent, '', `it was made of what ${source} gave, which is another object or function now`);
    }
  }
}
