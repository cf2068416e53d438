/**
 * Options that the objects of a class keep in a property, as `this.options = { limit: 10, ...options }`, and that gain an entry under
 * a name which the old version says nowhere, there or by a statement of its own (`this.options.limit ??= 10`): nobody has given it to
 * those that exist. New code that reads `this.options.limit` of one that lacks it reads what the entry begins with.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { Match } from '../match/match.ts';
import { listed } from '../verdicts/listed.ts';
import type { ModuleContext } from './context.ts';
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
import { isOptionPut, putsOn } from './options-put.ts';
import { othersIn } from './taken-for-options.ts';
import type { GainedEntry } from './gained.ts';

export interface KeptOptions {
  readonly property: string;
  /** Of the constructor. */
  readonly path: string;
  /** What the constructor gives the property. */
  readonly value: AnyNode;
  /** The entries that existing objects find. */
  readonly names: ReadonlySet<string>;
  /** The objects of which new code reads such an entry, each with the text of a function that gives one with it. */
  readonly reads: ReadonlyMap<AnyNode, string>;
  /** The assignments that put entries there. */
  readonly puts: readonly AnyNode[];
  /** Nothing tells the object that the constructor gave the property from another that a program has put in its place. */
  readonly isUntold: boolean;
  /** What the entries are read of, where nothing says that it holds options. */
  readonly others: ReadonlySet<string>;
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
    const isSame = base.text(was.right) === next.text(now.right);
    const gained =
      entriesGained(was.right, base, now.right, next, fn, knew) ?? (isSame ? { entries: new Map<string, GainedEntry>(), keys: [] } : null);
    const puts = gained ? putsOn(property, fn, next).filter(({ name }) => !knew(name)) : [];
    if (!gained || gained.entries.size + puts.length === 0) return [];
    // What else the program puts in the property is told from what the constructor did by what that always has.
    const isUntold = gained.keys.length === 0;
    if ((isUntold && gained.entries.size > 0) || isWritten(property, next.model.program, [now.node])) return [];
    const reads = new Map<AnyNode, string>();
    const add = (name: string, value: string | null, own: AnyNode | null, isOwn: (node: AnyNode) => boolean): boolean => {
      const isNew = !saysAsKey(base.model, name) && !known.isNamedBeside(name);
      const objects = isNew && value !== null ? objectsRead({ name, own, isOwn }, property, now.node, fn, next) : null;
      const key = JSON.stringify(name);
      const isOne = [`!(${key} in o)`, ...gained.keys.map((one) => `${JSON.stringify(one)} in o`)].join('&&');
      for (const object of objects ?? []) reads.set(object, `(o=>o!=null&&typeof o==='object'&&${isOne}?{...o,${key}:${value}}:o)`);
      return objects !== null;
    };
    for (const { name, value, property: own, missing } of gained.entries.values()) {
      const isOwn = (node: AnyNode): boolean => missing.some((read) => contains(read.node, node));
      if (!add(name, withoutOptions(value, isOwn, next), own, isOwn)) return [];
    }
    for (const { name, value, node, step } of puts) {
      const isOption = (read: AnyNode): boolean => isOptionPut(read, name, property, fn, next);
      if (gained.entries.has(name) || !add(name, withoutOptions(value, isOption, next), node, (read) => contains(step, read))) return [];
    }
    const names = new Set([...gained.entries.keys(), ...puts.map(({ name }) => name)]);
    const asked = [...gained.entries.values()].flatMap(({ missing }) => missing.map(({ node }) => node));
    const unsure = othersIn([...asked, ...puts.map(({ step }) => step)], next);
    return [{ property, path: fn.path, value: now.right, names, reads, puts: puts.map(({ node }) => node), isUntold, others: unsure }];
  });
}

/** Says where new code may find an entry on an object that the constructor has not given the property. */
export function reportUntold({ next, log, resolver }: Pick<ModuleContext, 'next' | 'log' | 'resolver'>): void {
  for (const { isUntold, reads, names, path, property, value, others } of resolver.keptOptions) {
    for (const other of reads.size > 0 ? others : [])
      log.add(
        'instances-lack',
        next,
        value,
        `${path} ${property}`,
        `new code finds ${listed([...names])} there as if ${other} lacked that`,
      );
    if (isUntold && reads.size > 0)
      log.add(
        'instances-lack',
        next,
        value,
        `${path} ${listed([...names])}`,
        `new code finds ${listed([...names])} in the ${property} of all objects that exist, also where the program has put another object there`,
      );
  }
}

/** The text of what an entry begins with where nobody gave the options that it asks for; null where it does not show. */
function withoutOptions(value: AnyNode, isMissing: (node: AnyNode) => boolean, side: Side): string | null {
  const textOf = (node: AnyNode): string | null => writtenText(node, side);
  if (value.type === 'LogicalExpression' && isMissing(value.left)) return value.operator === '&&' ? null : textOf(value.right);
  if (value.type !== 'ConditionalExpression') return textOf(value);
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
  { name, own, isOwn }: { readonly name: string; readonly own: AnyNode | null; readonly isOwn: (node: AnyNode) => boolean },
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
  const put = own?.type === 'AssignmentExpression' ? own.left : null;
  const found: AnyNode[] = [];
  for (const member of members) {
    if (memberName(member) !== name || member === put || isOwn(member)) continue;
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
