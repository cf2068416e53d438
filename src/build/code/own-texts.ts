/**
 * The text of a function that has changed, where new code takes it: the function that exists says of itself what the old source
 * does, so a string with the new text stands in place of its name.
 */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { FunctionInfo, Reference } from '../../source/model.ts';
import type { Match } from '../match/match.ts';
import type { Side } from '../version/side.ts';
import { textUses } from '../version/text-uses.ts';

export interface OwnText {
  readonly fn: FunctionInfo;
  readonly ref: Reference;
  /** Null where the name is left as it is. */
  readonly text: string | null;
}

/** By the name that takes it. What has run as the module loaded is left as it is. */
export function ownTexts(base: Side, next: Side, match: Match): ReadonlyMap<AnyNode, OwnText> {
  const found = new Map<AnyNode, OwnText>();
  for (const [fn, baseFn] of match.baseOf) {
    if (fn.kind === 'module' || base.written(baseFn) === next.written(fn)) continue;
    const uses = textUses(next, fn);
    // Of most functions nobody takes the text, and to put all of it together for each costs much in a large file.
    if (uses.length === 0 || base.full(baseFn.node) === next.full(fn.node)) continue;
    const { start, end } = fn.node;
    for (const { ref, exact } of uses) {
      const isCarried = exact && !runsOnce(next.plan.handleOf.get(ref.fn)?.kind);
      found.set(ref.node as AnyNode, { fn, ref, text: isCarried ? JSON.stringify(next.model.text.slice(start, end)) : null });
    }
  }
  return found;
}
