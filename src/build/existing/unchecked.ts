/** What functions put into tables that last, where the new version asks first whether it may be there: what is there has not been asked. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { putsOf } from '../version/puts.ts';
import type { Put } from '../version/puts.ts';
import type { Side } from '../version/side.ts';
import { nodesAbove } from '../version/walk.ts';

const MOST_CHARACTERS = 60;

export interface Unchecked {
  readonly table: string;
  readonly test: string;
  readonly at: AnyNode;
}

/** The first check of the new version that is about what it puts somewhere, or about the table, where the old one has all others. */
export function unchecked({ base, next }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): Unchecked | null {
  const [before, now] = [putsOf(baseFn, base), putsOf(fn, next)];
  for (const put of now) {
    const isInto = ({ table, isGiven }: Put): boolean => table === put.table && !isGiven;
    const [old, own] = [before.filter(isInto), now.filter(isInto)];
    if (old.length !== 1 || own.length !== 1) continue;
    const [had, has] = [checksOf(old[0]!, baseFn), checksOf(put, fn)];
    const known = new Set(had.map((test) => base.text(test)));
    const kept = new Set(has.map((test) => next.text(test)));
    if (![...known].every((test) => kept.has(test))) continue;
    const test = has.find((one) => !known.has(next.text(one)) && !asksWhetherGiven(one) && isAbout(one, put, fn, next));
    if (test)
      return { table: put.table, test: shortened(next.written({ node: test }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS), at: put.at };
  }
  return null;
}

/** The conditions that decide whether a call comes to what puts it there. */
function checksOf({ at }: Put, fn: FunctionInfo): AnyNode[] {
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
