/**
 * Methods and accessors by which modules use objects of each other: of what a class of another module makes, of one that
 * extends it, of an object that it gives away. They go by names: `Name#method` of what a class makes, `name.method` of an object
 * or a class, and `Name#get property` of an accessor.
 */
import type { AnyNode, MemberExpression } from 'acorn';
import { ClassInfo, FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { functionAround } from '../version/program/function-around.ts';
import { computedCalls, mayBe } from '../version/objects/computed-members.ts';
import { importsOf } from '../version/modules/imports.ts';
import type { Import } from '../version/modules/imports.ts';
import type { Items } from '../version/forms/items.ts';
import { memberNamesOf, nameIn, nameOf } from '../version/objects/member-names.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { propertyName } from '../version/forms/own-properties.ts';
import type { Owner, Side } from '../version/side.ts';
import { standingFor } from '../version/values/standing-for.ts';
import { isThis } from '../version/forms/this-names.ts';
import { callbacksOf, executorAround } from './collected-results.ts';
import { eachGiven, importCalled } from './at-load.ts';
import { memberOfOther } from './through-variables.ts';
import type { ImportCall } from './at-load.ts';

/** A member of a class of another module. */
export type MemberOfOther = Pick<ImportCall, 'source' | 'names'>;

/** What a class of another module, or what that makes, calls by a name that a class of this one has changed. */
export interface Override extends MemberOfOther {
  readonly member: string;
  readonly isGetter: boolean;
  readonly path: string;
}

/** Of one module. */
export interface ChangedMembers {
  readonly given: ReadonlySet<string>;
  readonly overrides: readonly Override[];
}

/** Whether a closure calls what the function around it was given: that computes what it gives. */
function wraps(side: Side, { node }: Owner): boolean {
  return side.refsIn(node.start, node.end).some(({ node: id, parent, binding, fn }) => {
    const isCalled =
      (parent.type === 'CallExpression' && parent.callee === id) || (parent.type === 'MemberExpression' && parent.object === id);
    return isCalled && binding?.kind === 'param' && binding.scope.fn !== fn;
  });
}

const ofKind = (name: string, isGetter: boolean): string => (isGetter ? `get ${name}` : name);

/** The names under which a module gives away members that have changed, and functions that call by its name what has. */
export function changedMembers(side: Side, items: Items, changed: readonly FunctionInfo[]): ReadonlySet<string> {
  const found = new Set<string>();
  if (changed.length === 0) return found;
  const standing = standingFor(side);
  const callers = callersOf(side, changed);
  const others = new Set<Owner>([...changed, ...callers]);
  const members = [...changed, ...callers].flatMap((fn) =>
    memberNamesOf(fn).map((name) => ({ fn, name, own: ofKind(name, fn.kind === 'getter') })),
  );
  for (const [given, value] of eachGiven(side, items)) {
    if (standing.definitions(value).some((owner) => callers.has(owner as FunctionInfo))) found.add(given);
    if (standing.givenBy(value).some((owner) => others.has(owner) && !wraps(side, owner))) found.add(`${given}#()`);
    for (const { fn, name, own } of members)
      if (standing.membersMade(value, name).includes(fn) || standing.givenBy(value, name).includes(fn)) found.add(`${given}#${own}`);
      else if (standing.membersOf(value, name).includes(fn)) found.add(`${given}${given && '.'}${own}`);
  }
  return found;
}

/** The functions that call one of `changed` by its name, or give it what it hands on to a callback, and those that call these. */
function callersOf(side: Side, changed: readonly FunctionInfo[]): ReadonlySet<FunctionInfo> {
  const found = new Set<FunctionInfo>(changed);
  for (const fn of changed) {
    for (const { owner } of callbacksOf(side, fn)) found.add(owner);
    const maker = executorAround(side, fn)?.parent;
    if (maker && maker.kind !== 'module') found.add(maker);
  }
  // What is added on the way is visited too.
  for (const fn of found)
    for (const { node, parent, fn: by } of nameOf(fn)?.references ?? [])
      if (parent.type === 'CallExpression' && parent.callee === node)
        for (let at: FunctionInfo | null = by; at && at.kind !== 'module'; at = at.parent) found.add(at);
  for (const fn of changed) found.delete(fn);
  return found;
}

/** Members that have changed of classes that extend one of another module. */
export function overridesIn(side: Side, changed: readonly FunctionInfo[]): readonly Override[] {
  return changed.flatMap((by): Override[] => {
    const member = by.owner ? nameIn(by) : null;
    const above = member === null ? null : importedAbove(side, by.owner!);
    return above ? [{ ...above, member: member!, isGetter: by.kind === 'getter', path: by.path }] : [];
  });
}

/** Where a module uses members of others, but for those of objects that it imports by a name: see `importCalled`. */
export function membersUsed(side: Side, wanted: ReadonlySet<string>): readonly (MemberOfOther & { readonly value: AnyNode })[] {
  const imports = importsOf(side);
  const called = new Map<AnyNode, AnyNode>();
  for (const call of nodesOf(side.model.program, 'CallExpression')) called.set(call.callee as AnyNode, call);
  const computed = computedCalls(side).flatMap(({ member, call }) =>
    [...wanted].flatMap((name) => {
      if (name === '' || !mayBe(side, member.property as AnyNode, name)) return [];
      const of = classUsed(side, imports, member, name);
      if (of) return [{ source: of.source, names: of.names.map((one) => memberIn(one, of.isStatic, name)), value: call as AnyNode }];
      const given = memberOfOther(side, imports, member.object as AnyNode, name);
      return given ? [{ ...given, value: call as AnyNode }] : [];
    }),
  );
  const named = nodesOf(side.model.program, 'MemberExpression').flatMap((member) => {
    const name = propertyName(member);
    if (name === null || !wanted.has(name)) return [];
    const call = called.get(member) ?? null;
    const own = ofKind(name, call === null);
    const of = classUsed(side, imports, member, name);
    if (of) return [{ source: of.source, names: of.names.map((one) => memberIn(one, of.isStatic, own)), value: call ?? member }];
    const direct = call === null ? importCalled(side, imports, member) : null;
    return direct
      ? [{ source: direct.source, names: direct.names.map((one) => one.replace(/[^.]*$/, (last) => `get ${last}`)), value: member }]
      : [];
  });
  return [...named, ...computed];
}

const memberIn = (one: string, isStatic: boolean, own: string): string => `${one}${isStatic ? `${one && '.'}` : '#'}${own}`;

/** Where a class of the module, or one above it, asks for a member of its objects that those of another module may have changed. */
export function usesOfOwn(side: Side, items: Items, { names, member, isGetter }: Override): readonly AnyNode[] {
  const classes = new Set<ClassInfo>();
  const standing = standingFor(side);
  for (const [given, value] of eachGiven(side, items))
    for (const owner of names.includes(given) ? standing.definitions(value) : [])
      for (let at: unknown = owner; at instanceof ClassInfo && !classes.has(at);) {
        classes.add(at);
        at = at.node.superClass ? side.definitionOf(at.node.superClass as AnyNode) : null;
      }
  if (classes.size === 0) return [];
  const called = new Map<AnyNode, AnyNode>();
  for (const call of nodesOf(side.model.program, 'CallExpression')) called.set(call.callee as AnyNode, call);
  return nodesOf(side.model.program, 'MemberExpression').flatMap((node) => {
    if (propertyName(node) !== member || !isThis(node.object as AnyNode)) return [];
    const around = classAround(side, node);
    const value = isGetter ? node : called.get(node);
    return around && !around.isStatic && classes.has(around.cls) && value ? [value as AnyNode] : [];
  });
}

interface ClassUsed extends MemberOfOther {
  readonly isStatic: boolean;
}

/** The class of another module that a member is one of. */
function classUsed(side: Side, imports: ReadonlyMap<Binding, Import>, { object: of }: MemberExpression, name: string): ClassUsed | null {
  const object = of as AnyNode;
  if (object.type === 'Super' || isThis(object)) {
    const around = classAround(side, object);
    if (!around || (object.type !== 'Super' && hasMember(around.cls, name, around.isStatic))) return null;
    return above(around.cls, around.isStatic);
  }
  if (object.type === 'NewExpression') return madeBy(object.callee as AnyNode);
  const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
  if (!binding || binding.kind === 'param') return null;
  const cls = side.definitionOf(object);
  if (cls instanceof ClassInfo) return hasMember(cls, name, true) ? null : above(cls, true);
  const made = binding.declarations.length === 1 && !binding.reassigned ? side.valueOf(binding.declarations[0]!) : null;
  return made?.type === 'NewExpression' ? madeBy(made.callee as AnyNode) : null;

  function madeBy(callee: AnyNode): ClassUsed | null {
    const own = side.definitionOf(callee);
    if (own instanceof ClassInfo) return hasMember(own, name, false) ? null : above(own, false);
    const made = own === null ? importCalled(side, imports, callee) : null;
    return made && { source: made.source, names: made.names, isStatic: false };
  }

  function above(from: ClassInfo, isStatic: boolean): ClassUsed | null {
    const found = importedAbove(side, from, name, isStatic);
    return found && { ...found, isStatic };
  }
}

/** The class in whose member an expression stands. */
export function classAround(side: Side, node: AnyNode): { readonly cls: ClassInfo; readonly isStatic: boolean } | null {
  const fn = functionAround(side, node).thisOwner;
  if (!fn.owner) return null;
  const element = fn.ancestors.at(-1);
  return { cls: fn.owner, isStatic: fn.kind === 'static' || (element as { static?: boolean } | undefined)?.static === true };
}

/** The class of another module that one extends, through others of its own that have no member `name`; null for none. */
export function importedAbove(side: Side, cls: ClassInfo, name: string | null = null, isStatic = false): MemberOfOther | null {
  const imports = importsOf(side);
  const seen = new Set<ClassInfo>();
  for (let at = cls; !seen.has(at);) {
    seen.add(at);
    const above = at.node.superClass as AnyNode | null | undefined;
    const owner = above ? side.definitionOf(above) : null;
    if (!above || owner instanceof FunctionInfo) return null;
    if (owner === null) return importCalled(side, imports, above);
    if (name !== null && hasMember(owner, name, isStatic)) return null;
    at = owner;
  }
  return null;
}

/** Whether a class itself has a member of that name. */
export function hasMember({ node }: ClassInfo, name: string, isStatic: boolean): boolean {
  return node.body.body.some(
    (own) =>
      (own.type === 'MethodDefinition' || own.type === 'PropertyDefinition') &&
      own.static === isStatic &&
      !own.computed &&
      keyName(own.key, false) === name,
  );
}
