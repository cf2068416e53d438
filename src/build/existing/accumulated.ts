/**
 * Numbers and texts to which functions add from call to call: totals, averages, sums of a check, what has been written so far. Where
 * the new version adds something else, what has been added before was computed as the old one did.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { isConstructor } from '../version/objects/create.ts';
import { functionAround } from '../version/program/function-around.ts';
import { placeOf } from '../version/kept/given-by.ts';
import { isGivenAway } from '../version/objects/member-names.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { isPrivateName, ownProperty, propertyName } from '../version/forms/own-properties.ts';
import { shapeOf } from '../version/kept/puts.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesAbove, walk } from '../version/program/walk.ts';
import { readersOf, readsOtherValue } from './changed-variables.ts';
import { checksOf } from './unchecked.ts';

const MOST_CHARACTERS = 60;
const TELLS = /^(?:instances|results|cache|value|field-converted|state|closure|table|live|meaning)-/;
const ADDS = /^(?:[-+*/%|&^]|\*\*|<<|>>>?)=$/;
/** Methods that are given a place in a text or a list. */
const PLACED = /^(?:at|charAt|charCodeAt|codePointAt|indexOf|slice|splice|substr|substring|subarray|read\w+|write\w+|copy|fill)$/;

/** One place where a function adds to what lasts. */
interface Addition {
  readonly fn: FunctionInfo;
  /** What the source calls it. */
  readonly name: string;
  readonly variable: Binding | null;
  readonly at: AnyNode;
  /** What is added; null for one. */
  readonly value: AnyNode | null;
  readonly form: string;
}

/** `constants`: the variables that are others now. */
export function reportAccumulated(ctx: ModuleContext, constants: ReadonlySet<Binding>): void {
  const { base, next, match, log } = ctx;
  const reads = readersOf(ctx, constants);
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? [path, path.replace(/^.* /, '')] : [])));
  const [before, now] = [additionsIn(base), additionsIn(next)];
  for (const [target, added] of now) {
    const had = before.get(target);
    const [{ name }] = added as readonly [Addition];
    if (!had || told.has(name)) continue;
    const isSame = formsOf(had) === formsOf(added);
    for (const fn of new Set(added.map((one) => one.fn))) {
      const baseFn = match.baseOf.get(fn);
      if (!baseFn || told.has(baseFn.path) || (!match.differs(fn) && !reads(fn))) continue;
      const [was, is] = [had.filter((one) => one.fn === baseFn), added.filter((one) => one.fn === fn)];
      const isByOther = ({ value }: Addition): boolean =>
        value !== null &&
        next.refsIn(value.start, value.end).some(({ binding }) => binding && constants.has(binding)) &&
        readsOtherValue(ctx, value, baseFn, fn);
      const isAlike = isSame || formsOf(was) === formsOf(is);
      const other = isAlike ? is.find(isByOther) : (is.find((one, i) => was[i]?.form !== one.form) ?? is[0]);
      const asked =
        !other && isAlike && was.length === is.length ? is.find((one, i) => isAskedOtherwise(ctx, [was[i]!, baseFn], [one, fn])) : null;
      const found = other ?? asked;
      // What is done with it takes long to tell.
      if (!found || isPassing(target, added, next) || isPassing(target, had, base) || !isRead(target, added, next, ctx)) continue;
      const old = was[Math.min(is.indexOf(found), was.length - 1)];
      const text = old ? shortened(base.written({ node: old.at }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS) : '';
      const how = asked ? 'under other conditions' : `by ${text}`;
      const reason = old
        ? `what calls of it have added to ${name} so far was added ${how}`
        : `what calls of it would have added to ${name} so far is not in it`;
      log.add('instances-hold', next, found.at, `${baseFn.path} ${name}`, reason);
      break;
    }
  }
}

/** What the source calls what is counted from call to call, where that is no more than passing; null for anything else. */
export function countedIn(target: AnyNode, side: Side): string | null {
  const name = target.type === 'Identifier' ? target.name : ownProperty(target);
  if (name === null) return null;
  const variable = target.type === 'Identifier' ? side.refAt(target)?.binding : null;
  const key = target.type === 'Identifier' ? `${variable?.scope.fn.path} ${name}` : `.${name}`;
  const all = additionsIn(side).get(key);
  return all && !isPassing(key, all, side) ? name : null;
}

/** Whether other conditions decide whether it is added. */
function isAskedOtherwise({ base, next, around }: ModuleContext, [was, baseFn]: Asked, [now, fn]: Asked): boolean {
  const [old, own] = [
    checksOf(was.at, baseFn).map((test) => [shapeOf(test, baseFn, base), base.text(test)] as const),
    checksOf(now.at, fn).map((test) => [shapeOf(test, fn, next), next.text(test)] as const),
  ];
  if (old.length !== own.length) return true;
  return own.some(([shape, text], i) => old[i]![0] !== shape && !around.labels.differ(old[i]![1], text));
}

type Asked = readonly [addition: Addition, by: FunctionInfo];

/** What stands in whichever function: it may have moved from one to the other. */
const formsOf = (all: readonly Addition[]): string =>
  all
    .map(({ form }) => form)
    .toSorted()
    .join('\n');

