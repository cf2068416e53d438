/** Which function that has changed had a hand in a value. */
import type { AnyNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { functionOf } from '../version/values/effects.ts';
import { arePutIntoObjects, functionsHeld, tableAt, takesAny } from '../version/kept/function-tables.ts';
import { functionsOf } from '../version/kept/function-variables.ts';
import { memberNamesOf } from '../version/objects/member-names.ts';
import { nodesOf, within } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { standingFor } from '../version/values/standing-for.ts';
import type { Outside } from './outside.ts';
import { askedOnce } from '../version/program/asked-once.ts';

/** The path of the first function among `own`, those that `nodes` may have to do with and what those call, that has changed; null for none. */
export function computedBy(
  side: Side,
  nodes: readonly AnyNode[],
  changed: ReadonlySet<FunctionInfo>,
  outside: Outside,
  own: FunctionInfo | null = null,
): string | null {
  if (own && changed.has(own)) return own.path;
  const functions = new Set<FunctionInfo>();
  const first = reach(side, nodes, functions, changed);
  if (first) return first.path;
  const all = [...(own ? [own] : []), ...functions];
  return outside.calledIn([...nodes, ...all.map(({ node }) => node as AnyNode)]);
}

/** What code names; the same is come to from many places. */
const named = new WeakMap<AnyNode, ReadonlySet<FunctionInfo>>();

/**
 * Gathers in `seen` the functions of the module that `nodes` may have to do with, as far as names tell, up to the first of
 * `wanted`, which it gives: in a large file nearly all lead to nearly all.
 */
function reach(side: Side, nodes: readonly AnyNode[], seen: Set<FunctionInfo>, wanted: ReadonlySet<FunctionInfo>): FunctionInfo | null {
  const add = (found: Iterable<FunctionInfo>): FunctionInfo | null => {
    for (const fn of found) {
      seen.add(fn);
      if (wanted.has(fn)) return fn;
    }
    return null;
  };
  for (const node of nodes) {
    const first = add(namedIn(side, node));
    if (first) return first;
  }
  for (const at of seen) {
    // Its code is a part of its parent's.
    const isPart = at.parent !== null && seen.has(at.parent);
    const first = add(at.children) ?? (isPart ? null : add(namedIn(side, at.node as AnyNode)));
    if (first) return first;
  }
  return null;
}

function namedIn(side: Side, node: AnyNode): ReadonlySet<FunctionInfo> {
  let found = named.get(node);
  if (!found) named.set(node, (found = readNamed(side, node)));
  return found;
}

function readNamed(side: Side, { start, end }: AnyNode): ReadonlySet<FunctionInfo> {
  const found = new Set<FunctionInfo>();
  const seen = new Set<Binding>();
  for (const { binding, node, parent } of side.refsIn(start, end)) {
    if (!binding) continue;
    if (seen.size !== seen.add(binding).size) {
      const called = functionOf(side, binding);
      if (called) found.add(called);
      // A variable of the module that holds one: bound, or made by another.
      else for (const held of functionsOf(side, binding)) found.add(held);
    }
    const member = parent.type === 'MemberExpression' && parent.object === node ? parent : null;
    if (member ? takesAny(member) : takesAll(parent)) for (const held of functionsHeld(binding, side)) found.add(held);
    if (!member || !side.runsOnce(binding.scope.fn)) continue;
    // A method of an object that a name of the module stands for.
    if (methodNames(side).has(memberName(member) ?? ''))
      for (const owner of standingFor(side).definitions(member as AnyNode)) if (owner instanceof FunctionInfo) found.add(owner);
  }
  for (const { functions } of within(takenFromObjects(side), start, end)) for (const fn of functions) found.add(fn);
  return found;
}

interface Taken {
  readonly start: number;
  readonly functions: readonly FunctionInfo[];
}

/** Where code takes any function of a table that objects hold, in source order. */
const takenFromObjects = askedOnce((side: Side): readonly Taken[] => {
  if (!arePutIntoObjects(side)) return [];
  return nodesOf(side.model.program, 'MemberExpression').flatMap((member) => {
    const table = member.object.type === 'MemberExpression' && takesAny(member) ? tableAt(member.object, side) : null;
    const functions = table === null ? [] : functionsHeld(table, side);
    return functions.length === 0 ? [] : { start: member.start, functions };
  });
});

/** Whether code goes through all that a table has: `for (const step of steps)`, `Object.values(steps)`. */
function takesAll(around: AnyNode): boolean {
  if (around.type === 'CallExpression') return /^(?:Object\.(?:entries|values)|Array\.from)$/.test(memberText(around.callee) ?? '');
  return around.type === 'ForOfStatement' || around.type === 'SpreadElement';
}

/** Most members that code names are no functions of its module. */
const methodNames = askedOnce((side: Side): ReadonlySet<string> => new Set(side.model.functions.flatMap(memberNamesOf)));
