/**
 * Whether a module runs a function that another one gives it before it returns, `register('csv', parse)` that calls `parse` at
 * once: what that computed as the other one loaded is kept by whoever it was computed for.
 */
import type { AnyNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Reference } from '../../source/model.ts';
import { outlives } from '../version/program/escape.ts';
import { parameterName } from '../version/kept/function-tables.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { memberName } from '../version/program/member-name.ts';
import { nameOf } from '../version/objects/member-names.ts';
import type { Side } from '../version/side.ts';
import { memberNameOf, standingFor } from '../version/values/standing-for.ts';
import { functionsNamed } from './registered.ts';
import { lastNameOf } from './through-variables.ts';

/** From function to function. */
const MOST_STEPS = 4;

/** Whether one that the module gives away by one of `names` runs argument `index`. */
export function runsGiven(side: Side, names: readonly string[], index: number): boolean {
  const items = itemsOf(side, side.model.root);
  const known = names.flatMap((name) => functionsNamed(side, items, name));
  return (known.length > 0 ? known : alike(side, new Set(names.map(lastNameOf)))).some((fn) => runs(side, fn, index, MOST_STEPS));
}

/** Those of its functions that have such a name: what it gives away may have been put together by its functions. */
function alike(side: Side, names: ReadonlySet<string>): FunctionInfo[] {
  return side.model.functions.filter((fn) => {
    const name = memberNameOf(fn) ?? nameOf(fn)?.name ?? null;
    return name !== null && name !== '' && name !== 'default' && names.has(name);
  });
}

function runs(side: Side, fn: FunctionInfo, index: number, steps: number): boolean {
  const param = (fn.node as { readonly params?: readonly AnyNode[] }).params?.[index];
  const binding = param && fn.scope.bindings.get(parameterName(param) ?? '');
  return binding?.references.some((ref) => !outlives(ref.fn, fn) && isRun(side, ref, steps)) === true;
}

function isRun(side: Side, { node, parent }: Reference, steps: number): boolean {
  if (parent.type === 'MemberExpression') return parent.object === node && /^(?:call|apply)$/.test(memberName(parent) ?? '');
  if (parent.type !== 'CallExpression' && parent.type !== 'NewExpression') return false;
  if (parent.callee === node) return true;
  if (steps === 0) return false;
  const at = parent.arguments.indexOf(node as never);
  return standingFor(side)
    .definitions(parent.callee as AnyNode)
    .some((owner) => owner instanceof FunctionInfo && runs(side, owner, at, steps - 1));
}
