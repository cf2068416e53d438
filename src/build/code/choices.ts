/** Values of the top level that are one of two functions, as a condition decided when the module loaded. */
import type { AnyNode } from 'acorn';
import { compareCode } from './context.ts';
import type { ModuleContext } from './context.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

/** Whether the new version may choose the other one: who holds the one that was chosen would keep it. */
export function choosesAnew(
  ctx: ModuleContext,
  before: AnyNode | null,
  now: AnyNode | null,
  base: FunctionInfo,
  next: FunctionInfo,
): boolean {
  if (before?.type !== 'ConditionalExpression' || now?.type !== 'ConditionalExpression') return false;
  if (![now.consequent, now.alternate].every(holdsFunction)) return false;
  return compareCode(ctx, before.test, now.test, base, next) !== 'same';
}

export function holdsFunction(value: AnyNode): boolean {
  let found = false;
  walk(value, (node) => {
    found ||= isFunctionNode(node);
    return !found;
  });
  return found;
}
