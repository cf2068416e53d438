/**
 * Caches that closures share. New code has another in place of each that they hold, which begins empty; it is told by the one
 * that they hold, since each call of the function around made one.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import type { Remembered } from '../../hazards/remembered.ts';
import { isChanging, testedTables } from '../../hazards/tested-tables.ts';
import type { Table } from '../../hazards/tested-tables.ts';
import { isWithin } from '../../version/program/function-around.ts';
import { isClosureCache, isOfKnownKind } from '../../version/kept/closure-caches.ts';
import type { Side } from '../../version/side.ts';

/** What all kinds of caches answer to. */
const METHODS = /^(?:clear|del|delete|get|has|peek|put|reset|set|size)$/;

/** The module is built more than once, and asks each time. */
const replaceable = new WeakMap<Binding, boolean>();

/** Has new code look into others than those of `found`; true when there is one more. `isOnlyAsked` as in caches.ts. */
export function replaceClosureCaches(
  { base, next, match, resolver, log }: ModuleContext,
  found: readonly Remembered[],
  isOnlyAsked: (side: Side, binding: Binding) => boolean,
): boolean {
  const mayReplace = (side: Side, binding: Binding): boolean => {
    let answer = replaceable.get(binding);
    if (answer === undefined) replaceable.set(binding, (answer = isReplaceable(side, binding)));
    return answer;
  };
  const isReplaceable = (side: Side, binding: Binding): boolean =>
    isClosureCache(side, binding) &&
    isOfKnownKind(side, binding) &&
    binding.references.every(({ node, parent }) => parent.type !== 'MemberExpression' || isAnswered(parent, node)) &&
    isOnlyAsked(side, binding) &&
    usersOf(binding).every((fn) => !isLed(side, fn, binding));
  let moved = false;
  for (const { table } of found) {
    if (typeof table === 'string' || resolver.emptied.has(table)) continue;
    const now = match.nextOf.get(table.scope.fn)?.body.bindings.get(table.name);
    const isReached = usersOf(table).every((fn) => base.plan.siteOf.has(fn) || !match.nextOf.has(fn));
    if (!now || !isReached || !mayReplace(base, table) || !mayReplace(next, now)) continue;
    resolver.emptied.add(table);
    moved = true;
    const reason = 'new code has another in place of each that closures hold, without what old code computed';
    for (const one of found) if (one.table === table) log.add('cache-emptied', next, one.now.node, `${one.fn.path} ${table.name}`, reason);
  }
  return moved;
}

/** The functions that look into it, or fill it. */
const usersOf = ({ references, scope }: Binding): FunctionInfo[] => [
  ...new Set(references.map(({ fn }) => fn).filter((fn) => fn !== scope.fn)),
];

const isAnswered = (member: AnyNode & { readonly type: 'MemberExpression' }, cache: AnyNode): boolean =>
  member.object === cache && (member.computed || (member.property.type === 'Identifier' && METHODS.test(member.property.name)));

/** Whether something else says what is in it, which would go on saying so. */
function isLed(side: Side, fn: FunctionInfo, cache: Binding): boolean {
  const isOfCall = (other: Table): boolean => typeof other !== 'string' && isWithin(other.scope.fn, fn);
  return [...testedTables(side, fn)].some((other) => other !== cache && !isOfCall(other) && isChanging(side, other));
}
