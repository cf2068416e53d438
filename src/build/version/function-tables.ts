/** The functions that tables of a module hold: code takes one by a key that only the program that runs tells, or runs them all. */
import type { AnyNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import { askedOnce } from './asked-once.ts';
import { PUTS, literalOf } from './entries.ts';
import { nodesOf } from './nodes.ts';
import type { Side } from './side.ts';
import { memberName } from './standing-for.ts';

/** Those of the table that a variable holds. */
export const functionsHeld = askedOnce((binding: Binding, side: Side): readonly FunctionInfo[] => {
  const begun = binding.declarations.flatMap((id) => valuesIn(side.valueOf(id) ?? null));
  return [...functionsOf(side, begun), ...(functionsPut(side).get(binding) ?? [])];
});

/** What code puts into them, by their variables. */
const functionsPut = askedOnce((side: Side): ReadonlyMap<Binding, readonly FunctionInfo[]> => {
  const { program } = side.model;
  const found = new Map<Binding, readonly FunctionInfo[]>();
  const add = (table: AnyNode, values: readonly AnyNode[]): void => {
    const functions = table.type === 'Identifier' ? functionsOf(side, values) : [];
    const binding = functions.length > 0 ? side.refAt(table)?.binding : null;
    if (binding) found.set(binding, [...(found.get(binding) ?? []), ...functions]);
  };
  for (const { left, right } of nodesOf(program, 'AssignmentExpression'))
    if (left.type === 'MemberExpression') add(left.object as AnyNode, [right]);
    else add(left as AnyNode, valuesIn(right));
  for (const { callee, arguments: given } of nodesOf(program, 'CallExpression'))
    if (callee.type === 'MemberExpression' && PUTS.test(memberName(callee) ?? '')) add(callee.object as AnyNode, given as AnyNode[]);
  return found;
});

function functionsOf(side: Side, values: readonly AnyNode[]): FunctionInfo[] {
  return values.flatMap((value) => {
    const fn = side.definitionOf(value);
    return fn instanceof FunctionInfo ? fn : [];
  });
}

/** What a table begins with: the entries of a literal, also of a list, and of a map that is made of one. */
function valuesIn(table: AnyNode | null): readonly AnyNode[] {
  if (table === null) return [];
  const literal = literalOf(table);
  if (literal) return literal.properties.flatMap((entry) => (entry.type === 'Property' ? [entry.value as AnyNode] : []));
  if (table.type === 'ArrayExpression') return table.elements.filter((one) => one !== null) as AnyNode[];
  const [given] = table.type === 'NewExpression' ? (table.arguments as AnyNode[]) : [];
  if (given?.type !== 'ArrayExpression') return [];
  return given.elements.flatMap((pair) => (pair?.type === 'ArrayExpression' && pair.elements[1] ? [pair.elements[1] as AnyNode] : []));
}
