/**
 * What functions put into tables that outlive their calls, and that the new version puts there otherwise, or elsewhere: what is
 * there is what the old version put there, and what new code looks into has nothing of it.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { VerdictRow } from '../../patch/format.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { isReadByChanged } from './read-by-changed.ts';
import { collectionsOf, ENTERED } from '../code/private-collections.ts';
import { askedOtherwise, writtenBy } from './asked-otherwise.ts';
import { otherOrder } from './left-order.ts';
import { readersOf } from './changed-variables.ts';
import { surplus, unchecked } from './unchecked.ts';
import { isConstructor } from '../version/objects/create.ts';
import { PUTS } from '../version/forms/entries.ts';
import { givenBy } from '../version/kept/given-by.ts';
import type { Given } from '../version/kept/given-by.ts';
import { isConstant, settled } from '../version/kept/left.ts';
import { nodesOf, nodesWithin } from '../version/program/nodes.ts';
import { isPrivateName, ownProperty, propertyName } from '../version/forms/own-properties.ts';
import { otherValue, otherwise } from './put-otherwise.ts';
import type { Filling, Otherwise } from './put-otherwise.ts';
import { putsOf } from '../version/kept/puts.ts';
import type { Put } from '../version/kept/puts.ts';
import { reachedFrom } from '../version/program/reached.ts';
import { isNamedIn } from '../version/objects/reads.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isThis } from '../version/forms/this-names.ts';

const MOST_CHARACTERS = 60;
/** Verdicts that name a table in another way. */
const TELLS = /^(?:instances|results|cache|value|field-converted|state|closure|table|live)-/;

