/** The names by which code calls functions, as their own text and that of what holds them gives them. */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import { propertyName } from '../forms/own-properties.ts';
import { memberNameOf } from '../values/standing-for.ts';

/** The name that a function always goes by. */
export function nameOf({ node, ancestors, scope, parent }: FunctionInfo): Binding | null {
  const above = ancestors.at(-1);
  const id = node.type === 'FunctionDeclaration' ? node.id : above?.type === 'VariableDeclarator' ? above.id : null;
  const binding = id?.type === 'Identifier' ? (parent?.body ?? scope).lookup(id.name) : null;
  return binding && !binding.reassigned && binding.declarations.length === 1 ? binding : null;
}

/** As a member that is called, or asked for. */
export const nameIn = (fn: FunctionInfo): string | null => {
  const own = fn.ancestors.at(-1);
  const name = own?.type === 'MethodDefinition' && own.key.type === 'PrivateIdentifier' ? `#${own.key.name}` : memberNameOf(fn);
  return name === null || fn.kind.endsWith('constructor') || fn.kind === 'setter' || fn.kind === 'field' ? null : name;
};

/** The names by which objects have a function: its own, or those under which they are given it by the name that it is declared with. */
export function memberNamesOf(fn: FunctionInfo): readonly string[] {
  const own = nameIn(fn);
  if (own !== null) return [own];
  return (nameOf(fn)?.references ?? []).flatMap(({ node, parent }) => {
    if (parent.type === 'Property') return parent.value === node && !parent.computed ? [keyName(parent.key, false)] : [];
    const isGiven = parent.type === 'AssignmentExpression' && parent.right === node && parent.left.type === 'MemberExpression';
    return isGiven ? (propertyName(parent.left as AnyNode) ?? []) : [];
  });
}

/** Whether a closure is a method of what the function around it makes, or is what that gives. */
export const isGivenAway = (fn: FunctionInfo): boolean =>
  memberNamesOf(fn).length > 0 ||
  fn.ancestors.at(-1)?.type === 'ReturnStatement' ||
  fn.ancestors.at(-1)?.type === 'ArrowFunctionExpression' ||
  (nameOf(fn)?.references ?? []).some(({ parent }) => parent.type === 'ReturnStatement');
