/** Which properties of `this` a body has given a value whichever way through it was taken. */
import type { AnyNode, Function as AcornFunction } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { givenIn, ownGivenIn } from '../forms/define-helpers.ts';
import { hasOneKey, isPrivateName, ownProperty } from '../forms/own-properties.ts';
import { isThis } from '../forms/this-names.ts';
import { isFunctionNode, walk } from '../program/walk.ts';

export interface PropertyAssignment {
  readonly node: AnyNode;
  /** As in `givenIn` where it is another way than an assignment. */
  readonly operator: string;
  readonly right: AnyNode;
}

/** Where a function assigns properties of `this`, by their names, in whichever of its branches. `isPrivate`: private ones, by names with `#`. */
export function assignedBy(fn: FunctionInfo, isPrivate = false): ReadonlyMap<string, readonly PropertyAssignment[]> {
  const found = new Map<string, PropertyAssignment[]>();
  const root = fn.node as AnyNode;
  walk(root, (node) => {
    if (node !== root && isFunctionNode(node) && node.type !== 'ArrowFunctionExpression') return false;
    const add = (own: string, operator: string, right: AnyNode): void =>
      void found.set(own, [...(found.get(own) ?? []), { node, operator, right }]);
    if (node.type === 'AssignmentExpression') {
      const name = ownProperty(node.left);
      if (name !== null && isPrivateName(name) === isPrivate && hasOneKey(node.left, fn)) add(name, node.operator, node.right);
    }
    for (const { name, value, how } of ownGivenIn(node, fn))
      if (isPrivateName(name) === isPrivate) add(name, how === 'set' ? '=' : how, value);
    return true;
  });
  return found;
}

/** What a function has assigned once its body ends: whoever returns from the middle of it is not looked at. */
export function surelyAssigned({ node }: FunctionInfo): ReadonlySet<string> {
  const { body } = node as Partial<AcornFunction>;
  if (body?.type !== 'BlockStatement') return NOTHING;
  const end = body.body.findIndex((statement) => assignedIn(statement) === null);
  return inOrder(end < 0 ? body.body : body.body.slice(0, end)) ?? NOTHING;
}

/** Null where nothing goes on behind the node: it returns or throws. What cannot be told is left out. */
function assignedIn(node: AnyNode): ReadonlySet<string> | null {
  switch (node.type) {
    case 'BlockStatement':
      return inOrder(node.body);
    case 'ReturnStatement':
    case 'ThrowStatement':
      return null;
    case 'IfStatement':
      return either(assignedIn(node.consequent), node.alternate ? assignedIn(node.alternate) : NOTHING);
    case 'TryStatement': {
      const tried = assignedIn(node.block);
      const ways = node.handler ? either(tried, assignedIn(node.handler.body)) : tried;
      return node.finalizer ? both(ways, assignedIn(node.finalizer)) : ways;
    }
    case 'DoWhileStatement':
    case 'LabeledStatement':
      return assignedIn(node.body);
    case 'ExpressionStatement':
      return assignedIn(node.expression);
    case 'SequenceExpression':
      return inOrder(node.expressions);
    case 'ConditionalExpression':
      return either(assignedIn(node.consequent), assignedIn(node.alternate));
    case 'AssignmentExpression': {
      const name = ownProperty(node.left);
      const value = assignedIn(node.right) ?? NOTHING;
      const more = givenIn(node).flatMap((own) => (isThis(own.object) && !isPrivateName(own.name) ? [own.name] : []));
      if (more.length > 0) return new Set([...value, ...more]);
      return name === null || isPrivateName(name) || node.operator !== '=' ? value : new Set([...value, name]);
    }
    case 'CallExpression': {
      const given = givenIn(node).filter(({ object }) => isThis(object));
      return given.length > 0 ? new Set(given.map(({ name }) => name)) : NOTHING;
    }
    default:
      return NOTHING;
  }
}

const NOTHING: ReadonlySet<string> = new Set();

function inOrder(nodes: readonly AnyNode[]): ReadonlySet<string> | null {
  const found = new Set<string>();
  for (const node of nodes) {
    const own = assignedIn(node);
    if (own === null) return null;
    for (const name of own) found.add(name);
  }
  return found;
}

function either(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): ReadonlySet<string> | null {
  if (a === null || b === null) return a ?? b;
  return new Set([...a].filter((name) => b.has(name)));
}

function both(a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): ReadonlySet<string> | null {
  return a === null || b === null ? null : new Set([...a, ...b]);
}