const additionsIn = askedOnce((side: Side): ReadonlyMap<string, readonly Addition[]> => {
  const found = new Map<string, Addition[]>();
  const { program } = side.model;
  const add = (target: AnyNode, at: AnyNode, operator: string, value: AnyNode | null): void => {
    const fn = functionAround(side, at);
    const place = target.type === 'Identifier' ? null : placeOf(target, fn, side);
    const name = target.type === 'Identifier' ? target.name : place?.name;
    if (name === undefined) return;
    const variable = target.type === 'Identifier' ? (side.refAt(target)?.binding ?? null) : null;
    if (target.type === 'Identifier' && !(variable && lasts(variable, fn, side))) return;
    // What a constructor gives its object is compared by itself.
    if (side.runsOnce(fn) || (!variable && isConstructor(fn))) return;
    const key = variable ? `${variable.scope.fn.path} ${name}` : place?.name === place?.property ? `.${name}` : name;
    const form = value === null ? `${operator} 1` : `${operator} ${shapeOf(value, fn, side)}`;
    const one = { fn, name, variable, at, value, form };
    const known = found.get(key);
    if (known) known.push(one);
    else found.set(key, [one]);
  };
  for (const node of nodesOf(program, 'AssignmentExpression')) {
    const left = node.left as AnyNode;
    if (ADDS.test(node.operator)) add(left, node, node.operator, node.right);
    else if (node.operator === '=' && isMadeOfItself(left, node.right, side)) add(left, node, '=', node.right);
  }
  for (const node of nodesOf(program, 'UpdateExpression')) add(node.argument as AnyNode, node, node.operator === '++' ? '+=' : '-=', null);
  return found;
});

/** `total = total * 31 + n`, `most = Math.max(most, n)`, `head = { value, next: head }` */
function isMadeOfItself(target: AnyNode, value: AnyNode, side: Side): boolean {
  const isOne =
    /^(?:(?:Binary|Conditional|Array|Object)Expression|TemplateLiteral)$/.test(value.type) ||
    (value.type === 'CallExpression' && /^Math\.\w+$/.test(memberText(value.callee) ?? ''));
  if (!isOne) return false;
  const text = side.text(target);
  let found = false;
  walk(value, (node, parents) => {
    const parent = parents.at(-1);
    const isPart =
      (parent?.type === 'MemberExpression' && parent.object === node) || (parent?.type === 'CallExpression' && parent.callee === node);
    found ||= node.type === target.type && !isPart && side.text(node) === text;
    return !found;
  });
  return found;
}

function lasts({ scope, kind }: Binding, fn: FunctionInfo, side: Side): boolean {
  if (kind === 'param' || kind === 'import' || scope.fn === fn) return false;
  if (side.runsOnce(scope.fn)) return true;
  for (let at: FunctionInfo | null = fn; at && at !== scope.fn; at = at.parent) if (isGivenAway(at)) return true;
  return false;
}

/** Where code uses it, but for what adds to it. */
function usesOf(
  target: string,
  [first]: readonly Addition[],
  side: Side,
): readonly { readonly node: AnyNode; readonly parent: AnyNode; readonly fn: FunctionInfo }[] {
  const variable = first?.variable;
  if (variable) return variable.references;
  return membersOf(side).get(target.slice(target.lastIndexOf('.') + 1)) ?? [];
}

const membersOf = askedOnce((side: Side) => {
  const found = new Map<string, { node: AnyNode; parent: AnyNode; fn: FunctionInfo }[]>();
  walk(side.model.program, (node, parents) => {
    const name = node.type === 'MemberExpression' ? propertyName(node) : null;
    if (name === null) return;
    const one = { node, parent: parents.at(-1)!, fn: functionAround(side, node) };
    const known = found.get(name);
    if (known) known.push(one);
    else found.set(name, [one]);
  });
  return found;
});

/** A place in a text or a list, a depth, or what begins anew with each run. */
function isPassing(target: string, all: readonly Addition[], side: Side): boolean {
  const operators = new Set(all.map(({ form }) => form[0]));
  if (operators.has('+') && operators.has('-')) return true;
  const writers = new Set(all.map(({ fn }) => fn));
  const adding = new Set(all.map(({ at }) => at));
  return usesOf(target, all, side).some(({ node, parent, fn }) => {
    if (parent.type === 'MemberExpression') return parent.property === node && parent.computed;
    if (parent.type === 'CallExpression')
      return parent.callee.type === 'MemberExpression' && parent.callee !== node && PLACED.test(memberName(parent.callee) ?? '');
    if (parent.type === 'BinaryExpression') {
      const other = (parent.left === node ? parent.right : parent.left) as AnyNode;
      return /^[<>]=?$/.test(parent.operator) && other.type === 'MemberExpression' && memberName(other) === 'length';
    }
    return parent.type === 'AssignmentExpression' && parent.left === node && !adding.has(parent) && writers.has(fn);
  });
}

/** Whether code does more with it than to add to it. */
function isRead(target: string, all: readonly Addition[], side: Side, { around }: ModuleContext): boolean {
  // Who uses the package may ask for it.
  if (/^\.[^#_[]/.test(target)) return true;
  const property = target.slice(target.lastIndexOf('.') + 1);
  if (!all[0]!.variable && !isPrivateName(property) && around.isNamedBeside(property)) return true;
  return usesOf(target, all, side).some(({ node, parent, fn }) => {
    if (parent.type === 'UpdateExpression' || (parent.type === 'AssignmentExpression' && parent.left === node)) {
      const above = nodesAbove(parent, fn.node as AnyNode).at(-1);
      return above?.type !== 'ExpressionStatement' && above?.type !== 'ForStatement';
    }
    return parent.type !== 'VariableDeclarator' || parent.init === node;
  });
}
