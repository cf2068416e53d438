/**
 * Results that are remembered: a function looks into a table that lives as long as its module, and puts what it computes
 * there. What old code computed stays in it, and new code finds it.
 */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionOf } from '../version/effects.ts';
import { sourcesOf } from '../version/flow.ts';
import type { Side } from '../version/side.ts';
import { Outside } from './outside.ts';
import { aroundOwn, aroundTables, ownUses, tablesOf } from './table-uses.ts';

/** By their names: what they give goes on giving what the function that they were given has computed. */
const REMEMBERS = /^_?(?:cached?|lru\w*|memo|memoi[sz]e\w*|once)$/i;

/** A table in which results of a function that has changed are remembered. */
export interface Remembered {
  /** The function of the old version that looks into it and fills it, and what it is in the new one. */
  readonly fn: FunctionInfo;
  readonly now: FunctionInfo;
  /** A variable of the module, or the name of a property that each object has for itself. */
  readonly table: Binding | string;
  /** The path of the function that computed the results. */
  readonly by: string;
}

/** Warns of each table in which results are remembered that `isEmptied` does not hold of, and of functions that have given theirs away. */
export function reportRemembered(
  { base, next, match, log }: ModuleContext,
  found: readonly Remembered[],
  isEmptied: (one: Remembered) => boolean,
): void {
  for (const [fn, by] of handedOver(base, changedIn({ base, match }))) {
    const now = match.nextOf.get(fn)!;
    log.add('results-remembered', next, now.node, now.path, `${by} was given it, and may keep results that the old version computed`);
  }
  for (const one of found) {
    if (isEmptied(one)) continue;
    const computed = `results that the old version of ${one.by === one.fn.path ? 'it' : one.by} computed are kept in`;
    const where = typeof one.table === 'string' ? `the ${one.table} of objects that exist` : one.table.name;
    log.add('results-remembered', next, one.now.node, one.fn.path, `${computed} ${where}`);
  }
}

/** The functions of the old version that differ in the new one. */
export function changedIn({ base, match }: Pick<ModuleContext, 'base' | 'match'>): Set<FunctionInfo> {
  const changed = new Set<FunctionInfo>();
  for (const [fn, baseFn] of match.baseOf) if (match.differs(fn) && base.plan.siteOf.has(baseFn)) changed.add(baseFn);
  return changed;
}

/** The tables in which results of functions of `changed` are remembered, or of functions that other modules give away. */
export function rememberedIn(ctx: ModuleContext, changed: ReadonlySet<FunctionInfo>): Remembered[] {
  const { base, match } = ctx;
  const found: Remembered[] = [];
  const outside = new Outside(ctx);
  if (changed.size === 0 && !outside.hasChanged) return found;
  const around = aroundTables(base);
  const aroundCaches = aroundOwn(base);
  for (const fn of base.model.functions) {
    // What runs once, as a module in a bundle does, remembers nothing from call to call.
    if (!base.plan.siteOf.has(fn) || runsOnce(base.plan.handleOf.get(fn)?.kind)) continue;
    const now = match.nextOf.get(fn);
    if (!now) continue;
    const uses = [...(around.has(fn) ? tablesOf(base, fn) : []), ...(aroundCaches.has(fn) ? ownUses(fn) : [])];
    for (const [table, { values, isAsked }] of uses) {
      if (!isAsked || values.length === 0) continue;
      // A function that has changed may compute all that it puts there in another way.
      const by = changed.has(fn) ? fn.path : sourceOf(base, fn, values, changed, outside);
      if (by !== null) found.push({ fn, now, table, by });
    }
  }
  return found;
}

/** The path of the function that has changed and computes what is put into a table; null for none. */
function sourceOf(
  side: Side,
  fn: FunctionInfo,
  values: readonly AnyNode[],
  changed: ReadonlySet<FunctionInfo>,
  outside: Outside,
): string | null {
  const nodes = values.flatMap((value) => sourcesOf(side, fn.node as AnyNode, value));
  const functions = reached(side, nodes);
  return (
    functions.find((other) => changed.has(other))?.path ?? outside.calledIn([...nodes, ...functions.map(({ node }) => node as AnyNode)])
  );
}

/** Those of `functions` that a call is given which remembers results, as its name says, and that name. */
export function handedOver(side: Side, functions: ReadonlySet<FunctionInfo>, remembers = REMEMBERS): Map<FunctionInfo, string> {
  const found = new Map<FunctionInfo, string>();
  const look = (parent: AnyNode | undefined, node: AnyNode, fn: FunctionInfo | null): void => {
    if (fn === null || !functions.has(fn) || parent?.type !== 'CallExpression' || !parent.arguments.some((a) => a === node)) return;
    const callee = calledNames(parent.callee).find((name) => remembers.test(name));
    if (callee !== undefined) found.set(fn, callee);
  };
  for (const fn of functions) look(fn.ancestors.at(-1), fn.node as AnyNode, fn);
  for (const { node, parent, binding } of side.refs)
    if (parent.type === 'CallExpression' && parent.callee !== node) look(parent, node, functionOf(side, binding));
  return found;
}

/** The name of what is called, and of what it is a method of. */
function calledNames(callee: AnyNode): string[] {
  if (callee.type === 'SequenceExpression') return calledNames(callee.expressions.at(-1)!);
  if (callee.type === 'MemberExpression') return [...calledNames(callee.property), ...calledNames(callee.object).slice(0, 1)];
  return callee.type === 'Identifier' ? [callee.name] : [];
}

/** The functions of the module that `nodes` may have to do with, as far as names tell. */
function reached(side: Side, nodes: readonly AnyNode[]): FunctionInfo[] {
  const seen = new Set<FunctionInfo>();
  const look = ({ start, end }: AnyNode): void => {
    for (const { binding } of side.refsIn(start, end)) {
      const called = functionOf(side, binding);
      if (called) seen.add(called);
    }
  };
  for (const node of nodes) look(node);
  for (const at of seen) {
    for (const inner of at.children) seen.add(inner);
    look(at.node as AnyNode);
  }
  return [...seen];
}
