/** The functions that tables hold: code takes one by a key that only the program that runs tells, or runs them all. */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression } from 'acorn';
import { FunctionInfo } from '../../../source/model.ts';
import type { Binding } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import { callsByNames } from '../program/calls-by-name.ts';
import { PUTS, literalOf } from '../forms/entries.ts';
import { callsAtOnce } from '../program/escape.ts';
import { functionAround } from '../program/function-around.ts';
import { nameIn, nameOf } from '../objects/member-names.ts';
import { nodesOf } from '../program/nodes.ts';
import type { NodeOf } from '../program/nodes.ts';
import { ownProperty } from '../forms/own-properties.ts';
import type { Side } from '../side.ts';
import { memberName } from '../program/member-name.ts';
import { standingFor } from '../values/standing-for.ts';

/** A variable, or the name of a property by which the objects of a class hold one, with which class that is. */
export type Table = Binding | string;

/** Those of the table that a variable holds, or that objects hold by that name. */
export function functionsHeld(table: Table, side: Side): readonly FunctionInfo[] {
  return typeof table === 'string' ? (functionsPut(side).get(table) ?? []) : heldBy(table, side);
}

/** Whether any object holds a table that code puts functions into. */
export const arePutIntoObjects = askedOnce((side: Side): boolean =>
  [...functionsPut(side).keys()].some((table) => typeof table === 'string'),
);

const heldBy = askedOnce((binding: Binding, side: Side): readonly FunctionInfo[] => {
  const begun = binding.declarations.flatMap((id) => valuesIn(side.valueOf(id) ?? null));
  return [...functionsOf(side, begun), ...(functionsPut(side).get(binding) ?? [])];
});

/** The table that an expression is. */
export function tableAt(node: AnyNode, side: Side): Table | null {
  if (node.type === 'Identifier') return side.refAt(node)?.binding ?? null;
  const name = ownProperty(node);
  return name === null ? null : `${holderOf(side, node)} ${name}`;
}

/** What the method around code is one of: a class, or the object that it is assigned to. */
function holderOf(side: Side, node: AnyNode): string {
  const { owner, path } = functionAround(side, node).thisOwner;
  if (owner) return owner.path;
  return path.includes('.') ? path.replace(/\.[^.]*$/, '').replace(/\.prototype$/, '') : path;
}

/** Whether it may be any entry of a table, or goes through them all: `table[key]`, `steps.reduce(…)`. */
export function takesAny(member: MemberExpression): boolean {
  const name = memberName(member);
  return name === null || /^(?:at|entries|get|values)$/.test(name) || callsAtOnce(name);
}

/** Calls of entries, by the tables of which code takes them: `table[key](…)`, `table.get(key)(…)`, also by a variable. */
export const entryCalls = askedOnce((side: Side): ReadonlyMap<Table, readonly (CallExpression & AnyNode)[]> => {
  const found = new Map<Table, (CallExpression & AnyNode)[]>();
  const { program } = side.model;
  const add = (table: Table | null, calls: readonly (CallExpression & AnyNode)[]): void => {
    if (table !== null) pushAll(found, table, calls);
  };
  for (const call of nodesOf(program, 'CallExpression'))
    if (call.callee.type !== 'Identifier') add(tableOfEntry(call.callee as AnyNode, side), [call]);
  for (const { id, init } of nodesOf(program, 'VariableDeclarator')) {
    const table = id.type === 'Identifier' && init ? tableOfEntry(init, side) : null;
    const own = table === null ? null : functionAround(side, id).body.lookup((id as { readonly name: string }).name);
    const calls = (own?.reassigned === false ? own.references : []).flatMap(({ node, parent }) =>
      parent.type === 'CallExpression' && parent.callee === node ? parent : [],
    );
    add(table, calls);
  }
  return found;
});

/** Such calls that may run a function. */
export const callsAsEntry = (fn: FunctionInfo, side: Side): readonly (CallExpression & AnyNode)[] =>
  mayBeHeld(fn) ? (callsByFunction(side).get(fn) ?? []) : [];

/** Whether code does more with a function than to call it by its name: most are in no table. */
const mayBeHeld = (fn: FunctionInfo): boolean =>
  nameOf(fn)?.references.every(
    ({ node, parent }) => !/^(?:Array|Assignment|Call)Expression$|^Property$/.test(parent.type) || isCallee(parent, node),
  ) !== true;

