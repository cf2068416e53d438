/**
 * Results of functions that have changed, which other code has put into tables, lists or variables that outlive its calls: the
 * old version computed them, and nothing computes them again.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import type { VerdictCode } from '../verdicts/verdicts.ts';
import { functionAround } from '../version/program/function-around.ts';
import { callsAsEntry } from '../version/kept/function-tables.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode } from '../version/program/walk.ts';
import { variablesOf } from '../version/kept/function-variables.ts';
import { nameOf } from '../version/objects/member-names.ts';
import { leadingTo } from './called-in-turn.ts';
import { givesResultOf, keptByNames, keptFrom, keptInPlace, namesIn } from './kept-in.ts';
import { usesAsMember } from './member-uses.ts';
import type { Kept } from './kept-in.ts';
import type { Side } from '../version/side.ts';

/** Only of calls by name, or where a function is written out, in functions that were there before. */
export function reportCollected(ctx: ModuleContext, changed: readonly FunctionInfo[]): void {
  const { next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (/^(?:results|cache|instances|capture|field)-/.test(code) ? path : [])));
  const leading = leadingTo(next, changed);
  const report = (kept: Kept | null, of: FunctionInfo): void => {
    const by = leading.get(of) ?? of;
    const old = kept && match.baseOf.get(kept.fn);
    if (!kept || !old || kept.kind === 'at load' || told.has(old.path)) return;
    const { code, path, where } = verdictOn(kept, old.path);
    if (told.has(path) || told.has(kept.name)) return;
    told.add(path);
    log.add(code, next, kept.at, path, `results that the old version of ${by.path} computed are kept in ${where}`);
  };
  for (const by of [...changed, ...leading.keys()]) {
    for (const { owner, index } of callbacksOf(next, by)) {
      const named = (nameOf(owner)?.references ?? []).filter(({ fn }) => fn !== owner).map(({ parent }) => parent as AnyNode);
      for (const call of [...named, ...usesAsMember(next, owner).map(({ value }) => value)])
        report(call.type === 'CallExpression' ? keptByCallback(next, call, index) : null, by);
    }
    const settles = executorAround(next, by);
    const settled = settles ? keptOf(next, settles.node as AnyNode, settles.ancestors.at(-1), settles.parent!) : null;
    if (settled?.kind !== 'of closures') report(settled, by);
    if (!givesValue(by) && !isPromise(by.ancestors.at(-1))) continue;
    for (const { fn, value } of usesAsMember(next, by))
      if (match.baseOf.has(fn) && !next.runsOnce(fn)) report(keptFrom(next, fn, value), by);
    for (const ref of [nameOf(by), ...variablesOf(by, next)].flatMap((binding) => binding?.references ?? []))
      if (ref.read && ref.fn !== by && match.baseOf.has(ref.fn) && !next.runsOnce(ref.fn)) report(keptBy(next, ref), by);
    for (const call of callsAsEntry(by, next)) {
      const fn = functionAround(next, call);
      if (fn !== by && match.baseOf.has(fn) && !next.runsOnce(fn)) report(keptFrom(next, fn, call), by);
    }
    const { parent } = by;
    if (parent && match.baseOf.has(parent) && !next.runsOnce(parent))
      report(keptOf(next, by.node as AnyNode, by.ancestors.at(-1), parent), by);
  }
}

/** Which arguments of itself or of a function around it a function calls with something. */
export function callbacksOf(side: Side, by: FunctionInfo): readonly { readonly owner: FunctionInfo; readonly index: number }[] {
  return side.refsIn(by.node.start, by.node.end).flatMap(({ binding, node, parent, fn }) => {
    if (
      fn !== by ||
      binding?.kind !== 'param' ||
      parent.type !== 'CallExpression' ||
      parent.callee !== node ||
      parent.arguments.length === 0
    )
      return [];
    const { params = [] } = binding.scope.fn.node as Partial<FunctionNode>;
    const index = params.findIndex((param) => param.type === 'Identifier' && param.name === binding.name);
    return index < 0 || isPromise(binding.scope.fn.ancestors.at(-1)) ? [] : [{ owner: binding.scope.fn, index }];
  });
}

/** What the function keeps that a call is given for what it is called with, where that is written out. */
export function keptByCallback(side: Side, call: CallExpression, index: number): Kept | null {
  const given = call.arguments[index] as AnyNode | undefined;
  const fn = given && isFunctionNode(given) ? side.fnAt.get(given) : undefined;
  if (!given || !(fn instanceof FunctionInfo)) return null;
  const { params } = fn.node as FunctionNode;
  const names = params.flatMap((param) => namesIn(param as AnyNode));
  const kept = keptByNames(side, fn, names, given, true);
  // Closures that a callback makes are over with what it is called for, as a request.
  return kept?.kind === 'of closures' ? null : kept;
}

/** The function around one that was given to `new Promise`, where that one settles it. */
export function executorAround(side: Side, by: FunctionInfo): FunctionInfo | null {
  for (let at = by.parent; at && at.kind !== 'module'; at = at.parent) {
    if (!isPromise(at.ancestors.at(-1))) continue;
    const executor = at;
    const settles = side
      .refsIn(by.node.start, by.node.end)
      .some(({ binding, fn }) => fn === by && binding?.kind === 'param' && binding.scope.fn === executor);
    return settles ? executor : null;
  }
  return null;
}

/** What a verdict on it says, and where that is. */
export function verdictOn(
  { kind, name }: Kept,
  path: string,
): { readonly code: VerdictCode; readonly path: string; readonly where: string } {
  switch (kind) {
    case 'of objects':
      return {
        code: 'instances-hold',
        path: `${path} ${name}`,
        where: `the ${name} of objects that exist`,
      };
    case 'of closures':
      return {
        code: 'capture-kept',
        path: `${path} ${name}`,
        where: `the ${name} of closures that exist`,
      };
    default:
      return { code: 'results-remembered', path, where: name };
  }
}

/** Whether there is anything to keep of what a function computes; one that sorts is asked for what it gives. */
function givesValue({ node, returns }: FunctionInfo): boolean {
  const { body } = node as Partial<FunctionNode>;
  return (body !== undefined && body !== null && (body as AnyNode).type !== 'BlockStatement') || returns.some((one) => one.node.argument);
}

/** What such a function settles a promise with is kept with that. */
const isPromise = (call: AnyNode | undefined): boolean => call?.type === 'NewExpression' && memberText(call.callee) === 'Promise';

/** From where a function is called, or is given to what calls it. */
function keptBy(side: Side, { node, parent, fn }: Reference): Kept | null {
  if (parent.type === 'TaggedTemplateExpression' || (parent.type === 'CallExpression' && parent.callee === node))
    return keptFrom(side, fn, parent);
  return keptOf(side, node, parent, fn);
}

function keptOf(side: Side, given: AnyNode, call: AnyNode | undefined, fn: FunctionInfo): Kept | null {
  if (call?.type === 'NewExpression') return isPromise(call) ? keptFrom(side, fn, call) : null;
  if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || !call.arguments.includes(given as never)) return null;
  const name = memberName(call.callee) ?? '';
  if (name === 'sort') {
    const kept = keptInPlace(side, fn, call.callee.object as AnyNode, call);
    if (kept) return kept;
  }
  return givesResultOf(name) || memberText(call.callee) === 'Array.from' ? keptFrom(side, fn, call) : null;
}
