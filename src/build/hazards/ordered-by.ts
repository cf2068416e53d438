/**
 * Functions by which something keeps what it holds in order, as a heap or a sorted list that has been given one: what is in it stands
 * in the order that the old version gave.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, NewExpression } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import { FunctionInfo } from '../../source/model.ts';
import type { ClassInfo } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesAbove, walk } from '../version/program/walk.ts';

/** By what programs call what they compare with. */
const ORDERS = /^_?(?:cmp|compar\w*|less\w*|order\w*|sort\w*|rank\w*|priorit\w*)$/i;
/** By what programs call what keeps an order. */
const KEEPS = /(?:heap|priorit|sorted|ordered|tree|rank)/i;
const COMPARES = /^(?:[<>]=?|-)$/;

export function reportOrders({ next, match, log }: ModuleContext): void {
  const told = new Set<AnyNode>();
  for (const fn of match.baseOf.keys()) {
    if (!match.differs(fn) || !isComparator(fn)) continue;
    for (const given of [fn.node as AnyNode, ...(namedBy(fn)?.references ?? []).map(({ node }) => node as AnyNode)]) {
      const call = keeperGiven(given, next);
      if (!call || told.has(call)) continue;
      told.add(call);
      const reason = `what it holds stands in the order that the old version of ${fn.path} gave`;
      log.add('results-remembered', next, call, nameOf(call, next), reason);
    }
  }
}

/** `(a, b) => a.at - b.at` */
function isComparator({ node }: FunctionInfo): boolean {
  const [a, b, more] = (node as Partial<FunctionNode>).params ?? [];
  if (a?.type !== 'Identifier' || b?.type !== 'Identifier' || more) return false;
  let found = false;
  walk(node as AnyNode, (inner) => {
    found ||=
      inner.type === 'BinaryExpression' &&
      COMPARES.test(inner.operator) &&
      [a, b].every(({ name }) => says(inner.left as AnyNode, name) !== says(inner.right, name));
    return !found;
  });
  return found;
}

function says(node: AnyNode, name: string): boolean {
  let found = false;
  walk(node, (inner) => {
    found ||= inner.type === 'Identifier' && inner.name === name;
    return !found;
  });
  return found;
}

/** The call that is given a function to keep an order by it; null for one that sorts, or does something else. */
function keeperGiven(given: AnyNode, side: Side): ((CallExpression | NewExpression) & AnyNode) | null {
  const above = nodesAbove(given, side.model.program as AnyNode).toReversed();
  const [parent, , around] = above;
  const isEntry = parent?.type === 'Property' && !parent.computed && ORDERS.test(keyName(parent.key, false));
  const call = isEntry ? around : parent;
  if (call?.type !== 'NewExpression' && call?.type !== 'CallExpression') return null;
  if (call.callee.type === 'MemberExpression' && /^(?:to)?sort/i.test(memberName(call.callee) ?? '')) return null;
  // What other calls give is a comparison itself, as that by one property.
  const isNamedSo = KEEPS.test(memberText(call.callee) ?? '');
  if (call.type === 'CallExpression' && !isNamedSo) return null;
  if (isEntry) return call;
  const index = call.arguments.findIndex((one) => one === given);
  const owner = side.definitionOf(call.callee as AnyNode);
  const name = owner ? parameterOf(owner, index) : null;
  const isKeeper = name !== null ? ORDERS.test(name) : isNamedSo;
  return isKeeper ? call : null;
}

/** What a function, or the constructor of a class, calls an argument. */
function parameterOf(owner: FunctionInfo | ClassInfo, index: number): string | null {
  const made =
    owner instanceof FunctionInfo ? owner : owner.members.find(({ kind }) => kind === 'constructor' || kind === 'derived-constructor');
  const param = (made?.node as Partial<FunctionNode> | undefined)?.params?.[index];
  const id = param?.type === 'AssignmentPattern' ? param.left : param;
  return id?.type === 'Identifier' ? id.name : null;
}

function nameOf(call: AnyNode, side: Side): string {
  const parent = nodesAbove(call, side.model.program as AnyNode).at(-1);
  if (parent?.type === 'VariableDeclarator') return memberText(parent.id) ?? '';
  return parent?.type === 'AssignmentExpression' ? (memberText(parent.left) ?? '') : '';
}