const isCallee = (parent: AnyNode, node: AnyNode): boolean => parent.type === 'CallExpression' && parent.callee === node;

const callsByFunction = askedOnce((side: Side): ReadonlyMap<FunctionInfo, readonly (CallExpression & AnyNode)[]> => {
  const found = new Map<FunctionInfo, (CallExpression & AnyNode)[]>();
  for (const [table, calls] of entryCalls(side)) for (const fn of new Set(functionsHeld(table, side))) pushAll(found, fn, calls);
  return found;
});

/** The table that an expression takes any entry of, or what that has: `table.get(key).run`. */
function tableOfEntry(entry: AnyNode, side: Side): Table | null {
  switch (entry.type) {
    case 'ChainExpression':
      return tableOfEntry(entry.expression, side);
    case 'LogicalExpression':
      return tableOfEntry(entry.left, side);
    case 'CallExpression': {
      const { callee } = entry;
      const isGet = callee.type === 'MemberExpression' && /^(?:at|get)$/.test(memberName(callee) ?? '');
      return isGet ? tableAt((callee as MemberExpression).object as AnyNode, side) : null;
    }
    case 'MemberExpression':
      if (entry.computed && memberName(entry) === null) return tableAt(entry.object as AnyNode, side);
      return entry.object.type === 'Identifier' || entry.object.type === 'ThisExpression'
        ? null
        : tableOfEntry(entry.object as AnyNode, side);
    default:
      return null;
  }
}

/** As which arguments a function is given what it puts into tables, and into which: `register(name, fn)`. */
export const registersIn = (fn: FunctionInfo, side: Side): Registering => registering(side).get(fn) ?? NOTHING;

type Registering = ReadonlyMap<number, readonly Table[]>;

const NOTHING: Registering = new Map();

/** As which arguments it is given a table itself, that it goes on with: `this.providers = providers`, or one that its closures see. */
export const takesTables = askedOnce((fn: FunctionInfo, side: Side): Registering => {
  const found = new Map<number, readonly Table[]>();
  for (const [index, param] of (((fn.node as Partial<FunctionNode>).params ?? []) as AnyNode[]).entries()) {
    const binding = fn.scope.bindings.get(parameterName(param) ?? '');
    if (!binding) continue;
    const tables = binding.references.flatMap(({ node, parent, fn: by }): Table[] => {
      const isKept = by === fn && parent.type === 'AssignmentExpression' && parent.right === node && parent.operator === '=';
      const own = isKept ? tableAt(parent.left as AnyNode, side) : null;
      return typeof own === 'string' ? [own] : [];
    });
    found.set(index, [...tables, ...(binding.captured ? [binding] : [])]);
  }
  return found;
});

/** What a call calls, or the constructor of the class that it makes an object of. */
export const calledBy = (callee: AnyNode, side: Side): readonly FunctionInfo[] =>
  standingFor(side)
    .definitions(callee)
    .flatMap((owner) => (owner instanceof FunctionInfo ? owner : owner.members.filter(({ kind }) => kind.endsWith('constructor'))));

const registering = askedOnce((side: Side): ReadonlyMap<FunctionInfo, Registering> => {
  const found = new Map<FunctionInfo, Map<number, Table[]>>();
  const add = (object: AnyNode, value: AnyNode): void => {
    const values =
      value.type === 'ObjectExpression' ? value.properties.flatMap((own) => (own.type === 'Property' ? own.value : [])) : [value];
    for (const one of values as AnyNode[]) {
      const binding = one.type === 'Identifier' ? side.refAt(one)?.binding : null;
      if (binding?.kind !== 'param') continue;
      const { fn } = binding.scope;
      const table = tableAt(object, side);
      // What a call makes for itself is over with it.
      if (table === null || (typeof table !== 'string' && (table.scope.fn === fn || table.kind === 'param'))) continue;
      const params = ((fn.node as Partial<FunctionNode>).params ?? []) as AnyNode[];
      const index = params.findIndex((param) => parameterName(param) === binding.name);
      const own = found.get(fn) ?? new Map<number, Table[]>();
      if (index >= 0) found.set(fn, own.set(index, [...(own.get(index) ?? []), table]));
    }
  };
  const { program } = side.model;
  for (const { left, right } of nodesOf(program, 'AssignmentExpression'))
    if (left.type === 'MemberExpression' && left.computed) add(left.object as AnyNode, right);
  for (const { callee, arguments: given } of callsByNames(program, (name) => PUTS.test(name)))
    if (callee.type === 'MemberExpression') for (const value of given) add(callee.object as AnyNode, value as AnyNode);
  return found;
});

