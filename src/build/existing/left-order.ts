/**
 * Where in a list functions put things, and how they lay out what they write into buffers: what the old version has left there is in
 * the order, and in the places, that it gave.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { tableOf } from '../version/kept/puts.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isReadByChanged } from './read-by-changed.ts';
import { walk } from '../version/program/walk.ts';

const PLACES = /^(?:push|unshift|splice)$/;
const WRITES = /^(?:write|set)(?:Big)?U?(?:Int|Float|Double)\d*(?:BE|LE)?$/;
const ORDERS: ReadonlySet<string> = new Set(['<', '>', '<=', '>=']);

export interface OtherOrder {
  readonly table: string;
  readonly reason: string;
  readonly at: AnyNode;
}

export function otherOrder(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): OtherOrder | null {
  const { base, next } = ctx;
  const [before, now] = [callsOn(baseFn, base, PLACES), callsOn(fn, next, PLACES)];
  for (const [table, { calls }] of now) {
    const old = before.get(table);
    if (!old) continue;
    const isSame = placesOf(old.calls, baseFn, base) === placesOf(calls, fn, next);
    if (!isSame) return { table, reason: `what calls of it have put into ${table} stands there in another order`, at: calls[0]! };
  }
  const [was, is] = [callsOn(baseFn, base, WRITES), callsOn(fn, next, WRITES)];
  for (const [table, { calls, variable }] of is) {
    const old = was.get(table);
    if (
      !old ||
      layoutOf(old.calls, base) === layoutOf(calls, next) ||
      !isReadByChanged(ctx, fn, { name: table, property: table, variable })
    )
      continue;
    return { table, reason: `what calls of it have written into ${table} is laid out otherwise, and other code reads it`, at: calls[0]! };
  }
  return null;
}

type Calls = readonly (CallExpression & AnyNode)[];

interface CallsOn {
  /** Null of a property. */
  readonly variable: Binding | null;
  readonly calls: Calls;
}

/** By what the source calls it, the calls of such methods on what outlives the function's call. */
function callsOn(fn: FunctionInfo, side: Side, methods: RegExp): ReadonlyMap<string, CallsOn> {
  const { start, end } = fn.node;
  const found = new Map<string, CallsOn>();
  for (const call of nodesWithin(side.model.program, 'CallExpression', start, end)) {
    if (call.callee.type !== 'MemberExpression' || !methods.test(memberName(call.callee) ?? '')) continue;
    if (fn.children.some(({ node }) => contains(node, call))) continue;
    const owner = tableOf(call.callee.object as AnyNode, fn, side);
    // What takes things out puts nothing anywhere.
    if (!owner || owner.isGiven || (memberName(call.callee) === 'splice' && call.arguments.length < 3)) continue;
    found.set(owner.table, { variable: owner.variable, calls: [...(found.get(owner.table)?.calls ?? []), call] });
  }
  return found;
}

/** At which end, or by which comparisons of what is there. */
function placesOf(calls: Calls, fn: FunctionInfo, side: Side): string {
  const ends = new Set(calls.map(({ callee }) => (callee.type === 'MemberExpression' ? memberName(callee) : '')));
  if (!ends.has('splice')) return [...ends].join();
  const table = side.text((calls[0]!.callee as { readonly object: AnyNode }).object);
  const compared: string[] = [];
  const isOfTable = (part: AnyNode): boolean => {
    let found = false;
    walk(part, (node) => {
      found ||= node.type === 'MemberExpression' && node.computed && side.text(node.object as AnyNode) === table;
      return !found;
    });
    return found;
  };
  const order = (node: AnyNode): void => {
    if (node.type === 'BinaryExpression' && ORDERS.has(node.operator)) compared.push(node.operator);
  };
  walk(fn.node as AnyNode, (node) => {
    if (node.type === 'BinaryExpression' && isOfTable(node)) order(node);
    const { callee, arguments: given } = node.type === 'CallExpression' ? node : { callee: null, arguments: [] };
    // `list.findIndex((one) => one.at > at)`
    if (callee?.type === 'MemberExpression' && /^find(?:Last)?Index$/.test(memberName(callee) ?? '') && side.text(callee.object) === table)
      for (const value of given) walk(value as AnyNode, order);
    return true;
  });
  return [...ends, ...compared].join();
}

/** What is written where; the values are others in each call. */
const layoutOf = (calls: Calls, side: Side): string =>
  calls
    .map(({ callee, arguments: [, ...where] }) => {
      const method = callee.type === 'MemberExpression' ? memberName(callee) : '';
      return `${method} ${where.map((one) => side.text(one as AnyNode)).join()}`;
    })
    .join(';');
