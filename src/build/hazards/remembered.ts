/**
 * Results that are remembered: a function looks into a table that lives as long as its module, and puts what it computes
 * there. What old code computed stays in it, and new code finds it.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionOf } from '../version/effects.ts';
import { sourcesOf } from '../version/flow.ts';
import type { Side } from '../version/side.ts';
import { walk } from '../version/walk.ts';

const FINDS = /^(get|has|peek)$/;
const PUTS = /^(set|put)$/;
/** By their names: what they give goes on giving what the function that they were given has computed. */
const REMEMBERS = /^_?(?:cached?|lru\w*|memo|memoi[sz]e\w*|once)$/i;

/** Such a table that each object has for itself goes by its name: most of what objects hold is no result. */
const OWN_TABLE = /cache|memo/i;

/** Warns of each table in which results of functions that have changed are remembered. */
export function reportRemembered({ base, next, match, log }: ModuleContext): void {
  const changed = new Set<FunctionInfo>();
  for (const [fn, baseFn] of match.baseOf) if (match.differs(fn) && base.plan.siteOf.has(baseFn)) changed.add(baseFn);
  if (changed.size === 0) return;
  for (const [fn, by] of handedOver(base, changed)) {
    const now = match.nextOf.get(fn)!;
    log.add('results-remembered', next, now.node, now.path, `${by} was given it, and may keep results that the old version computed`);
  }
  for (const fn of changed) {
    const now = match.nextOf.get(fn)!;
    for (const name of ownTablesOf(fn)) {
      const reason = `results that the old version of it computed are kept in the ${name} of objects that exist`;
      log.add('results-remembered', next, now.node, fn.path, reason);
    }
  }
  const around = aroundTables(base);
  for (const fn of base.model.functions) {
    // What runs once, as a module in a bundle does, remembers nothing from call to call.
    if (!around.has(fn) || !base.plan.siteOf.has(fn) || runsOnce(base.plan.handleOf.get(fn)?.kind)) continue;
    const now = match.nextOf.get(fn);
    if (!now) continue;
    for (const [{ name }, values] of tablesOf(base, fn)) {
      // A function that has changed may compute all that it puts there in another way.
      const source = changed.has(fn) ? fn : reached(base, fn, values).find((other) => changed.has(other));
      if (!source) continue;
      const computed = source === fn ? 'it' : source.path;
      log.add('results-remembered', next, now.node, fn.path, `results that the old version of ${computed} computed are kept in ${name}`);
    }
  }
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

/** The functions in which an element or a method of such a table is named at all: few of a large module's. */
function aroundTables(side: Side): ReadonlySet<FunctionInfo> {
  const found = new Set<FunctionInfo>();
  for (const { node, parent, fn, binding } of side.refs) {
    if (parent.type !== 'MemberExpression' || parent.object !== node || !binding || !livesOn(side, binding)) continue;
    if (!parent.computed && !(parent.property.type === 'Identifier' && PUTS.test(parent.property.name))) continue;
    for (let at: FunctionInfo | null = fn; at && !found.has(at); at = at.parent) found.add(at);
  }
  return found;
}

/** The tables of its module that a function both looks into and fills, each with the values that it puts there. */
function tablesOf(side: Side, fn: FunctionInfo): Map<Binding, AnyNode[]> {
  const finds = new Set<Binding>();
  const puts = new Map<Binding, AnyNode[]>();
  const put = (binding: Binding, value: AnyNode | undefined): void => {
    if (value) puts.set(binding, [...(puts.get(binding) ?? []), value]);
  };
  walk(fn.node as AnyNode, (node, parents) => {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return;
    const binding = side.refsIn(node.object.start, node.object.end)[0]?.binding;
    if (!binding || !livesOn(side, binding)) return;
    const parent = parents.at(-1);
    if (node.computed) {
      const isPut = parent?.type === 'AssignmentExpression' && parent.left === node;
      if (isPut) put(binding, parent.right);
      // `table[key] ??= make(key)` does both.
      if (!isPut || /^(\?\?|\|\|)=$/.test(parent.operator)) finds.add(binding);
    } else if (isCall(parent, node) && node.property.type === 'Identifier') {
      if (FINDS.test(node.property.name)) finds.add(binding);
      else if (PUTS.test(node.property.name)) put(binding, parent.arguments[1]);
    }
  });
  return new Map([...puts].filter(([binding]) => finds.has(binding)));
}

/** The tables of its object that a function both looks into and fills. */
function ownTablesOf(fn: FunctionInfo): string[] {
  const finds = new Set<string>();
  const puts = new Set<string>();
  walk(fn.node as AnyNode, (node, parents) => {
    if (node.type !== 'MemberExpression') return;
    const { object, property } = node;
    if (object.type !== 'MemberExpression' || object.object.type !== 'ThisExpression' || object.computed) return;
    const name = object.property.type === 'Identifier' ? object.property.name : '';
    if (!OWN_TABLE.test(name)) return;
    const parent = parents.at(-1);
    if (node.computed) (parent?.type === 'AssignmentExpression' && parent.left === node ? puts : finds).add(name);
    else if (isCall(parent, node) && property.type === 'Identifier') {
      if (FINDS.test(property.name)) finds.add(name);
      else if (PUTS.test(property.name)) puts.add(name);
    }
  });
  return [...puts].filter((name) => finds.has(name));
}

const isCall = (parent: AnyNode | undefined, callee: AnyNode): parent is CallExpression =>
  parent?.type === 'CallExpression' && parent.callee === callee;

/** A variable of the module, or of a function around all of it. */
function livesOn(side: Side, { scope, kind }: Binding): boolean {
  const { fn } = scope;
  return kind !== 'param' && runsOnce(side.plan.handleOf.get(fn)?.kind);
}

/** The functions of the module that may have to do with `values` of `fn`, as far as names tell. */
function reached(side: Side, fn: FunctionInfo, values: readonly AnyNode[]): FunctionInfo[] {
  const seen = new Set<FunctionInfo>();
  const look = ({ start, end }: AnyNode): void => {
    for (const { binding } of side.refsIn(start, end)) {
      const called = functionOf(side, binding);
      if (called) seen.add(called);
    }
  };
  for (const value of values) for (const source of sourcesOf(fn.node as AnyNode, value)) look(source);
  for (const at of seen) {
    for (const inner of at.children) seen.add(inner);
    look(at.node as AnyNode);
  }
  return [...seen];
}
