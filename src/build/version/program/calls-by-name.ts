/** Calls by the names of what they call: most questions are about a few names, and a large bundle has hundreds of thousands of calls. */
import type { AnyNode } from 'acorn';
import { askedOnce } from './asked-once.ts';
import { memberName } from './member-name.ts';
import { nodesOf } from './nodes.ts';
import type { NodeOf } from './nodes.ts';

type Call = NodeOf<'CallExpression'>;

/** `f` of `f()` and `a.b.f()`; null where it is computed, or is what an expression gives. */
export function calleeName(callee: AnyNode): string | null {
  return callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? memberName(callee) : null;
}

const byName = askedOnce((program: AnyNode): ReadonlyMap<string, readonly Call[]> => {
  const found = new Map<string, Call[]>();
  for (const call of nodesOf(program, 'CallExpression')) {
    const name = calleeName(call.callee as AnyNode) ?? '';
    const known = found.get(name);
    if (known) known.push(call);
    else found.set(name, [call]);
  }
  return found;
});

/** Those of a program by that name, in source order. */
export const callsNamed = (program: AnyNode, name: string): readonly Call[] => byName(program).get(name) ?? [];

/** Those by any name that `isWanted` holds of, in source order; '' stands for those that have none. */
export function callsByNames(program: AnyNode, isWanted: (name: string) => boolean): readonly Call[] {
  const found = [...byName(program)].filter(([name]) => isWanted(name)).map(([, calls]) => calls);
  // Of those that start at one position the outer one ends last.
  return found.length === 1 ? found[0]! : found.flat().sort((a, b) => a.start - b.start || b.end - a.end);
}
