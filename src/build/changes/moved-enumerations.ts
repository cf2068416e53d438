/**
 * Enumerations that stand in another order among the statements, as where a bundler puts its modules otherwise: what one makes
 * does not tell when it ran. A namespace that does more than fill what is under its name may tell.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { effectsOf } from '../version/effects.ts';
import { enumerationOf } from '../version/enums.ts';
import type { Side } from '../version/side.ts';

/** The scope that runs once. */
interface RunScope {
  readonly ctx: ModuleContext;
  readonly baseFn: FunctionInfo;
  readonly nextFn: FunctionInfo;
}

/** Which of the statements that are left is which; one that has the name of another is not told apart from it. */
export function movedEnumerations(
  { ctx, baseFn, nextFn }: RunScope,
  before: readonly AnyNode[],
  now: readonly AnyNode[],
): (readonly [AnyNode, AnyNode])[] {
  const byName = (nodes: readonly AnyNode[], side: Side, owner: FunctionInfo): Map<string, AnyNode | null> => {
    const found = new Map<string, AnyNode | null>();
    for (const node of nodes) {
      const own = enumerationOf(node);
      if (!own) continue;
      const { unknown, external, called, bindings } = effectsOf(node, side, owner);
      const isAlone =
        !unknown && !external && called.size === 1 && [...bindings].every(({ name }) => name === own.name || name === 'exports');
      found.set(own.name, isAlone && !found.has(own.name) ? node : null);
    }
    return found;
  };
  const old = byName(before, ctx.base, baseFn);
  return [...byName(now, ctx.next, nextFn)].flatMap(([name, node]) => {
    const was = old.get(name);
    return was && node && ctx.base.text(was) === ctx.next.text(node) ? [[was, node] as const] : [];
  });
}
