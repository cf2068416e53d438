/**
 * Whether a module runs a function that another one gives it before it returns, `register('csv', parse)` that calls `parse` at
 * once: what that computed as the other one loaded is kept by whoever it was computed for.
 */
import type { AnyNode, ObjectPattern } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Reference } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { outlives } from '../version/program/escape.ts';
import { parameterName } from '../version/kept/function-tables.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { memberName } from '../version/program/member-name.ts';
import { nameOf } from '../version/objects/member-names.ts';
import type { Side } from '../version/side.ts';
import { memberNameOf, standingFor } from '../version/values/standing-for.ts';
import { nodesAbove } from '../version/program/walk.ts';
import { functionsNamed } from './registered.ts';
import { lastNameOf } from './through-variables.ts';

/** From function to function. */
const MOST_STEPS = 4;

/** Whether one that the module gives away by one of `names` runs argument `index`, or what that has as `key`. */
export function runsGiven(side: Side, names: readonly string[], index: number, key: string | null): boolean {
  const items = itemsOf(side, side.model.root);
  const known = names.flatMap((name) => functionsNamed(side, items, name));
  return (known.length > 0 ? known : alike(side, new Set(names.map(lastNameOf)))).some((fn) => runs(side, fn, index, key, MOST_STEPS));
}

/** Those of its functions that have such a name: what it gives away may have been put together by its functions. */
function alike(side: Side, names: ReadonlySet<string>): FunctionInfo[] {
  return side.model.functions.filter((fn) => {
    const name = memberNameOf(fn) ?? nameOf(fn)?.name ?? null;
    return name !== null && name !== '' && name !== 'default' && names.has(name);
  });
}

function runs(side: Side, fn: FunctionInfo, index: number, key: string | null, steps: number): boolean {
  const param = (fn.node as { readonly params?: readonly AnyNode[] }).params?.[index];
  const taken = param?.type === 'ObjectPattern' && key !== null ? valueUnder(param, key) : null;
  const named = taken ?? param;
  const binding = named && fn.scope.bindings.get(parameterName(named) ?? '');
  const isRunHere = (ref: Reference): boolean => !outlives(ref.fn, fn) && isRun(side, ref, taken ? null : key, steps);
  return binding?.references.some(isRunHere) === true;
}

/** What a pattern takes by a name. */
function valueUnder({ properties }: ObjectPattern, key: string): AnyNode | null {
  for (const own of properties) if (own.type === 'Property' && keyName(own.key, own.computed) === key) return own.value as AnyNode;
  return null;
}

function isRun(side: Side, { node, parent, fn: by }: Reference, key: string | null, steps: number): boolean {
  if (parent.type === 'MemberExpression') {
    if (parent.object !== node) return false;
    const name = memberName(parent);
    if (key === null) return /^(?:call|apply)$/.test(name ?? '');
    const call = nodesAbove(node, by.node as AnyNode).at(-2);
    return (name === key || name === null) && call?.type === 'CallExpression' && call.callee === parent;
  }
  if (parent.type !== 'CallExpression' && parent.type !== 'NewExpression') return false;
  if (parent.callee === node) return key === null;
  if (steps === 0) return false;
  const at = parent.arguments.indexOf(node as never);
  return standingFor(side)
    .definitions(parent.callee as AnyNode)
    .some((owner) => owner instanceof FunctionInfo && runs(side, owner, at, key, steps - 1));
}