export const parameterName = (param: AnyNode): string | null => {
  const own = param.type === 'AssignmentPattern' ? (param.left as AnyNode) : param;
  return own.type === 'Identifier' ? own.name : null;
};

/** What may be a function. */
const HOLDS = /^Identifier$|Function|^Class/;

/** What code puts into them. */
const functionsPut = askedOnce((side: Side): ReadonlyMap<Table, readonly FunctionInfo[]> => {
  const { program } = side.model;
  const found = new Map<Table, FunctionInfo[]>();
  const put = (table: Table | null, functions: readonly FunctionInfo[]): void => {
    if (table !== null) pushAll(found, table, functions);
  };
  const add = (table: AnyNode, values: readonly AnyNode[]): void => {
    const functions = functionsOf(side, values);
    if (functions.length > 0) put(tableAt(table, side), functions);
  };
  for (const { left, right } of nodesOf(program, 'AssignmentExpression'))
    if (left.type === 'MemberExpression') {
      if (!HOLDS.test(right.type)) continue;
      if (left.computed || left.object.type === 'Identifier') add(left.object as AnyNode, [right]);
    } else add(left as AnyNode, valuesIn(right));
  const names = new Set([...registering(side).keys()].flatMap((fn) => [nameIn(fn) ?? '', nameOf(fn)?.name ?? '']));
  for (const { callee, arguments: given } of callsByNames(program, (name) => PUTS.test(name)))
    if (callee.type === 'MemberExpression') add(callee.object as AnyNode, given as AnyNode[]);
  for (const { callee, arguments: given } of callsByNames(program, (name) => names.has(name))) {
    const functions = (given as AnyNode[]).map((value) => functionsOf(side, [value]));
    if (functions.every((own) => own.length === 0)) continue;
    for (const by of calledBy(callee as AnyNode, side))
      for (const [index, tables] of registersIn(by, side)) for (const table of tables) put(table, functions[index] ?? []);
  }
  const withTables = (call: NodeOf<'CallExpression' | 'NewExpression'>): boolean =>
    call.arguments.some(({ type }) => type === 'ObjectExpression');
  for (const { callee, arguments: given } of [
    ...nodesOf(program, 'CallExpression').filter(withTables),
    ...nodesOf(program, 'NewExpression').filter(withTables),
  ]) {
    const functions = (given as AnyNode[]).map((value) => (value.type === 'ObjectExpression' ? functionsOf(side, valuesIn(value)) : []));
    if (functions.every((own) => own.length === 0)) continue;
    for (const by of calledBy(callee as AnyNode, side))
      for (const [index, tables] of takesTables(by, side)) for (const table of tables) put(table, functions[index] ?? []);
  }
  return found;
});

function pushAll<K, V>(found: Map<K, V[]>, key: K, values: readonly V[]): void {
  if (values.length === 0) return;
  const known = found.get(key);
  if (known) known.push(...values);
  else found.set(key, [...values]);
}

function functionsOf(side: Side, values: readonly AnyNode[]): FunctionInfo[] {
  return values.flatMap((value) => {
    const fn = side.definitionOf(value);
    return fn instanceof FunctionInfo ? fn : [];
  });
}

/** What a table begins with: the entries of a literal, also of a list, and of a map that is made of one. */
function valuesIn(table: AnyNode | null): readonly AnyNode[] {
  if (table === null) return [];
  const literal = literalOf(table);
  if (literal) return literal.properties.flatMap((entry) => (entry.type === 'Property' ? [entry.value as AnyNode] : []));
  if (table.type === 'ArrayExpression') return table.elements.filter((one) => one !== null) as AnyNode[];
  const [given] = table.type === 'NewExpression' ? (table.arguments as AnyNode[]) : [];
  if (given?.type !== 'ArrayExpression') return [];
  return given.elements.flatMap((pair) => (pair?.type === 'ArrayExpression' && pair.elements[1] ? [pair.elements[1] as AnyNode] : []));
}
