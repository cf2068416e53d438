/** Variables that code of the new version no longer assigns: a fresh start would not have what the old code left in them. */
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Side } from '../version/side.ts';

export function reportUnset({ base, next, log, match }: ModuleContext, fn: FunctionInfo, baseFn: FunctionInfo): void {
  const assigned = (side: Side, own: FunctionInfo): Map<string, Binding> => {
    const writes = side.ownRefs(own).filter((r) => r.write && r.binding && r.binding.scope.fn !== own);
    return new Map(writes.map(({ node, binding }) => [node.name, binding!]));
  };
  const now = assigned(next, fn);
  const left = [...assigned(base, baseFn)].filter(([name, { scope }]) => {
    if (now.has(name)) return false;
    const seen = fn.scope.lookup(name);
    return seen !== null && match.baseOf.get(seen.scope.fn) === scope.fn && seen.references.some((r) => r.read);
  });
  for (const [name] of left)
    log.add('state-unset', next, fn.node, baseFn.path, `it no longer assigns ${name}, which keeps what the old code left in it`);
}
