/**
 * Results in a cache that a function is given with other things, `verify({ cache, key }, token)`, and that lasts: what was given was
 * put together once, for closures, for objects or for a function that is bound to it, as `verify.bind(null, context)`. What old code
 * put there new code finds.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { CACHE } from '../version/forms/cache-names.ts';
import { functionAround } from '../version/program/function-around.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf, nodesWithin } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { computedBy } from './computed-by.ts';
import { keptFrom } from './kept-in.ts';
import { Outside } from './outside.ts';
import { changedIn } from './remembered.ts';

const FINDS = /^(?:get|has|peek)$/;

export function reportGivenCaches(ctx: ModuleContext): void {
  const { base, match, next, log } = ctx;
  const lasting = lastingCaches(base);
  if (lasting.size === 0) return;
  const changed = changedIn(ctx);
  const outside = new Outside(ctx);
  for (const [fn, name] of askedIn(base)) {
    const now = match.nextOf.get(fn);
    if (!now || !lasting.has(name)) continue;
    const by = computedBy(base, [fn.node as AnyNode], changed, outside, fn);
    if (by === null) continue;
    const computed = `results that the old version of ${by === fn.path ? 'it' : by} computed are kept in`;
    log.add('results-remembered', next, now.node, fn.path, `${computed} the ${name} that it is given`);
  }
}

/** The names under which objects that last have a cache which was made for them. */
const lastingCaches = askedOnce((side: Side): ReadonlySet<string> => {
  const found = new Set<string>();
  if (!CACHE.test(side.model.text)) return found;
  for (const entry of nodesOf(side.model.program, 'Property')) {
    const name = entry.computed ? null : keyName(entry.key, false);
    if (name === null || !CACHE.test(name) || found.has(name)) continue;
    const value = entry.value as AnyNode;
    if (value.type !== 'CallExpression' && value.type !== 'NewExpression') continue;
    const fn = functionAround(side, entry);
    if (!side.runsOnce(fn) && keptFrom(side, fn, value, true) !== null) found.add(name);
  }
  return found;
});

/** The functions that look into a cache which is an entry of what they are given, with its name. */
const askedIn = askedOnce((side: Side): readonly (readonly [FunctionInfo, string])[] => {
  const found: (readonly [FunctionInfo, string])[] = [];
  for (const { callee } of nodesOf(side.model.program, 'CallExpression')) {
    if (callee.type !== 'MemberExpression' || !FINDS.test(memberName(callee) ?? '')) continue;
    const name = entryOfGiven(callee.object as AnyNode, side);
    if (name !== null && CACHE.test(name)) found.push([functionAround(side, callee), name]);
  }
  return found;
});

/** `given.cache`, and `cache` of `function ({ cache })`: the name of the entry; null for any other object. */
function entryOfGiven(object: AnyNode, side: Side): string | null {
  const held = object.type === 'MemberExpression' ? (object.object as AnyNode) : object;
  const binding = held.type === 'Identifier' ? side.refAt(held)?.binding : null;
  if (binding?.kind !== 'param') return null;
  if (object.type === 'MemberExpression') return memberName(object);
  const fn = binding.scope.fn.node as Partial<FunctionNode> & AnyNode;
  for (const pattern of fn.params ?? [])
    for (const entry of nodesWithin(side.model.program, 'Property', pattern.start, pattern.end))
      if (entry.value === binding.declarations[0]) return entry.computed ? null : keyName(entry.key, false);
  return null;
}
