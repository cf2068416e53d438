/**
 * One of two functions, as a condition decided when the module loaded, where the new version may decide otherwise: whoever holds
 * the one that was chosen runs what the new version chooses.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { compareCode } from '../../code/context.ts';
import type { ModuleContext } from '../../code/context.ts';
import { draft } from '../../code/draft.ts';
import type { Draft } from '../../code/draft.ts';
import type { Emitter } from '../../code/emit.ts';
import { writeVersion } from '../../code/forms.ts';
import { takesMore } from '../../code/surplus.ts';
import { functionOf, isEffectFree, isState } from '../../version/values/effects.ts';
import { memberText } from '../../../source/paths.ts';
import type { Side } from '../../version/side.ts';
import { isFunctionNode } from '../../version/program/walk.ts';
import type { TopDiff } from '../top.ts';

/** Of the new version. */
export interface Choice {
  readonly test: AnyNode;
  readonly functions: readonly [consequent: FunctionInfo, alternate: FunctionInfo];
}

const BRANCHES = ['consequent', 'alternate'] as const;

const LED = 'which of two functions it is may be another now: both do what the one does that the new version chooses';

/** Whether each of the functions that others may hold makes the choice of the new version from now on. */
export function leadsChoice(
  top: TopDiff,
  at: { readonly key: string; readonly node: AnyNode },
  before: AnyNode | null,
  now: AnyNode,
): boolean {
  const { ctx } = top;
  const choice = choiceBetween(top, before, now);
  if (!choice) return false;
  if (top.choices.some(({ test }) => test === choice.test)) return true;
  top.choices.push(choice);
  ctx.log.add('constant-changed', ctx.next, at.node, at.key, LED);
  return true;
}

/** What was one of several functions, and others may hold, where it may be another now and no function does what that does. */
export function reportOtherFunction(
  top: TopDiff,
  at: { readonly key: string; readonly node: AnyNode },
  before: AnyNode | null,
  now: AnyNode | null,
): void {
  const { ctx, baseFn, nextFn } = top;
  if (!before || !choosesFunction(before, ctx.base)) return;
  const isSame = (was: AnyNode, is: AnyNode): boolean => top.compare.values(was, is) === 'same';
  if (before.type === 'ConditionalExpression' && now?.type === 'ConditionalExpression') {
    const goesOn = (was: AnyNode, is: AnyNode): boolean => !mayBeFunction(was, ctx.base) || isSame(was, is);
    const isChosenSo = compareCode(ctx, before.test, now.test, baseFn, nextFn) === 'same';
    if (isChosenSo && BRANCHES.every((branch) => goesOn(before[branch], now[branch]))) return;
  }
  ctx.log.add(
    'value-copied',
    ctx.next,
    at.node,
    at.key,
    'which function it is may be another now: who holds the one that it was keeps that',
  );
}

const isFunction = (value: AnyNode, side: Side): boolean => isFunctionNode(value) || side.definitionOf(value) !== null;

/** Whether it may be a function or a class. */
const mayBeFunction = (value: AnyNode, side: Side): boolean => isFunction(value, side) || choosesFunction(value, side);

/** Whether it is chosen of several values of which one is a function or a class. */
function choosesFunction(value: AnyNode, side: Side): boolean {
  const [one, other] =
    value.type === 'ConditionalExpression'
      ? [value.consequent, value.alternate]
      : value.type === 'LogicalExpression'
        ? [value.left, value.right]
        : [];
  return [one, other].some((branch) => branch !== undefined && mayBeFunction(branch, side));
}

/** The choice that each of the functions can make when it is called; null where that is not the same. */
function choiceBetween(top: TopDiff, before: AnyNode | null, now: AnyNode | null): Choice | null {
  const { ctx, baseFn, nextFn } = top;
  if (before?.type !== 'ConditionalExpression' || now?.type !== 'ConditionalExpression') return null;
  const [a, b] = BRANCHES.map((branch) => {
    const [was, is] = [functionIn(before[branch], ctx.base), functionIn(now[branch], ctx.next)];
    const goesOn = was && is && ctx.match.baseOf.get(is.fn) === was.fn && ctx.base.plan.siteOf.has(was.fn);
    return goesOn && compareCode(ctx, before[branch], now[branch], baseFn, nextFn) === 'same' ? is : null;
  });
  if (!a || !b || a.made !== b.made || !takeTheSame(ctx, a.fn, b.fn, a.made === '')) return null;
  const { test } = now as { readonly test: AnyNode };
  const reads = ctx.next.refsIn(test.start, test.end).flatMap(({ binding }) => binding ?? []);
  return isEffectFree(test, ctx.next, nextFn) && !reads.some((binding) => isState(nextFn, binding))
    ? { test, functions: [a.fn, b.fn] }
    : null;
}

/** The function that a branch is, or names and nothing else does, or that a call makes another of, and what calls it. */
function functionIn(branch: AnyNode, side: Side): { readonly fn: FunctionInfo; readonly made: string } | null {
  if (isFunctionNode(branch)) return { fn: side.fnAt.get(branch)!, made: '' };
  if (branch.type === 'Identifier') {
    const binding = side.refAt(branch)?.binding ?? null;
    const fn = functionOf(side, binding);
    return fn && binding!.references.length === 1 ? { fn, made: '' } : null;
  }
  if (branch.type !== 'CallExpression' || branch.arguments.length !== 1) return null;
  const [given] = branch.arguments as AnyNode[];
  const made = memberText(branch.callee);
  return made !== undefined && isFunctionNode(given!) ? { fn: side.fnAt.get(given!)!, made } : null;
}

/** Whether one function can be called in the place of the other; what makes another of them may ask how many arguments they take. */
function takeTheSame({ base, match }: ModuleContext, a: FunctionInfo, b: FunctionInfo, isItself: boolean): boolean {
  const isPlain = (fn: FunctionInfo): boolean => {
    const { async, generator, params } = fn.node as FunctionNode;
    return (
      !async && !generator && !fn.usesThis && !fn.usesArguments && !fn.usesNewTarget && params.every(({ type }) => type === 'Identifier')
    );
  };
  if (a.kind !== b.kind || !isPlain(a) || !isPlain(b)) return false;
  if ((a.node as FunctionNode).params.length === (b.node as FunctionNode).params.length) return true;
  const handsOn = (fn: FunctionInfo, all: FunctionInfo): boolean => !takesMore(base.plan.siteOf.get(match.baseOf.get(fn)!), all);
  return isItself && handsOn(a, b) && handsOn(b, a);
}

/** The code for a function that is one of a choice: that of the one that the new version chooses. */
export function writeChosen(d: Draft, tops: readonly TopDiff[], { base, next, match, resolver }: ModuleContext, emitter: Emitter): string {
  const choice = tops.flatMap(({ choices }) => choices).find(({ functions }) => functions.includes(d.fn));
  if (!choice) return writeVersion(d, emitter, next);
  const [yes, no] = choice.functions.map((fn) => writeVersion(draft(fn, d.site, base, next, match, resolver), emitter, next));
  return `(${emitter.value(choice.test, d.site.handle)}?${yes}:${no})`;
}
