/** What a constructor gives to an object in the new version only, as a property or in a `WeakMap`: objects that exist lack it. */
import type { AnyNode, MemberExpression, PropertyDefinition } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { keptFrom } from '../hazards/kept-in.ts';
import { compareCode } from '../code/context.ts';
import { collectionsOf } from '../code/private-collections.ts';
import { fieldNamed } from '../code/fields.ts';
import type { ModuleContext } from '../code/context.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import { classNamed, isConstructor } from '../version/objects/create.ts';
import { isNeeded, useOf } from '../version/objects/needed.ts';
import type { Use } from '../version/objects/needed.ts';
import { isPrivateName, keyVariable, propertyName } from '../version/forms/own-properties.ts';
import { lackingIn } from './needed-of-held.ts';
import { leftBy, outlivesCall } from '../version/kept/left.ts';
import type { Left } from '../version/kept/left.ts';
import { isReadOutside, says } from '../version/objects/reads.ts';
import type { Side } from '../version/side.ts';
import { assignedBy, surelyAssigned } from '../version/objects/surely.ts';
import { isField } from '../version/objects/written.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesAbove, walk } from '../version/program/walk.ts';
import { isUndefined } from '../version/forms/nothing.ts';

/** Of a verdict. */
export const ONLY_WHERE_NONE = 'new code cannot do without it, so the patch applies only where none is alive';

/**
 * `gives`: a field that instances get with its value all the same. Gives the objects of which none may be alive, since new code
 * cannot do without what they lack.
 */
export function reportInstances(
  ctx: ModuleContext,
  base: FunctionInfo,
  fn: FunctionInfo,
  gives: (name: string) => boolean,
): readonly OutdatedObjects[] {
  if (!isConstructor(fn)) {
    return reportCalled(ctx, base, fn, gives);
  }
  const outdated: OutdatedObjects[] = [];
  const { base: old, next, log, around } = ctx;
  const isByAuthor = around.hook?.module === ctx.file;
  const before = ownAssigned(base);
  const now = ownAssigned(fn);
  for (const [name, [node]] of now) {
    if (before.has(name) || gives(name) || !isReadElsewhere(name, fn, ctx)) continue;
    const path = `${base.path} ${name}`;
    const field = base.owner && fieldNamed(base.owner.node, name);
    if (field && isSameValue(ctx, field, node!)) continue;
    const reason = field
      ? `objects that exist keep the ${name} that the field gave them, which other code reads`
      : `objects that exist have no ${name}, which other code reads`;
    const isMissed = isNeeded(name, fn, old, next, around) || isNeededByHeirs(name, fn, ctx);
    const objects = isByAuthor || !isMissed ? null : lacking(ctx, base, name, field);
    if (objects) outdated.push({ ...objects, path, reason });
    log.add(field ? 'instances-hold' : 'instances-lack', next, node!, path, objects ? `${reason}: ${ONLY_WHERE_NONE}` : reason);
  }
  const entered = collectionsOf(old, base);
  for (const [name, { binding, ref }] of collectionsOf(next, fn))
    if ((!entered.has(name) || ctx.resolver.isNew(binding)) && !gives(name)) {
      const path = `${base.path} ${name}`;
      const reason = `objects that exist are not in ${name}, which other code asks`;
      const type = isByAuthor || !isNeededIn(next, binding, fn) ? null : classNamed(old, base);
      if (type) outdated.push({ scope: type.handle.id, objects: `instances=>instances(${type.name})`, path, reason, late: true });
      log.add('instances-lack', next, ref.parent, path, type ? `${reason}: ${ONLY_WHERE_NONE}` : reason);
    }
  const wasSure = surelyAssigned(base);
  const isSure = surelyAssigned(fn);
  for (const name of before.keys())
    if (
      (!now.has(name) || (wasSure.has(name) && !isSure.has(name))) &&
      isReadElsewhere(name, fn, ctx) &&
      !isGivenByField(ctx, fn, name, before.get(name)!)
    )
      log.add('state-unset', next, fn.node, `${base.path} ${name}`, `objects that exist keep their ${name}, which other code reads`);
  return outdated;
}

