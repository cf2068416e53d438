/** Variables of a module that hold functions of it which others have given: `const parse = parser.parse.bind(parser)`, `const { parse } = create()`. */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import { FunctionInfo } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import { functionAround } from '../program/function-around.ts';
import { nodesOf } from '../program/nodes.ts';
import type { Side } from '../side.ts';
import { standingFor } from '../values/standing-for.ts';
import { takenFrom } from '../forms/taken-from.ts';

/** What may give one. */
const GIVES = /^(?:Call|Member)Expression$|^Identifier$/;

/** The functions that a variable may hold which is given what a call gives, or another variable or a member holds. */
export function functionsOf(side: Side, { declarations, references, reassigned, kind, scope }: Binding): readonly FunctionInfo[] {
  const [id, ...more] = declarations;
  if (!id || reassigned || more.length > 0 || kind === 'import' || kind === 'param' || !side.runsOnce(scope.fn)) return [];
  if (!takenFrom(side).has(id) && !GIVES.test(side.valueOf(id)?.type ?? '')) return [];
  const used = references.find(({ read }) => read)?.node;
  return used
    ? standingFor(side)
        .definitions(used)
        .filter((owner) => owner instanceof FunctionInfo)
    : [];
}

/** The variables that may hold a function. */
export const variablesOf = (fn: FunctionInfo, side: Side): readonly Binding[] => byFunction(side).get(fn) ?? [];

const byFunction = askedOnce((side: Side): ReadonlyMap<FunctionInfo, readonly Binding[]> => {
  const found = new Map<FunctionInfo, Binding[]>();
  for (const { id, init } of nodesOf(side.model.program, 'VariableDeclarator')) {
    if (!init || !GIVES.test(init.type)) continue;
    const around = functionAround(side, id);
    if (!side.runsOnce(around)) continue;
    const properties = id.type === 'ObjectPattern' ? id.properties.flatMap((own) => (own.type === 'Property' ? own.value : [])) : [id];
    for (const name of properties as AnyNode[]) {
      const binding = name.type === 'Identifier' ? (around.body.bindings.get(name.name) ?? around.scope.bindings.get(name.name)) : null;
      for (const fn of binding ? functionsOf(side, binding) : []) found.set(fn, [...(found.get(fn) ?? []), binding!]);
    }
  }
  return found;
});
