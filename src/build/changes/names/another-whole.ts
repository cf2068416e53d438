/**
 * What a CommonJS module gives away as a whole, where the new version gives another object or function in its place, and no
 * entry of the package leads to the module: the modules of the package that ask for it take the new one.
 */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { WHOLE } from '../../../patch/format.ts';
import { isEffectFree } from '../../version/values/effects.ts';
import { isConstructor } from '../../version/objects/create.ts';
import { functionAround } from '../../version/program/function-around.ts';
import { nodesOf, nodesWithin } from '../../version/program/nodes.ts';
import { ownProperty } from '../../version/forms/own-properties.ts';
import type { Assigned } from '../../version/forms/items.ts';
import { requiredBy } from '../../version/program/ran.ts';
import type { Conversions } from '../tables/conversions.ts';
import type { TopDiff } from '../top.ts';
import { contains } from '../../../source/contains.ts';

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
    'it is another one, and all tasks switch at once: whoever has asked for the module outside of the package keeps what it gave',
  );
  return true;
}

/**
 * What functions keep of a module that gives away another whole, in a variable or a property that outlives their call, as
 * `m ??= require('./m')`, or by the name that the module has for it.
 */
export function reportKeptWholes(ctx: ModuleContext, conversions: Conversions): void {
  const { next, log, around } = ctx;
  reportKeptByName(ctx, conversions);
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

/** The name of the old module by which `value` may be what a module gave that gives away another whole; null for none. */
function wholeNamed({ base, around }: Pick<ModuleContext, 'base' | 'around'>, value: AnyNode): Binding | null {
  switch (value.type) {
    case 'LogicalExpression':
      return wholeNamed({ base, around }, value.left) ?? wholeNamed({ base, around }, value.right);
    case 'ConditionalExpression':
      return wholeNamed({ base, around }, value.consequent) ?? wholeNamed({ base, around }, value.alternate);
    case 'ParenthesizedExpression':
      return wholeNamed({ base, around }, value.expression);
    case 'Identifier': {
      const binding = base.refAt(value)?.binding;
      const [id, ...more] = binding?.declarations ?? [];
      const given = id && more.length === 0 && !binding!.reassigned ? base.valueOf(id) : null;
      const source = given ? requiredBy(given) : null;
      return source !== null && around.changedExport(source, WHOLE) !== null ? binding! : null;
    }
    default:
      return null;
  }
}

/** Objects of a class that have it are looked for. */
function reportKeptByName(ctx: ModuleContext, conversions: Conversions): void {
  const { base, next, match, log, around } = ctx;
  for (const keeper of nodesOf(base.model.program, 'AssignmentExpression')) {
    const binding = wholeNamed(ctx, keeper.right as AnyNode);
    const fn = binding && functionAround(base, keeper);
    const now = fn && match.nextOf.get(fn);
    if (!binding || !fn || !now || base.runsOnce(fn) || around.hook?.module === ctx.file) continue;
    const held = keeper.left.type === 'Identifier' ? base.refAt(keeper.left as AnyNode)?.binding : null;
    if (held && held.scope.fn === fn) continue;
    const property = isConstructor(fn) ? ownProperty(keeper.left as AnyNode) : null;
    if (property !== null && conversions.refuseWhole(fn, now, property, binding)) continue;
    log.add(
      'value-replaced',
      next,
      now.node,
      fn.path,
      `it may have kept what ${binding.name} stands for, which is another object or function now`,
    );
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
