/** What both versions of a function put into the same tables, made otherwise: what is there is what the old version made. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { holdsFunction } from '../code/choices.ts';
import { COPIES, namedEntries } from '../version/forms/entries.ts';
import { settled } from '../version/kept/left.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { takenOtherwise } from './taken-apart.ts';
import { shapeOf } from '../version/kept/puts.ts';
import type { Put } from '../version/kept/puts.ts';
import type { Side } from '../version/side.ts';

/** What both versions of a function put into tables. */
export interface Filling {
  readonly baseFn: FunctionInfo;
  readonly fn: FunctionInfo;
  readonly before: readonly Put[];
  readonly now: readonly Put[];
}

export interface Otherwise {
  readonly table: string;
  readonly was: AnyNode;
  readonly now: AnyNode;
}

/** The first of what both versions put into the same tables that is not made in the same way. */
export function otherwise(ctx: ModuleContext, filling: Filling): Otherwise | null {
  const { baseFn, fn, before, now } = filling;
  if (before.length !== now.length || before.some(({ table }, i) => table !== now[i]!.table)) return inBranches(ctx, filling);
  for (const [i, { table, values, isGiven }] of now.entries()) {
    const old = before[i]!;
    if (isGiven || old.isGiven || old.values.length !== values.length) continue;
    for (const [n, value] of values.entries()) {
      const found = otherValue(ctx, [settled(old.values[n]!, baseFn, ctx.base), baseFn], [settled(value, fn, ctx.next), fn]);
      if (found) return { table, ...found };
    }
  }
  return null;
}

/** What the new version alone puts under a key in a branch, where the old one put something else under that key in all of them. */
function inBranches(ctx: ModuleContext, { baseFn, fn, before, now }: Filling): Otherwise | null {
  for (const { table, key, values, isGiven } of now) {
    if (isGiven || key === null || values.length !== 1) continue;
    const value = settled(values[0]!, fn, ctx.next);
    const text = ctx.next.text(key);
    const under = before.filter((old) => old.table === table && old.key !== null && ctx.base.text(old.key) === text);
    const others = under.map((old) =>
      old.isGiven || old.values.length !== 1 ? null : otherValue(ctx, [settled(old.values[0]!, baseFn, ctx.base), baseFn], [value, fn]),
    );
    const [found] = others;
    if (found && others.every((other) => other !== null)) return { table, ...found };
  }
  return null;
}

type Made = readonly [value: AnyNode, by: FunctionInfo];

/** Functions and literals are compared by themselves: see left-values.ts. */
export function otherValue(ctx: ModuleContext, [was, baseFn]: Made, [now, fn]: Made): Omit<Otherwise, 'table'> | null {
  const { base, next, around } = ctx;
  if (isCopy(was) && isCopy(now)) return null;
  // A copy has what the other has.
  const [from, to] = [copied(was), copied(now)];
  if (from !== was || to !== now) return otherValue(ctx, [from, baseFn], [to, fn]);
  if (was.type === 'ObjectExpression' && now.type === 'ObjectExpression') {
    const old = namedEntries(was);
    for (const [key, { value }] of namedEntries(now)) {
      const entry = old.get(key)?.value;
      const found = entry ? otherValue(ctx, [settled(entry, baseFn, base), baseFn], [settled(value, fn, next), fn]) : null;
      if (found) return found;
    }
    return null;
  }
  const taken = takenApart(ctx, now, baseFn, fn);
  if (taken) return { was, now: taken };
  // What is left of it, in the place of all that was given.
  if (isArgument(was, baseFn, base) && isPartOf(now, was, fn, next)) return { was, now };
  if (holdsFunction(was) || holdsFunction(now) || next.definitionOf(now) || base.definitionOf(was)) return null;
  if (around.labels.differ(base.text(was), next.text(now))) return null;
  return shapeOf(was, baseFn, base) === shapeOf(now, fn, next) ? null : { was, now };
}

/** A variable of which a value is made and that a pattern takes otherwise. */
function takenApart(ctx: ModuleContext, { start, end }: AnyNode, baseFn: FunctionInfo, fn: FunctionInfo): AnyNode | null {
  for (const { binding } of ctx.next.refsIn(start, end)) {
    const found = binding?.scope.fn === fn ? takenOtherwise(ctx, binding, baseFn, fn) : null;
    if (found) return found;
  }
  return null;
}

function isArgument(value: AnyNode, fn: FunctionInfo, side: Side): boolean {
  const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  return binding?.kind === 'param' && binding.scope.fn === fn;
}

/** `rest` of `const { admin, ...rest } = options` */
function isPartOf(value: AnyNode, whole: AnyNode, fn: FunctionInfo, side: Side): boolean {
  const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  if (!binding || binding.kind === 'param' || binding.scope.fn !== fn || whole.type !== 'Identifier') return false;
  const { start, end } = fn.node;
  return nodesWithin(side.model.program, 'VariableDeclarator', start, end).some(
    ({ id, init }) =>
      id.type === 'ObjectPattern' &&
      init?.type === 'Identifier' &&
      init.name === whole.name &&
      id.properties.some((own) => own.type === 'RestElement' && own.argument === binding.declarations[0]),
  );
}

/** `extend({}, file, info)`, and `{ ...file, ...info }` */
function isCopy(value: AnyNode): boolean {
  if (value.type === 'ObjectExpression') return value.properties.every(({ type }) => type === 'SpreadElement');
  return value.type === 'CallExpression' && COPIES.test(memberText(value.callee)?.split('.').at(-1) ?? '');
}

/** `v` of `{ ...v }` */
function copied(value: AnyNode): AnyNode {
  const [only, ...more] = value.type === 'ObjectExpression' ? value.properties : [];
  return only?.type === 'SpreadElement' && more.length === 0 ? only.argument : value;
}
