/** The functions in which code stands. */
import { lowerBound } from '../../../source/lower-bound.ts';
import type { Range } from '../../../source/contains.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import type { Side } from '../side.ts';

/** The innermost one. */
export function functionAround({ model }: Pick<Side, 'model'>, { start, end }: Range): FunctionInfo {
  const { functions } = model;
  let found: FunctionInfo | null = functions[lowerBound(functions.length, (i) => functions[i]!.node.start <= start) - 1] ?? null;
  while (found && found.node.end < end) found = found.parent;
  return found ?? model.root;
}

/** Whether a function is `around` or stands within it. */
export function isWithin(fn: FunctionInfo, around: FunctionInfo): boolean {
  for (let at: FunctionInfo | null = fn; at; at = at.parent) if (at === around) return true;
  return false;
}
