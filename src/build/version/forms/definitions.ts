/** Calls that put properties on an object, one by one: what is put there, and under which names. */
import type { AnyNode, CallExpression, ObjectExpression } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { definedOn } from './define-helpers.ts';
import type { Assigned } from './items.ts';
import { isOfNode } from '../program/node-calls.ts';
import type { Side } from '../side.ts';
import { isFunctionNode } from '../program/walk.ts';

type Definition = Omit<Assigned, 'node'>;

const ATTRIBUTES = ['writable', 'enumerable', 'configurable'] as const;
/** What an assignment makes a property that is new. */
export const ASSIGNED = ATTRIBUTES.join(' and ');

/** What Babel makes of the methods of a class: `_createClass(C, [{ key: 'name', value: function … }], [… of the class itself])`. */
const CREATE_CLASS = /^(\w+\.)?_create(?:Class|_class)\d*(__default)?(\.default)?(\$\d+)?$/;
/** What esbuild and SWC make of exports: a getter for each. */
const EXPORTS = /^__?export$/;
/** What Babel makes of `extends`: the class and its superclass. */
const INHERITS = /^(\w+\.)?_inherits(Loose)?\d*(__default)?(\.default)?(\$\d+)?$/;

/**
 * `Object.defineProperty(target, 'name', { value })`, or with a getter: the getter is the value then. `defineProperties`,
 * `Object.assign` and the helpers of compilers are one for each. Null where that cannot be told.
 */
export function definitions(node: AnyNode, side: Side): Definition[] | null {
  if (node.type !== 'CallExpression') return null;
  const own = givenAway(node, side);
  if (own) return own;
  const called = memberText(calleeOf(node.callee));
  const [target, ...rest] = node.arguments as AnyNode[];
  if (called === undefined || !target || memberText(target) === undefined) return null;
  if (CREATE_CLASS.test(called)) return classMembers(target, rest);
  const field = definedOn(node);
  if (field) return [valueOn(target, field.name, field.value)];
  if (called === 'Object.defineProperty') {
    const [name, descriptor] = rest;
    const own = name?.type === 'Literal' && descriptor ? definition(target, String(name.value), descriptor) : null;
    return own?.flags === false ? [own] : null;
  }
  const [all] = rest;
  if (all?.type !== 'ObjectExpression') return null;
  if (EXPORTS.test(called)) return bundledExports(target, all);
  if (called === 'Object.assign') return rest.length === 1 ? assignedTo(target, all) : null;
  if (called !== 'Object.defineProperties') return null;
  const found: Definition[] = [];
  for (const property of all.properties) {
    if (property.type !== 'Property' || property.computed) return null;
    const own = definition(target, keyName(property.key, false), property.value);
    if (!own) return null;
    found.push(own);
  }
  return found;
}

export function isCreateClass(node: AnyNode): boolean {
  return node.type === 'CallExpression' && CREATE_CLASS.test(memberText(calleeOf(node.callee)) ?? '');
}

/** The class, and the name, of a method or an accessor that a function is in such a call; null for any other function. */
export function definedMember({ ancestors }: FunctionInfo): { readonly of: string; readonly name: string } | null {
  // Few functions of a large module stand in an object.
  if (ancestors.at(-1)?.type !== 'Property') return null;
  const [outer, around, object] = ancestors.slice(-4);
  if (object?.type !== 'ObjectExpression' || !around || !outer) return null;
  if (around.type === 'CallExpression') return memberText(around.callee) === 'Object.defineProperty' ? onPrototypeOf(around, object) : null;
  if (outer.type !== 'CallExpression' || !isCreateClass(outer)) return null;
  const [of, members] = outer.arguments;
  const key = object.properties.find((own) => own.type === 'Property' && !own.computed && keyName(own.key, false) === 'key');
  if (members !== around || of?.type !== 'Identifier' || key?.type !== 'Property' || key.value.type !== 'Literal') return null;
  return { of: of.name, name: String(key.value.value) };
}

function onPrototypeOf({ arguments: given }: CallExpression, descriptor: AnyNode): { readonly of: string; readonly name: string } | null {
  const [target, name] = given;
  if (given[2] !== descriptor || name?.type !== 'Literal' || target?.type !== 'MemberExpression') return null;
  const [of, ...more] = (memberText(target) ?? '').split('.prototype');
  return of && !of.includes('.') && more.length === 1 && more[0] === '' ? { of, name: String(name.value) } : null;
}

/** A statement that says which class extends which, whatever a bundler calls the helper that does it. */
export function inheritance(node: AnyNode, side: Side): string | null {
  if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return null;
  const { callee, arguments: given } = node.expression;
  const inherited = inheritedBy(node, side);
  if (inherited) return `inherits(${side.text(inherited.type)}, ${superclassText(inherited.from, side)})`;
  if (!INHERITS.test(memberText(calleeOf(callee)) ?? '')) return null;
  return `_inherits(${given.map((argument) => side.text(argument)).join(', ')})`;
}

/** What Node's `inherits`, or the package of that name, is told: `util.inherits(Limit, Transform)`. */
export function inheritedBy(node: AnyNode, side: Side): { readonly type: AnyNode; readonly from: AnyNode } | null {
  const call = node.type === 'ExpressionStatement' ? node.expression : null;
  if (call?.type !== 'CallExpression' || call.arguments.length !== 2) return null;
  const [type, from] = call.arguments as [AnyNode, AnyNode];
  const callee = call.callee as AnyNode;
  return isOfNode(side, callee, 'util', 'inherits') || isOfNode(side, callee, 'inherits', '') ? { type, from } : null;
}

