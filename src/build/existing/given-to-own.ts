/**
 * What functions give to methods of their own object that keep it, as `this.addRule({ name, limit })` does, and that the new version
 * computes otherwise: objects on which they have been called keep what they were given.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { addedToOwn } from '../hazards/set-results.ts';
import type { Added } from '../hazards/set-results.ts';
import { isConstructor } from '../version/objects/create.ts';
import { settled } from '../version/kept/left.ts';
import type { Side } from '../version/side.ts';
import { otherValue } from './put-otherwise.ts';

const MOST_CHARACTERS = 60;
/** Verdicts that name what is kept in another way. */
const TELLS = /^(?:instances|results|cache|state|set-up|capture)-/;

/** Where nothing else has been said of what calls of the function left. */
export function reportGivenToOwn(ctx: ModuleContext): void {
  const { base, next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? path.replace(/ .*/, '') : [])));
  const [before, now] = [byFunction(base), byFunction(next)];
  for (const [fn, calls] of now) {
    const baseFn = match.baseOf.get(fn);
    const were = baseFn && before.get(baseFn);
    if (!were || !match.differs(fn) || isConstructor(fn) || told.has(baseFn.path) || !areOfSame(were, calls)) continue;
    const found = calls.flatMap((added, i) => otherGiven(ctx, were[i]!, added) ?? [])[0];
    if (!found) continue;
    const was = shortened(base.written({ node: found.was }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS);
    const { method } = found.added;
    const reason = `objects on which it has been called keep ${was}, which ${method} was given`;
    log.add('instances-hold', next, found.now, `${baseFn.path} ${method}`, reason);
  }
}

function byFunction(side: Side): ReadonlyMap<FunctionInfo, readonly Added[]> {
  const found = new Map<FunctionInfo, Added[]>();
  for (const added of addedToOwn(side)) found.set(added.fn, [...(found.get(added.fn) ?? []), added]);
  return found;
}

const areOfSame = (before: readonly Added[], now: readonly Added[]): boolean =>
  before.length === now.length &&
  now.every(({ method, call }, i) => before[i]!.method === method && before[i]!.call.arguments.length === call.arguments.length);

/** The first argument that is computed otherwise. */
function otherGiven(
  ctx: ModuleContext,
  before: Added,
  added: Added,
): { readonly was: AnyNode; readonly now: AnyNode; readonly added: Added } | null {
  for (const [i, given] of added.call.arguments.entries()) {
    const [old, own] = [settled(before.call.arguments[i] as AnyNode, before.fn, ctx.base), settled(given as AnyNode, added.fn, ctx.next)];
    const found = otherValue(ctx, [old, before.fn], [own, added.fn]);
    if (found) return { ...found, added };
  }
  return null;
}
