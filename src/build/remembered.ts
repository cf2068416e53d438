/**
 * Results that are remembered: a function looks into a table that lives as long as its module, and puts what it computes
 * there. What old code computed stays in it, and new code finds it.
 */
import type { AnyNode, CallExpression } from 'acorn';
import type { Binding, FunctionInfo } from '../source/model.ts';
import type { ModuleContext } from './context.ts';
import { functionOf } from './effects.ts';
import type { Side } from './side.ts';
import { walk } from './walk.ts';

const FINDS = /^(get|has|peek)$/;
const PUTS = /^(set|put)$/;

/** Warns of each table in which results of functions that have changed are remembered. */
export function reportRemembered({ base, next, match, log }: ModuleContext): void {
  const changed = new Set<FunctionInfo>();
  for (const [fn, baseFn] of match.baseOf) if (match.differs(fn) && base.plan.siteOf.has(baseFn)) changed.add(baseFn);
  if (changed.size === 0) return;
  for (const fn of base.model.functions) {
    if (!base.plan.siteOf.has(fn)) continue;
    const tables = tablesOf(base, fn);
    if (tables.length === 0) continue;
    const source = changed.has(fn) ? fn : reached(base, fn).find((other) => changed.has(other));
    const now = match.nextOf.get(fn);
    if (!source || !now) continue;
    for (const { name } of tables) {
      const computed = source === fn ? 'it' : source.path;
      log.add('results-remembered', next, now.node, fn.path, `results that the old version of ${computed} computed are kept in ${name}`);
    }
  }
}

/** The tables of its module that a function both looks into and fills. */
function tablesOf(side: Side, fn: FunctionInfo): Binding[] {
  const finds = new Set<Binding>();
  const puts = new Set<Binding>();
  walk(fn.node as AnyNode, (node, parents) => {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return;
    const binding = side.refsIn(node.object.start, node.object.end)[0]?.binding;
    if (!binding || !livesOn(side, binding)) return;
    const parent = parents.at(-1);
    if (node.computed) {
      const assigned = parent?.type === 'AssignmentExpression' && parent.left === node;
      (assigned ? puts : finds).add(binding);
    } else if (isCall(parent, node) && node.property.type === 'Identifier') {
      if (FINDS.test(node.property.name)) finds.add(binding);
      else if (PUTS.test(node.property.name)) puts.add(binding);
    }
  });
  return [...puts].filter((binding) => finds.has(binding));
}

const isCall = (parent: AnyNode | undefined, callee: AnyNode): parent is CallExpression =>
  parent?.type === 'CallExpression' && parent.callee === callee;

/** A variable of the module, or of a function around all of it. */
function livesOn(side: Side, { scope, kind }: Binding): boolean {
  const { fn } = scope;
  return kind !== 'param' && (fn.kind === 'module' || side.plan.handleOf.get(fn)?.kind === 'wrapper');
}

/** The functions of the module that a call of `fn` may run, as far as names tell. */
function reached(side: Side, fn: FunctionInfo): FunctionInfo[] {
  const seen = new Set([fn]);
  for (const at of seen) {
    for (const inner of at.children) seen.add(inner);
    for (const { binding } of side.refsIn(at.node.start, at.node.end)) {
      const called = functionOf(side, binding);
      if (called) seen.add(called);
    }
  }
  return [...seen];
}
