/**
 * Variables that hold another value in the new version: what is made of them is another too, by the same expression. Entries that
 * a literal gains are told of where they are read.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, ObjectExpression } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { functionsAround } from '../hazards/held-results.ts';
import { importsOf } from '../version/modules/imports.ts';
import { compareCode } from '../code/context.ts';
import type { ModuleContext } from '../code/context.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import { holdsFunction } from '../code/choices.ts';

/** Whether `now`, of `fn`, reads a variable of it, or a constant around it, that was given another value in `base`. */
export function readsOtherValue(ctx: ModuleContext, now: AnyNode, base: FunctionInfo, fn: FunctionInfo): boolean {
  return readsOther({ ctx, base, fn, taken: namesIn(now), seen: new Set(), isDirect: true }, now) || readsProperty(ctx, now);
}

/** Whether code reads a property that the patch sets, of the module or of a class. */
export function readsProperty(ctx: ModuleContext, value: AnyNode): boolean {
  let found = false;
  const isSet = setByPatch(ctx);
  if (isSet)
    walk(value, (node) => {
      found ||= node.type === 'MemberExpression' && isSet(node);
      return !found && !isFunctionNode(node);
    });
  return found;
}

/** Null where there are none. A table that changes in place is the same for all who hold it. */
function setByPatch({ next, resolver }: ModuleContext): ((member: AnyNode) => boolean) | null {
  const { changedPaths, unseenPaths, tablePaths, changedTables } = resolver;
  if (changedPaths.size + unseenPaths.size === 0) return null;
  const tables = new Set([...changedTables].map(({ name }) => `exports.${name}`));
  return (member) => {
    const path = memberText(member) ?? '';
    if (path === '' || tablePaths.has(path) || tables.has(path)) return false;
    return unseenPaths.has(path) || changedPaths.has(next.pathIn(member, path));
  };
}

/** Whether an argument has another default. */
export function hasOtherDefault(ctx: ModuleContext, binding: Binding, base: FunctionInfo, fn: FunctionInfo): boolean {
  return defaultOf(binding) !== null && isOther({ ctx, base, fn, taken: new Set(), seen: new Set(), isDirect: true }, binding);
}

/** The variables of scopes that run once which are given another value, and those that are made of them. */
export function changedConstants(ctx: ModuleContext): ReadonlySet<Binding> {
  const { base, next, match } = ctx;
  const found = new Set([...importsOf(next).keys()].filter(({ references }) => references.some((ref) => isTakenAnew(ctx, ref))));
  for (const [fn, baseFn] of match.baseOf) {
    if (!base.runsOnce(baseFn)) continue;
    const all = [...fn.body.bindings.values(), ...fn.scope.bindings.values()];
    const values = all.flatMap((binding) => {
      const value = binding.reassigned || binding.declarations.length !== 1 ? null : next.valueOf(binding.declarations[0]!);
      return value ? [{ binding, value }] : [];
    });
    for (const { binding, value } of values) {
      const old = baseFn.body.bindings.get(binding.name) ?? baseFn.scope.bindings.get(binding.name);
      const was = old && !old.reassigned && old.declarations.length === 1 ? base.valueOf(old.declarations[0]!) : null;
      if (!was || isFunctionNode(value) || base.written({ node: was }) === next.written({ node: value })) continue;
      if (base.text(was) !== next.text(value) && !ctx.resolver.changedTables.has(binding)) found.add(binding);
    }
    if (found.size === 0) continue;
    for (const { binding, value } of values)
      if (!holdsFunction(value) && next.refsIn(value.start, value.end).some((ref) => ref.binding && found.has(ref.binding)))
        found.add(binding);
  }
  return found;
}

/** Whether a function names one of `constants`, or a property that the patch sets. */
export function readersOf(ctx: ModuleContext, constants: ReadonlySet<Binding>): (fn: FunctionInfo) => boolean {
  const readers = new Set([...constants].flatMap(({ references }) => references.map((ref) => ref.fn)));
  const isSet = setByPatch(ctx);
  const members = isSet ? nodesOf(ctx.next.model.program, 'MemberExpression').filter(isSet) : [];
  const namesOne = functionsAround(members);
  return (fn) => readers.has(fn) || namesOne(fn);
}

interface Owners {
  readonly ctx: ModuleContext;
  readonly base: FunctionInfo;
  readonly fn: FunctionInfo;
  /** The names of the members that are read: of a literal that has some of them the other entries do not matter. */
  readonly taken: ReadonlySet<string>;
  readonly seen: Set<Binding>;
  /** Not what a variable of the function was computed from: that is made of what a call is given as well. */
  readonly isDirect: boolean;
}

function readsOther(owners: Owners, now: AnyNode): boolean {
  const { ctx, fn } = owners;
  return ctx.next
    .refsIn(now.start, now.end)
    .some(
      (ref) =>
        (owners.isDirect && isTakenAnew(ctx, ref)) ||
        (ref.read && (ref.fn === fn || ref.fn === ref.binding?.scope.fn) && ref.binding !== null && isOther(owners, ref.binding)),
    );
}

