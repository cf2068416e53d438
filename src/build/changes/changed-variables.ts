/**
 * Variables of a constructor that hold another value in the new version: what it keeps of them on its object is another too, by
 * the same expression. Entries that a literal gains are told of where they are read.
 */
import type { AnyNode, CallExpression, ObjectExpression } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { compareCode } from '../code/context.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/standing-for.ts';
import { walk } from '../version/walk.ts';
import { holdsFunction } from './choices.ts';

/** Whether `now`, of the constructor `fn`, reads a variable of it that was given another value in `base`. */
export function readsOtherValue(ctx: ModuleContext, now: AnyNode, base: FunctionInfo, fn: FunctionInfo): boolean {
  const taken = namesIn(now);
  return ctx.next.refsIn(now.start, now.end).some(({ binding, read, fn: by }) => {
    if (!read || by !== fn || binding?.scope.fn !== fn) return false;
    const old = base.body.bindings.get(binding.name) ?? base.scope.bindings.get(binding.name);
    if (!old) return false;
    const [before, after] = [valuesOf(ctx.base, old), valuesOf(ctx.next, binding)];
    return before.length === after.length && before.some((value, i) => differs({ ctx, base, fn, taken }, value, after[i]!));
  });
}

interface Owners {
  readonly ctx: ModuleContext;
  readonly base: FunctionInfo;
  readonly fn: FunctionInfo;
  /** The names of the members that are read: of a literal that has some of them the other entries do not matter. */
  readonly taken: ReadonlySet<string>;
}

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
function valuesOf(side: Side, { declarations, references }: Binding): AnyNode[] {
  const begun = declarations.flatMap((id) => side.valueOf(id) ?? []);
  const assigned = references.flatMap(({ node, parent, write }) =>
    write && parent.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=' ? [parent.right as AnyNode] : [],
  );
  return [...begun, ...assigned];
}

function differs(owners: Owners, was: AnyNode, now: AnyNode): boolean {
  if (holdsFunction(was) || holdsFunction(now)) return false;
  const inner = partsOf(was, now, owners.taken);
  if (inner === null) return compareCode(owners.ctx, was, now, owners.base, owners.fn) === 'differs';
  return inner.some(([a, b]) => differs(owners, a, b));
}

type Pairs = readonly (readonly [AnyNode, AnyNode])[];

/** The parts of both that stand in the same place, of literals those that both have; null for what is compared as a whole. */
function partsOf(was: AnyNode, now: AnyNode, taken: ReadonlySet<string>): Pairs | null {
  if (was.type === 'ObjectExpression' && now.type === 'ObjectExpression') return entriesOf(was, now, taken);
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
