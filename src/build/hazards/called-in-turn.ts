/** Functions that come to what they give by calls of others, which do so in turn. */
import type { AnyNode, CallExpression } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { sourcesOf } from '../version/values/flow.ts';
import { leftBy } from '../version/kept/left.ts';
import { nameOf } from '../version/objects/member-names.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/values/standing-for.ts';
import { usesAsMember } from './member-uses.ts';
import { escapes, outlives } from '../version/program/escape.ts';
import { functionAround } from '../version/program/function-around.ts';
import { namedBy } from '../../instrument/forwarding.ts';

/** From function to function. */
const MOST_CALLS = 5;

/** The calls by which what a call calls comes to what it gives: its own, and those of the functions that it calls for it. */
export function calledInTurn(side: Side, call: CallExpression): readonly CallExpression[] {
  const found: CallExpression[] = [];
  const seen = new Set<FunctionInfo>();
  let calls: readonly CallExpression[] = [call];
  for (let step = 0; step < MOST_CALLS && calls.length > 0; step++) {
    const called = calls.flatMap(({ callee }) => standingFor(side).definitions(callee as AnyNode));
    calls = called.flatMap((fn) => (fn instanceof FunctionInfo && seen.size !== seen.add(fn).size ? callsBehind(fn, side) : []));
    found.push(...calls);
  }
  return found;
}

/** Those that what it returns may be computed from. */
const callsBehind = askedOnce((fn: FunctionInfo, side: Side): readonly CallExpression[] => {
  const sources = new Set<AnyNode>();
  for (const { how, value } of leftBy(fn, side))
    if (how === 'returned') for (const source of sourcesOf(side, fn.node as AnyNode, value)) sources.add(source);
  // What closures of the result call they call with the new code.
  return [...sources].filter(
    (node): node is CallExpression & AnyNode => node.type === 'CallExpression' && !outlives(functionAround(side, node), fn, isKept),
  );
});

/** Whether a closure may be kept, and nothing is given it that may call it before it returns. */
function isKept(fn: FunctionInfo): boolean {
  const isGiven = (parent: AnyNode | undefined, node: AnyNode): boolean =>
    (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && parent.callee !== node;
  return (
    escapes(fn) &&
    !isGiven(fn.ancestors.at(-1), fn.node as AnyNode) &&
    namedBy(fn)?.references.some(({ parent, node }) => isGiven(parent, node)) !== true
  );
}

/** The functions that come to what they give by calls of one among `changed`, each with that. */
export function leadingTo(side: Side, changed: readonly FunctionInfo[]): ReadonlyMap<FunctionInfo, FunctionInfo> {
  const found = new Map<FunctionInfo, FunctionInfo>(changed.map((fn) => [fn, fn]));
  let moved = changed;
  for (let step = 0; step < MOST_CALLS && moved.length > 0; step++) {
    const next: FunctionInfo[] = [];
    for (const called of moved)
      for (const { fn, value } of callsOf(side, called)) {
        if (found.has(fn) || !callsBehind(fn, side).includes(value)) continue;
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
