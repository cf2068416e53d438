/** Factories of both versions that a header gives modules: which parameter is which, and which modules only the new one asks for. */
import type { Function as FunctionNode, Identifier } from 'acorn';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import type { Asked } from '../../version/program/asked.ts';
import type { ModuleContext } from '../../code/context.ts';

/**
 * Pairs the parameters of two factories, and takes those whose module only the new one asks for for imports that are new;
 * false where the other parameters are not the same.
 */
export function pairAsked(
  { base, next, resolver, log }: ModuleContext,
  [baseFn, old]: readonly [FunctionInfo, Asked],
  [nextFn, now]: readonly [FunctionInfo, Asked],
  handle: HandleScope,
): boolean {
  if (baseFn.async !== nextFn.async || baseFn.generator !== nextFn.generator) return false;
  const before = byRole(baseFn, old);
  const added: { readonly binding: Binding; readonly source: string; readonly node: Identifier }[] = [];
  const pairs: (readonly [Binding, Binding])[] = [];
  for (const [role, { binding, source, node }] of byRole(nextFn, now)) {
    const was = before.get(role);
    before.delete(role);
    if (was) pairs.push([binding, was.binding]);
    else if (source !== null && !binding.reassigned) added.push({ binding, source, node });
    else return false;
  }
  if ([...before.values()].some(({ source }) => source === null)) return false;
  for (const [binding, was] of pairs) {
    if (binding.name === was.name) continue;
    resolver.renamed.set(binding, was);
    next.rename(binding, was.name);
  }
  for (const { binding, source, node } of added) {
    resolver.fresh.set(binding, { binding, handle, text: resolver.helper(handle, `$lp.require(${JSON.stringify(source)})`) });
    log.add('import-added', next, node, binding.name, `from ${source}`);
  }
  for (const { binding, source, node } of before.values())
    log.add('import-removed', base, node, binding.name, `nothing in the new version asks for ${source} here`);
  return true;
}

interface Parameter {
  readonly binding: Binding;
  readonly source: string | null;
  readonly node: Identifier;
}

/** Its parameters by what they are: the first that is given a module, the second, the first that is given no module. */
function byRole({ node, scope }: FunctionInfo, { sources }: Asked): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  const counts = new Map<string | null, number>();
  for (const [i, parameter] of ((node as FunctionNode).params as Identifier[]).entries()) {
    const source = sources[i]!;
    const count = counts.get(source) ?? 0;
    counts.set(source, count + 1);
    found.set(`${source === null ? 'plain' : `module ${source}`} ${count}`, {
      binding: scope.bindings.get(parameter.name)!,
      source,
      node: parameter,
    });
  }
  return found;
}
