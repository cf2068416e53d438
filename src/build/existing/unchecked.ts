/** What functions put into tables that last, where the new version asks first whether it may be there: what is there has not been asked. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionAround } from '../version/program/function-around.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { putsOf, shapeOf, tableOf } from '../version/kept/puts.ts';
import type { Put } from '../version/kept/puts.ts';
import type { Side } from '../version/side.ts';
import { readsOtherValue } from './changed-variables.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesAbove } from '../version/program/walk.ts';

const MOST_CHARACTERS = 60;

export interface Unchecked {
  readonly table: string;
  readonly test: string;
  readonly at: AnyNode;
}

/**
 * The first check of the new version that is about what it puts somewhere, or about the table, and that the old one does not have,
 * or makes with a value that is another now.
 */
export function unchecked(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): Unchecked | null {
  const { base, next } = ctx;
  const [before, now] = [putsOf(baseFn, base), putsOf(fn, next)];
  for (const put of now) {
    const isInto = ({ table, isGiven }: Put): boolean => table === put.table && !isGiven;
    const [old, own] = [before.filter(isInto), now.filter(isInto)];
    if (old.length !== 1 || own.length !== 1) continue;
    const [had, has] = [checksOf(old[0]!.at, baseFn), checksOf(put.at, fn)];
    const known = new Set(had.map((test) => formOf(test, baseFn, base)));
    const isOther = (one: AnyNode): boolean => !known.has(formOf(one, fn, next)) || readsOtherValue(ctx, one, baseFn, fn);
    const test = has.find((one) => isOther(one) && !asksWhetherGiven(one) && isAbout(one, put, fn, next));
    if (test)
      return { table: put.table, test: shortened(next.written({ node: test }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS), at: put.at };
  }
  return null;
}

/** `if (list.length > 100) list.shift()`, where the old version did not, or let more be there. */
export function surplus(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): Unchecked | null {
  const { base, next } = ctx;
  const known = new Set(trimsOf(baseFn, base).map(({ test }) => base.text(test)));
  const found = trimsOf(fn, next).find(({ test }) => !known.has(next.text(test)) || readsOtherValue(ctx, test, baseFn, fn));
  if (!found) return null;
  const { table, test, at } = found;
  return { table, test: shortened(next.written({ node: test }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS), at };
}

interface Trim extends Pick<Unchecked, 'table' | 'at'> {
  readonly test: AnyNode;
}

/** Where a function takes one out of what lasts, as that has so many. In a loop it takes out all that is too much. */
function trimsOf(fn: FunctionInfo, side: Side): readonly Trim[] {
  const { start, end } = fn.node;
  return nodesWithin(side.model.program, 'CallExpression', start, end).flatMap((call) => {
    const { callee } = call;
    if (callee.type !== 'MemberExpression' || !/^(?:shift|pop|delete)$/.test(memberName(callee) ?? '') || functionAround(side, call) !== fn)
      return [];
    const owner = tableOf(callee.object as AnyNode, fn, side);
    if (!owner || owner.isGiven) return [];
    const above = nodesAbove(call, fn.node as AnyNode);
    const size = new RegExp(`${escaped(side.written({ node: callee.object as AnyNode }))}\\.(?:length|size)\\b`);
    const around = above.findLast((node) => node.type === 'IfStatement' || node.type === 'LogicalExpression');
    const test = around?.type === 'IfStatement' ? around.test : around?.type === 'LogicalExpression' ? around.left : null;
    const isOver = test?.type === 'BinaryExpression' && size.test(side.written({ node: test }));
    return test && isOver ? [{ table: owner.table, at: call, test }] : [];
  });
}

const escaped = (text: string): string => text.replaceAll(/[^\w$]|\$/g, '\\$&');

/** The text of a check in which it does not matter what its variables are called. */
function formOf(test: AnyNode, fn: FunctionInfo, side: Side): string {
  const names = side
    .refsIn(test.start, test.end)
    .flatMap(({ binding }) => (binding && side.runsOnce(binding.scope.fn) ? binding.name : []));
  return names.reduce(
    (text, name) => text.replaceAll(new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`, 'g'), '#'),
    shapeOf(test, fn, side),
  );
}

/** The conditions that decide whether a call comes to what puts it there. */
export function checksOf(at: AnyNode, fn: FunctionInfo): AnyNode[] {
  const found: AnyNode[] = [];
  let inner = at;
  for (const node of nodesAbove(at, fn.node as AnyNode).toReversed()) {
    if (node.type === 'IfStatement' && node.test !== inner) found.push(node.test);
    else if (node.type === 'LogicalExpression' && node.right === inner) found.push(node.left);
    else if (node.type === 'ConditionalExpression' && node.test !== inner) found.push(node.test);
    else if (node.type === 'BlockStatement')
      for (const statement of node.body)
        if (statement.end <= inner.start && statement.type === 'IfStatement' && leaves(statement.consequent)) found.push(statement.test);
    inner = node;
  }
  return found;
}

function leaves(statement: AnyNode): boolean {
  const last = statement.type === 'BlockStatement' ? statement.body.at(-1) : statement;
  return last !== undefined && /^(?:Return|Throw|Continue|Break)Statement$/.test(last.type);
}

/** `if (key)` */
const asksWhetherGiven = (test: AnyNode): boolean =>
  test.type === 'Identifier' || (test.type === 'UnaryExpression' && test.operator === '!' && test.argument.type === 'Identifier');

/** Whether a check is about the key or the values, or about how much there is. */
function isAbout(test: AnyNode, { key, values, table }: Put, fn: FunctionInfo, side: Side): boolean {
  const own = new Set(
    [...(key ? [key] : []), ...values].flatMap(({ start, end }) =>
      side.refsIn(start, end).flatMap(({ binding }) => (binding?.scope.fn === fn ? binding : [])),
    ),
  );
  if (side.refsIn(test.start, test.end).some(({ binding }) => binding && own.has(binding))) return true;
  return new RegExp(`\\b${table.replaceAll(/[^\w$]/g, '\\$&')}\\.(?:length|size)\\b`).test(side.written({ node: test }));
}
