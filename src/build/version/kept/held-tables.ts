/**
 * Tables that a function gives to objects under a name, anywhere in its own code, and what they are: what is under that name of
 * objects that exist is of the kind that the old version gave them.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import { isBare, kindOf } from '../values/object-kinds.ts';
import { memberName } from '../program/member-name.ts';
import { isThis } from '../forms/this-names.ts';
import { isFunctionNode, walk } from '../program/walk.ts';

export interface HeldTable {
  readonly value: AnyNode;
  /** The object is the `this` of the function. */
  readonly isOwn: boolean;
  /** The object is a method's own, which passes it here or by which a `WeakMap` knows the table. */
  readonly isOfMethod: boolean;
}

interface Given {
  /** By name; the variable that holds it, for a `WeakMap` that knows the object. Null where it is now one thing and now another. */
  readonly tables: ReadonlyMap<string, HeldTable | null>;
  /** The names under which the function itself looks for what objects have. */
  readonly reads: ReadonlySet<string>;
}

export function tablesGiven(fn: FunctionInfo): Given {
  const found = new Map<string, HeldTable | null>();
  const root = fn.node as AnyNode;
  const add = (name: string | null, given: AnyNode, isOwn: boolean, isOfMethod = false): void => {
    const value = tableOf(given);
    if (name === null || value === null) return;
    const known = found.get(name);
    const isSame = known && kindOf(known.value) === kindOf(value) && isBare(known.value) === isBare(value);
    if (known === undefined) found.set(name, { value, isOwn, isOfMethod });
    else if (!isSame) found.set(name, null);
    else if (known.isOwn && !isOwn) found.set(name, { value, isOwn, isOfMethod });
  };
  /** A parameter for which a method passes its own object. */
  const isGivenThis = (node: AnyNode): boolean => {
    const index =
      node.type === 'Identifier' ? paramsOf(fn).findIndex((param) => param.type === 'Identifier' && param.name === node.name) : -1;
    const calls = index < 0 ? [] : (namedBy(fn)?.references ?? []);
    return calls.some(
      ({ node: callee, parent }) =>
        parent.type === 'CallExpression' &&
        parent.callee === callee &&
        parent.arguments[index] !== undefined &&
        isThis(parent.arguments[index] as AnyNode),
    );
  };
  const put = new Set<AnyNode>();
  const reads = new Set<string>();
  const targets = new Set<AnyNode>();
  walk(root, (node) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type === 'AssignmentExpression' && node.operator === '=') targets.add(node.left);
    if (node.type === 'MemberExpression' && !targets.has(node)) reads.add(memberName(node) ?? '');
    if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression')
      add(memberName(node.left), node.right, isThis(node.left.object as AnyNode), isGivenThis(node.left.object as AnyNode));
    else if (node.type === 'CallExpression') {
      const [target, ...rest] = node.arguments as AnyNode[];
      if (target && isAssign(node)) {
        if (isThis(target)) for (const object of rest) put.add(object);
      } else if (target && isThis(target)) add(...knownBy(node), false, true);
    } else if (node.type === 'ObjectExpression')
      for (const property of node.properties)
        if (property.type === 'Property' && !property.computed && !property.method)
          add(keyName(property.key, false), property.value as AnyNode, put.has(node));
    return true;
  });
  return { tables: found, reads };
}

const paramsOf = ({ node }: FunctionInfo): readonly AnyNode[] => (node as Partial<FunctionNode>).params ?? [];

/** The table that a value is, where the object has none yet. */
function tableOf(value: AnyNode): AnyNode | null {
  if (value.type === 'LogicalExpression' || value.type === 'AssignmentExpression') return tableOf(value.right);
  if (value.type === 'ParenthesizedExpression') return tableOf(value.expression);
  return isBare(value) || kindOf(value) !== null ? value : null;
}

const isAssign = ({ callee }: CallExpression): boolean =>
  callee.type === 'MemberExpression' &&
  memberName(callee) === 'assign' &&
  callee.object.type === 'Identifier' &&
  callee.object.name === 'Object';

/** `held.set(this, {})` and `__privateAdd(this, held, {})` */
function knownBy({ callee, arguments: given }: CallExpression): [string | null, AnyNode] {
  const last = given.at(-1) as AnyNode;
  if (given.length === 2 && callee.type === 'MemberExpression' && memberName(callee) === 'set' && callee.object.type === 'Identifier')
    return [callee.object.name, last];
  const [, second] = given as AnyNode[];
  return [given.length === 3 && second!.type === 'Identifier' ? second!.name : null, last];
}
