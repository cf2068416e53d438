/**
 * Tables that code asks beside a cache of an object, and that do not say what is in it: whoever takes something out of the cache
 * goes by whether that was there, and nothing that fills the cache has a hand in them.
 */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { calleeName } from '../version/program/calls-by-name.ts';
import { functionAround } from '../version/program/function-around.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf, nodesWithin } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { nodesAbove } from '../version/program/walk.ts';
import { ownUses } from './table-uses.ts';
import type { Table } from './tested-tables.ts';

const TAKES = /^(?:get|peek)$/;
const CHANGES = /^(?:add|clear|delete|pop|push|put|set|shift|splice|unshift)$/;

/** `cache`: the name of a property, as is `other`, or that is a variable. */
export function isAskedBeside(side: Side, cache: string, other: Table): boolean {
  // What stands around all of the module has the code of all its functions.
  const functions = side.model.functions.filter((fn) => !runsOnce(side.plan.handleOf.get(fn)?.kind));
  const filling = functions.filter((fn) => (ownUses(side, fn).get(cache)?.values.length ?? 0) > 0);
  if (!membersNamed(side, cache).every((member) => isAskedForIt(side, member))) return false;
  const reached = reachedBy(side, filling);
  const changing = functions.filter((fn) => changes(side, fn, other));
  if (reached === null || changing.some((fn) => reached.has(fn))) return false;
  const led = reachedBy(side, changing);
  return led !== null && !filling.some((fn) => led.has(fn));
}

const membersNamed = (side: Side, name: string): AnyNode[] =>
  nodesOf(side.model.program, 'MemberExpression').filter((member) => memberName(member) === name);

/** Whether what `cache`, an expression, has under a key is taken only to see whether it is there. */
function isAskedForIt(side: Side, cache: AnyNode): boolean {
  const above = nodesAbove(cache, side.model.program);
  const parent = above.at(-1);
  if (parent?.type !== 'MemberExpression' || parent.object !== cache) return true;
  if (parent.computed) return isTested(side, parent, above.slice(0, -1));
  const call = above.at(-2);
  if (!TAKES.test(memberName(parent) ?? '')) return true;
  return call?.type === 'CallExpression' && call.callee === parent && isTested(side, call, above.slice(0, -2));
}

/** Whether code goes by whether `value` is anything, at once or by the variable that it is put in; so where it is what is written. */
function isTested(side: Side, value: AnyNode, above: readonly AnyNode[]): boolean {
  let inner = value;
  for (const parent of above.toReversed()) {
    switch (parent.type) {
      case 'IfStatement':
      case 'ConditionalExpression':
        return parent.test === inner;
      case 'LogicalExpression':
        if (parent.left === inner) return true;
        break;
      case 'BinaryExpression':
        if (!/^[!=]==?$/.test(parent.operator)) return false;
        break;
      case 'UnaryExpression':
        if (parent.operator === 'delete') return true;
        if (parent.operator !== '!') return false;
        break;
      case 'VariableDeclarator':
        return parent.init === inner && isTestedNext(side, parent.id as AnyNode, parent.end);
      case 'AssignmentExpression':
        if (parent.left === inner) return true;
        if (parent.operator === '=' && isTestedNext(side, parent.left as AnyNode, parent.end)) return true;
        break;
      case 'ParenthesizedExpression':
      case 'ChainExpression':
        break;
      default:
        return false;
    }
    inner = parent;
  }
  return false;
}

/** Whether the first that code does with a variable, from a place of the text on, is to see whether there is anything in it. */
function isTestedNext(side: Side, id: AnyNode, from: number): boolean {
  const binding = id.type === 'Identifier' ? bindingOf(side, id) : null;
  const next = binding?.references.filter(({ node }) => node.start >= from).sort((a, b) => a.node.start - b.node.start)[0];
  if (!next?.read) return false;
  const node = next.node as AnyNode;
  const above = nodesAbove(node, side.model.program);
  return above.at(-1)?.type !== 'AssignmentExpression' && above.at(-1)?.type !== 'VariableDeclarator' && isTested(side, node, above);
}

function bindingOf(side: Side, id: AnyNode): Binding | null {
  const fn = functionAround(side, id);
  const ref = side.refsIn(id.start, id.end).find(({ node }) => node === id);
  return ref?.binding ?? (id.type === 'Identifier' ? fn.scope.lookup(id.name) : null);
}

/** The functions of the module that code of `from` may come to, those included, by the names of what it calls; null where one has none. */
function reachedBy(side: Side, from: readonly FunctionInfo[]): ReadonlySet<FunctionInfo> | null {
  const { functions, program } = side.model;
  const found = new Set(from);
  for (const { node } of found) {
    const names = new Set<string>();
    for (const type of ['CallExpression', 'NewExpression'] as const)
      for (const { callee } of nodesWithin(program, type, node.start, node.end)) {
        const name = calleeName(callee as AnyNode);
        if (name === null) return null;
        names.add(name);
      }
    for (const fn of functions) if (names.has(nameOf(fn)) || (fn.node !== node && contains(node, fn.node))) found.add(fn);
  }
  return found;
}

/** Of a constructor, that of its class. */
function nameOf({ path }: FunctionInfo): string {
  const parts = path.split(/[./#]/).map((part) => part.replace(/@\d+$/, ''));
  return parts.at(-1) === 'constructor' ? (parts.at(-2) ?? '') : parts.at(-1)!;
}

/** Whether a function puts something into a table, takes something out, or gives it another. */
function changes(side: Side, { node }: FunctionInfo, table: Table): boolean {
  const { start, end } = node;
  const named =
    typeof table === 'string'
      ? membersNamed(side, table).filter((member) => contains(node, member))
      : side.refsIn(start, end).flatMap(({ node: id, binding }) => (binding === table ? (id as AnyNode) : []));
  return named.some((own) => {
    const above = nodesAbove(own, side.model.program);
    const [call, parent] = above.slice(-2) as [AnyNode, AnyNode];
    if (parent.type === 'AssignmentExpression') return parent.left === own;
    if (parent.type !== 'MemberExpression' || parent.object !== own) return false;
    if (parent.computed)
      return (
        (call.type === 'AssignmentExpression' && call.left === parent) ||
        (call.type === 'UnaryExpression' && call.operator === 'delete') ||
        call.type === 'UpdateExpression'
      );
    return call.type === 'CallExpression' && call.callee === parent && CHANGES.test(memberName(parent) ?? '');
  });
}
