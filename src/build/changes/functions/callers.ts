/** What callers see of a function besides what it does: the kind of its result, its `length`, and which arguments and what `this` it gets. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { ownBinding } from '../../../instrument/forwarding.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { returnsNoPromise } from '../../code/draft.ts';
import type { Draft } from '../../code/draft.ts';
import { isOnlyCalled } from '../../version/values/holding.ts';
import { whyNotCalledAsBefore } from './held-callers.ts';

export function reportToCallers(ctx: ModuleContext, d: Draft): void {
  const { next, match, log } = ctx;
  const { fn, site } = d;
  const path = site.fn.path;
  if (match.differs(fn)) reportLength(ctx, fn, site.fn);
  const held = match.differs(fn) ? whyNotCalledAsBefore(ctx, fn, site.fn) : null;
  if (held !== null) log.add('value-replaced', next, fn.node, path, held);
  if (!site.fn.async && fn.async && !site.fn.generator) log.add('result-kind', next, fn.node, path, 'it now returns a promise');
  if (!site.fn.generator && fn.generator) log.add('result-kind', next, fn.node, path, 'it now returns an iterator');
  if (returnsNoPromise(site.fn, fn) && !isLinkedDirectly(ctx, fn, site.fn))
    log.add('result-kind', next, fn.node, path, 'it no longer returns a promise, but who does not call it by its name still gets one');
  const { strict } = next.model.root;
  if (fn.strict && !site.fn.strict && fn.usesThis && fn.kind !== 'arrow' && strict === ctx.base.model.root.strict)
    log.add('strictness', next, fn.node, path, 'it is strict code now, but the `this` of a call without one stays the global object');
  if (d.takesMore && site.forwarding === 'declared' && held === null)
    log.add(
      'arguments-unseen',
      next,
      fn.node,
      path,
      'it reads arguments that the running function does not declare: new code can pass them, other callers cannot',
    );
  const count = (of: FunctionInfo): number =>
    ((of.node as Partial<FunctionNode>).params ?? []).filter(({ type }) => type !== 'RestElement').length;
  const seesArguments = fn.usesArguments && !site.fn.usesArguments && fn.kind !== 'arrow';
  const rest = (fn.node as Partial<FunctionNode>).params?.at(-1)?.type === 'RestElement';
  if (site.forwarding === 'rest' && ((seesArguments && count(site.fn) > 0) || (rest && count(fn) < count(site.fn))))
    log.add(
      'arguments-seen',
      next,
      fn.node,
      path,
      `it reads ${seesArguments ? '`arguments`' : 'the rest of its arguments'}: one that a caller left out is seen as one that is undefined`,
    );
}

function reportLength({ next, log }: ModuleContext, fn: FunctionInfo, baseFn: FunctionInfo): void {
  if (!isHanded(fn)) return;
  const [now, old] = [lengthOf(fn), lengthOf(baseFn)];
  if (now !== old) log.add('length-kept', next, fn.node, baseFn.path, `its length stays ${old}, where the new version has ${now}`);
}

/** Whether all that calls the function does so by a name, which stands for the new one in all of the patch. */
function isLinkedDirectly({ resolver }: ModuleContext, fn: FunctionInfo, baseFn: FunctionInfo): boolean {
  const [now, old] = [ownBinding(fn), ownBinding(baseFn)];
  return now !== null && resolver.fresh.has(now) && isOnlyCalled(now) && isOnlyCalled(old ?? undefined);
}

/** What a function's `length` is: https://tc39.es/ecma262/#sec-static-semantics-expectedargumentcount */
function lengthOf({ node }: FunctionInfo): number {
  const params = (node as Partial<FunctionNode>).params ?? [];
  const end = params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement');
  return end < 0 ? params.length : end;
}

/** Given to a call or returned by a function, as listeners and handlers are: those who get it may look at how many parameters it has. */
function isHanded(fn: FunctionInfo): boolean {
  const hands = (parent: AnyNode | undefined, node: AnyNode): boolean =>
    parent?.type === 'ReturnStatement' ||
    ((parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee !== node);
  return (
    hands(fn.ancestors.at(-1), fn.node as AnyNode) || ownBinding(fn)?.references.some(({ parent, node }) => hands(parent, node)) === true
  );
}
