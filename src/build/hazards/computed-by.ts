/** Which function that has changed had a hand in a value. */
import type { AnyNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { functionOf } from '../version/effects.ts';
import { arePutIntoObjects, functionsHeld, tableAt, takesAny } from '../version/function-tables.ts';
import { functionsOf } from '../version/function-variables.ts';
import { memberNamesOf } from '../version/member-names.ts';
import { nodesOf, within } from '../version/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/member-name.ts';
import { standingFor } from '../version/standing-for.ts';
import type { Outside } from './outside.ts';
import { askedOnce } from '../version/asked-once.ts';

/** The path of the first function among `own`, those that `nodes` may have to do with and what those call, that has changed; null for none. */
export function computedBy(
  side: Side,
  nodes: readonly AnyNode[],
  changed: ReadonlySet<FunctionInfo>,
  outside: Outside,
  own: FunctionInfo | null = null,
): string | null {
  const functions = [...(own ? [own] : []), ...reached(side, nodes)];
  return (
    functions.find((other) => changed.has(other))?.path ?? outside.calledIn([...nodes, ...functions.map(({ node }) => node as AnyNode)])
  );
}

/** What code names; the same is come to from many places. */
const named = new WeakMap<AnyNode, ReadonlySet<FunctionInfo>>();

/** The functions of the module that `nodes` may have to do with, as far as names tell. */
function reached(side: Side, nodes: readonly AnyNode[]): FunctionInfo[] {
  const seen = new Set<FunctionInfo>();
  for (const node of nodes) for (const fn of namedIn(side, node)) seen.add(fn);
  for (const at of seen) {
    for (const inner of at.children) seen.add(inner);
    // Its code is a part of that.
    if (at.parent && seen.has(at.parent)) continue;
    for (const fn of namedIn(side, at.node as AnyNode)) seen.add(fn);
  }
  return [...seen];
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
