/**
 * Properties of `this` by names: `x` and `#x` for what is written so, and `[key]` for what is computed of a variable, as where
 * a module keeps the symbols that it uses as keys.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { isThis } from './this-names.ts';

/** What the old version calls variables that have another name in the new one, by where they stand. */
const oldNames = new WeakMap<AnyNode, string>();

/** From here on the variable at `node` counts as that of the old version which goes by `name` there. */
export function nameAsBefore(node: AnyNode, name: string): void {
  oldNames.set(node, name);
}

/** A name that can be written without quotes. */
const PLAIN = /^[A-Za-z_$][\w$]*$/;

/** The name of the property of `this` that an expression is; null where it is none, or is computed of anything else. */
export function ownProperty(target: AnyNode): string | null {
  return target.type === 'MemberExpression' && isThis(target.object as AnyNode) ? propertyName(target) : null;
}

/** The same of any object's. */
export function propertyName(member: AnyNode): string | null {
  if (member.type !== 'MemberExpression') return null;
  const { property, computed } = member;
  if (property.type === 'PrivateIdentifier') return `#${property.name}`;
  if (property.type === 'Literal' && typeof property.value === 'string' && PLAIN.test(property.value)) return property.value;
  if (property.type !== 'Identifier') return null;
  return computed ? keyNamed(property) : property.name;
}

/** The name of a property whose key is a variable. */
export const keyNamed = (key: AnyNode & { readonly name: string }): string => `[${oldNames.get(key) ?? key.name}]`;

export const isPrivateName = (name: string): boolean => name.startsWith('#');

/** The variable that a property's key is, of a name as above; null for a key that is written out. */
export const keyVariable = (name: string): string | null => (name.startsWith('[') ? name.slice(1, -1) : null);

/** What reads the property, to be put behind an object. No private ones. */
export const accessTo = (name: string): string => (keyVariable(name) === null ? `[${JSON.stringify(name)}]` : name);

/**
 * Whether a property has one key wherever `fn` runs: it is written out, or computed of a variable from outside of `fn` that
 * keeps its first value. An argument or the variable of a loop names another one each time.
 */
export function hasOneKey(target: AnyNode, fn: FunctionInfo): boolean {
  if (target.type !== 'MemberExpression' || !target.computed) return true;
  const { property } = target;
  if (property.type === 'Literal') return true;
  return property.type === 'Identifier' && isConstantKey(property, fn);
}

/** The same of a variable that is said as a key. */
export function isConstantKey(key: AnyNode & { readonly name: string }, fn: FunctionInfo): boolean {
  const binding = fn.scope.lookup(key.name);
  if (!binding || binding.scope.fn === fn || binding.reassigned || binding.kind === 'param') return false;
  return binding.references.some(({ node }) => node === key);
}
