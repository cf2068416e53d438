/** How code of a module calls what objects have under a name: with how many arguments. */
import type { AnyNode } from 'acorn';
import { askedOnce } from './asked-once.ts';
import { nodesOf } from './nodes.ts';
import type { Side } from './side.ts';
import { memberName } from './member-name.ts';

const UNKNOWN = -1;

const countsOf = askedOnce((side: Side): ReadonlyMap<string, ReadonlySet<number>> => {
  const found = new Map<string, Set<number>>();
  for (const { callee, arguments: given } of nodesOf(side.model.program, 'CallExpression')) {
    const name = callee.type === 'MemberExpression' ? memberName(callee) : null;
    if (name === null) continue;
    const known = found.get(name) ?? new Set();
    found.set(name, known.add(given.some(({ type }: AnyNode) => type === 'SpreadElement') ? UNKNOWN : given.length));
  }
  return found;
});

/** Whether new code calls it with a number of arguments with which old code did not: what was made for the old calls may not do. */
export function isCalledOtherwise(name: string, base: Side, next: Side): boolean {
  const [before, after] = [countsOf(base).get(name), countsOf(next).get(name)];
  return before !== undefined && after !== undefined && [...after].some((count) => !before.has(count));
}
