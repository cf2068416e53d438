/** Methods that a class which extends another no longer has: whoever calls one gets what stands above it, with all that is passed. */
import type { AnyNode, MethodDefinition } from 'acorn';
import type { SitePlan } from '../../../instrument/plan.ts';
import { ClassInfo } from '../../../source/model.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { handedOn, mayPassMore, takesMore } from '../../code/surplus.ts';
import { callsNamed } from '../../version/program/calls-by-name.ts';
import type { Side } from '../../version/side.ts';

/** The site of a method that is gone, and what takes its place. */
export interface RemovedMember {
  readonly site: SitePlan;
  readonly text: string;
  /** Whether what takes its place may read more arguments than the site hands on, and new code may pass them. */
  readonly takesMore: boolean;
}

interface Gone {
  readonly site: SitePlan;
  readonly member: MethodDefinition;
  readonly name: string;
}

/** `next`: the class of the new version, which says what stands above. */
export function calledAbove(ctx: ModuleContext, next: ClassInfo, { site, member, name }: Gone): RemovedMember {
  const { base, log, around } = ctx;
  const home = `Object.getPrototypeOf($lp.cls${member.static ? '' : '.prototype'})`;
  const text = `({__proto__:${home},removed(...$lp_r){return super[${JSON.stringify(name)}](...$lp_r)}}).removed`;
  log.add('member-removed', base, member, site.fn.path, 'it now calls the superclass, but who looks for it still finds it');
  if (!mayTakeMore(ctx.next, next, { site, member, name })) return { site, text, takesMore: false };
  log.add(
    'arguments-unseen',
    base,
    member,
    site.fn.path,
    'what it overrode may read arguments that it does not declare: new code can pass them, other callers cannot',
  );
  const isPassed = callsNamed(ctx.next.model.program as AnyNode, name).some((call) => mayPassMore(call, handedOn(site)));
  return { site, text, takesMore: isPassed || around.mayCallBeside(name) };
}

function mayTakeMore(side: Side, cls: ClassInfo, { site, member, name }: Gone): boolean {
  if (site.forwarding !== 'declared') return false;
  for (let at = cls; at.node.superClass;) {
    const above = side.definitionOf(at.node.superClass as AnyNode);
    if (!(above instanceof ClassInfo)) return true;
    const found = memberOf(above, member.static, name);
    if (found) {
      const fn: FunctionInfo | undefined = found.kind === 'method' ? side.fnAt.get(found.value as AnyNode) : undefined;
      return !fn || takesMore(site, fn);
    }
    at = above;
  }
  return name in Object.prototype;
}

function memberOf({ node }: ClassInfo, isStatic: boolean, name: string): MethodDefinition | null {
  for (const one of node.body.body)
    if (one.type === 'MethodDefinition' && one.static === isStatic && !one.computed && keyName(one.key, false) === name) return one;
  return null;
}
