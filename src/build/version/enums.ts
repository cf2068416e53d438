/** Enumerations and namespaces as TypeScript emits them, in the forms that its releases gave them. */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { memberText } from '../../source/paths.ts';
import { isFunctionNode } from './walk.ts';

export interface Enumeration {
  readonly name: string;
  /** The function that puts the members on what it is given. */
  readonly fill: FunctionNode & AnyNode;
  /** What it is given: the object that is there, or a new one that is put under the name and, it may be, exported. */
  readonly given: AnyNode;
  readonly exported: boolean;
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
  if (name === null) return null;
  return { name: name.name, fill: callee as FunctionNode & AnyNode, given, exported: name.exported };
}

function nameOf(given: AnyNode): { readonly name: string; readonly exported: boolean } | null {
  if (given.type === 'AssignmentExpression' && given.operator === '=' && given.left.type === 'Identifier') {
    const { name } = given.left;
    const own = `exports.${name}`;
    return isDefault(given.right, own) && targetsOf(given.right.right).join() === own ? { name, exported: true } : null;
  }
  if (given.type !== 'LogicalExpression' || given.left.type !== 'Identifier') return null;
  const { name } = given.left;
  if (!isDefault(given, name)) return null;
  const targets = targetsOf(given.right).join();
  return targets === name ? { name, exported: false } : targets === `exports.${name},${name}` ? { name, exported: true } : null;
}

function isDefault(node: AnyNode, what: string): node is AnyNode & { readonly type: 'LogicalExpression'; readonly right: AnyNode } {
  return node.type === 'LogicalExpression' && node.operator === '||' && memberText(node.left) === what;
}

/** What `(a = b = {})` assigns; nothing for another value. */
function targetsOf(node: AnyNode): readonly string[] {
  const found: string[] = [];
  let value = node.type === 'ParenthesizedExpression' ? node.expression : node;
  for (; value.type === 'AssignmentExpression' && value.operator === '='; value = value.right) found.push(memberText(value.left) ?? '');
  return value.type === 'ObjectExpression' && value.properties.length === 0 ? found : [];
}
