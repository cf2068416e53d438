/**
 * Fields that a class has in its new version only, by a field definition or by an assignment in its constructor. Instances
 * that exist get them on first touch, with the value that the new code would begin with, if it can be made of the instance alone.
 */
import type { AnyNode, Class, Function as FunctionNode, MemberExpression, MethodDefinition, PropertyDefinition } from 'acorn';
import type { HandleScope, SitePlan } from '../../instrument/plan.ts';
import type { Binding, ClassInfo, FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from './context.ts';
import type { Emitter } from './emit.ts';
import type { Given } from './given.ts';
import type { PrivateCollection } from './private-collections.ts';
import type { Place } from './resolution.ts';
import { definedByHelper } from '../version/forms/define-helpers.ts';
import type { Side } from '../version/side.ts';
import { hasOneKey, ownProperty } from '../version/forms/own-properties.ts';
import { specialsOf } from '../version/program/special.ts';
import { expressionOf, stepsOf } from '../version/forms/steps.ts';
import { childrenOf } from '../../source/children.ts';
import { isClassNode } from '../version/program/walk.ts';
import { isUndefined } from '../version/forms/nothing.ts';

export interface NewField {
  readonly name: string;
  /** Null for a field without an initialiser; the function of a private method, which instances hold as they do a field. */
  readonly value: AnyNode | null;
  /** The constructor sets it: what is made anew has it without our help. */
  readonly assigned: boolean;
  readonly method?: FunctionNode;
  /** Where the value uses what its constructor was given. */
  readonly given?: Given;
  /** The property that instances which exist have in its place. */
  readonly was?: string;
  /** In a branch the constructor gives it another value. */
  readonly begins?: boolean;
  /** What the key is computed of. */
  readonly key?: AnyNode;
  /** Where no property holds it: the value enters the instance there. */
  readonly collection?: PrivateCollection;
}

/** The new fields of one class, and how the unit of `handle` calls the class. */
export interface FieldGroup {
  readonly handle: HandleScope;
  readonly path: string;
  readonly type: string;
  readonly isClass: boolean;
  readonly fields: NewField[];
}

const added = new WeakMap<ClassInfo, ReadonlySet<string>>();

/** Makes private names of the new version names of the running class too, as the patch will. */
export function addPrivateNames(base: ClassInfo, names: readonly string[]): void {
  added.set(base, new Set([...(added.get(base) ?? []), ...names]));
  for (const name of names) base.privateNames.add(name);
}

/** Whether the running class has a private member of that name by itself: a module that is built again has been given those of the patch. */
export function hasPrivate(base: ClassInfo, name: string): boolean {
  return base.privateNames.has(name) && added.get(base)?.has(name) !== true;
}

/** New code can say `#name` if a class around it has it; one that the patch adds is only known in the class's own unit. */
export function privateReach(name: string, site: SitePlan): boolean {
  for (let handle: SitePlan['handle'] | null = site.handle; handle; handle = handle.parent) {
    const { owner } = handle;
    if (handle.kind === 'class' && 'privateNames' in owner && owner.privateNames.has(name))
      return handle === site.handle || added.get(owner)?.has(name) !== true;
  }
  return false;
}

type Member = Class['body']['body'][number];

/**
 * What each instance holds for itself: a field, or a private method, which is a field that nobody writes. A computed key must be
 * the same whenever it is asked for.
 */
export function isOfInstances(member: Member, side: Side): boolean {
  if (member.type === 'PropertyDefinition') return !member.static && (!member.computed || isLastingKey(member.key as AnyNode, side));
  return member.type === 'MethodDefinition' && member.kind === 'method' && !member.static && member.key.type === 'PrivateIdentifier';
}

/** Whether a computed key is a constant of the module, as a symbol is. */
export function isLastingKey(key: AnyNode, side: Side): boolean {
  if (key.type === 'Literal') return true;
  const binding = key.type === 'Identifier' ? side.refAt(key)?.binding : null;
  return binding != null && !binding.reassigned && side.runsOnce(binding.scope.fn) && binding.kind !== 'param';
}

/** Instance fields by definition, and private methods, that the new class has and the old one lacks. */
export function definedFields(base: Class, next: Class, sides: { readonly base: Side; readonly next: Side }): NewField[] {
  const fieldsOf = (cls: Class, side: Side): (PropertyDefinition | MethodDefinition)[] =>
    cls.body.body.filter((member): member is PropertyDefinition | MethodDefinition => isOfInstances(member, side));
  const known = new Set(fieldsOf(base, sides.base).map((member) => keyName(member.key, member.computed)));
  return fieldsOf(next, sides.next)
    .map((member) => ({
      name: keyName(member.key, member.computed),
      value: (member.value as AnyNode | null | undefined) ?? null,
      assigned: false,
      ...(member.computed && member.key.type !== 'Literal' ? { key: member.key as AnyNode } : {}),
      ...(member.type === 'MethodDefinition' ? { method: member.value } : {}),
    }))
    .filter(({ name }) => !known.has(name));
}

/** The field of that name which a class defines, so that each instance has it before the constructor does anything. */
export function fieldNamed(cls: Class, name: string): PropertyDefinition | null {
  const isField = (member: Member): member is PropertyDefinition => member.type === 'PropertyDefinition' && !member.static;
  return cls.body.body.filter(isField).find((member) => keyName(member.key, member.computed) === name) ?? null;
}

export interface Assignment {
  /** The steps of the function's body that it is. */
  readonly statements: readonly AnyNode[];
  /** Null where there are several: what one of them gives is not what the property is in the end. */
  readonly value: AnyNode | null;
}

/** What a constructor assigns to `this`, step by step, at the top of its body. A compiler writes out a field's declaration before. */
export function assignments(fn: FunctionInfo): Map<string, Assignment> {
  const found = new Map<string, Assignment>();
  const add = (name: string, statement: AnyNode, value: AnyNode): void => {
    const known = found.get(name);
    const isFirst = known === undefined || (known.value !== null && isUndefined(known.value));
    found.set(name, { statements: [...(known?.statements ?? []), statement], value: isFirst ? value : null });
  };
  for (const statement of stepsOf(fn)) {
    const expression = expressionOf(statement);
    const helped = expression && definedByHelper(expression);
    if (helped) add(helped.name, statement, helped.value);
    if (expression?.type !== 'AssignmentExpression') continue;
    const { left, operator, right } = expression;
    const name = operator === '=' && hasOneKey(left as AnyNode, fn) ? ownProperty(left as AnyNode) : null;
    if (name === null) continue;
    add(name, statement, right);
  }
  return found;
}

/** Whether a value is free of what only the call that made the instance had, its variables aside. */
export function isFreeOfCall(value: AnyNode, fn: FunctionInfo): boolean {
  const { newTargets, superMembers, superCalls, privateNames } = specialsOf({ type: 'ExpressionStatement', expression: value } as AnyNode);
  return newTargets.length + superMembers.length + superCalls.length === 0 && (privateNames.size === 0 || fn.owner !== null);
}

/** Every expression whose private member of `names` is used in a class, but for what an inner class declares itself. */
export function holdersOf(cls: Class, names: ReadonlySet<string>): AnyNode[] {
  const found: AnyNode[] = [];
  const visit = (node: AnyNode, wanted: ReadonlySet<string>): void => {
    let inner = wanted;
    if (isClassNode(node) && (node as AnyNode) !== (cls as AnyNode)) {
      const own = (node as Class).body.body.map((member) =>
        'key' in member && member.key.type === 'PrivateIdentifier' ? member.key.name : '',
      );
      inner = new Set([...wanted].filter((name) => !own.includes(name)));
    }
    const member = node.type === 'MemberExpression' ? (node as MemberExpression).property : null;
    if (member?.type === 'PrivateIdentifier' && wanted.has(member.name)) found.push((node as MemberExpression).object as AnyNode);
    if (node.type === 'BinaryExpression' && node.left.type === 'PrivateIdentifier' && wanted.has(node.left.name)) found.push(node.right);
    for (const child of childrenOf(node)) visit(child, inner);
  };
  visit(cls as AnyNode, names);
  return found;
}

/** The function that gives the class and its fields: see PatchFields. */
export function fieldsText(group: FieldGroup, emitter: Emitter): string {
  const { handle, type, isClass, fields } = group;
  const home = isClass ? '__proto__:Object.getPrototypeOf($lp.cls.prototype),' : '';
  const methods: string[] = [];
  const entries = fields.map(({ name, value, assigned, method, given, was, key: computed, collection }) => {
    const placeOf = (node: AnyNode | null): Place => ({ handle, site: null, start: node?.start ?? 0, end: node?.end ?? 0, nameless: null });
    const key = computed ? emitter.render(computed.start, computed.end, placeOf(computed)) : JSON.stringify(name);
    const place = placeOf(value);
    const restoredBy = (own: Given): ReadonlyMap<Binding, string> =>
      new Map([
        ...own.restored,
        ...[...own.locals].map(([binding, local]) => {
          const { start, end } = local.value;
          const text = emitter.render(start, end, placeOf(local.value), restoredBy(local.given), local.given.missing);
          return [binding, `(${text})`] as const;
        }),
      ]);
    const made = value === null ? 'undefined' : emitter.render(value.start, value.end, place, given && restoredBy(given), given?.missing);
    const held = JSON.stringify(was);
    const text = was === undefined ? made : `({}).hasOwnProperty.call(this,${held})?this[${held}]:(${made})`;
    if (method) {
      // One function for all instances.
      const head = `${method.async ? 'async ' : ''}${method.generator ? '*' : ''}`;
      const shared = `$lp_m${methods.length}`;
      methods.push(`const ${shared}=({${home}${head}[${key}]${text}})[${key}];`);
      return `[${key},()=>${shared}]`;
    }
    // As the value of a property a function gets its name, as it would from the field.
    const own = given && given.own.size > 0 ? `var ${[...given.own].join(',')};` : '';
    if (collection) {
      const { node } = collection.ref;
      const entered = emitter.render(node.start, node.end, placeOf(node));
      return `[${key},({${home}init(){${own}${text}}}).init,true,()=>${entered}]`;
    }
    const property = computed ? `[${key}]` : key;
    return `[${key},({${home}init(){${own}return({${property}:(${text})})[${key}]}}).init${assigned ? ',true' : ''}]`;
  });
  return `()=>{${methods.join('')}return {type:${type},fields:[${entries.join(',')}]}}`;
}

/** How the class or constructor that makes what `fn` fills is called in the unit of its handle; null where it has no name there. */
export function typeOf(
  ctx: ModuleContext,
  base: FunctionInfo,
): { readonly handle: HandleScope; readonly type: string; readonly isClass: boolean } | null {
  const { plan } = ctx.base;
  if (base.owner) {
    const handle = plan.handleOf.get(base.owner);
    return handle ? { handle, type: '$lp.cls', isClass: true } : null;
  }
  const handle = plan.siteOf.get(base)?.handle;
  const { node } = base;
  if (!handle || node.type !== 'FunctionDeclaration' || !node.id) return null;
  const binding = handle.scope.lookup(node.id.name);
  return binding?.scope.fn === base.parent && !binding.reassigned ? { handle, type: node.id.name, isClass: false } : null;
}
