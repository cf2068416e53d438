/**
 * Options that the objects of a class keep in a property, as `this.options = { limit: 10, ...options }`, and that gain an entry under
 * a name which the old version says nowhere: nobody has given it to those that exist. New code that reads `this.options.limit` of
 * one that lacks it reads what the entry begins with.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { Match } from '../match/match.ts';
import { classPathOf, isConstructor } from '../version/objects/create.ts';
import { functionAround } from '../version/program/function-around.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { nothingTest } from '../version/forms/nothing.ts';
import { saysAsKey } from '../version/objects/options.ts';
import type { Side } from '../version/side.ts';
import { assignedBy } from '../version/objects/surely.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isWritten } from '../version/objects/written.ts';
import { isWrittenOut, writtenOut } from '../version/forms/written-out.ts';
import { entriesGained } from './gained.ts';
import type { GainedEntry } from './gained.ts';

export interface KeptOptions {
  readonly property: string;
  /** What the constructor gives the property. */
  readonly value: AnyNode;
  /** The entries that existing objects find. */
  readonly names: ReadonlySet<string>;
  /** The objects of which new code reads such an entry, each with the text of a function that gives one with it. */
  readonly reads: ReadonlyMap<AnyNode, string>;
}

export interface Known {
  /** Whether the old version may have taken an option of that name. */
  mayTake(name: string): boolean;
  /** Whether code of another file, changed or new, may write out an object with an entry of that name. */
  isGivenBeside(name: string): boolean;
  /** Whether another file names a property so. */
  isNamedBeside(name: string): boolean;
}

/** Of all classes of the module, also those that are written as functions. */
export function keptOptions(base: Side, next: Side, match: Match, known: Known): readonly KeptOptions[] {
  if (base === next) return [];
  const makers = next.model.functions.filter((fn) => fn.usesThis && !fn.isImplicit && isConstructor(fn));
  return makers.flatMap((fn) => {
    const old = match.baseOf.get(fn);
    return old && !old.isImplicit && isConstructor(old) ? ofClass(fn, old, base, next, known) : [];
  });
}

function ofClass(fn: FunctionInfo, old: FunctionInfo, base: Side, next: Side, known: Known): readonly KeptOptions[] {
  const before = assignedBy(old);
  return [...assignedBy(fn)].flatMap(([property, [now, ...more]]) => {
    const [was, ...others] = before.get(property) ?? [];
    if (!now || !was || more.length > 0 || others.length > 0 || now.operator !== '=' || was.operator !== '=') return [];
    const knew = (name: string): boolean => known.mayTake(name) || known.isGivenBeside(name);
    const gained = entriesGained(was.right, base, now.right, next, fn, knew);
    // What else the program puts in the property is told from what the constructor did by what that always has.
    if (!gained || gained.entries.size === 0 || gained.keys.length === 0) return [];
    if (isWritten(property, next.model.program, [now.node])) return [];
    const reads = new Map<AnyNode, string>();
    for (const entry of gained.entries.values()) {
      const value = saysAsKey(base.model, entry.name) || known.isNamedBeside(entry.name) ? null : withoutOptions(entry, next);
      const objects = value === null ? null : objectsRead(entry, property, now.node, fn, next);
      if (!objects) return [];
      const key = JSON.stringify(entry.name);
      const isOne = [`!(${key} in o)`, ...gained.keys.map((own) => `${JSON.stringify(own)} in o`)].join('&&');
      for (const object of objects) reads.set(object, `(o=>o!=null&&typeof o==='object'&&${isOne}?{...o,${key}:${value}}:o)`);
    }
    return [{ property, value: now.right, names: new Set(gained.entries.keys()), reads }];
  });
}

/** The text of what an entry begins with where nobody gave the options that it asks for; null where it does not show. */
function withoutOptions({ value, missing }: GainedEntry, side: Side): string | null {
  const textOf = (node: AnyNode): string | null => writtenText(node, side);
  const isMissing = (node: AnyNode): boolean => missing.some((read) => read.node === node);
  if (missing.length === 0) return textOf(value);
  if (value.type === 'LogicalExpression') return value.operator !== '&&' && isMissing(value.left) ? textOf(value.right) : null;
  if (value.type !== 'ConditionalExpression') return null;
  const test = nothingTest(value.test);
  if (test) return isMissing(test.of) && test.kind !== 'null' ? textOf(test.holds ? value.consequent : value.alternate) : null;
  return isMissing(value.test) ? textOf(value.alternate) : null;
}

/** Of a value that is written out there, or is that of a constant of the module; null for any other. */
function writtenText(value: AnyNode, side: Side): string | null {
  if (isWrittenOut(value)) return writtenOut(value, side.model.text);
  const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  if (!binding || binding.reassigned || binding.declarations.length !== 1 || !side.runsOnce(binding.scope.fn)) return null;
  const begin = side.valueOf(binding.declarations[0]!);
  return begin && isWrittenOut(begin) ? writtenOut(begin, side.model.text) : null;
}

/**
 * The objects of which code reads an entry, `this.options` of the class; null where it may come to one otherwise: by another name
 * for the object, or by all that it has. `set`: where the constructor gives the property its value.
 */
function objectsRead(
  { name, property: own, missing }: GainedEntry,
  property: string,
  set: AnyNode,
  maker: FunctionInfo,
  side: Side,
): readonly AnyNode[] | null {
  const { program } = side.model;
  const members = nodesOf(program, 'MemberExpression');
  // Who asks by a key may ask for any.
  const taken = new Set(members.flatMap((one) => (memberName(one) === null ? [] : (one.object as AnyNode))));
  const target = set.type === 'AssignmentExpression' ? set.left : null;
  if (members.some((node) => memberName(node) === property && !taken.has(node) && node !== target)) return null;
  const isNamed = (node: { readonly key: unknown; readonly computed: boolean }): boolean =>
    node !== own && !node.computed && keyName(node.key as never, false) === name;
  // A field of the class is there before the constructor gives it anything.
  if (nodesOf(program, 'PropertyDefinition').some(({ key, computed }) => !computed && keyName(key, false) === property)) return null;
  for (const type of ['Property', 'MethodDefinition', 'PropertyDefinition'] as const) if (nodesOf(program, type).some(isNamed)) return null;
  if (isWritten(name, program, own ? [own] : [])) return null;
  const found: AnyNode[] = [];
  for (const member of members) {
    if (memberName(member) !== name || missing.some(({ node }) => contains(node, member))) continue;
    const { object } = member;
    if (object.type !== 'MemberExpression' || memberName(object) !== property || !isThisOf(maker, object.object as AnyNode, side))
      return null;
    found.push(object);
  }
  return found;
}

/** Whether an expression is an object that a constructor makes, in that or in a member of its class. */
function isThisOf(maker: FunctionInfo, node: AnyNode, side: Side): boolean {
  const around = isThis(node) ? (node.type === 'Identifier' ? side.refAt(node)?.binding?.scope.fn : functionAround(side, node)) : null;
  const owner = around?.thisOwner;
  if (!owner || maker.owner || owner.owner) return owner != null && owner.owner === maker.owner && owner.kind !== 'static';
  return owner.parent === maker.parent && classPathOf(owner) === maker.path;
}
