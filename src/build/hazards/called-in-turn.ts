/** Functions that come to what they give by calls of others, which do so in turn. */
import type { AnyNode, CallExpression } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import { sourcesOf } from '../version/flow.ts';
import { leftBy } from '../version/left.ts';
import { nameOf } from '../version/member-names.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/standing-for.ts';
import { usesAsMember } from './member-uses.ts';

/** From function to function. */
const MOST_CALLS = 5;

/** The calls by which what a call calls comes to what it gives: its own, and those of the functions that it calls for it. */
export function calledInTurn(side: Side, call: CallExpression): readonly CallExpression[] {
  const found: CallExpression[] = [];
  const seen = new Set<FunctionInfo>();
  let calls: readonly CallExpression[] = [call];
  for (let step = 0; step < MOST_CALLS && calls.length > 0; step++) {
    const called = calls.flatMap(({ callee }) => standingFor(side).definitions(callee as AnyNode));
    calls = called.flatMap((fn) => (fn instanceof FunctionInfo && seen.size !== seen.add(fn).size ? callsBehind(side, fn) : []));
    found.push(...calls);
  }
  return found;
}

/** Those that what it returns may be computed from. */
function callsBehind(side: Side, fn: FunctionInfo): CallExpression[] {
  const sources = new Set<AnyNode>();
  for (const { how, value } of leftBy(fn, side))
    if (how === 'returned') for (const source of sourcesOf(side, fn.node as AnyNode, value)) sources.add(source);
  return [...sources].filter((node) => node.type === 'CallExpression');
}

/** The functions that come to what they give by calls of one among `changed`, each with that. */
export function leadingTo(side: Side, changed: readonly FunctionInfo[]): ReadonlyMap<FunctionInfo, FunctionInfo> {
  const found = new Map<FunctionInfo, FunctionInfo>(changed.map((fn) => [fn, fn]));
  let moved = changed;
  for (let step = 0; step < MOST_CALLS && moved.length > 0; step++) {
    const next: FunctionInfo[] = [];
    for (const called of moved)
      for (const { fn, value } of callsOf(side, called)) {
        if (found.has(fn) || !callsBehind(side, fn).includes(value)) continue;
        found.set(fn, found.get(called)!);
        next.push(fn);
      }
    moved = next;
  }
  for (const fn of changed) found.delete(fn);
  return found;
}

function callsOf(side: Side, called: FunctionInfo): { readonly fn: FunctionInfo; readonly value: CallExpression }[] {
  const named = (nameOf(called)?.references ?? []).map(({ fn, parent }) => ({ fn, value: parent as AnyNode }));
  return [...named, ...usesAsMember(side, called)].flatMap(({ fn, value }) =>
    value.type === 'CallExpression' && fn !== called ? { fn, value } : [],
  );
}
