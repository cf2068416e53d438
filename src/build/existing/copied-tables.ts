/**
 * Tables of the top level that functions copy onto objects, as `Object.assign(app, methods)`, `{ ...methods }` and loops over their
 * keys do: where a table gains, loses or changes an entry, the objects that have a copy stay as they are.
 */
import type { AnyNode, ObjectExpression } from 'acorn';
import { contains } from '../../source/contains.ts';
import { FunctionInfo } from '../../source/model.ts';
import type { Binding, Reference } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/objects/create.ts';
import { COPIES, namedEntries } from '../version/forms/entries.ts';
import { outlives } from '../version/program/escape.ts';
import { leftBy, outlivesCall, settled } from '../version/kept/left.ts';
import type { Left } from '../version/kept/left.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesAbove } from '../version/program/walk.ts';
import { madeOfTable } from '../hazards/taken-entries.ts';
import { isReadElsewhere } from './instances.ts';
import { isMadeOf } from '../hazards/kept-literals.ts';
import { oldOf } from './kept-arguments.ts';
import { listed } from '../verdicts/listed.ts';

export function reportCopies(ctx: ModuleContext): void {
  const { base, next, resolver, log } = ctx;
  for (const binding of new Set([...resolver.fresh.keys(), ...resolver.changedTables])) {
    const now = binding.declarations.length === 1 ? next.valueOf(binding.declarations[0]!) : null;
    const old = now?.type === 'ObjectExpression' ? oldOf(ctx, binding) : null;
    const was = old?.declarations.length === 1 ? base.valueOf(old.declarations[0]!) : null;
    if (now?.type !== 'ObjectExpression' || was?.type !== 'ObjectExpression') continue;
    const differs = entriesThatDiffer(ctx, was, now);
    if (differs.length === 0) continue;
    const copied = old!.references.find((ref) => ref.read && isCopied(ctx, ref, differs));
    if (!copied) continue;
    const gained = differs.flatMap(({ key, isNew }) => (isNew ? key : []));
    const lacks = gained.length > 0 ? `, without ${listed(gained)}` : '';
    log.add(
      'value-copied',
      next,
      binding.declarations[0]!,
      binding.name,
      `what ${copied.fn.path} has copied of it stays as it was${lacks}`,
    );
  }
}

interface Entry {
  readonly key: string;
  /** A function came or went. */
  readonly isMethod: boolean;
  readonly isNew: boolean;
}

function entriesThatDiffer({ base, next, match }: ModuleContext, was: ObjectExpression, now: ObjectExpression): Entry[] {
  const [before, after] = [namedEntries(was), namedEntries(now)];
  const found: Entry[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(key)?.value, after.get(key)?.value];
    const [old, own] = [a ? base.definitionOf(a) : null, b ? next.definitionOf(b) : null];
    if (old instanceof FunctionInfo && own instanceof FunctionInfo && match.baseOf.get(own) === old) continue;
    if (a && b && !old && !own && base.text(a) === next.text(b)) continue;
    found.push({ key, isMethod: old instanceof FunctionInfo || own instanceof FunctionInfo, isNew: !a });
  }
  return found;
}

/** Whether an object that outlives the call of a function gets what differs. */
function isCopied(ctx: ModuleContext, ref: Reference, differs: readonly Entry[]): boolean {
  const { base, match } = ctx;
  const { fn } = ref;
  const now = match.nextOf.get(fn);
  if (!now || base.runsOnce(fn)) return false;
  const onto = targetOf(base, ref);
  // What is made of the table may go by what was in it.
  if (!onto) {
    const read = differs.filter(({ key }) => isReadElsewhere(key, now, ctx));
    const paths = read.map(({ key, isNew }) => ({ keys: [key], isNew }));
    return (read.some(({ isNew }) => isNew) && isMadeOf(base, fn, ref.node)) || madeOfTable(base, { node: ref.node, fn, paths }) !== null;
  }
  const { object, whole } = onto;
  const isThere = object !== null && outlivesCall(object, fn, base);
  // Options that a function puts together are taken by who asks for them.
  // What a constructor gives its object is compared by itself.
  const isPutBy = ({ how, value, isOwn }: Left): boolean => how !== 'returned' && !(isOwn && isConstructor(fn)) && contains(value, whole);
  const isPut = isThere || leftBy(fn, base).some(isPutBy);
  const isRead = differs.some(({ key }) => isReadElsewhere(key, now, ctx));
  // What is made of it may keep it, or go by it.
  if (isRead && isMadeOf(base, fn, whole)) return true;
  const matters = differs.some(({ isMethod }) => isMethod) || (isPut && isRead);
  return matters && (isThere || isLeft(base, fn, whole) || (object !== null && object.type === 'Identifier' && isLeft(base, fn, object)));
}

/** What a table is copied onto: an object, or a new one that `whole` gives. */
function targetOf(side: Side, { node, fn }: Reference): { readonly object: AnyNode | null; readonly whole: AnyNode } | null {
  const above = nodesAbove(node, fn.node as AnyNode);
  const [parent, around] = [above.at(-1), above.at(-2)];
  if (parent?.type === 'SpreadElement' && around?.type === 'ObjectExpression') return { object: null, whole: around };
  if (parent?.type === 'CallExpression' && parent.arguments.indexOf(node as never) > 0) {
    const name =
      parent.callee.type === 'MemberExpression' ? memberName(parent.callee) : parent.callee.type === 'Identifier' ? parent.callee.name : '';
    if (!COPIES.test(name ?? '')) return null;
    return { object: parent.arguments[0] as AnyNode, whole: parent };
  }
  // `target[key] = table[key]`
  if (parent?.type !== 'MemberExpression' || parent.object !== node || !parent.computed || around?.type !== 'AssignmentExpression')
    return null;
  const { left, right } = around;
  const isSame = left.type === 'MemberExpression' && left.computed && side.text(left.property) === side.text(parent.property);
  return right === parent && isSame ? { object: left.object as AnyNode, whole: left } : null;
}

/** Whether a function leaves what an expression gives: by itself, or in a variable that closures see. */
function isLeft(side: Side, fn: FunctionInfo, value: AnyNode): boolean {
  const isIn = (outer: AnyNode): boolean => contains(outer, value);
  if (leftBy(fn, side).some((left) => isIn(left.value) || isIn(settled(left.value, fn, side)) || isNamed(side, left.value, value)))
    return true;
  const isSeen = (binding: Binding): boolean => {
    const given = binding.captured && binding.declarations.length === 1 ? side.valueOf(binding.declarations[0]!) : null;
    return !!given && isIn(given) && binding.references.some((ref) => ref.read && outlives(ref.fn, fn));
  };
  return [...fn.body.bindings.values(), ...fn.scope.bindings.values()].some(isSeen);
}

function isNamed(side: Side, a: AnyNode, b: AnyNode): boolean {
  return a.type === 'Identifier' && b.type === 'Identifier' && side.text(a) === side.text(b);
}
