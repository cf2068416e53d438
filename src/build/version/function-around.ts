/** The innermost function in which code stands. */
import { lowerBound } from '../../source/lower-bound.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { Side } from './side.ts';

export function functionAround({ model }: Side, { start, end }: { readonly start: number; readonly end: number }): FunctionInfo {
  const { functions } = model;
  let found: FunctionInfo | null = functions[lowerBound(functions.length, (i) => functions[i]!.node.start <= start) - 1] ?? null;
  while (found && found.node.end < end) found = found.parent;
  return found ?? model.root;
}
