/**
 * Tables that outlive the calls of a function, into which the new version no longer puts what the old one did, or out of which it
 * takes what the old one left there: what is there stays.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { VerdictRow } from '../../patch/format.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { putsOf, tableOf } from '../version/kept/puts.ts';
import type { Put } from '../version/kept/puts.ts';
import type { Side } from '../version/side.ts';
import { walk } from '../version/program/walk.ts';
import { isAsked } from './left-contents.ts';

const TAKES = /^(?:clear|delete|pop|shift|splice)$/;
const DELETES = /\bdelete\b/;
/** Verdicts that name a table in another way. */
const TELLS = /^(?:instances|results|cache|value|field-converted|state|closure|table|live|set-up)-/;

interface Taken extends Pick<Put, 'table' | 'variable'> {
  readonly at: AnyNode;
}

/** Where nothing has been said of the function, or of the table. */
export function reportLeftOut(ctx: ModuleContext): void {
  const { base, next, match, log, around } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? [path, path.replace(/^.* /, '')] : [])));
  for (const [fn, baseFn] of match.baseOf) {
    if (!match.differs(fn) || base.runsOnce(baseFn) || told.has(baseFn.path)) continue;
    const unput = noLongerPut(ctx, baseFn, fn);
    if (unput && !told.has(unput.table) && isAsked(unput, next, around) && !log.rows.some((row) => goesOn(row, unput.table))) {
      const reason = `what calls of it have put into ${unput.table} stays there, which the new version does not put there`;
      log.add('instances-hold', next, fn.node as AnyNode, `${baseFn.path} ${unput.table}`, reason);
      told.add(unput.table);
    }
    const taken = newlyTaken(ctx, baseFn, fn);
    if (taken && !told.has(taken.table) && isAsked(taken, next, around)) {
      const reason = `what calls of it would have taken out of ${taken.table} is still there`;
      log.add('instances-hold', next, taken.at, `${baseFn.path} ${taken.table}`, reason);
      told.add(taken.table);
    }
  }
}

/** Whether objects have the table under another name as well from now on. */
const goesOn = ({ code, reason }: VerdictRow, table: string): boolean =>
  code === 'field-added' && /what they have as ([\w$]+)/.exec(reason)?.[1] === table;

/** Another function may put it there from now on. */
function noLongerPut({ base, next }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): Pick<Put, 'table' | 'variable'> | null {
  const [before, now] = [putsOf(baseFn, base), putsOf(fn, next)];
  for (const { table, variable } of before) {
    const isInto = (put: Put): boolean => put.table === table && !put.isGiven;
    if (now.some((put) => put.table === table)) continue;
    const own = variable ? fn.scope.lookup(table) : null;
    if (count(base, (one) => putsOf(one, base).filter(isInto).length) > count(next, (one) => putsOf(one, next).filter(isInto).length))
      return { table, variable: own };
  }
  return null;
}

/** The same of what another function took out so far. */
function newlyTaken({ base, next }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): Taken | null {
  const had = takenBy(baseFn, base);
  return (
    takenBy(fn, next).find(({ table }, _, all) => {
      const ofTable = (one: Taken): boolean => one.table === table;
      const isThere = base.model.functions.some((one) => putsOf(one, base).some((put) => put.table === table && !put.isGiven));
      // One that it puts something into as well holds no more than so much.
      const isOwn = putsOf(fn, next).some((put) => put.table === table);
      if (!isThere || isOwn || all.filter(ofTable).length <= had.filter(ofTable).length) return false;
      return (
        count(next, (one) => takenBy(one, next).filter(ofTable).length) > count(base, (one) => takenBy(one, base).filter(ofTable).length)
      );
    }) ?? null
  );
}

const count = ({ model }: Side, of: (fn: FunctionInfo) => number): number => model.functions.reduce((sum, fn) => sum + of(fn), 0);

/** `table.delete(key)`, `list.pop()`, `delete table[key]`, of what is in it. */
function takenBy(fn: FunctionInfo, side: Side): readonly Taken[] {
  const { start, end } = fn.node;
  const isOwn = (node: AnyNode): boolean => !fn.children.some((child) => contains(child.node, node));
  const found: Taken[] = [];
  const add = (member: AnyNode, at: AnyNode): void => {
    const owner = member.type === 'MemberExpression' && isOwn(at) ? tableOf(member.object as AnyNode, fn, side) : null;
    if (owner && !owner.isGiven) found.push({ table: owner.table, variable: owner.variable, at });
  };
  for (const call of nodesWithin(side.model.program, 'CallExpression', start, end)) if (isTaking(call)) add(call.callee as AnyNode, call);
  if (DELETES.test(side.model.text.slice(start, end)))
    walk(fn.node as AnyNode, (node) => {
      const isEntry = node.type === 'UnaryExpression' && node.operator === 'delete' && node.argument.type === 'MemberExpression';
      if (isEntry && (node.argument as { readonly computed: boolean }).computed) add(node.argument, node);
    });
  return found;
}

function isTaking({ callee, arguments: given }: CallExpression): boolean {
  const method = callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : '';
  return TAKES.test(method) && (method !== 'splice' || given.length < 3);
}
