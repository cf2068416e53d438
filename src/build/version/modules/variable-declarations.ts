/** How a scope that runs once declares its variables, other than by a declaration with the value. */
import type { AnyNode, Identifier } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { writtenBehind } from '../values/outlived.ts';
import type { Side } from '../side.ts';
import { outermost, statementAround } from '../program/statement-around.ts';

/** Whether nothing but this gives the variable its value, as `var limit; limit = 5` does: it is a declaration then. */
export function isDeclaration({ name }: Identifier, value: AnyNode, side: Side, scope: FunctionInfo): boolean {
  const binding = scope.body.bindings.get(name);
  if (binding?.kind !== 'var' && binding?.kind !== 'let') return false;
  if (writtenBehind({ end: 0 }, binding, side, scope) > 1) return false;
  return !side.refsIn(value.start, value.end).some((ref) => ref.binding === binding);
}

/** Whether a declaration only gives a variable another value. */
export function isDeclaredBefore({ name, start }: Identifier, scope: FunctionInfo): boolean {
  const [first] = scope.body.bindings.get(name)?.declarations ?? [];
  return first !== undefined && first.start < start;
}

/** Variables that statements declare within, and that are used outside of them as well. */
export function declaredWithin(statements: readonly AnyNode[], scope: FunctionInfo): readonly Identifier[] {
  const apart = outermost(statements);
  return [...scope.body.bindings.values()].flatMap(({ declarations, references }) => {
    const [id] = declarations;
    const within = id ? statementAround(apart, id) : undefined;
    return within && references.some(({ node }) => node.start < within.start || node.end > within.end) ? id! : [];
  });
}
