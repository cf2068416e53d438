/** Functions and classes of the top level that go on under another name: others hold them, and what is put on them. */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import { ClassInfo, FunctionInfo } from '../../../source/model.ts';
import type { Binding } from '../../../source/model.ts';
import { compareCode } from '../../code/context.ts';
import type { ModuleContext } from '../../code/context.ts';
import { returnsNoPromise } from '../../code/draft.ts';
import type { Items, Named } from '../../version/forms/items.ts';
import type { Owner, Side } from '../../version/side.ts';
import { declaredWhole, wholeOf } from './whole.ts';

interface Renamed {
  readonly before: Named;
  readonly now: Named;
}

export function renamedDefinitions({ base, next, match }: ModuleContext, old: Items, items: Items): Renamed[] {
  const were = definedIn(base, old);
  return [...definedIn(next, items)].flatMap(([own, now]) => {
    const partner = own instanceof ClassInfo ? match.classBase.get(own) : match.baseOf.get(own);
    const before = partner && were.get(partner);
    if (!before || before.name === now.name || !isAsBefore(partner, own)) return [];
    const given = (side: Side, { value }: Named): string =>
      value?.type === 'CallExpression' ? value.arguments.map((argument) => side.text(argument)).join() : '';
    return given(base, before) === given(next, now) ? [{ before, now }] : [];
  });
}

/** The name that only the new version has for the function or class that the module gives away as a whole, or for what the same call makes. */
export function nameOfWhole(
  ctx: ModuleContext,
  [baseFn, nextFn]: readonly [FunctionInfo, FunctionInfo],
  old: Items,
  items: Items,
): Binding | null {
  const { base, next, match } = ctx;
  const isWhole = (target: AnyNode): boolean => base.targetText(target) === 'module.exports';
  // One that goes on under its name is told by that.
  const isWritten = ({ name }: Named): boolean => baseFn.body.bindings.get(name)?.reassigned === true;
  const declared = [...old.named.values()].find((item) => item.targets.some(isWhole) && isWritten(item));
  const given = wholeOf(old, base) ?? declared;
  const [was, now] = [given?.value, wholeOf(items, next)?.value];
  const named = declaredWhole(items, next);
  const item = now?.type === 'Identifier' ? items.named.get(now.name) : named;
  if (!was || was.type === 'Identifier' || !item?.value) return null;
  const binding = nextFn.body.bindings.get(item.name) ?? null;
  const [before, own] = [base.definitionOf(was), next.definitionOf(item.value)];
  if (!before && !own && isCall(was) && isCall(item.value)) {
    const isOne = (item === named || item.targets.length === 0) && !old.named.has(item.name) && binding?.reassigned === false;
    return isOne && compareCode(ctx, was, item.value, baseFn, nextFn) === 'same' ? binding : null;
  }
  const partner = own instanceof ClassInfo ? match.classBase.get(own) : own && match.baseOf.get(own);
  return before && own && partner === before && isAsBefore(before, own) ? binding : null;
}

const isCall = ({ type }: AnyNode): boolean => type === 'CallExpression' || type === 'NewExpression';

/** Whether who calls the running one gets what the new one gives. */
function isAsBefore(before: Owner, now: Owner): boolean {
  if (!(before instanceof FunctionInfo) || !(now instanceof FunctionInfo)) return true;
  return !returnsNoPromise(before, now);
}

function definedIn(side: Side, { named }: Items): Map<Owner, Named> {
  const found = new Map<Owner, Named>();
  for (const item of named.values()) {
    const value = item.extract === '' ? item.value : null;
    const own = value && (side.fnAt.get(value) ?? side.classAt.get(value) ?? calledIn(side, value));
    if (own) found.set(own, item);
  }
  return found;
}

/** The function that is called in place, once, as compilers write classes. */
function calledIn(side: Side, value: AnyNode): FunctionInfo | null {
  const fn = value.type === 'CallExpression' ? side.fnAt.get(value.callee) : undefined;
  return fn && runsOnce(side.plan.handleOf.get(fn)?.kind) && !side.isComputation(fn) ? fn : null;
}
