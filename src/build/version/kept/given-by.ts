/** What functions give variables, and properties of their objects and of tables, that outlive their calls: by a plain assignment. */
import type { AnyNode } from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import { outlives } from '../program/escape.ts';
import { nodesOf, nodesWithin } from '../program/nodes.ts';
import { ownProperty, propertyName } from '../forms/own-properties.ts';
import { tableOf } from './puts.ts';
import type { Side } from '../side.ts';

export interface Given {
  /** What the source calls it: `done` of `this.done`, `stats.last` of that. */
  readonly name: string;
  /** The name by which code reads it. */
  readonly property: string;
  /** Null of a property. */
  readonly variable: Binding | null;
  /** The variable, or that of the table; null of a property of the object. */
  readonly holder: Binding | null;
  readonly at: AnyNode;
  /** Null where it is deleted. */
  readonly value: AnyNode | null;
}

/** By the same keys in both versions; `isApart`: the functions within it that are looked at by themselves. */
export function givenBy(
  fn: FunctionInfo,
  side: Side,
  isApart: (inner: FunctionInfo) => boolean = () => true,
): ReadonlyMap<string, readonly Given[]> {
  const found = new Map<string, Given[]>();
  const { start, end } = fn.node;
  const apart = partedFrom(fn, isApart);
  const add = (target: AnyNode, value: AnyNode | null): void => {
    if (apart.some(({ node }) => contains(node, target))) return;
    const one = placeOf(target, fn, side);
    if (one) found.set(one.key, [...(found.get(one.key) ?? []), { ...one, at: target, value }]);
  };
  const { program } = side.model;
  for (const { left, right, operator } of nodesWithin(program, 'AssignmentExpression', start, end))
    if (operator === '=') add(left as AnyNode, right);
  for (const member of nodesWithin(program, 'MemberExpression', start, end)) if (isDeleted(member, side)) add(member, null);
  return found;
}

function partedFrom({ children }: FunctionInfo, isApart: (inner: FunctionInfo) => boolean): readonly FunctionInfo[] {
  return children.flatMap((child) => (isApart(child) ? child : partedFrom(child, isApart)));
}

/** What is assigned, where that outlives the call of a function; null for anything else. */
export function placeOf(target: AnyNode, fn: FunctionInfo, side: Side): (Omit<Given, 'at' | 'value'> & { readonly key: string }) | null {
  if (target.type === 'Identifier') {
    const variable = side.refAt(target)?.binding ?? null;
    if (!variable || !lasts(variable, fn, side)) return null;
    return { key: variable.name, name: variable.name, property: variable.name, variable, holder: variable };
  }
  const own = ownProperty(target);
  if (own !== null) return { key: `this.${own}`, name: own, property: own, variable: null, holder: null };
  const property = target.type === 'MemberExpression' && !target.computed ? propertyName(target) : null;
  const owner = property === null ? null : tableOf((target as { readonly object: AnyNode } & AnyNode).object, fn, side);
  if (!owner || owner.isGiven) return null;
  return {
    key: `${owner.table}.${property}`,
    name: `${owner.table}.${property}`,
    property: property!,
    variable: null,
    holder: owner.variable,
  };
}

const keyOf = ({ scope, name }: Binding): string => `${scope.fn.path} ${name}`;

const lasts = ({ scope }: Binding, fn: FunctionInfo, side: Side): boolean =>
  side.runsOnce(scope.fn) || (scope.fn !== fn && outlives(fn, scope.fn));

/** `delete this.x` */
const isDeleted = ({ start }: AnyNode, { model }: Side): boolean => model.text.startsWith('delete ', start - 'delete '.length);

/** Where code gives a variable of that key, or a property of that name whatever it is one of, something by a plain assignment. */
export function placesGiven({ variable, property }: Pick<Given, 'property' | 'variable'>, side: Side): readonly AnyNode[] {
  return allPlaces(side).get(variable ? keyOf(variable) : property) ?? [];
}

const allPlaces = askedOnce((side: Side): ReadonlyMap<string, readonly AnyNode[]> => {
  const found = new Map<string, AnyNode[]>();
  const add = (target: AnyNode): void => {
    const variable = target.type === 'Identifier' ? side.refAt(target)?.binding : null;
    const key = variable ? keyOf(variable) : propertyName(target);
    if (key === null) return;
    const known = found.get(key);
    if (known) known.push(target);
    else found.set(key, [target]);
  };
  const { program } = side.model;
  for (const { left, operator } of nodesOf(program, 'AssignmentExpression')) if (operator === '=') add(left as AnyNode);
  for (const member of nodesOf(program, 'MemberExpression')) if (isDeleted(member, side)) add(member);
  return found;
});
