/**
 * The canonical text of code, by which it is compared. It has no positions, comments or layout; a nested function that has
 * a site of its own stands in it as a placeholder, because that function is compared and replaced by itself.
 */
import type { AnyNode, BinaryExpression, LogicalExpression } from 'acorn';
import { isNode } from '../../../source/children.ts';
import { enumerationOf } from './enums.ts';
import { isMethodAnyway } from './method-form.ts';
import { isNamedAnyway } from './own-name.ts';
import type { OwnNames } from './own-names.ts';
import { requiredBy } from '../program/ran.ts';
import type { Side } from '../side.ts';
import { walk } from '../program/walk.ts';

/** Of a node in `side`; with null nothing is left out of it. `root`: the node itself is no placeholder. `own`: of a statement. */
export function canonicalText(node: AnyNode, side: Side | null, root = false, own: OwnNames | null = null): string {
  const out: string[] = [];
  write(node, out, { side, own }, root);
  return out.join('');
}

interface From {
  readonly side: Side | null;
  readonly own: OwnNames | null;
}

function write(node: AnyNode, out: string[], from: From, root: boolean): void {
  const { side, own } = from;
  if (!root && side?.opaqueAt(node)) {
    out.push(node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration' ? `<decl ${node.id?.name ?? ''}>` : '<value>');
    return;
  }
  if (side?.inBundle.isTable(node)) {
    out.push('<modules>');
    return;
  }
  switch (node.type) {
    case 'Literal':
      if (node.regex) out.push(`/${node.regex.pattern}/${node.regex.flags} `);
      else if (node.bigint != null) out.push(`${node.bigint}n `);
      else out.push(`${JSON.stringify(node.value)} `);
      return;
    case 'Identifier':
      out.push(`${own?.get(node) ?? side?.names.get(node) ?? node.name} `);
      return;
    case 'PrivateIdentifier':
      out.push(`#${node.name} `);
      return;
    case 'EmptyStatement':
      return;
    case 'TemplateElement':
      out.push(`${JSON.stringify(node.value.raw)} `);
      return;
    case 'BinaryExpression':
    case 'LogicalExpression':
      writeOperators(node, out, from);
      return;
    case 'CallExpression': {
      const enumeration = side?.isIgnored(node.arguments[0] as AnyNode) ? enumerationOf(node) : null;
      if (enumeration) out.push(`enum ${side?.names.get(enumeration.id) ?? enumeration.name} `);
      const required = requiredBy(node);
      if (required === null || node.arguments.length > 1) break;
      out.push(`(require ${JSON.stringify(required)})`);
      return;
    }
    case 'CatchClause':
      if (node.param?.type !== 'Identifier' || mentions(node.body, node.param.name)) break;
      out.push('(CatchClause - ');
      write(node.body, out, from, false);
      out.push(')');
      return;
    case 'ArrowFunctionExpression':
      if (node.expression) {
        out.push(`(Arrow ${node.async ? 'async ' : ''}[`);
        for (const parameter of node.params) write(parameter, out, from, false);
        out.push('](Block[(Return ');
        write(node.body, out, from, false);
        out.push(')]))');
        return;
      }
      break;
    default:
      break;
  }
  out.push(`(${NAMES[node.type] ?? node.type} `);
  const fn = node.type === 'FunctionExpression' ? side?.fnAt.get(node) : undefined;
  const isNamed = fn !== undefined && isNamedAnyway(fn);
  const isCalledOnly = node.type === 'Property' && isMethodAnyway(node);
  const isOwn = node.type === 'VariableDeclaration' && own !== null && node.declarations.every(({ id }) => own.has(id));
  for (const key in node) {
    if (isNamed && key === 'id') {
      out.push('- ');
      continue;
    }
    if (
      key === 'type' ||
      key === 'start' ||
      key === 'end' ||
      key === 'raw' ||
      key === 'shorthand' ||
      (key === 'method' && isCalledOnly) ||
      (key === 'kind' && isOwn) ||
      (key === 'expression' && node.type !== 'ExpressionStatement' && node.type !== 'ChainExpression')
    )
      continue;
    const value = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(value)) {
      out.push('[');
      for (const item of value) {
        if (isNode(item) && side?.isIgnored(item)) continue;
        if (isNode(item)) write(item, out, from, false);
        else out.push('- ');
      }
      out.push(']');
    } else if (isNode(value)) write(value, out, from, false);
    else if (value === true) out.push(`${key} `);
    else if (typeof value === 'string') out.push(`${value} `);
    else if (value === null) out.push('- ');
  }
  out.push(')');
}

/** Generated text adds up thousands of strings: each is an operand of the next, deeper than the stack allows. */
function writeOperators(outermost: BinaryExpression | LogicalExpression, out: string[], from: From): void {
  const nested = [outermost];
  let left = outermost.left as AnyNode;
  while ((left.type === 'BinaryExpression' || left.type === 'LogicalExpression') && !from.side?.opaqueAt(left)) {
    nested.push(left);
    left = left.left as AnyNode;
  }
  for (const { type } of nested) out.push(`(${type} `);
  write(left, out, from, false);
  for (const { operator, right } of nested.reverse()) {
    out.push(`${operator} `);
    write(right, out, from, false);
    out.push(')');
  }
}

/** Whether an identifier of that name stands in `node`. */
function mentions(node: AnyNode, name: string): boolean {
  let found = false;
  walk(node, (inner) => {
    found ||=
      (inner.type === 'Identifier' && inner.name === name) ||
      (inner.type === 'CallExpression' && inner.callee.type === 'Identifier' && inner.callee.name === 'eval');
    return !found;
  });
  return found;
}

const NAMES: Readonly<Record<string, string>> = {
  FunctionDeclaration: 'Function',
  FunctionExpression: 'Function',
  ArrowFunctionExpression: 'Arrow',
  BlockStatement: 'Block',
  ReturnStatement: 'Return',
};
