/** Tables by what code does with them: a variable of the module, or a property that goes by its name in each object. */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { CACHE, mayBeCache } from '../version/forms/cache-names.ts';
import { isClosureCache } from '../version/kept/closure-caches.ts';
import { functionOf } from '../version/values/effects.ts';
import { functionAround } from '../version/program/function-around.ts';
import { nodesOf, nodesWithin } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { walk, walkTo } from '../version/program/walk.ts';

const FINDS = /^(get|has|peek)$/;
const PUTS = /^(set|put)$/;
const WALKS = /^(entries|forEach|values)$/;
const GROWS = /^(pop|push|shift|splice|unshift)$/;

/** What a function does with a table. */
export interface TableUse {
  /** What it puts there. */
  readonly values: AnyNode[];
  /** It looks into it by a key. */
  isAsked: boolean;
  /** It walks all that is there, or writes to what the table holds. */
  isMore: boolean;
}

/** The same table by two names. */
export function together(one: TableUse | undefined, other: TableUse): TableUse {
  if (!one) return other;
  return { values: [...one.values, ...other.values], isAsked: one.isAsked || other.isAsked, isMore: one.isMore || other.isMore };
}

/** The functions in which an element or a method of such a table is named at all, or it is handed on: few of a large module's. */
export function aroundTables(side: Side): ReadonlySet<FunctionInfo> {
  const found = new Set<FunctionInfo>();
  for (const { node, parent, fn, binding } of side.refs) {
    if (!binding || !livesOn(side, binding)) continue;
    if (parent.type === 'CallExpression') {
      if (!mayBeCache(binding.name) || useOfArgument(side, parent, node) === null) continue;
    } else if (parent.type !== 'MemberExpression' || parent.object !== node) continue;
    else if (!parent.computed && !(parent.property.type === 'Identifier' && PUTS.test(parent.property.name))) continue;
    for (let at: FunctionInfo | null = fn; at && at !== binding.scope.fn; at = at.parent) found.add(at);
  }
  return found;
}

/** The tables of its module that a function looks into or fills. */
export function tablesOf(side: Side, fn: FunctionInfo): Map<Binding, TableUse> {
  const tableAt = (node: AnyNode): Binding | null => {
    const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : null;
    return binding && livesOn(side, binding) ? binding : null;
  };
  const found = usesIn(side, fn, ({ object }) => tableAt(object as AnyNode));
  for (const call of nodesWithin(side.model.program, 'CallExpression', fn.node.start, fn.node.end))
    for (const given of call.arguments) {
      const table = tableAt(given as AnyNode);
      const use = table && mayBeCache(table.name) ? useOfArgument(side, call, given as AnyNode) : null;
      if (table === null || use === null) continue;
      const own = found.get(table) ?? { values: [], isAsked: false, isMore: false };
      found.set(table, own);
      own.isAsked ||= use.isAsked;
      own.isMore ||= use.isMore;
      if (use.values.length > 0) own.values.push(...(call.arguments as AnyNode[]).filter((other) => other !== given));
    }
  return found;
}

const ofParameters = new WeakMap<Binding, TableUse | null>();

/**
 * What `call` does with `given`, where that calls a function of the module by its name: the function looks into the table or
 * puts there what it is given, and does no more with it. Null for any other call.
 */
export function useOfArgument(side: Side, call: CallExpression, given: AnyNode): TableUse | null {
  const { callee } = call;
  const at = call.arguments.findIndex((argument) => argument === given);
  if (callee.type !== 'Identifier' || at < 0 || call.arguments.some(({ type }) => type === 'SpreadElement')) return null;
  const fn = functionOf(side, side.refAt(callee)?.binding ?? null);
  const parameter = fn && (fn.node as FunctionNode).params[at];
  const binding = parameter?.type === 'Identifier' ? fn!.scope.bindings.get(parameter.name) : undefined;
  if (!binding || binding.reassigned || fn!.usesArguments) return null;
  const before = ofParameters.get(binding);
  if (before !== undefined) return before;
  const isMember = binding.references.every(
    ({ node, parent, fn: by }) =>
      binding.declarations.includes(node) || (by === fn && parent.type === 'MemberExpression' && parent.object === node),
  );
  const use = isMember
    ? usesIn(side, fn!, ({ object }) => (binding.references.some(({ node }) => node === object) ? binding : null))
    : null;
  const own = use?.get(binding) ?? null;
  // What it computes itself is not what it is given.
  if (own && own.values.some((value) => makes(value))) own.isMore = true;
  ofParameters.set(binding, own);
  return own;
}

