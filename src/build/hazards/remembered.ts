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
import { importCalled } from './at-load.ts';
import { importsOf } from './hands.ts';
import { walk } from '../version/walk.ts';

const FINDS = /^(get|has|peek)$/;
const PUTS = /^(set|put)$/;
/** By their names: what they give goes on giving what the function that they were given has computed. */
const REMEMBERS = /^_?(?:cached?|lru\w*|memo|memoi[sz]e\w*|once)$/i;

/** What names tables that no more than remember results; of what objects have for themselves most is no result. */
export const CACHE = /cache|memo/i;

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
  const named = CACHE.test(base.model.text);
  for (const fn of base.model.functions) {
    // What runs once, as a module in a bundle does, remembers nothing from call to call.
    if (!base.plan.siteOf.has(fn) || runsOnce(base.plan.handleOf.get(fn)?.kind)) continue;
    const now = match.nextOf.get(fn);
    if (!now) continue;
    const uses = [...(around.has(fn) ? tablesOf(base, fn) : []), ...(named ? ownUses(fn) : [])];
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
  const nodes = values.flatMap((value) => sourcesOf(fn.node as AnyNode, value));
  const functions = reached(side, nodes);
  return (
    functions.find((other) => changed.has(other))?.path ?? outside.calledIn([...nodes, ...functions.map(({ node }) => node as AnyNode)])
  );
}

/** What has changed of other modules. */
class Outside {
  private readonly ctx: ModuleContext;
  private known: ReturnType<typeof importsOf> | null = null;

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
  }

  get hasChanged(): boolean {
    return [...this.imports.values()].some(({ source }) => this.ctx.around.given(source) !== null);
  }

  /** The function of another module that one of `nodes` calls and that has changed; null for none. */
  calledIn(nodes: readonly AnyNode[]): string | null {
    if (!this.hasChanged) return null;
    for (const root of nodes) {
      let found: string | null = null;
      walk(root, (node) => {
        if (node.type === 'CallExpression' || node.type === 'NewExpression') found ??= this.changed(node.callee);
        return found === null;
      });
      if (found !== null) return found;
    }
    return null;
  }

  private get imports(): ReturnType<typeof importsOf> {
    return (this.known ??= importsOf(this.ctx.base));
  }

  private changed(callee: AnyNode): string | null {
    const called = importCalled(this.ctx.base, this.imports, callee);
    const given = called && this.ctx.around.given(called.source);
    const name = called?.names.find((each) => given?.changed.has(each));
    return called && name !== undefined ? (name === '' ? called.source : `${name} of ${called.source}`) : null;
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

/** What a function does with a table: the values that it puts there, whether it looks into it, and whether it writes to what it holds. */
export interface TableUse {
  readonly values: AnyNode[];
  isAsked: boolean;
  isWritten: boolean;
}

/** The tables of its module that a function looks into or fills. */
export function tablesOf(side: Side, fn: FunctionInfo): Map<Binding, TableUse> {
  const found = new Map<Binding, TableUse>();
  const of = (binding: Binding): TableUse => {
    let use = found.get(binding);
    if (!use) found.set(binding, (use = { values: [], isAsked: false, isWritten: false }));
    return use;
  };
  const put = (binding: Binding, value: AnyNode | undefined): void => {
    if (value) of(binding).values.push(value);
  };
  walk(fn.node as AnyNode, (node, parents) => {
    if (node.type !== 'MemberExpression' || node.object.type !== 'Identifier') return;
    const binding = side.refsIn(node.object.start, node.object.end)[0]?.binding;
    if (!binding || !livesOn(side, binding)) return;
    const parent = parents.at(-1);
    if (node.computed) {
      const isPut = parent?.type === 'AssignmentExpression' && parent.left === node;
      if (isPut) put(binding, parent.right);
      if (!isPut || isPutIfLacking(parent.operator)) of(binding).isAsked = true;
      if (isElementWritten(node, parents)) of(binding).isWritten = true;
    } else if (isCall(parent, node) && node.property.type === 'Identifier') {
      if (FINDS.test(node.property.name)) of(binding).isAsked = true;
      else if (PUTS.test(node.property.name)) put(binding, parent.arguments[1]);
    }
  });
  return found;
}

/** The tables of its object, by name, that a function looks into or fills. */
export function ownUses(fn: FunctionInfo): Map<string, TableUse> {
  const found = new Map<string, TableUse>();
  walk(fn.node as AnyNode, (node, parents) => {
    if (node.type !== 'MemberExpression') return;
    const { object, property } = node;
    if (object.type !== 'MemberExpression' || object.object.type !== 'ThisExpression' || object.computed) return;
    const name = object.property.type === 'Identifier' ? object.property.name : '';
    if (!CACHE.test(name)) return;
    let use = found.get(name);
    if (!use) found.set(name, (use = { values: [], isAsked: false, isWritten: false }));
    const parent = parents.at(-1);
    if (node.computed) {
      const isPut = parent?.type === 'AssignmentExpression' && parent.left === node;
      if (isPut) use.values.push(parent.right);
      if (!isPut || isPutIfLacking(parent.operator)) use.isAsked = true;
      use.isWritten ||= isElementWritten(node, parents);
    } else if (isCall(parent, node) && property.type === 'Identifier') {
      if (FINDS.test(property.name)) use.isAsked = true;
      else if (PUTS.test(property.name) && parent.arguments[1]) use.values.push(parent.arguments[1]);
    }
  });
  return found;
}

/** `table[key] ??= make(key)` looks as well. */
const isPutIfLacking = (operator: string): boolean => operator === '??=' || operator === '||=';

const GROWS = /^(pop|push|shift|splice|unshift)$/;

/** Whether a property of an element is written by name, `(table[key] ||= {}).hits = 1`, or it is a list that changes. */
function isElementWritten(element: AnyNode, parents: readonly AnyNode[]): boolean {
  let value = element;
  for (const parent of parents.toReversed()) {
    if (parent.type === 'AssignmentExpression') {
      if (parent.left !== value) return false;
      if (value !== element) return true;
    } else if (parent.type === 'UpdateExpression') return value !== element;
    else if (parent.type === 'MemberExpression') {
      if (parent.object !== value || parent.computed) return false;
      if (parent.property.type === 'Identifier' && GROWS.test(parent.property.name)) return true;
    } else if (parent.type !== 'ParenthesizedExpression') return false;
    value = parent;
  }
  return false;
}

const isCall = (parent: AnyNode | undefined, callee: AnyNode): parent is CallExpression =>
  parent?.type === 'CallExpression' && parent.callee === callee;

/** A variable of the module, or of a function around all of it. */
function livesOn(side: Side, { scope, kind }: Binding): boolean {
  const { fn } = scope;
  return kind !== 'param' && runsOnce(side.plan.handleOf.get(fn)?.kind);
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
