/**
 * Modules that a header requires for the factory it calls. Which parameter is which module is told by what is required,
 * not by its place: bundlers put them in another order from release to release.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { callsOfGiven, requiredBy } from './ran.ts';
import type { Environment } from './ran.ts';

export interface Asked {
  /** For each parameter of the factory the module that it is given; null where it is given anything else. */
  readonly sources: readonly (string | null)[];
  /** The calls of `require`. */
  readonly nodes: readonly CallExpression[];
}

/** By factory, where just one call in code that runs once gives it what it takes. */
export function askedFor(model: ModuleModel, once: ReadonlySet<FunctionInfo>, environment: Environment): Map<FunctionInfo, Asked> {
  const calls = new Map<FunctionInfo, CallExpression[]>();
  const unclear = new Set<FunctionInfo>();
  for (const { call, fn, called: factory } of callsOfGiven(model)) {
    if (!once.has(factory)) continue;
    let runs = fn;
    while (!once.has(runs) && runs.parent) runs = runs.parent;
    const isReached = reached((runs.node as FunctionNode).body as AnyNode, environment).some((own) => contains(own, call));
    if (!isReached) continue;
    // Whoever calls that function may do so at another time, and again.
    if (runs !== fn) unclear.add(factory);
    calls.set(factory, [...(calls.get(factory) ?? []), call]);
  }
  const found = new Map<FunctionInfo, Asked>();
  for (const [factory, [call, ...others]] of calls) {
    const { params } = factory.node as FunctionNode;
    if (
      others.length > 0 ||
      unclear.has(factory) ||
      factory.usesArguments ||
      factory.hasDirectEval ||
      params.some((p) => p.type !== 'Identifier')
    )
      continue;
    if (call!.arguments.some((a) => a.type === 'SpreadElement')) continue;
    const given = params.map((_, i) => call!.arguments[i] as AnyNode | undefined);
    const sources = given.map((argument) => (argument ? requiredBy(argument) : null));
    found.set(factory, { sources, nodes: given.filter((_, i) => sources[i] !== null) as CallExpression[] });
  }
  return found;
}

/** What of a body is run, as far as where it runs decides that. */
function reached(node: AnyNode, environment: Environment): AnyNode[] {
  if (node.type === 'BlockStatement') return node.body.flatMap((statement) => reached(statement, environment));
  if (node.type === 'SequenceExpression') return node.expressions.flatMap((expression) => reached(expression, environment));
  const inner = node.type === 'ExpressionStatement' ? node.expression : node;
  const taken = environment.taken(inner);
  if (taken === undefined) return [];
  return taken === inner && inner === node ? [node] : reached(taken, environment);
}
