/**
 * Variables that a statement of the top level has for itself, as the index of a loop: nothing outside of it sees what they
 * are given in it. Compilers declare them in one way or another, and under names of their own.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { Range } from '../../../source/contains.ts';
import type { Binding } from '../../../source/model.ts';
import type { Owner, Side } from '../side.ts';
import { isFunctionNode, walk } from '../program/walk.ts';

/** Of identifiers, what stands for the name of each. */
export type OwnNames = ReadonlyMap<AnyNode, string>;

const NONE: OwnNames = new Map();
const HAS_OWN = new Set<AnyNode['type']>([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'BlockStatement',
  'IfStatement',
  'TryStatement',
]);

/** The identifiers of the variables that `statement`, in code of `owner`, has for itself. */
export function ownNames(statement: AnyNode, side: Side, owner: Owner): OwnNames {
  if (!HAS_OWN.has(statement.type)) return NONE;
  const found = new Map<AnyNode, string>();
  let count = 0;
  for (const [binding, ranges] of declaredIn(statement, side)) {
    const isWithin = (own: Range): boolean => ranges.some((range) => contains(range, own));
    const { references, declarations, captured, scope, kind } = binding;
    if (scope.fn !== owner || captured || scope.evalVisible || (kind !== 'var' && kind !== 'let' && kind !== 'const')) continue;
    if (![...references.map(({ node }) => node), ...declarations].every(isWithin)) continue;
    const name = `own ${count++}`;
    for (const { node } of references) found.set(node, name);
    for (const id of declarations) found.set(id as AnyNode, name);
  }
  return found;
}

/** Each variable that a statement declares with a value, in the order in which it does, and where it has been given that. */
function declaredIn(statement: AnyNode, side: Side): ReadonlyMap<Binding, readonly Range[]> {
  const found = new Map<Binding, Range[]>();
  const declared = new Map<AnyNode, Binding>();
  for (const { binding } of side.refsIn(statement.start, statement.end))
    for (const id of binding?.declarations ?? []) declared.set(id, binding!);
  const add = (id: AnyNode, range: Range): void => {
    const binding = declared.get(id);
    if (binding) found.set(binding, [...(found.get(binding) ?? []), range]);
  };
  walk(statement, (node, parents) => {
    if (isFunctionNode(node)) return false;
    if (node.type !== 'VariableDeclaration') return true;
    const around = parents.at(-1);
    for (const { id, init } of node.declarations) {
      if (id.type !== 'Identifier') continue;
      const isLoop = around?.type === 'ForInStatement' || around?.type === 'ForOfStatement' || (init && around?.type === 'ForStatement');
      if (isLoop) add(id, around!);
      else if (init && around?.type === 'BlockStatement') add(id, { start: id.start, end: around.end });
    }
    return true;
  });
  return found;
}