/** Where nothing else has been said of what a function puts into a table, or of the table. */
export function reportContents(ctx: ModuleContext, constants: ReadonlySet<Binding>): void {
  const { base, next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? [path, path.replace(/^.* /, '')] : [])));
  const held = new Set(log.rows.flatMap(({ code, path }) => (code === 'instances-hold' ? path.replace(/ [^ ]*$/, '') : [])));
  const reads = readersOf(ctx, constants);
  for (const [fn, baseFn] of match.baseOf) {
    if (!match.differs(fn) && !base.runsOnce(baseFn)) {
      if (reads(fn)) reportChecks(ctx, baseFn, fn, told);
      // What it looks for a place with.
      if (fn.children.some((inner) => match.differs(inner))) reportOrder(ctx, baseFn, fn, told);
      continue;
    }
    if (!match.differs(fn) || base.runsOnce(baseFn) || fn.kind === 'static' || fn.kind === 'field' || told.has(baseFn.path)) continue;
    const filling: Filling = { baseFn, fn, before: putsOf(baseFn, base), now: putsOf(fn, next) };
    const other = held.has(baseFn.path) ? null : otherwise(ctx, filling);
    if (other && !told.has(`${baseFn.path} ${other.table}`) && !told.has(other.table)) {
      const was = shortened(base.written({ node: other.was }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS);
      log.add(
        'instances-hold',
        next,
        other.now,
        `${baseFn.path} ${other.table}`,
        `what calls of it have left in ${other.table} keeps ${was}`,
      );
    }
    const written = held.has(baseFn.path) || other ? null : rewritten(ctx, baseFn, fn);
    if (written && !told.has(`${baseFn.path} ${written.table}`) && !told.has(written.table)) {
      const was = shortened(base.written({ node: written.was }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS);
      const how = written.reads === 'otherwise' ? ', which other code reads otherwise now' : '';
      const reason = `what calls of it have left keeps ${was} in ${written.table}${how}`;
      log.add('instances-hold', next, written.now, `${baseFn.path} ${written.table}`, reason);
      told.add(written.table);
    }
    const order = !other && !written && reportOrder(ctx, baseFn, fn, told);
    if (!other && !written && !order && !held.has(baseFn.path)) reportChecks(ctx, baseFn, fn, told);
    const lasting = withoutCaches(filling);
    const more = newlyPut(ctx, lasting);
    if (more && !told.has(`${baseFn.path} ${more.table}`) && !told.has(more.table)) {
      const reason = `what calls of it would have put into ${more.table} is not there`;
      log.add('instances-hold', next, more.at, `${baseFn.path} ${more.table}`, reason);
    }
    const left = [...elsewhere(ctx, lasting), ...counted(ctx, lasting), ...inPlace(ctx, baseFn, fn)];
    for (const { from, to, at } of left) {
      if (told.has(to) || told.has(from) || log.rows.some((row) => isTakenOver(row, from, to))) continue;
      told.add(to);
      log.add(
        'state-left',
        next,
        at,
        `${baseFn.path} ${to}`,
        `what calls of it have put into ${from} is not in ${to}, which other code reads`,
      );
    }
  }
  for (const { writer, from, to, at } of askedOtherwise(ctx)) {
    const [old, now] = [from, to].map((name) => name.replace('this.', ''));
    if (told.has(now!) || log.rows.some((row) => isTakenOver(row, old!, now!))) continue;
    told.add(now!);
    const reason = `what calls of it have noted in ${old} is not in ${now}, which new code asks in its place`;
    log.add('state-left', next, at, `${writer.path} ${now}`, reason);
  }
}

/** Whether what it has put somewhere stands in another order. */
function reportOrder(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo, told: ReadonlySet<string>): boolean {
  const order = otherOrder(ctx, baseFn, fn);
  if (order && !told.has(baseFn.path) && !told.has(`${baseFn.path} ${order.table}`) && !told.has(order.table))
    ctx.log.add('instances-hold', ctx.next, order.at, `${baseFn.path} ${order.table}`, order.reason);
  return order !== null;
}

/** What a function puts into a table as others do, and did not put there; or a constructor its object, which it has put nowhere so far. */
function newlyPut({ base, next, around }: ModuleContext, { baseFn, fn, before, now }: Filling): Put | null {
  const had = new Set(before.map(({ table }) => table));
  const isFilled = (table: string): boolean =>
    base.model.functions.some((fn) => !base.runsOnce(fn) && putsOf(fn, base).some((put) => put.table === table && !put.isGiven));
  const said = base.model.text.slice(baseFn.node.start, baseFn.node.end);
  const isKept = !isConstructor(fn) || before.some(givesThis);
  const isRegistry = (put: Put): boolean => !isKept && put.variable !== null && givesThis(put) && !collectionsOf(next, fn).has(put.table);
  return (
    now.find(
      (put) =>
        !put.isGiven &&
        !had.has(put.table) &&
        !isFilledIn(said, put.table) &&
        isAsked(put, next, around) &&
        (isFilled(put.table) || isRegistry(put)),
    ) ?? null
  );
}

const givesThis = ({ values }: Put): boolean => values.some(isThis);

/** Whether a text puts something into a table in some way: `stack.push.apply(stack, more)`, `list = list.concat(more)`. */
const isFilledIn = (text: string, table: string): boolean =>
  new RegExp(`(?<![\\w$])${table.replaceAll(/[^\w]/g, '\\$&')}\\)?(?:\\.(?:push|unshift|set|add|splice|concat)\\b|\\s*=[^=])`).test(text);

/** Checks that would have kept out what is there. */
function reportChecks(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo, told: ReadonlySet<string>): void {
  const { next, log } = ctx;
  const free = unchecked(ctx, baseFn, fn);
  const more = free ? null : surplus(ctx, baseFn, fn);
  const found = free ?? more;
  if (!found || told.has(baseFn.path) || told.has(`${baseFn.path} ${found.table}`) || told.has(found.table)) return;
  const reason = free
    ? `what calls of it have put into ${free.table} stays there, also where ${free.test} would have kept it out`
    : `more may be in ${found.table} than ${found.test} lets be there, of which each call takes out one`;
  log.add('instances-hold', next, found.at, `${baseFn.path} ${found.table}`, reason);
}

const withoutCaches = ({ before, now, ...functions }: Filling): Filling => ({
  ...functions,
  before: before.filter(({ isCache }) => !isCache),
  now: now.filter(({ isCache }) => !isCache),
});

/** Whether an object gets what it has under the old name under the new one, or what the new constructor gives it there. */
const isTakenOver = ({ code, path, reason }: VerdictRow, from: string, to: string): boolean =>
  code === 'field-added' &&
  path.endsWith(`#${to}`) &&
  (reason.includes(ENTERED) || new RegExp(`(?<![\\w$#])${from.replaceAll(/[^\w]/g, '\\$&')}(?![\\w$])`).test(reason));

/**
 * What a function gives a property of its object, or a variable from outside of it, where code that reads that has changed as
 * well: the two go by a form that was another. What a constructor gives is looked at by itself.
 */
function rewritten(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): (Otherwise & { readonly reads: string }) | null {
  const { base, next } = ctx;
  if (isConstructor(fn)) return null;
  const before = givenBy(baseFn, base);
  for (const [key, [now, ...more]] of givenBy(fn, next)) {
    const [was, ...others] = before.get(key) ?? [];
    if (!was?.value || !now?.value || more.length + others.length > 0) continue;
    const value = settled(lastOf(now.value), fn, next);
    // A value by itself is looked at in left-values.ts.
    if (isConstant(value, next)) continue;
    const found = otherValue(ctx, [settled(lastOf(was.value), baseFn, base), baseFn], [value, fn]);
    if (!found || formOf(found.was, base) === formOf(found.now, next)) continue;
    if (isReadByChanged(ctx, fn, now)) return { table: now.name, reads: 'otherwise', ...found };
    const isHeld =
      (isOfModule(now, fn, next) || isMadeOf(found.was, found.now, next)) &&
      isAsked({ table: now.property, variable: now.variable }, next, ctx.around);
    if (isHeld) return { table: now.name, reads: 'as before', ...found };
  }
  return null;
}

/** Whether it is one for all of the module, and others than those that the function calls ask for it. */
function isOfModule({ holder }: Given, fn: FunctionInfo, side: Side): boolean {
  if (!holder || !side.runsOnce(holder.scope.fn)) return false;
  const reached = reachedFrom(fn, side);
  return holder.references.some((ref) => ref.read && !reached.has(ref.fn));
}

/** The text of code in which it does not matter of which variables of functions it is made. */
function formOf(value: AnyNode, side: Side): string {
  let [text, at] = ['', value.start];
  for (const { node, binding } of side.refsIn(value.start, value.end)) {
    if (!binding || side.runsOnce(binding.scope.fn)) continue;
    text += `${side.model.text.slice(at, node.start)}$`;
    at = node.end;
  }
  return (text + side.model.text.slice(at, value.end)).replaceAll(/\s+/g, '');
}

/** `null` of `one = other = null`. */
const lastOf = (value: AnyNode): AnyNode => (value.type === 'AssignmentExpression' ? lastOf(value.right) : value);

/** Whether what was kept as it was given is checked, copied or cleaned first: `name.trim()` in the place of `name`. */
function isMadeOf(was: AnyNode, now: AnyNode, side: Side): boolean {
  if (was.type !== 'Identifier' || !/^(?:Call|New)Expression$|^TemplateLiteral$/.test(now.type)) return false;
  return side.refsIn(now.start, now.end).some(({ binding, parent, node }) => {
    const isCallee = parent.type === 'CallExpression' && parent.callee === node;
    return binding?.kind === 'param' && binding.name === was.name && !isCallee;
  });
}

interface Elsewhere {
  readonly from: string;
  readonly to: string;
  readonly at: AnyNode;
}

/** Tables into which a function puts what it put into another one alone. */
function elsewhere({ base, next, around }: ModuleContext, { baseFn, fn, before, now }: Filling): Elsewhere[] {
  const had = new Set(before.map(({ table }) => table));
  return now.flatMap((put): Elsewhere[] => {
    if (put.isGiven || had.has(put.table) || !isAsked(put, next, around)) return [];
    const names = namesIn(put, fn, next);
    const from = before.find((old) => !old.isGiven && [...namesIn(old, baseFn, base)].some((name) => names.has(name)));
    return from ? [{ from: from.table, to: put.table, at: put.at }] : [];
  });
}

/** What a function counts beside what it puts into a table, and did not count before. */
function counted({ next, around, base }: ModuleContext, { baseFn, fn, before, now }: Filling): Elsewhere[] {
  const tables = new Set(now.map(({ table }) => table));
  const from = before.find(({ table, isGiven }) => !isGiven && tables.has(table));
  if (!from) return [];
  const { start, end } = fn.node;
  return nodesWithin(next.model.program, 'UpdateExpression', start, end).flatMap((at): Elsewhere[] => {
    const target = at.argument as AnyNode;
    const variable = target.type === 'Identifier' ? (next.refAt(target)?.binding ?? null) : null;
    const name = variable ? variable.name : ownProperty(target);
    if (name === null || (variable && variable.scope.fn === fn)) return [];
    const isNew = variable ? baseFn.scope.lookup(name) === null : !isNamedIn(name, base.model);
    return isNew && isAsked({ table: name, variable }, next, around) ? [{ from: from.table, to: name, at }] : [];
  });
}

/** The variables of a function of which it makes what it puts there; '' for its object. */
function namesIn({ key, values }: Put, fn: FunctionInfo, side: Side): ReadonlySet<string> {
  const found = new Set<string>();
  for (const made of [...(key ? [key] : []), ...values]) {
    for (const { binding } of side.refsIn(made.start, made.end)) if (binding?.scope.fn === fn) found.add(binding.name);
    if (isThis(made)) found.add('');
  }
  return found;
}

/** Whether code of the package does more with a table, or a count, than to add to it. */
export function isAsked({ table, variable }: Pick<Put, 'table' | 'variable'>, side: Side, around: ModuleContext['around']): boolean {
  const isAdding = (node: AnyNode, parent: AnyNode): boolean =>
    parent.type === 'UpdateExpression' ||
    (parent.type === 'MemberExpression' && parent.object === node && PUTS.test(memberName(parent) ?? ''));
  if (variable) return variable.references.some(({ node, parent, read }) => read && !isAdding(node, parent));
  if (!isPrivateName(table) && around.isNamedBeside(table)) return true;
  const { program } = side.model;
  const added = new Set<AnyNode>([
    ...nodesOf(program, 'AssignmentExpression').map(({ left }) => left as AnyNode),
    ...nodesOf(program, 'UpdateExpression').map(({ argument }) => argument as AnyNode),
    ...nodesOf(program, 'MemberExpression').flatMap((node) => (PUTS.test(memberName(node) ?? '') ? [node.object as AnyNode] : [])),
  ]);
  return nodesOf(program, 'MemberExpression').some((node) => propertyName(node) === table && !added.has(node));
}

/** A property that a method gives a value in place of one that the new version no longer knows. */
function inPlace({ base, next, around }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): Elsewhere[] {
  if (isConstructor(fn)) return [];
  const own = (all: ReadonlyMap<string, AnyNode>): ReadonlyMap<string, AnyNode> =>
    new Map([...all].flatMap(([name, at]) => (name.startsWith('this.') ? [[name.slice('this.'.length), at] as const] : [])));
  const [before, now] = [own(writtenBy(baseFn, base)), own(writtenBy(fn, next))];
  const gone = [...before.keys()].find((name) => !isMember(name, next));
  if (gone === undefined) return [];
  return [...now].flatMap(([name, at]) =>
    !isNamedIn(name, base.model) && isAsked({ table: name, variable: null }, next, around) ? [{ from: gone, to: name, at }] : [],
  );
}

function isMember(name: string, { model }: Side): boolean {
  return nodesOf(model.program, 'MemberExpression').some((node) => propertyName(node) === name);
}
