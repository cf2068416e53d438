/** Which tables the tests of a function ask, by a key or for one: they decide whether it computes what it then puts into a table. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { functionOf } from '../version/values/effects.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { walk } from '../version/program/walk.ts';
import { callsByNames } from '../version/program/calls-by-name.ts';

/** A variable, or the name of a property of `this`. */
export type Table = Binding | string;

const ASKS = /^(get|has|hasOwnProperty|peek)$/;
/** `Object.hasOwn(table, key)`, `hasOwnProperty.call(table, key)` */
const ASKS_OF = /^(call|hasOwn)$/;
const CHANGES = /^(add|clear|delete|pop|push|put|set|shift|splice|unshift)$/;
const EMPTY: ReadonlySet<Table> = new Set();

const known = new WeakMap<FunctionInfo, ReadonlySet<Table>>();

export function testedTables(side: Side, fn: FunctionInfo): ReadonlySet<Table> {
  const before = known.get(fn);
  if (before) return before;
  // Functions may hand a table to each other.
  known.set(fn, EMPTY);
  const found = new Set<Table>();
  const tests: AnyNode[] = [];
  const given = new Map<Binding, AnyNode[]>();
  const variables = new Map<AnyNode, Binding>();
  for (const { node, binding } of side.refsIn(fn.node.start, fn.node.end))
    if (binding) for (const id of [node, ...binding.declarations]) variables.set(id as AnyNode, binding);
  const give = (target: AnyNode, value: AnyNode): void =>
    walk(target, (node) => {
      const binding = variables.get(node);
      if (binding) given.set(binding, [...(given.get(binding) ?? []), value]);
    });
  walk(fn.node as AnyNode, (node) => {
    tests.push(...testsOf(node));
    if (node.type === 'VariableDeclarator' && node.init) give(node.id, node.init);
    if (node.type === 'AssignmentExpression' && node.left.type !== 'MemberExpression') give(node.left, node.right);
    if (node.type !== 'CallExpression') return;
    for (const [index, argument] of node.arguments.entries()) {
      const table = tableAt(side, argument as AnyNode);
      const parameter = table === null ? undefined : parameterOf(side, node.callee as AnyNode, index);
      if (parameter && testedTables(side, parameter.fn).has(parameter.binding)) found.add(table!);
    }
  });
  const seen = new Set<Binding>();
  const look = (expression: AnyNode): void =>
    walk(expression, (node, parents) => {
      const asked = askedAt(side, node, parents.at(-1));
      if (asked !== null) found.add(asked);
      const binding = variables.get(node);
      if (!binding || seen.has(binding)) return;
      seen.add(binding);
      for (const value of given.get(binding) ?? []) look(value);
    });
  for (const test of tests) look(test);
  known.set(fn, found);
  return found;
}

/** Whether functions change what a table holds. */
export function isChanging(side: Side, table: Table): boolean {
  if (typeof table === 'string') return true;
  const isNamed = (node: AnyNode): boolean => node.type === 'Identifier' && node.name === table.name;
  const isOf = (node: AnyNode): boolean => isNamed(node) && tableAt(side, node) === table && side.refAt(node)!.fn !== table.scope.fn;
  const isElement = (node: AnyNode): boolean => node.type === 'MemberExpression' && isOf(node.object as AnyNode);
  return (
    table.references.some(({ write, fn }) => write && fn !== table.scope.fn) ||
    nodesOf(side.model.program, 'AssignmentExpression').some(({ left }) => isElement(left)) ||
    callsByNames(side.model.program, (name) => CHANGES.test(name)).some(({ callee }) => isElement(callee as AnyNode))
  );
}

/** What decides whether something else of the node is evaluated. */
function testsOf(node: AnyNode): AnyNode[] {
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
      return node.test ? [node.test] : [];
    case 'SwitchStatement':
      return [node.discriminant];
    case 'LogicalExpression':
      return [node.left];
    case 'AssignmentExpression':
      return /^(\?\?|\|\||&&)=$/.test(node.operator) ? [node.left] : [];
    default:
      return [];
  }
}

/** The table that a node asks: `table[key]`, `table.get(key)`, `key in table`, or as an argument of a function of the module that does. */
function askedAt(side: Side, node: AnyNode, parent: AnyNode | undefined): Table | null {
  if (node.type === 'BinaryExpression') return node.operator === 'in' ? tableAt(side, node.right) : null;
  if (node.type === 'MemberExpression') {
    const isCalled = parent?.type === 'CallExpression' && parent.callee === node;
    return node.computed || (isCalled && ASKS.test(nameOf(node.property as AnyNode))) ? tableAt(side, node.object as AnyNode) : null;
  }
  if (node.type !== 'CallExpression') return null;
  for (const [index, argument] of node.arguments.entries()) {
    const table = tableAt(side, argument as AnyNode);
    if (table !== null && index === 0 && node.callee.type === 'MemberExpression' && ASKS_OF.test(nameOf(node.callee.property as AnyNode)))
      return table;
    const parameter = table === null ? undefined : parameterOf(side, node.callee as AnyNode, index);
    if (parameter && asks(side, parameter.fn, parameter.binding)) return table;
  }
  return null;
}

function asks(side: Side, fn: FunctionInfo, table: Binding): boolean {
  let found = false;
  walk(fn.node as AnyNode, (node, parents) => {
    found ||= node.type !== 'CallExpression' && askedAt(side, node, parents.at(-1)) === table;
    return !found;
  });
  return found;
}

function tableAt(side: Side, node: AnyNode): Table | null {
  if (node.type === 'Identifier') return side.refAt(node)?.binding ?? null;
  return node.type === 'MemberExpression' && !node.computed && node.object.type === 'ThisExpression'
    ? nameOf(node.property as AnyNode) || null
    : null;
}

/** Of a function of the module that is called by its name. */
function parameterOf(side: Side, callee: AnyNode, index: number): { readonly fn: FunctionInfo; readonly binding: Binding } | undefined {
  const fn = callee.type === 'Identifier' ? functionOf(side, side.refAt(callee)?.binding ?? null) : null;
  const parameter = fn && (fn.node as FunctionNode).params[index];
  const binding = parameter?.type === 'Identifier' ? fn!.scope.bindings.get(parameter.name) : undefined;
  return binding && { fn: fn!, binding };
}

const nameOf = (node: AnyNode): string => (node.type === 'Identifier' || node.type === 'PrivateIdentifier' ? node.name : '');
