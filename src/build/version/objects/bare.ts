/** Tables that closures hold, and that the new version makes without a prototype. */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import { isBare, isEmptyTable } from '../values/object-kinds.ts';
import type { Side } from '../side.ts';

/** Whether a variable that is never written again begins with an empty plain object, and in the new version with one without a prototype. */
export function becomesBare(old: Binding, base: Side, binding: Binding, next: Side): boolean {
  const [before, after] = [emptyTable(old, base), emptyTable(binding, next)];
  return before?.type === 'ObjectExpression' && !isBare(before) && after !== null && isBare(after);
}

function emptyTable({ declarations, reassigned }: Binding, side: Side): AnyNode | null {
  const [id, ...others] = declarations;
  const value = id && others.length === 0 && !reassigned ? side.valueOf(id) : null;
  return value && isEmptyTable(value) ? value : null;
}
