/**
 * One of two functions, as a condition decided when the module loaded, where the new version may decide otherwise: whoever holds
 * the one that was chosen runs what the new version chooses.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { compareCode } from '../code/context.ts';
import type { ModuleContext } from '../code/context.ts';
import { draft } from '../code/draft.ts';
import type { Draft } from '../code/draft.ts';
import type { Emitter } from '../code/emit.ts';
import { writeVersion } from '../code/forms.ts';
import { isEffectFree, isState } from '../version/effects.ts';
import { memberText } from '../../source/paths.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode } from '../version/walk.ts';
import type { TopDiff } from './top.ts';

/** Of the new version. */
export interface Choice {
  readonly test: AnyNode;
  readonly functions: readonly [consequent: FunctionInfo, alternate: FunctionInfo];
}

const BRANCHES = ['consequent', 'alternate'] as const;

/** The choice that each of the functions can make when it is called; null where that is not the same. */
export function choiceBetween(top: TopDiff, before: AnyNode | null, now: AnyNode | null): Choice | null {
  const { ctx, baseFn, nextFn } = top;
  if (before?.type !== 'ConditionalExpression' || now?.type !== 'ConditionalExpression') return null;
  const [a, b] = BRANCHES.map((branch) => {
    const [was, is] = [functionIn(before[branch], ctx.base), functionIn(now[branch], ctx.next)];
    const goesOn = was && is && ctx.match.baseOf.get(is.fn) === was.fn && ctx.base.plan.siteOf.has(was.fn);
    return goesOn && compareCode(ctx, before[branch], now[branch], baseFn, nextFn) === 'same' ? is : null;
  });
  if (!a || !b || a.made !== b.made || !takeTheSame(a.fn, b.fn)) return null;
  const { test } = now as { readonly test: AnyNode };
  const reads = ctx.next.refsIn(test.start, test.end).flatMap(({ binding }) => binding ?? []);
  return isEffectFree(test, ctx.next, nextFn) && !reads.some((binding) => isState(nextFn, binding))
    ? { test, functions: [a.fn, b.fn] }
    : null;
}

/** The function that a branch is, or that a call makes another of, and what calls it. */
function functionIn(branch: AnyNode, side: Side): { readonly fn: FunctionInfo; readonly made: string } | null {
  if (isFunctionNode(branch)) return { fn: side.fnAt.get(branch)!, made: '' };
  if (branch.type !== 'CallExpression' || branch.arguments.length !== 1) return null;
  const [given] = branch.arguments as AnyNode[];
  const made = memberText(branch.callee);
  return made !== undefined && isFunctionNode(given!) ? { fn: side.fnAt.get(given!)!, made } : null;
}

/** Whether one function can be called in the place of the other. */
function takeTheSame(a: FunctionInfo, b: FunctionInfo): boolean {
  const isPlain = (fn: FunctionInfo): boolean => {
    const { async, generator, params } = fn.node as FunctionNode;
    return (
      !async && !generator && !fn.usesThis && !fn.usesArguments && !fn.usesNewTarget && params.every(({ type }) => type === 'Identifier')
    );
  };
  return a.kind === b.kind && isPlain(a) && isPlain(b) && (a.node as FunctionNode).params.length === (b.node as FunctionNode).params.length;
}

/** The code for a function that is one of a choice: that of the one that the new version chooses. */
export function writeChosen(d: Draft, tops: readonly TopDiff[], { base, next, match, resolver }: ModuleContext, emitter: Emitter): string {
  const choice = tops.flatMap(({ choices }) => choices).find(({ functions }) => functions.includes(d.fn));
  if (!choice) return writeVersion(d, emitter, next);
  const [yes, no] = choice.functions.map((fn) => writeVersion(draft(fn, d.site, base, next, match, resolver), emitter, next));
  return `(${emitter.value(choice.test, d.site.handle)}?${yes}:${no})`;
}
