/**
 * The text of a function that has changed, where new code takes it: the function that exists says of itself what the old source
 * does, so a string with the new text stands in place of its name.
 */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import type { Match } from '../match/match.ts';
import type { Side } from '../version/side.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { textUses } from '../version/program/text-uses.ts';

export interface OwnText {
  readonly fn: FunctionInfo;
  readonly ref: Reference;
  /** Null where the name is left as it is. */
  readonly text: string | null;
  /** What the text, or something made of it, is the value of, where it is taken as the module loads. */
  readonly constant: Binding | null;
}

/** By the name that takes it. What has run as the module loaded is left as it is, other than the values of constants. */
export function ownTexts(base: Side, next: Side, match: Match): ReadonlyMap<AnyNode, OwnText> {
  const found = new Map<AnyNode, OwnText>();
  for (const [fn, baseFn] of match.baseOf) {
    if (fn.kind === 'module' || base.written(baseFn) === next.written(fn)) continue;
    const uses = textUses(next, fn);
    // Of most functions nobody takes the text, and to put all of it together for each costs much in a large file.
    if (uses.length === 0 || base.full(baseFn.node) === next.full(fn.node)) continue;
    const { start, end } = fn.node;
    for (const { ref, exact } of uses) {
      const hasRun = runsOnce(next.plan.handleOf.get(ref.fn)?.kind);
      const constant = hasRun ? constantAround(next, ref) : null;
      const isCarried = exact && (!hasRun || constant !== null);
      found.set(ref.node as AnyNode, { fn, ref, constant, text: isCarried ? JSON.stringify(next.model.text.slice(start, end)) : null });
    }
  }
  return found;
}

/** The constant in whose initialiser a name stands. */
function constantAround(side: Side, { node, fn }: Reference): Binding | null {
  const around = nodesOf(side.model.program, 'VariableDeclarator').find(
    ({ id, init }) => id.type === 'Identifier' && init && contains(init, node),
  );
  const binding = around?.id.type === 'Identifier' ? fn.body.bindings.get(around.id.name) : undefined;
  return binding?.declarations[0] === around?.id ? (binding ?? null) : null;
}