function makes(value: AnyNode): boolean {
  let found = false;
  walk(value, ({ type }) => {
    found ||= /^(Call|New|Import|Await|Yield|TaggedTemplate)Expression$|Function|^Class/.test(type);
    return !found;
  });
  return found;
}

/** The functions in which a cache of an object is named at all, by the text: few of a large module's. */
export const aroundOwn = askedOnce((side: Side): ReadonlySet<FunctionInfo> => {
  const found = new Set<FunctionInfo>();
  for (const { index } of side.model.text.matchAll(/\bthis\s*\.\s*[$\w]*?(?:cache|memo(?!r))/gi))
    for (let fn: FunctionInfo | null = functionAround(side, { start: index, end: index + 1 }); fn && !found.has(fn); fn = fn.parent)
      found.add(fn);
  return found;
});

/** The caches of its object, by name, that a function looks into or fills: most of what objects hold is no result. */
export function ownUses(side: Side, fn: FunctionInfo): Map<string, TableUse> {
  return usesIn(side, fn, ({ object }) => {
    if (object.type !== 'MemberExpression' || object.object.type !== 'ThisExpression' || object.computed) return null;
    return object.property.type === 'Identifier' && CACHE.test(object.property.name) ? object.property.name : null;
  });
}

/** The functions in which a variable of the module, or a property of one, is given another name. */
export function aroundHeld(side: Side): ReadonlySet<FunctionInfo> {
  const found = new Set<FunctionInfo>();
  for (const { id, init } of nodesOf(side.model.program, 'VariableDeclarator')) {
    const object = init?.type === 'MemberExpression' ? init.object : init;
    const ref = id.type === 'Identifier' && object?.type === 'Identifier' ? side.refAt(object) : undefined;
    if (ref?.binding && livesOn(side, ref.binding)) found.add(ref.fn);
  }
  return found;
}

/** The tables that a function looks into or fills by a name of its own: `const own = cache`, `const own = work.cache`. */
export function heldUses(side: Side, fn: FunctionInfo): Map<Binding | string, TableUse> {
  return usesIn(side, fn, ({ object }) => {
    const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
    const value = binding && !binding.reassigned ? side.valueOf(binding.declarations[0]!) : null;
    const holder = value?.type === 'MemberExpression' ? value.object : value;
    const held = holder?.type === 'Identifier' ? side.refAt(holder)?.binding : null;
    if (!held || !livesOn(side, held)) return null;
    return value!.type === 'MemberExpression' ? memberName(value!) : held;
  });
}

type Member = Extract<AnyNode, { readonly type: 'MemberExpression' }>;

/** `tableOf`: the table of which a member is an element or a method; null for any other member. */
function usesIn<T>(side: Side, fn: FunctionInfo, tableOf: (member: Member) => T | null): Map<T, TableUse> {
  const found = new Map<T, TableUse>();
  const tables = new Map<AnyNode, T>();
  for (const member of nodesWithin(side.model.program, 'MemberExpression', fn.node.start, fn.node.end)) {
    const table = tableOf(member);
    if (table !== null) tables.set(member, table);
  }
  walkTo(fn.node as AnyNode, [...tables.keys()], (node, parents) => {
    const table = tables.get(node)!;
    if (node.type !== 'MemberExpression') return;
    const use = found.get(table) ?? { values: [], isAsked: false, isMore: false };
    found.set(table, use);
    const parent = parents.at(-1);
    if (node.computed) {
      const isPut = parent?.type === 'AssignmentExpression' && parent.left === node;
      if (isPut) use.values.push(parent.right);
      if (!isPut || isPutIfLacking(parent.operator)) use.isAsked = true;
      use.isMore ||= isElementWritten(node, parents);
    } else if (isCall(parent, node) && node.property.type === 'Identifier') {
      const { name } = node.property;
      if (FINDS.test(name)) use.isAsked = true;
      else if (PUTS.test(name) && parent.arguments[1]) use.values.push(parent.arguments[1]);
      else use.isMore ||= WALKS.test(name);
    }
  });
  return found;
}

/** `table[key] ??= make(key)` looks as well. */
const isPutIfLacking = (operator: string): boolean => operator === '??=' || operator === '||=';

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

/** A variable of the module, or of a function around all of it, or a cache that closures share. */
function livesOn(side: Side, binding: Binding): boolean {
  const { kind, scope } = binding;
  return (kind !== 'param' && runsOnce(side.plan.handleOf.get(scope.fn)?.kind)) || isClosureCache(side, binding);
}
