/**
 * Classes inside functions that have another form: members that came or went, another superclass. Each call of the function
 * made one, with all that its form says; those are looked for before the patch is applied, and from then on calls make new ones.
 */
import type { AnyNode } from 'acorn';
import type { StrandedFunction } from '../../../patch/format.ts';
import type { ClassInfo } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import type { Drafts } from '../functions/drafts.ts';

const MADE_BY_OLD = 'a class inside a function: those that calls have made have the old members';

/** What must not be alive where the patch is applied. */
export function innerClasses(ctx: ModuleContext, drafts: Drafts): readonly StrandedFunction[] {
  const { base, next, match, log } = ctx;
  return [...match.classBase].flatMap(([nextClass, baseClass]) => {
    if (base.plan.handleOf.has(baseClass) && next.plan.handleOf.has(nextClass)) return [];
    if (base.text(baseClass.node as AnyNode) === next.text(nextClass.node as AnyNode)) return [];
    const site = siteWithin(ctx, baseClass);
    if (site === null || !drafts.isNewCode(nextClass.parent)) {
      log.add('class-changed', next, nextClass.node, baseClass.path, MADE_BY_OLD);
      return [];
    }
    const reason = `${MADE_BY_OLD}, and the patch applies only where none of them is alive`;
    const isTaken = log.add('closure-stranded', next, nextClass.node, baseClass.path, reason);
    return isTaken ? [] : [{ site, path: baseClass.path, reason }];
  });
}

/** The entry site of a function that is alive as long as such a class is. */
function siteWithin({ base }: ModuleContext, { members }: ClassInfo): number | null {
  for (const member of members) {
    const site = /^(?:method|getter|setter)$/.test(member.kind) ? base.plan.siteOf.get(member) : undefined;
    if (site) return site.id;
  }
  return null;
}