/** Whether classes cannot do without the property that extend the one of a constructor. */
function isNeededByHeirs(name: string, { owner, path }: FunctionInfo, { around }: ModuleContext): boolean {
  const uses = around.usesByHeirs((owner?.path ?? path).split(/[./#]/).at(-1)!, name);
  return uses.has('breaks') && !uses.has('asks');
}

/** Whether a constructor gives a property what a field of its class began with. */
function isSameValue({ base, next }: ModuleContext, { value }: PropertyDefinition, assignment: AnyNode): boolean {
  const right = assignment.type === 'AssignmentExpression' && assignment.operator === '=' ? assignment.right : null;
  if (right === null) return false;
  return value ? base.full(value as AnyNode) === next.full(right) : isUndefined(right);
}

/** Whether a field of the new class begins with what the old constructor set. */
function isGivenByField(
  { base, next }: ModuleContext,
  { owner }: FunctionInfo,
  name: string,
  [node, ...more]: readonly AnyNode[],
): boolean {
  const value = owner && fieldNamed(owner.node, name)?.value;
  if (!value || more.length > 0 || node?.type !== 'AssignmentExpression' || node.operator !== '=') return false;
  return base.full(node.right) === next.full(value as AnyNode);
}

/**
 * The instances of a class that have no such property, or nothing in it where a field of the class begins with nothing; null where
 * the scope in which it stands has no name for the class or the key.
 */
function lacking(
  { base: side }: ModuleContext,
  base: FunctionInfo,
  name: string,
  field: PropertyDefinition | null,
): Pick<OutdatedObjects, 'scope' | 'objects' | 'late'> | null {
  const type = classNamed(side, base);
  if (type === null || keyVariable(name) !== null) return null;
  if (field?.value && !(field.value.type === 'Literal' && field.value.value === null)) return null;
  // Who has a private field only its class can tell: it is none of those that were there.
  if (isPrivateName(name)) return { scope: type.handle.id, objects: `instances=>instances(${type.name})`, late: true };
  const key = JSON.stringify(name);
  const lacks = field ? `o[${key}]==null` : `!(${key} in o)`;
  return { scope: type.handle.id, objects: `instances=>instances(${type.name}).filter(o=>${lacks})` };
}

/** What objects have under keys that are others now: properties with a constant as their key, which has another value. */
export function reportKeys(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo): void {
  if (!isConstructor(fn)) return;
  const before = assignedBy(base);
  for (const [name, [first]] of assignedBy(fn)) {
    const [now, was] = [first, before.get(name)?.[0]].map((one) => (one?.node.type === 'AssignmentExpression' ? one.node.left : null));
    if (keyVariable(name) === null || !now || !was || compareCode(ctx, was, now, base, fn) !== 'depends') continue;
    const reason = `objects that exist have it under the key that ${keyVariable(name)} was`;
    if (isReadElsewhere(name, fn, ctx)) ctx.log.add('instances-lack', ctx.next, now, `${base.path} ${name}`, reason);
  }
}

/** The same of a method: objects on which its old version has been called. */
function reportCalled(
  ctx: ModuleContext,
  base: FunctionInfo,
  fn: FunctionInfo,
  gives: (name: string) => boolean,
): readonly OutdatedObjects[] {
  const { base: old, next, log } = ctx;
  const told = new Set<string>();
  for (const [name, [node]] of ownAssigned(fn)) {
    told.add(name);
    if (gives(name) || isField(name, old.model.program) || !isReadElsewhere(name, fn, ctx)) continue;
    const reason = `objects on which it has been called have no ${name}, which other code reads`;
    log.add('instances-lack', next, node!, `${base.path} ${name}`, reason);
  }
  // What a module gives away as it loads is looked at as its exports.
  const isModule = old.plan.handleOf.has(base) || fn.scope.bindings.has('exports') || isGivenExports(fn);
  for (const { property: named, key, how, value } of isModule ? [] : leftBy(fn, next)) {
    const property = named ?? key ?? null;
    if (property === null || how !== 'put' || told.has(property) || isNormalised(property, value)) continue;
    const variable = keyVariable(property);
    const isKnown = variable === null ? ctx.around.knewKey(property) : ctx.around.knew(variable);
    if (isKnown || !isReadElsewhere(property, fn, ctx)) continue;
    told.add(property);
    const reason = `objects that it has been given have no ${property}, which other code reads`;
    log.add('instances-lack', next, value, `${base.path} ${property}`, reason);
  }
  return isModule ? [] : reportCompleted(ctx, base, fn, told);
}

/**
 * What a function gives to an object that it makes of what it is given and returns, as the options that somebody goes by, or that it
 * has made by another one and puts where it is found later on: `const rules = self.rules = rulesOf(options)`.
 */
function reportCompleted(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo, told: Set<string>): readonly OutdatedObjects[] {
  const outdated: OutdatedObjects[] = [];
  const { next, log, around } = ctx;
  const { start, end } = fn.node;
  for (const { left, right } of nodesWithin(next.model.program, 'AssignmentExpression', start, end)) {
    const property = left.type === 'MemberExpression' && left.object.type === 'Identifier' ? propertyName(left) : null;
    const object = property === null ? null : next.refAt((left as MemberExpression).object as AnyNode);
    if (property === null || keyVariable(property) !== null || !object?.binding || object.fn !== fn || object.binding.scope.fn !== fn)
      continue;
    const isNormalising = NORMALISES.test(fn.path.split(/[./#]/).at(-1)!);
    const isKnown = isNormalising ? says(ctx.base.model.text.slice(base.node.start, base.node.end), property) : around.knewKey(property);
    if (told.has(property) || isKnown || !isReadElsewhere(property, fn, ctx)) continue;
    const given = fn.returns.find(({ node: { argument } }) => argument?.type === 'Identifier' && argument.name === object.binding!.name);
    const isGiven = given && (isNormalising || keptFrom(next, fn, given.node.argument as AnyNode, true) !== null);
    const holder = isGiven ? null : putAs(object.binding, fn, next);
    if (!isGiven && holder === null) continue;
    told.add(property);
    const path = `${base.path} ${property}`;
    const reason = `objects that calls of it made have no ${property}, which other code reads`;
    const holders = holder === null || around.hook?.module === ctx.file ? [] : lackingIn(ctx, holder, property);
    outdated.push(...holders.map((objects) => ({ ...objects, path, reason })));
    log.add('instances-lack', next, right, path, holders.length > 0 ? `${reason}: ${ONLY_WHERE_NONE}` : reason);
  }
  return outdated;
}

/** The property that a function gives what a variable of it holds for good, of what was there before: none of a list; null where it does not. */
function putAs(binding: Binding, fn: FunctionInfo, side: Side): string | null {
  const value = binding.declarations.length === 1 && !binding.reassigned ? side.valueOf(binding.declarations[0]!) : null;
  if (value?.type === 'AssignmentExpression') {
    const { left } = value;
    return left.type === 'MemberExpression' && outlivesCall(left.object as AnyNode, fn, side) ? (memberName(left) ?? '') : null;
  }
  const isIt = ({ how, value: put, isPassed }: Left): boolean =>
    (how === 'put' || how === 'kept') && isPassed !== true && put.type === 'Identifier' && side.refAt(put)?.binding === binding;
  const put = value?.type === 'CallExpression' ? leftBy(fn, side).find(isIt) : undefined;
  return put ? (put.property ?? '') : null;
}

/** By what programs call functions that make options of what was given. */
const NORMALISES = /default|option|setting|config|normali[sz]e/i;

/** `define('name', ['exports', './other'], function (e, o) { … })` */
function isGivenExports({ node, ancestors }: FunctionInfo): boolean {
  const call = ancestors.at(-1);
  if (call?.type !== 'CallExpression' || call.callee.type !== 'Identifier' || call.callee.name !== 'define') return false;
  const names = call.arguments.find(({ type }) => type === 'ArrayExpression');
  const isNamed = names?.type === 'ArrayExpression' && names.elements.some((one) => one?.type === 'Literal' && one.value === 'exports');
  return call.arguments.at(-1) === node && isNamed;
}

/** `options.depth = options.depth || 5` is done to what each call is given. */
function isNormalised(property: string, value: AnyNode): boolean {
  let found = false;
  walk(value, (node) => {
    found ||= propertyName(node) === property;
    return !found;
  });
  return found;
}

function ownAssigned(fn: FunctionInfo): Map<string, readonly AnyNode[]> {
  return new Map([...assignedBy(fn), ...assignedBy(fn, true)].map(([name, all]) => [name, all.map(({ node }) => node)]));
}

/** Helpers of compilers that throw where an object is not in the collection which stands for a private member. */
const ASKS_PRIVATE =
  /(?:private(?:Get|Set|Method|Wrapper)|PrivateField[GS]et|PrivateMethodGet|PrivateGetter|PrivateSetter|assertClassBrand|checkPrivate|_private_(?:field|method)_(?:get|set|update|destructure))/;

/** Whether code but `fn` cannot do without what a weak collection has for an object. */
function isNeededIn(side: Side, { references }: Binding, fn: FunctionInfo): boolean {
  const uses = references.flatMap(({ node, read, parent, fn: by }): Use[] => {
    if (!read || contains(fn.node, node)) return [];
    if (parent.type === 'CallExpression') return ASKS_PRIVATE.test(memberText(parent.callee) ?? '') ? ['breaks'] : [];
    if (parent.type !== 'MemberExpression' || parent.object !== node) return [];
    if (memberName(parent) === 'has') return ['asks'];
    const above = nodesAbove(node as AnyNode, by.node as AnyNode);
    const call = above.at(-2);
    return memberName(parent) === 'get' && call?.type === 'CallExpression' ? [useOf(call, above.slice(0, -2))] : [];
  });
  return uses.includes('breaks') && !uses.includes('asks');
}

/** Whether code of the package reads a property of that name, but for what `fn` of the new version does itself. */
export function isReadElsewhere(name: string, fn: FunctionInfo, { next, around }: ModuleContext): boolean {
  return isReadOutside(name, fn, next.model.program) || (!isPrivateName(name) && around.isNamedBeside(keyVariable(name) ?? name));
}
