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
import { memberName } from '../version/standing-for.ts';
import { nodesAbove, walk } from '../version/walk.ts';

/** By what programs call what they compare with. */
const ORDERS = /^_?(?:cmp|compar\w*|less\w*|order\w*|sort\w*|rank\w*|priorit\w*)$/i;
/** By what programs call what keeps an order. */
const KEEPS = /(?:heap|priorit|sorted|ordered|tree|rank)/i;

export function reportOrders({ next, match, log }: ModuleContext): void {
  for (const fn of match.baseOf.keys()) {
    if (!match.differs(fn) || !isComparator(fn)) continue;
    for (const given of [fn.node as AnyNode, ...(namedBy(fn)?.references ?? []).map(({ node }) => node as AnyNode)]) {
      const call = keeperGiven(given, next);
      if (!call) continue;
      const path = nameOf(call, next);
      if (log.rows.some((row) => row.path === path && row.code === 'results-remembered')) continue;
      const reason = `what it holds stands in the order that the old version of ${fn.path} gave`;
      log.add('results-remembered', next, call, path, reason);
    }
  }
}

/** `(a, b) => a.at - b.at` */
function isComparator({ node, kind }: FunctionInfo): boolean {
  const { params } = node as FunctionNode;
  if (params?.length !== 2 || (kind !== 'arrow' && kind !== 'function')) return false;
  const [a, b] = params.map((param) => (param.type === 'Identifier' ? param.name : null));
  if (a == null || b == null) return false;
  let found = false;
  walk(node as AnyNode, (inner) => {
    const [left, right] = inner.type === 'BinaryExpression' && /^(?:[<>]=?|-)$/.test(inner.operator) ? [inner.left, inner.right] : [];
    found ||=
      left !== undefined &&
      says(left as AnyNode, a) !== says(right as AnyNode, a) &&
      says(left as AnyNode, b) !== says(right as AnyNode, b);
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
  const [parent, literal, around] = above;
  const isEntry = parent?.type === 'Property' && parent.value === given && !parent.computed && ORDERS.test(keyName(parent.key, false));
  const call = isEntry && literal?.type === 'ObjectExpression' ? around : parent;
  if (call?.type !== 'NewExpression' && call?.type !== 'CallExpression') return null;
  if (call.callee.type === 'MemberExpression' && /^(?:to)?sort/i.test(memberName(call.callee) ?? '')) return null;
  // What other calls give is a comparison itself, as that by one property.
  const isNamedSo = KEEPS.test(memberText(call.callee) ?? '');
  if (call.type === 'CallExpression' && !isNamedSo) return null;
  if (isEntry) return call;
  const index = call.arguments.findIndex((one) => one === given);
  if (index < 0) return null;
  const owner = side.definitionOf(call.callee as AnyNode);
  const name = owner ? parameterOf(owner, index) : null;
  const isKeeper = name !== null ? ORDERS.test(name) : owner === null && isNamedSo;
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
