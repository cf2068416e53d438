/** The calls by which a function of a module comes to what it gives: its own, and those of the functions that it calls for it. */
import type { AnyNode, CallExpression } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import { sourcesOf } from '../version/flow.ts';
import { leftBy } from '../version/left.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/standing-for.ts';

/** From function to function. */
const MOST_CALLS = 5;

/** Without `call` itself. */
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