/** Node gives the same class as a whole module and by its name. */
function superclassText(from: AnyNode, side: Side): string {
  const isEmitter = isOfNode(side, from, 'events', 'EventEmitter') || isOfNode(side, from, 'events', '');
  return isEmitter ? 'events.EventEmitter' : side.text(from);
}

/** `(0, module.helper)(…)` calls the helper without a `this`. */
function calleeOf(callee: AnyNode): AnyNode {
  if (callee.type === 'ParenthesizedExpression') return calleeOf(callee.expression);
  return callee.type === 'SequenceExpression' ? callee.expressions.at(-1)! : callee;
}

/** What webpack makes of them: `require.d(exports, { name: () => name })`, and once `require.d(exports, 'name', function () { … })`. */
function givenAway({ callee, arguments: given }: CallExpression, side: Side): Definition[] | null {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier' || callee.property.name !== 'd')
    return null;
  const [target, all, getter] = given as AnyNode[];
  if (!target || !all || side.targetText(target) !== 'exports' || !side.isGiven(target)) return null;
  if (all.type === 'ObjectExpression') return bundledExports(target, all);
  if (all.type !== 'Literal' || !getter || !isFunctionNode(getter)) return null;
  const name = String(all.value);
  const key = `${memberText(target)}.${name}`;
  return [{ key, target, value: getter, defines: name, getter: true, hidden: false, flags: false, again: false }];
}

/** By their getters, whichever way those are written. */
function bundledExports(target: AnyNode, all: ObjectExpression): Definition[] | null {
  const found: Definition[] = [];
  for (const property of all.properties) {
    if (property.type !== 'Property' || property.computed || !isFunctionNode(property.value)) return null;
    const name = keyName(property.key, false);
    const key = `${memberText(target)}.${name}`;
    found.push({ key, target, value: property.value, defines: name, getter: true, hidden: false, flags: false, again: false });
  }
  return found;
}

function assignedTo(target: AnyNode, all: ObjectExpression): Definition[] | null {
  const found: Definition[] = [];
  for (const property of all.properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
    const name = keyName(property.key, false);
    found.push(valueOn(target, name, property.method ? property : property.value));
  }
  return found;
}

/** A property that is set as an assignment would. */
function valueOn(target: AnyNode, name: string, value: AnyNode): Definition {
  return { key: `${memberText(target)}.${name}`, target, value, defines: name, getter: false, hidden: false, flags: false, again: true };
}

function classMembers(target: AnyNode, [members, statics]: readonly AnyNode[]): Definition[] | null {
  const found: Definition[] = [];
  for (const list of [members, statics]) {
    // `null` and `void 0` stand for no members.
    if (list === undefined || list.type === 'Literal' || list.type === 'UnaryExpression') continue;
    if (list.type !== 'ArrayExpression') return null;
    for (const element of list.elements) {
      const own = element?.type === 'ObjectExpression' ? classMember(target, element, list === members) : null;
      if (!own) return null;
      found.push(...own);
    }
  }
  return found;
}

function classMember(target: AnyNode, { properties }: ObjectExpression, onPrototype: boolean): Definition[] | null {
  let name: string | null = null;
  const parts: { readonly what: string; readonly value: AnyNode }[] = [];
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
    const what = keyName(property.key, false);
    if (what !== 'key') parts.push({ what, value: property.method ? property : property.value });
    else if (property.value.type === 'Literal') name = String(property.value.value);
  }
  if (name === null || parts.some(({ what }) => what !== 'value' && what !== 'get' && what !== 'set')) return null;
  const holder = `${memberText(target)}${onPrototype ? '.prototype' : ''}`;
  return parts.map(({ what, value }) => ({
    key: `${holder}.${name}${what === 'set' ? ' set' : ''}`,
    target,
    value,
    defines: name,
    getter: what === 'get',
    hidden: true,
    // A setter can only be the successor of one.
    flags: what === 'set',
    again: what === 'value',
    ...(onPrototype ? { onPrototype: true as const } : {}),
  }));
}

function definition(target: AnyNode, name: string, descriptor: AnyNode): Definition | null {
  if (descriptor.type !== 'ObjectExpression') return null;
  const key = `${memberText(target)}.${name}`;
  let given: { readonly value: AnyNode; readonly getter: boolean } | null = null;
  const attributes = new Set<string>();
  for (const property of descriptor.properties) {
    if (property.type !== 'Property' || property.computed || property.key.type !== 'Identifier' || property.key.name === 'set') return null;
    const what = property.key.name;
    if (what === 'get' || what === 'value') given = { value: property.method ? property : property.value, getter: what === 'get' };
    if (what !== 'enumerable' && what !== 'writable' && what !== 'configurable') continue;
    const is = truth(property.value);
    if (is === null && what === 'enumerable') return null;
    if (is === true) attributes.add(what);
  }
  const { value, getter } = given ?? { value: descriptor, getter: false };
  return {
    key,
    target,
    value,
    defines: name,
    getter,
    hidden: !attributes.has('enumerable'),
    attributes: ATTRIBUTES.filter((one) => attributes.has(one)).join(' and '),
    flags: given === null,
    again: false,
  };
}

/** `true`, `false`, and what minifiers write for them. */
export function truth(node: AnyNode | undefined): boolean | null {
  if (node?.type === 'Literal' && typeof node.value === 'boolean') return node.value;
  if (node?.type !== 'UnaryExpression' || node.operator !== '!' || node.argument.type !== 'Literal') return null;
  return typeof node.argument.value === 'number' ? !node.argument.value : null;
}
