/** The innermost function in which code stands. */
import type { FunctionInfo } from '../../source/model.ts';
import type { Side } from './side.ts';

export function functionAround({ model }: Side, { start, end }: { readonly start: number; readonly end: number }): FunctionInfo {
  const { functions } = model;
  let [low, high] = [0, functions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (functions[middle]!.node.start <= start) low = middle + 1;
    else high = middle;
  }
  let found: FunctionInfo | null = functions[low - 1] ?? null;
  while (found && found.node.end < end) found = found.parent;
  return found ?? model.root;
}
