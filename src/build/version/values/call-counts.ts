/** How code of a module calls what objects have under a name: with how many arguments. */
import type { AnyNode } from 'acorn';
import { callsNamed } from '../program/calls-by-name.ts';
import type { Side } from '../side.ts';

const UNKNOWN = -1;

const countsOf = (name: string, side: Side): ReadonlySet<number> =>
  new Set(
    callsNamed(side.model.program, name).flatMap(({ callee, arguments: given }) => {
      if (callee.type !== 'MemberExpression') return [];
      return given.some(({ type }: AnyNode) => type === 'SpreadElement') ? UNKNOWN : given.length;
    }),
  );

/** Whether new code calls it with a number of arguments with which old code did not: what was made for the old calls may not do. */
export function isCalledOtherwise(name: string, base: Side, next: Side): boolean {
  const before = countsOf(name, base);
  return before.size > 0 && [...countsOf(name, next)].some((count) => !before.has(count));
}
