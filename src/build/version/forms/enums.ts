/** Enumerations and namespaces as TypeScript emits them, in the forms that its releases gave them. */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { isFunctionNode, walk } from '../program/walk.ts';

export interface Enumeration {
  readonly name: string;
  /** Where it stands for the object that is there, or is given a new one. */
  readonly id: AnyNode;
  /** The function that puts the members on what it is given. */
  readonly fill: FunctionNode & AnyNode;
  /** What it is given: the object that is there, or a new one that is put under the name and, it may be, exported. */
  readonly given: AnyNode;
  /** Where it is exported as well: the member of the exports, and the name. */
  readonly exported: { readonly target: AnyNode; readonly value: AnyNode } | null;
}

/** `(function (E) { … })(E || (E = {}))`, also with `exports.E = E = {}`, or `E = exports.E || (exports.E = {})` inside. */
export function enumerationOf(node: AnyNode): Enumeration | null {
  if (node.type === 'ExpressionStatement') return enumerationOf(node.expression);
  if (node.type !== 'CallExpression' || node.arguments.length !== 1) return null;
  const { callee } = node as CallExpression;
  if (!isFunctionNode(callee)) return null;
  const { params } = callee as FunctionNode & AnyNode;
  if (params.length !== 1 || params[0]!.type !== 'Identifier') return null;
  const given = node.arguments[0]! as AnyNode;
  const name = nameOf(given);
  return name && { ...name, fill: callee as FunctionNode & AnyNode, given };
}

/** Whether all its members are written out. */
export function isOfLiterals({ fill }: Enumeration): boolean {
  let only = fill.body.type === 'BlockStatement';
  walk(fill.body as AnyNode, ({ type }) => (only &&= LITERAL.test(type)));
  return only;
}

const LITERAL = /^(?:Block|Expression)Statement$|^(?:Assignment|Binary|Member|Unary)Expression$|^(?:Identifier|Literal)$/;

function nameOf(given: AnyNode): Pick<Enumeration, 'name' | 'id' | 'exported'> | null {
  if (given.type === 'AssignmentExpression' && given.operator === '=' && given.left.type === 'Identifier') {
    const { left: id } = given;
    const { name } = id;
    const own = `exports.${name}`;
    const [target, ...more] = isDefault(given.right, own) ? targetsOf(given.right.right) : [];
    const isOwn = target !== undefined && more.length === 0 && memberText(target) === own;
    return isOwn ? { name, id, exported: { target, value: given.left } } : null;
  }
  if (given.type !== 'LogicalExpression' || given.left.type !== 'Identifier') return null;
  const { left: id } = given;
  const { name } = id;
  if (!isDefault(given, name)) return null;
  const [target, inner, ...more] = targetsOf(given.right);
  if (target === undefined || more.length > 0) return null;
  if (inner === undefined) return memberText(target) === name ? { name, id, exported: null } : null;
  return memberText(target) === `exports.${name}` && memberText(inner) === name ? { name, id, exported: { target, value: inner } } : null;
}

function isDefault(node: AnyNode, what: string): node is AnyNode & { readonly type: 'LogicalExpression'; readonly right: AnyNode } {
  return node.type === 'LogicalExpression' && node.operator === '||' && memberText(node.left) === what;
}

/** What `(a = b = {})` assigns to; nothing for another value. */
function targetsOf(node: AnyNode): readonly AnyNode[] {
  const found: AnyNode[] = [];
  let value = node.type === 'ParenthesizedExpression' ? node.expression : node;
  for (; value.type === 'AssignmentExpression' && value.operator === '='; value = value.right) found.push(value.left);
  return value.type === 'ObjectExpression' && value.properties.length === 0 ? found : [];
}
