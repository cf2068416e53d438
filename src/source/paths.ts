/**
 * Function paths: how a function is named within its module, stably across versions.
 * `Server#handle` a method, `Server.create` a static one, `api.get` a property of an object literal,
 * `createPool/<acquire>` a callback given to acquire() inside createPool; `@2` is the second of the same path.
 */
import type { AnyNode, CallExpression, Expression, MethodDefinition, PrivateIdentifier, Property, PropertyDefinition } from 'acorn';
import type { ClassInfo, FunctionInfo } from './model.ts';

const MAX_LITERAL = 40;

/** The text of a property key as it stands in a path. */
export function keyName(key: Expression | PrivateIdentifier, computed: boolean): string {
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (!computed && key.type === 'Identifier') return key.name;
  if (key.type === 'Literal') return String(key.value);
  return `[${memberText(key) ?? 'expression'}]`;
}

/** `a.b.c` for a static member chain, undefined for anything else. */
export function memberText(node: AnyNode): string | undefined {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'ThisExpression':
      return 'this';
    case 'MemberExpression': {
      const object = memberText(node.object);
      if (object === undefined) return undefined;
      if (!node.computed)
        return `${object}.${node.property.type === 'PrivateIdentifier' ? `#${node.property.name}` : (node.property as { name: string }).name}`;
      return node.property.type === 'Literal' ? `${object}.${String(node.property.value)}` : `${object}[]`;
    }
    default:
      return undefined;
  }
}

function callHint(call: { callee: AnyNode; arguments: readonly AnyNode[] }): string {
  const callee = call.callee;
  let name = 'anonymous';
  if (callee.type === 'Identifier') name = callee.name;
  else if (callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier') name = callee.property.name;
  const first = call.arguments[0];
  if (first?.type === 'Literal' && typeof first.value === 'string' && first.value.length <= MAX_LITERAL)
    return `<${name} ${JSON.stringify(first.value)}>`;
  return `<${name}>`;
}

/** What the surroundings call the value of `node`; `ancestors` are the nodes above it, up to the enclosing function. */
function hint(node: AnyNode, ancestors: readonly AnyNode[], depth: number): string {
  const parent = ancestors[depth];
  if (!parent) return '<anonymous>';
  switch (parent.type) {
    case 'VariableDeclarator':
      return memberText(parent.id) ?? '<anonymous>';
    case 'AssignmentExpression':
      return parent.right === node ? (memberText(parent.left) ?? '<anonymous>') : '<anonymous>';
    case 'AssignmentPattern':
      return memberText(parent.left) ?? '<anonymous>';
    case 'Property': {
      if (parent.key === node) return '<key>';
      const object = ancestors[depth - 1];
      const container = object ? hint(object, ancestors, depth - 2) : '';
      const property: Property = parent as Property;
      const prefix = property.kind === 'init' ? '' : `${property.kind} `;
      return `${container}.${prefix}${keyName(property.key as Expression, property.computed)}`;
    }
    case 'PropertyDefinition':
      return keyName(parent.key as Expression, parent.computed);
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === node ? '<iife>' : callHint(parent as CallExpression);
    case 'MemberExpression':
      return '<iife>';
    case 'ConditionalExpression':
    case 'LogicalExpression':
    case 'SequenceExpression':
    case 'AwaitExpression':
    case 'UnaryExpression':
    case 'ChainExpression':
      return hint(parent, ancestors, depth - 1);
    case 'ArrayExpression':
      return `${hint(parent, ancestors, depth - 1)}[]`;
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
      return '<return>';
    case 'ExportDefaultDeclaration':
      return 'default';
    default:
      return '<anonymous>';
  }
}

function functionName(fn: FunctionInfo): string {
  const node = fn.node;
  const ancestors = fn.ancestors;
  const parent = ancestors[ancestors.length - 1];
  if (fn.owner && fn.kind !== 'arrow' && fn.kind !== 'function') {
    const member = (node.type === 'FunctionExpression' ? parent : node) as MethodDefinition | PropertyDefinition | AnyNode;
    if (member.type === 'StaticBlock') return `${fn.owner.path}.<static>`;
    if (member.type !== 'MethodDefinition' && member.type !== 'PropertyDefinition') return `${fn.owner.path}#<member>`;
    const key = keyName(member.key as Expression, member.computed);
    const separator = member.static ? '.' : '#';
    if (member.type === 'PropertyDefinition') return `${fn.owner.path}${separator}${key}=`;
    const prefix = member.kind === 'get' || member.kind === 'set' ? `${member.kind} ` : '';
    return `${fn.owner.path}${separator}${prefix}${key}`;
  }
  if (node.type === 'FunctionDeclaration') return node.id ? node.id.name : 'default';
  const name = hint(node as AnyNode, ancestors, ancestors.length - 1);
  const own = node.type === 'FunctionExpression' ? node.id?.name : undefined;
  return own !== undefined && name.startsWith('<') ? own : name;
}

/** A class's name, without the functions around it. */
function className(cls: ClassInfo): string {
  if (cls.node.type === 'ClassDeclaration') return cls.node.id ? cls.node.id.name : 'default';
  const name = hint(cls.node as AnyNode, cls.ancestors, cls.ancestors.length - 1);
  const own = cls.node.id?.name;
  return own !== undefined && name.startsWith('<') ? own : name;
}

/** Gives every function and class its path. They must be in source order, outer before inner. */
export function assignPaths(items: readonly (FunctionInfo | ClassInfo)[]): void {
  const seen = new Map<string, number>();
  const unique = (path: string): string => {
    const count = (seen.get(path) ?? 0) + 1;
    seen.set(path, count);
    return count === 1 ? path : `${path}@${count}`;
  };
  const below = (parent: FunctionInfo, name: string): string => (parent.kind === 'module' ? name : `${parent.path}/${name}`);
  for (const item of items) {
    if ('members' in item) item.path = unique(`class ${below(item.parent, className(item))}`).slice('class '.length);
    else if (item.kind === 'module') item.path = '';
    else if (item.owner && item.kind !== 'arrow' && item.kind !== 'function') item.path = unique(functionName(item));
    else item.path = unique(below(item.parent!, functionName(item)));
  }
}
