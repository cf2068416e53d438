/** The parameters of functions that ran once: which of the new version is which of the old one. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { HandleScope } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { pairAsked } from './asked-pairs.ts';
import type { ModuleContext } from '../code/context.ts';

/** False where they cannot be told, or the new version has another one. */
export function pairParameters(ctx: ModuleContext, baseFn: FunctionInfo, nextFn: FunctionInfo, handle: HandleScope): boolean {
  if (handle.kind === 'bundled') return pairGiven(ctx, baseFn, nextFn, handle);
  const [old, now] = [ctx.base.asked.get(baseFn), ctx.next.asked.get(nextFn)];
  if (old && now) return pairAsked(ctx, [baseFn, old], [nextFn, now], handle);
  return sameHead(ctx, baseFn, nextFn) || renamesParameters(ctx, baseFn, nextFn);
}

/**
 * A bundler gives all modules the same, each by its place, and names no more than a module uses: what the old version did not
 * name is what the loader of the bundle calls it.
 */
function pairGiven(ctx: ModuleContext, baseFn: FunctionInfo, nextFn: FunctionInfo, handle: HandleScope): boolean {
  const old = (baseFn.node as FunctionNode).params;
  const { siteOf, bundled } = ctx.base.plan;
  const handsOn = siteOf.get(baseFn)?.forwarding;
  const given = handsOn === 'rest' || handsOn === 'arguments' ? (bundled.get(baseFn)?.table?.given ?? []) : [];
  return (nextFn.node as FunctionNode).params.every((parameter, i) => {
    const binding = parameter.type === 'Identifier' ? nextFn.scope.bindings.get(parameter.name) : undefined;
    if (!binding || binding.references.length === 0) return true;
    const was = old[i];
    const partner = was?.type === 'Identifier' ? baseFn.scope.bindings.get(was.name) : given[i];
    if (!partner || handle.scope.lookup(partner.name) !== partner) return false;
    rename(ctx, binding, partner);
    return true;
  });
}

function rename({ resolver, next }: ModuleContext, binding: Binding, was: Binding): void {
  if (binding.name === was.name && binding.kind === was.kind) return;
  resolver.renamed.set(binding, was);
  next.rename(binding, was.name);
}

/** The same parameters under other names. */
function renamesParameters(ctx: ModuleContext, baseFn: FunctionInfo, nextFn: FunctionInfo): boolean {
  const old = (baseFn.node as FunctionNode).params;
  const params = (nextFn.node as FunctionNode).params;
  if (old.length !== params.length || baseFn.async !== nextFn.async || baseFn.generator !== nextFn.generator) return false;
  const pairs = params.map((p, i) => {
    const was = old[i]!;
    if (p.type !== 'Identifier' || was.type !== 'Identifier') return null;
    // What goes by the name of another one is more likely that, in another place.
    if (old.some((other) => other !== was && other.type === 'Identifier' && other.name === p.name)) return null;
    return [nextFn.scope.bindings.get(p.name), baseFn.scope.bindings.get(was.name)] as const;
  });
  if (pairs.some((pair) => !pair?.[0] || !pair[1])) return false;
  for (const pair of pairs) rename(ctx, pair![0]!, pair![1]!);
  return true;
}

/** A function's parameters and kind, which its call site was made for. */
export function sameHead(ctx: ModuleContext, base: FunctionInfo, next: FunctionInfo): boolean {
  const head = (fn: FunctionInfo, text: (node: AnyNode) => string): string =>
    ((fn.node as Partial<FunctionNode>).params ?? []).map((p) => text(p)).join();
  return (
    head(base, (n) => ctx.base.full(n)) === head(next, (n) => ctx.next.full(n)) &&
    base.async === next.async &&
    base.generator === next.generator
  );
}
