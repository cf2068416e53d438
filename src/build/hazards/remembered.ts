/**
 * Results that are remembered: a function looks into a table that lives as long as its module, and puts what it computes
 * there. What old code computed stays in it, and new code finds it.
 */
import type { AnyNode, CallExpression, MemberExpression } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { functionOf } from '../version/values/effects.ts';
import { sourcesOf } from '../version/values/flow.ts';
import { keptArguments } from '../version/kept/keepers.ts';
import { namedCalls } from '../version/program/named-calls.ts';
import type { Side } from '../version/side.ts';
import { computedBy } from './computed-by.ts';
import { Given, functionGiven } from './handed.ts';
import { Outside } from './outside.ts';
import { aroundHeld, aroundOwn, aroundTables, heldUses, ownUses, tablesOf, together } from './table-uses.ts';
import type { TableUse } from './table-uses.ts';

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
  /** How that was given to `fn`, where another module did that; see `handedAs`. */
  readonly handed: readonly string[];
}

/** Warns of each table in which results are remembered that `isEmptied` does not hold of, and of functions that have given theirs away. */
export function reportRemembered(ctx: ModuleContext, found: readonly Remembered[], isEmptied: (one: Remembered) => boolean): void {
  const { base, next, match, log } = ctx;
  const changed = changedIn({ base, match });
  const told = new Set<FunctionInfo>();
  for (const { fn, by } of [...handedOver(base, changed), ...givenToKeepers(ctx, changed)]) {
    const now = match.nextOf.get(fn);
    if (!now || told.has(fn)) continue;
    told.add(fn);
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
  const { handed } = ctx.around;
  if (changed.size === 0 && !outside.hasChanged && handed.size === 0) return found;
  const given = new Given(base);
  const around = aroundTables(base);
  const aroundCaches = aroundOwn(base);
  const aroundNames = aroundHeld(base);
  for (const fn of base.model.functions) {
    // What runs once, as a module in a bundle does, remembers nothing from call to call.
    if (!base.plan.siteOf.has(fn) || runsOnce(base.plan.handleOf.get(fn)?.kind)) continue;
    const now = match.nextOf.get(fn);
    if (!now) continue;
    const uses = new Map<Binding | string, TableUse>(around.has(fn) || aroundNames.has(fn) ? tablesOf(base, fn) : []);
    for (const [table, use] of [...(aroundCaches.has(fn) ? ownUses(base, fn) : []), ...(aroundNames.has(fn) ? heldUses(base, fn) : [])])
      uses.set(table, together(uses.get(table), use));
    for (const [table, { values, isAsked }] of uses) {
      const taken = handed.size === 0 || values.length === 0 ? [] : given.to(fn, values).filter((as) => handed.has(as));
      // It stands around those that share it.
      if (typeof table !== 'string' && isAround(fn, table)) continue;
      if ((!isAsked && taken.length === 0) || values.length === 0) continue;
      // A function that has changed may compute all that it puts there in another way.
      const by = changed.has(fn) ? fn.path : (sourceOf(base, fn, values, changed, outside) ?? handed.get(taken[0] ?? '') ?? null);
      if (by !== null) found.push({ fn, now, table, by, handed: taken });
    }
  }
  return found;
}

function isAround(fn: FunctionInfo, { scope }: Binding): boolean {
  for (let at: FunctionInfo | null = scope.fn; at; at = at.parent) if (at === fn) return true;
  return false;
}

/** The path of the function that has changed and computes what is put into a table; null for none. */
function sourceOf(
  side: Side,
  fn: FunctionInfo,
  values: readonly AnyNode[],
  changed: ReadonlySet<FunctionInfo>,
  outside: Outside,
): string | null {
  return computedBy(
    side,
    values.flatMap((value) => sourcesOf(side, fn.node as AnyNode, value)),
    changed,
    outside,
  );
}

/** A function that a call is given which remembers results, as its name says. */
export interface HandedOver {
  readonly fn: FunctionInfo;
  /** The name that says so. */
  readonly by: string;
  readonly call: CallExpression;
  /** Which of the arguments it is. */
  readonly index: number;
}

/** Those of `functions` that are given to one. */
export function handedOver(side: Side, functions: ReadonlySet<FunctionInfo>, remembers = REMEMBERS): readonly HandedOver[] {
  const found: HandedOver[] = [];
  const look = (parent: AnyNode | undefined, node: AnyNode, fn: FunctionInfo | null): void => {
    const index = parent?.type === 'CallExpression' ? parent.arguments.findIndex((a) => a === node) : -1;
    if (fn === null || !functions.has(fn) || parent?.type !== 'CallExpression' || index < 0) return;
    if (parent.callee.type === 'MemberExpression' && isPassing(parent.callee, index, remembers)) return;
    const by = calledNames(parent.callee).find((name) => remembers.test(name));
    if (by !== undefined) found.push({ fn, by, call: parent, index });
  };
  for (const fn of functions) look(fn.ancestors.at(-1), fn.node as AnyNode, fn);
  for (const { node, parent, fn } of givenByName(side)) look(parent, node, fn);
  return found;
}

interface GivenByName {
  readonly node: AnyNode;
  readonly parent: AnyNode;
  readonly fn: FunctionInfo;
}

/** Functions of the module that calls are given by their names. */
const givenByName = askedOnce((side: Side): readonly GivenByName[] =>
  side.refs.flatMap(({ node, parent, binding }) => {
    const fn = parent.type === 'CallExpression' && parent.callee !== node ? functionOf(side, binding) : null;
    return fn ? { node, parent, fn } : [];
  }),
);

/** Functions that have changed, or use what has, where a function is given them that keeps what they compute, as its code shows. */
function givenToKeepers(ctx: ModuleContext, changed: ReadonlySet<FunctionInfo>): { readonly fn: FunctionInfo; readonly by: string }[] {
  const { base } = ctx;
  const outside = new Outside(ctx);
  if (changed.size === 0 && !outside.hasChanged) return [];
  const found: { readonly fn: FunctionInfo; readonly by: string }[] = [];
  for (const { parent, binding } of namedCalls(base)) {
    if (parent.arguments.length === 0) continue;
    const keeper = functionOf(base, binding);
    if (!keeper || keeper.children.length === 0) continue;
    const functions = parent.arguments.map((argument) => functionGiven(ctx, argument as AnyNode));
    // Hardly a call is given a function, and it takes long to tell what one does with it.
    if (functions.every((fn) => fn === null)) continue;
    for (const index of keptArguments(keeper, base)) {
      const fn = functions[index];
      if (fn && computedBy(base, [fn.node as AnyNode], changed, outside, fn) !== null) found.push({ fn, by: keeper.path });
    }
  }
  return found;
}

/** Methods that go through what is there, and have no use for what a function gives them but to answer. */
const GOES_THROUGH = /^(?:forEach|map|filter|some|every|find(?:Last)?(?:Index)?|reduce(?:Right)?|flatMap|sort)$/;

/** `cache.forEach(each)`, and `emitter.once('end', listener)`, which only calls it once. */
function isPassing({ object, property, computed }: MemberExpression, index: number, remembers: RegExp): boolean {
  const name = property.type === 'Identifier' && !computed ? property.name : '';
  if (index === 0) return GOES_THROUGH.test(name);
  return name === 'on' || (name === 'once' && !calledNames(object as AnyNode).some((own) => remembers.test(own)));
}

/** The name of what is called, and of what it is a method of. */
function calledNames(callee: AnyNode): string[] {
  if (callee.type === 'SequenceExpression') return calledNames(callee.expressions.at(-1)!);
  if (callee.type === 'MemberExpression') return [...calledNames(callee.property), ...calledNames(callee.object).slice(0, 1)];
  return callee.type === 'Identifier' ? [callee.name] : [];
}
