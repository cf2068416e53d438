/** Defaults that are the same whenever they are asked for, so that what was made without an option can be given it later. */
import type { AnyNode } from 'acorn';
import type { Side } from '../side.ts';
import { isWrittenOut } from '../forms/written-out.ts';

/** Written out, or a variable of the module that keeps its first value. */
export function isLastingDefault(value: AnyNode, side: Side): boolean {
  if (isWrittenOut(value)) return true;
  const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  return binding != null && !binding.reassigned && binding.kind !== 'param' && side.runsOnce(binding.scope.fn);
}
