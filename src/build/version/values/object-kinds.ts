/** Values that are objects of their own, made where they stand. */
import type { AnyNode, ArrayExpression } from 'acorn';
import { isClassNode, isFunctionNode } from '../program/walk.ts';

export function makesObject(node: AnyNode | null): boolean {
  if (!node) return false;
  return node.type === 'ObjectExpression' || node.type === 'ArrayExpression' || node.type === 'NewExpression' || isPattern(node);
}

/** The same, or `Object.create(null)`. */
export function makesTable(node: AnyNode | null): boolean {
  return node !== null && (makesObject(node) || isBare(node));
}

/** What kind of object a value that makes one makes; null for any other. */
export function kindOf(node: AnyNode | null): string | null {
  if (!node || !makesObject(node)) return null;
  if (node.type !== 'NewExpression') return isPattern(node) ? 'pattern' : node.type;
  return node.callee.type === 'Identifier' ? `new ${node.callee.name}` : null;
}

/**
 * Whether code that reads one of two values cannot read the other: objects of two kinds, a function, or no object at all, or
 * lists of such.
 */
export function readsOtherwise(before: AnyNode, after: AnyNode): boolean {
  const [was, is] = [readAs(before), readAs(after)];
  if (was === 'ArrayExpression' && is === was) return differ(entriesRead(before), entriesRead(after));
  return differ(was, is);
}

function differ(was: string | null, is: string | null): boolean {
  return was !== null && is !== null && was !== is;
}

/** How all entries of a list are read; null where they are none, or not read alike. */
function entriesRead(list: AnyNode): string | null {
  const kinds = new Set((list as ArrayExpression).elements.map((entry) => entry && readAs(entry)));
  const [kind, ...others] = kinds;
  return kind === undefined || others.length > 0 ? null : kind;
}

/** Null where only the program that runs tells. */
function readAs(node: AnyNode): string | null {
  if (isFunctionNode(node) || isClassNode(node)) return 'function';
  if (node.type === 'Literal' && !isPattern(node) && node.bigint === undefined) return 'primitive';
  return node.type === 'TemplateLiteral' ? 'primitive' : kindOf(node);
}

export function isPattern(node: AnyNode): boolean {
  return node.type === 'Literal' && node.regex !== undefined;
}

/** `Object.create(null)`, or a literal whose prototype is null. */
export function isBare(node: AnyNode): boolean {
  if (node.type === 'ObjectExpression')
    return node.properties.some(
      (property) =>
        property.type === 'Property' &&
        !property.computed &&
        !property.shorthand &&
        property.key.type === 'Identifier' &&
        property.key.name === '__proto__' &&
        property.value.type === 'Literal' &&
        property.value.value === null,
    );
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed) return false;
  const { object, property } = node.callee;
  const [given, ...more] = node.arguments;
  return (
    object.type === 'Identifier' &&
    object.name === 'Object' &&
    property.type === 'Identifier' &&
    property.name === 'create' &&
    given?.type === 'Literal' &&
    given.value === null &&
    more.length === 0
  );
}

/** A table with nothing in it, made where it stands: an object, or what a class makes of no more than its settings. */
export function isEmptyTable(node: AnyNode | null): boolean {
  if (!node) return false;
  if (node.type === 'ObjectExpression') return node.properties.length === 0 || (isBare(node) && node.properties.length === 1);
  if (node.type !== 'NewExpression') return isBare(node);
  return node.arguments.length === 0 || !/^new (Weak)?(Map|Set)$/.test(kindOf(node) ?? '');
}

/** Whether what is in a table can be put into the other: an object becomes a `Map`, or a list a `Set`, both made with no more than literals. */
export function becomesKind(before: AnyNode, after: AnyNode): boolean {
  const [was, is] = [kindOf(before), kindOf(after)];
  return !isBare(before) && ((was === 'ObjectExpression' && is === 'new Map') || (was === 'ArrayExpression' && is === 'new Set'));
}
