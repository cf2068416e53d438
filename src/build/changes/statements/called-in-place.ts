/**
 * Statements that the new version has put into a function of its own, which it calls in their place, as to have them run again
 * later: they ran as the module loaded.
 */
import type { AnyNode, ExpressionStatement, Function as FunctionNode } from 'acorn';
import { FunctionInfo } from '../../../source/model.ts';
import { compareCode } from '../../code/context.ts';
import type { ModuleContext } from '../../code/context.ts';

/** The scope that runs once. */
interface RunScope {
  readonly ctx: ModuleContext;
  readonly baseFn: FunctionInfo;
}

export interface CalledInPlace {
  readonly node: AnyNode;
  /** The statements of the old version. */
  readonly before: readonly AnyNode[];
  /** The code of each of them, with that of the function. */
  readonly code: readonly (readonly [before: AnyNode, now: AnyNode])[];
  readonly fn: FunctionInfo;
}

/** Which of the statements that are left these are; `before` gives how many of those that are not come before one. */
export function calledInPlace(
  { ctx, baseFn }: RunScope,
  gone: readonly AnyNode[],
  left: readonly AnyNode[],
  before: { readonly gone: (node: AnyNode) => number; readonly left: (node: AnyNode) => number },
): readonly CalledInPlace[] {
  return left.flatMap((node) => {
    const fn = newFunctionCalled(ctx, node);
    const body = fn ? statementsOf(fn) : [];
    if (!fn || body.length === 0) return [];
    const isSame = (at: number): boolean =>
      body.every((one, i) => {
        const was = gone[at + i];
        return was?.type === 'ExpressionStatement' && compareCode(ctx, was.expression, one, baseFn, fn) !== 'differs';
      });
    const first = gone.findIndex((_, at) => isSame(at));
    const own = gone.slice(first, first + body.length);
    if (first < 0 || own.some((was) => before.gone(was) !== before.left(node))) return [];
    return [{ node, before: own, code: own.map((was, i) => [(was as ExpressionStatement).expression, body[i]!] as const), fn }];
  });
}

/** Such statements that ran with what is another value now. */
export function reportCalledInPlace({
  ctx,
  baseFn,
  calledInPlace: found,
}: RunScope & { readonly calledInPlace: readonly CalledInPlace[] }): void {
  for (const { code, fn } of found)
    for (const [before, now] of code)
      if (compareCode(ctx, before, now, baseFn, fn) === 'depends')
        ctx.log.add('computed-at-load', ctx.next, now, '', 'it ran as the module loaded, with the old values');
}

/** `init();` */
function newFunctionCalled({ next, match }: ModuleContext, node: AnyNode): FunctionInfo | null {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return null;
  const { callee, arguments: given } = node.expression;
  const fn = callee.type === 'Identifier' && given.length === 0 ? next.definitionOf(callee) : null;
  return fn instanceof FunctionInfo && !match.baseOf.has(fn) ? fn : null;
}

/** All that a function does, where that is what the code around it would do in its place. */
function statementsOf(fn: FunctionInfo): readonly AnyNode[] {
  const { body, params, async, generator } = fn.node as FunctionNode;
  if (params.length > 0 || async || generator || fn.usesThis || fn.usesArguments || fn.children.length > 0) return [];
  if (body.type !== 'BlockStatement') return [body as AnyNode];
  const statements = body.body.map((one) => (one.type === 'ExpressionStatement' ? one.expression : null));
  return statements.every((one) => one !== null) ? statements : [];
}