/** Whether a name is what another module of the patch gives away with another value, or leads to it: `limits.MAX`. */
function isTakenAnew({ next, around }: ModuleContext, { binding, node, parent }: Reference): boolean {
  const known = binding && importsOf(next).get(binding);
  if (!known) return false;
  const isPart = parent.type === 'MemberExpression' && parent.object === node;
  const name = known.imported !== '*' ? known.imported : isPart ? memberName(parent) : null;
  return name !== null && around.changedExport(known.source, name) !== null;
}

/** A variable that functions other than its own assign is state. */
function isOther(owners: Owners, binding: Binding): boolean {
  const { ctx, base, fn, seen } = owners;
  // What changes in place is the same for all who hold it: see taken-entries.ts.
  if (seen.has(binding) || ctx.resolver.changedTables.has(binding)) return false;
  seen.add(binding);
  const own = binding.scope.fn === fn;
  const old = own ? (base.body.bindings.get(binding.name) ?? base.scope.bindings.get(binding.name)) : base.scope.lookup(binding.name);
  if (!old || (!own && (binding.reassigned || old.reassigned || !ctx.base.runsOnce(old.scope.fn)))) return false;
  const [before, after] = [valuesOf(ctx.base, old), valuesOf(ctx.next, binding)];
  return (
    before.length === after.length &&
    before.some((value, i) => differs(taking({ ...owners, isDirect: owners.isDirect && !own }, after[i]!), value, after[i]!))
  );
}

/** What an argument, or a part of one, is where it is left out; null for any other variable. */
export function defaultOf({ kind, declarations, scope }: Binding): AnyNode | null {
  if (kind !== 'param') return null;
  let found: AnyNode | null = null;
  for (const param of (scope.fn.node as FunctionNode).params)
    walk(param as AnyNode, (node) => {
      if (node.type === 'AssignmentPattern' && node.left === declarations[0]) found = node.right;
      return found === null && !isFunctionNode(node);
    });
  return found;
}

/** What is read of a value is known by its own members, and by those of who reads it. */
const taking = (owners: Owners, value: AnyNode): Owners => ({ ...owners, taken: new Set([...owners.taken, ...namesIn(value)]) });

function namesIn(value: AnyNode): ReadonlySet<string> {
  const found = new Set<string>();
  walk(value, (node) => {
    const name = node.type === 'MemberExpression' ? memberName(node) : null;
    if (name !== null) found.add(name);
    return true;
  });
  return found;
}

/** What a variable begins with and is assigned, in the order of the text. */
function valuesOf(side: Side, binding: Binding): AnyNode[] {
  const { declarations, references } = binding;
  const begun = [...declarations.flatMap((id) => side.valueOf(id) ?? []), ...[defaultOf(binding) ?? []].flat()];
  const assigned = references.flatMap(({ node, parent, write }) =>
    write && parent.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=' ? [parent.right as AnyNode] : [],
  );
  return [...begun, ...assigned];
}

/** Functions are compared by themselves. */
function differs(owners: Owners, was: AnyNode, now: AnyNode): boolean {
  if (was.type === 'ArrayExpression' && now.type === 'ArrayExpression' && was.elements.length !== now.elements.length) return true;
  const inner = partsOf(was, now, owners.taken);
  if (inner === null && (holdsFunction(was) || holdsFunction(now))) return false;
  if (inner === null) return compareCode(owners.ctx, was, now, owners.base, owners.fn) === 'differs' || readsOther(owners, now);
  return inner.some(([a, b]) => differs(owners, a, b));
}

type Pairs = readonly (readonly [AnyNode, AnyNode])[];

/** The parts of both that stand in the same place, of literals those that both have; null for what is compared as a whole. */
function partsOf(was: AnyNode, now: AnyNode, taken: ReadonlySet<string>): Pairs | null {
  if (was.type === 'ObjectExpression' && now.type === 'ObjectExpression') return entriesOf(was, now, taken);
  if (was.type === 'ArrayExpression' && now.type === 'ArrayExpression')
    return was.elements.flatMap((element, i) =>
      element && now.elements[i] ? [[element as AnyNode, now.elements[i] as AnyNode] as const] : [],
    );
  if ((was.type === 'CallExpression' || was.type === 'NewExpression') && now.type === was.type)
    return partsOfCall(was as CallExpression, now as CallExpression);
  if (was.type === 'MemberExpression' && now.type === 'MemberExpression' && was.computed === now.computed)
    return [
      [was.object as AnyNode, now.object as AnyNode],
      [was.property as AnyNode, now.property as AnyNode],
    ];
  return null;
}

function partsOfCall(was: CallExpression, now: CallExpression): Pairs | null {
  if (was.arguments.length !== now.arguments.length) return null;
  return [
    [was.callee as AnyNode, now.callee as AnyNode],
    ...was.arguments.map((given, i) => [given as AnyNode, now.arguments[i] as AnyNode] as const),
  ];
}

function entriesOf(was: ObjectExpression, now: ObjectExpression, taken: ReadonlySet<string>): Pairs {
  const entries = ({ properties }: ObjectExpression): Map<string, AnyNode> =>
    new Map(properties.flatMap((p) => (p.type === 'Property' ? [[keyName(p.key, p.computed), p.value as AnyNode] as const] : [])));
  const [before, after] = [entries(was), entries(now)];
  const keys = [...after.keys()].filter((key) => taken.has(key));
  return (keys.length > 0 ? keys : [...after.keys()]).flatMap((key) => {
    const old = before.get(key);
    return old ? [[old, after.get(key)!] as const] : [];
  });
}
