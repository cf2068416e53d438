/** The parameters of functions that ran once, or that closures hold: which of the new version is which of the old one. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { pairAsked } from '../wrappers/asked-pairs.ts';
import type { ModuleContext } from '../../code/context.ts';
import { canonicalText } from '../../version/forms/canonical.ts';
import type { OwnNames } from '../../version/forms/own-names.ts';
import { walk } from '../../version/program/walk.ts';

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

/**
 * Parameters of functions that run again and again which closures hold, where nothing but their names differs in all of the
 * function: existing closures have them under the old ones.
 */
export function renameHeldParameters(ctx: ModuleContext): void {
  for (const [nextFn, baseFn] of ctx.match.baseOf) {
    if (nextFn.children.length === 0 || runsOnce(ctx.base.plan.handleOf.get(baseFn)?.kind)) continue;
    const renamed = parametersRenamed(baseFn, nextFn);
    if (!renamed.some(([binding]) => binding.captured)) continue;
    const names = new Map<AnyNode, string>();
    for (const [binding, was] of renamed)
      for (const id of [...binding.declarations, ...binding.references.map(({ node }) => node)]) names.set(id, was.name);
    const all = (fn: FunctionInfo, own: OwnNames | null): string => canonicalText(fn.node as AnyNode, null, true, own);
    if (all(nextFn, names) !== all(baseFn, null)) continue;
    for (const [binding, was] of renamed) {
      rename(ctx, binding, was);
      for (const id of binding.declarations) ctx.next.names.set(id, was.name);
    }
  }
}

/** Each that has another name, with the one that stands in its place; none where that name stands for something else in the new version. */
function parametersRenamed(baseFn: FunctionInfo, nextFn: FunctionInfo): readonly (readonly [Binding, Binding])[] {
  const old = (baseFn.node as Partial<FunctionNode>).params ?? [];
  const params = (nextFn.node as Partial<FunctionNode>).params ?? [];
  const renamed: (readonly [Binding, Binding])[] = [];
  for (const [i, parameter] of params.entries()) {
    const was = old[i];
    if (parameter.type !== 'Identifier' || was?.type !== 'Identifier') return [];
    if (parameter.name === was.name) continue;
    const [binding, before] = [nextFn.scope.find(parameter.name), baseFn.scope.find(was.name)];
    if (!binding || !before || nextFn.scope.evalVisible || saysVariable(nextFn.node as AnyNode, was.name)) return [];
    renamed.push([binding, before]);
  }
  return renamed;
}

/** Whether code names a variable so, its own or another one: properties go by names of their own. */
function saysVariable(root: AnyNode, name: string): boolean {
  let says = false;
  walk(root, (node, parents) => {
    if (node.type !== 'Identifier' || node.name !== name) return !says;
    const parent = parents.at(-1);
    const isKey =
      (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) ||
      ((parent?.type === 'Property' || parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition') &&
        parent.key === node &&
        !parent.computed);
    says ||= !isKey;
    return !says;
  });
  return says;
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
