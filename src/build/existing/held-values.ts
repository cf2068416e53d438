/**
 * Values that are others now and that objects and closures hold: a constant or the default of an argument, which a constructor
 * keeps or a closure sees. The code that keeps it is the same, so it is told by what that reads.
 */
import type { AnyNode, Function as FunctionNode, PropertyDefinition } from 'acorn';
import { contains } from '../../source/contains.ts';
import { FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import type { Side } from '../version/side.ts';
import { assignments } from '../code/fields.ts';
import { compareCode } from '../code/context.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/objects/create.ts';
import { outlives } from '../version/program/escape.ts';
import { isStarting } from '../version/objects/starting.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { surelyAssigned } from '../version/objects/surely.ts';
import { functionsAround } from '../hazards/held-results.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { isFunctionNode } from '../version/program/walk.ts';
import { isOfHelper } from '../version/forms/written-helpers.ts';
import { isReadElsewhere } from './instances.ts';
import { takenOtherwise } from './taken-apart.ts';
import { defaultOf, hasOtherDefault, readersOf, readsOtherValue } from './changed-variables.ts';

/** `constants`: those that are others now; `isDerived`: a variable that closures compute anew. */
export function reportHeldValues(ctx: ModuleContext, constants: ReadonlySet<Binding>, isDerived: (binding: Binding) => boolean): void {
  const { base, match, next } = ctx;
  const reads = readersOf(ctx, constants);
  const tables = changedTables(ctx);
  const holdsTable = functionsAround([...tables]);
  for (const [fn, baseFn] of match.baseOf) {
    if (base.runsOnce(baseFn)) continue;
    if ((!match.differs(fn) && !reads(fn) && !holdsTable(fn)) || isOfHelper(baseFn)) continue;
    const isTurned = (value: AnyNode): boolean =>
      next.refsIn(value.start, value.end).some(({ binding }) => binding?.scope === fn.scope && changedPlaces(binding, baseFn, fn) !== null);
    const isOther = (value: AnyNode): boolean =>
      readsOtherValue(ctx, value, baseFn, fn) || isTurned(value) || [...tables].some((own) => contains(value, own));
    if (isConstructor(fn) || isStarting(fn, next)) reportProperties(ctx, baseFn, fn, isOther);
    else if (fn.kind === 'field') reportField(ctx, baseFn, fn, isOther);
    reportCaptures(ctx, baseFn, fn, isDerived, isOther);
    reportHandedOn(ctx, baseFn, fn, isTurned);
  }
}

/** A function that gives what another one of the module makes of its arguments, with others now: closures that it has given keep those. */
function reportHandedOn(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo, isTurned: (value: AnyNode) => boolean): void {
  const { match, next, log } = ctx;
  const before = callsGiven(base, ctx.base);
  for (const [i, { maker, given, node }] of callsGiven(fn, next).entries()) {
    const was = before[i];
    if (!was || match.baseOf.get(maker) !== was.maker) continue;
    const params = (maker.node as FunctionNode).params;
    for (const [at, value] of given.entries()) {
      const [param, old] = [params[at], was.given[at]];
      const binding = param?.type === 'Identifier' ? maker.scope.bindings.get(param.name) : undefined;
      const isKept = binding?.captured === true && binding.references.some((ref) => ref.read && outlives(ref.fn, maker));
      // What is written out is told of by who looks at what calls leave.
      if (!isKept || !old || isFunctionNode(value) || (old.type === 'Literal' && value.type === 'Literal')) continue;
      if (compareCode(ctx, old, value, base, fn) !== 'differs' && !isTurned(value)) continue;
      log.add('capture-kept', next, node, base.path, `closures that exist keep the ${binding.name} that the old code gave them`);
    }
  }
}

interface CallGiven {
  readonly maker: FunctionInfo;
  readonly given: readonly AnyNode[];
  readonly node: AnyNode;
}

/** What a function returns that is a call of another one by its name. */
function callsGiven({ node, returns }: FunctionInfo, side: Side): readonly CallGiven[] {
  const { body } = node as FunctionNode;
  const values = body?.type === 'BlockStatement' ? returns.map((own) => own.node.argument) : [body];
  return values.flatMap((value) => {
    if (value?.type !== 'CallExpression' || value.callee.type !== 'Identifier') return [];
    const maker = side.definitionOf(value.callee as AnyNode);
    return maker instanceof FunctionInfo ? [{ maker, given: value.arguments as AnyNode[], node: value as AnyNode }] : [];
  });
}

/** Where code reads a table as a whole that a property holds and whose entries are others, as `Parser.defaults`. */
function changedTables({ next, log }: ModuleContext): ReadonlySet<AnyNode> {
  const paths = new Set(log.rows.flatMap(({ code, path }) => (code === 'table-changed' && path.includes('.') ? [path] : [])));
  if (paths.size === 0) return new Set();
  const members = nodesOf(next.model.program, 'MemberExpression');
  // Of an entry that is read by its name nothing is said: it may be one that has not changed.
  const parts = new Set<AnyNode>(members.map(({ object }) => object as AnyNode));
  return new Set(members.filter((member) => !parts.has(member) && paths.has(memberText(member) ?? '')));
}

/** What a field begins with, where that is written the same. */
function reportField(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo, isOther: (value: AnyNode) => boolean): void {
  const { key, value, computed } = fn.node as PropertyDefinition & AnyNode;
  if (!value || computed || ctx.match.differs(fn)) return;
  const property = keyName(key, false);
  const maker = fn.owner?.members.find(isConstructor);
  const path = `${base.owner?.path ?? base.path} ${property}`;
  if ((maker && surelyAssigned(maker).has(property)) || !isOther(value) || !isReadElsewhere(property, fn, ctx)) return;
  if (!ctx.log.rows.some((row) => row.path === path)) ctx.log.add('instances-hold', ctx.next, value, path, keptReason(property));
}

const keptReason = (property: string): string => `objects that exist keep the ${property} they have, which other code reads`;

function reportProperties(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo, isOther: (value: AnyNode) => boolean): void {
  const before = assignments(base);
  for (const [property, { value: now }] of assignments(fn)) {
    const was = before.get(property)?.value;
    const path = `${base.path} ${property}`;
    if (!was || !now || compareCode(ctx, was, now, base, fn) === 'differs' || !isOther(now)) continue;
    if (isReadElsewhere(property, fn, ctx) && !ctx.log.rows.some((row) => row.path === path))
      ctx.log.add('instances-hold', ctx.next, now, path, keptReason(property));
  }
}

function reportCaptures(
  ctx: ModuleContext,
  base: FunctionInfo,
  fn: FunctionInfo,
  isDerived: (binding: Binding) => boolean,
  isOther: (value: AnyNode) => boolean,
): void {
  for (const binding of [...fn.body.bindings.values(), ...fn.scope.bindings.values()]) {
    if (!binding.captured || isDerived(binding) || !binding.references.some((ref) => ref.read && outlives(ref.fn, fn))) continue;
    const value = valueOf(ctx, binding);
    const given = otherGiven(ctx, binding, base, fn) ?? takenOtherwise(ctx, binding, base, fn) ?? changedPlaces(binding, base, fn);
    if (given === null && !(value ? isOther(value) : hasOtherDefault(ctx, binding, base, fn))) continue;
    const reason = `closures that exist keep the ${binding.name} that the old code gave them`;
    if (!ctx.log.rows.some((row) => row.reason === reason && row.path.startsWith(base.path)))
      ctx.log.add('capture-kept', ctx.next, given ?? value ?? defaultOf(binding)!, base.path, reason);
  }
}

/** Of a variable that the function around the closures itself gives several values, as in a branch, the first that is another; null for none. */
function otherGiven(ctx: ModuleContext, binding: Binding, base: FunctionInfo, fn: FunctionInfo): AnyNode | null {
  const old = base.body.bindings.get(binding.name) ?? base.scope.bindings.get(binding.name);
  if (!binding.reassigned || binding.kind === 'param' || !old) return null;
  const [before, now] = [valuesGiven(old, base), valuesGiven(binding, fn)];
  const [began, begins] = [ctx.base.valueOf(old.declarations[0]!), ctx.next.valueOf(binding.declarations[0]!)];
  if (began && begins && compareCode(ctx, began, begins, base, fn) === 'differs' && !isFunctionNode(begins)) return begins;
  if (before === null || now === null) return null;
  const other = now.find((value, i) => before[i] === undefined || compareCode(ctx, before[i], value, base, fn) === 'differs');
  return other ?? (before.length > now.length ? binding.declarations[0]! : null);
}

/** A parameter that has changed places with another one: what it was given may be the other by its name now. Null for any other. */
function changedPlaces({ name, kind }: Binding, base: FunctionInfo, fn: FunctionInfo): AnyNode | null {
  if (kind !== 'param') return null;
  const [before, now] = [namesGiven(base), namesGiven(fn)];
  const isAhead = (names: readonly (string | null)[], other: string): boolean => names.indexOf(name) < names.indexOf(other);
  const isTurned = (other: string | null): boolean =>
    other !== null && other !== name && now.includes(other) && isAhead(before, other) !== isAhead(now, other);
  if (!before.includes(name) || !now.includes(name) || !before.some(isTurned)) return null;
  return (fn.node as FunctionNode).params[now.indexOf(name)] as AnyNode;
}

function namesGiven({ node }: FunctionInfo): readonly (string | null)[] {
  return ((node as Partial<FunctionNode>).params ?? []).map((own) => {
    const id = own.type === 'AssignmentPattern' ? own.left : own;
    return id.type === 'Identifier' ? id.name : null;
  });
}

/** The values that a function gives a variable of its own, in the order of its text; null where it does so in another way than by assigning it. */
function valuesGiven({ references }: Binding, fn: FunctionInfo): readonly AnyNode[] | null {
  const found: AnyNode[] = [];
  for (const { node, parent, write, fn: writer } of references) {
    if (!write || writer !== fn) continue;
    if (parent.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=') found.push(parent.right as AnyNode);
    else if (parent.type === 'VariableDeclarator' && parent.id === node && parent.init) found.push(parent.init as AnyNode);
    else return null;
  }
  return found;
}

/** What a variable is given once, where it is the same text in both versions or not: what differs itself is told of by who compares it. */
function valueOf({ next }: ModuleContext, { declarations, reassigned }: Binding): AnyNode | null {
  return (declarations.length === 1 && !reassigned && next.valueOf(declarations[0]!)) || null;
}
