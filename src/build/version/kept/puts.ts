/** What a function puts into tables that outlive its calls: lists, maps and sets of the module, of its object or of a function around it. */
import type { AnyNode } from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { CACHE } from '../forms/cache-names.ts';
import { PUTS, namedEntries } from '../forms/entries.ts';
import { outlives } from '../program/escape.ts';
import { nodesWithin } from '../program/nodes.ts';
import { ownProperty, propertyName } from '../forms/own-properties.ts';
import type { Side } from '../side.ts';
import { memberName } from '../program/member-name.ts';
import { isThis } from '../forms/this-names.ts';
import { rootOf } from '../program/walk.ts';

export interface Put {
  /** What the source calls the table. */
  readonly table: string;
  /** Null of a property of the object. */
  readonly variable: Binding | null;
  /** The table is one that the function is given. */
  readonly isGiven: boolean;
  /** Null where it is put beside what is there. */
  readonly key: AnyNode | null;
  readonly values: readonly AnyNode[];
  /** It becomes a property, or an element, of the table. */
  readonly isProperty: boolean;
  /** What is not there is only computed again. */
  readonly isCache: boolean;
  readonly at: AnyNode;
}

type PutAt = Pick<Put, 'key' | 'values' | 'isProperty' | 'at'> & { readonly object: AnyNode };
type Table = Pick<Put, 'table' | 'variable' | 'isGiven'>;

const known = new WeakMap<FunctionInfo, readonly Put[]>();

/** Into what lasts. */
export function putsOf(fn: FunctionInfo, side: Side): readonly Put[] {
  let found = known.get(fn);
  if (!found) known.set(fn, (found = findPuts(fn, side)));
  return found;
}

function findPuts(fn: FunctionInfo, side: Side): readonly Put[] {
  const { start, end } = fn.node;
  const { program } = side.model;
  const isIn = (node: AnyNode): boolean => node.end <= end && !fn.children.some((child) => contains(child.node, node));
  const assigned = nodesWithin(program, 'AssignmentExpression', start, end).flatMap(({ left, right }) =>
    left.type === 'MemberExpression' && left.computed
      ? [{ object: left.object as AnyNode, key: left.property as AnyNode, values: [right], isProperty: true, at: left as AnyNode }]
      : [],
  );
  // `counts[key]++`
  const counted = nodesWithin(program, 'UpdateExpression', start, end).flatMap(({ argument }) =>
    argument.type === 'MemberExpression' && argument.computed
      ? [{ object: argument.object as AnyNode, key: argument.property as AnyNode, values: [], isProperty: true, at: argument as AnyNode }]
      : [],
  );
  const called = nodesWithin(program, 'CallExpression', start, end).flatMap((call) => {
    if (call.callee.type !== 'MemberExpression') return [];
    const method = memberName(call.callee) ?? '';
    const given = call.arguments as AnyNode[];
    if (method === 'assign' && given.length === 2 && memberText(call.callee) === 'Object.assign')
      return [{ object: given[0]!, key: null, values: given.slice(1), isProperty: true, at: call as AnyNode }];
    const whole = memberText(call.callee) ?? '';
    if (PUTS_UNDER.test(whole)) return putUnder(whole, call, given);
    if (method === 'splice' && given.length > 2)
      return [{ object: call.callee.object as AnyNode, key: null, values: given.slice(2), isProperty: false, at: call as AnyNode }];
    const isKeyed = method === 'set' && given.length === 2;
    if (!PUTS.test(method) || (!isKeyed && (method === 'set' || given.length === 0))) return [];
    const [key, values] = isKeyed ? [given[0]!, given.slice(1)] : [null, given];
    return [{ object: call.callee.object as AnyNode, key, values, isProperty: false, at: call as AnyNode }];
  });
  return [...assigned, ...counted, ...called, ...grown(fn, side)].flatMap(({ object, at, ...what }) => {
    const owner = isIn(at) ? tableOf(object, fn, side) : null;
    return owner === null ? [] : [{ ...owner, ...what, at, isCache: CACHE.test(owner.table) }];
  });
}

/** `Reflect.set(table, key, one)`, `Object.defineProperty(table, key, { value: one })` */
const PUTS_UNDER = /^(?:Reflect\.set|(?:Object|Reflect)\.defineProperty)$/;

function putUnder(called: string, at: AnyNode, [object, key, given]: readonly AnyNode[]): readonly PutAt[] {
  if (!object || !key || !given) return [];
  const value = called === 'Reflect.set' ? given : given.type === 'ObjectExpression' ? namedEntries(given).get('value')?.value : undefined;
  return value ? [{ object, key, values: [value], isProperty: true, at }] : [];
}

/** `list = [...list, one]`, `list = list.concat(one)`, `table = { ...table, [key]: one }` */
function grown({ node: { start, end } }: FunctionInfo, side: Side): readonly PutAt[] {
  return nodesWithin(side.model.program, 'AssignmentExpression', start, end).flatMap(({ left, right }) => {
    const object = left as AnyNode;
    const isSame = (node: AnyNode): boolean => side.text(node) === side.text(object);
    const spread = (one: AnyNode | null): boolean => one?.type === 'SpreadElement' && isSame(one.argument);
    const parts = partsOf(right, isSame);
    if (parts === null || !(right.type === 'CallExpression' || parts.some(spread))) return [];
    const values = parts.flatMap((one) => (one === null || spread(one) ? [] : one.type === 'Property' ? [one.value as AnyNode] : [one]));
    return values.length > 0 ? [{ object, key: null, values, isProperty: true, at: object }] : [];
  });
}

function partsOf(made: AnyNode, isSame: (node: AnyNode) => boolean): readonly (AnyNode | null)[] | null {
  if (made.type === 'ArrayExpression') return made.elements as (AnyNode | null)[];
  if (made.type === 'ObjectExpression') return made.properties as AnyNode[];
  if (made.type !== 'CallExpression' || made.callee.type !== 'MemberExpression' || memberName(made.callee) !== 'concat') return null;
  return isSame(made.callee.object as AnyNode) ? (made.arguments as AnyNode[]) : null;
}

/** Whether a method is one of a class whose objects are lists, maps or sets themselves. */
function isCollection({ thisOwner }: FunctionInfo): boolean {
  const above = thisOwner.owner?.node.superClass;
  return above?.type === 'Identifier' && /^(?:Array|Map|Set)$/.test(above.name);
}

/** What outlives the call of a function; null for what does not. */
export function tableOf(object: AnyNode, fn: FunctionInfo, side: Side): Table | null {
  if (object.type === 'ThisExpression') return isCollection(fn) ? { table: 'its object', variable: null, isGiven: false } : null;
  if (object.type !== 'Identifier') return heldTable(object, fn, side);
  const alias = aliased(object, fn, side);
  if (alias) return 'property' in alias ? namedTable(alias.property, alias.of, fn, side) : tableOf(alias.of, fn, side);
  const variable = walkedFrom(side.refAt(object)?.binding ?? null, fn, side);
  if (!variable || variable.kind === 'import') return null;
  const isGiven = variable.kind === 'param' && variable.scope.fn === fn;
  const { fn: owner } = variable.scope;
  if (isGiven || side.runsOnce(owner) || (owner !== fn && outlives(fn, owner))) return { table: variable.name, variable, isGiven };
  // What is called at once, as by `forEach`, fills what the function around it has.
  return owner === fn ? null : tableOf(object, owner, side);
}

/** `this.items`, `state.items`, `this.state.items`; of `rows[key]`, `rows[key].cells` and `rows.get(key)` it is `rows`. */
function heldTable(object: AnyNode, fn: FunctionInfo, side: Side): Table | null {
  if (object.type === 'CallExpression') {
    const { callee } = object;
    return callee.type === 'MemberExpression' && memberName(callee) === 'get' ? tableOf(callee.object as AnyNode, fn, side) : null;
  }
  if (object.type !== 'MemberExpression') return null;
  const own = ownProperty(object);
  if (own !== null) return { table: own, variable: null, isGiven: false };
  if (object.computed) return tableOf(object.object as AnyNode, fn, side);
  const name = propertyName(object);
  return name === null ? null : namedTable(name, object.object as AnyNode, fn, side);
}

/** What an object that outlives the call has under a name. */
function namedTable(name: string, object: AnyNode, fn: FunctionInfo, side: Side): Table | null {
  return isThis(object) || lasts(object, fn, side) ? { table: name, variable: null, isGiven: false } : null;
}

function lasts(object: AnyNode, fn: FunctionInfo, side: Side): boolean {
  const root = rootOf(object);
  if (isThis(root)) return true;
  const variable = root.type === 'Identifier' ? side.refAt(root)?.binding : null;
  if (!variable) return false;
  const { fn: owner } = variable.scope;
  return side.runsOnce(owner) || (owner !== fn && outlives(fn, owner));
}

/** What a constant of the function stands for: `const items = this.items`, `const { items } = state`. */
function aliased(id: AnyNode, fn: FunctionInfo, side: Side): { readonly of: AnyNode; readonly property?: string } | null {
  const variable = side.refAt(id)?.binding;
  const declared = variable?.declarations[0];
  if (!variable || !declared || variable.reassigned || variable.scope.fn !== fn) return null;
  const value = side.valueOf(declared);
  if (value) return /^(?:Identifier|MemberExpression|CallExpression)$/.test(value.type) ? { of: value } : null;
  for (const { id: pattern, init } of nodesWithin(side.model.program, 'VariableDeclarator', fn.node.start, fn.node.end)) {
    if (pattern.type !== 'ObjectPattern' || !init) continue;
    const taken = pattern.properties.find((one) => one.type === 'Property' && one.value === declared);
    if (taken?.type === 'Property' && !taken.computed) return { of: init as AnyNode, property: keyName(taken.key, false) };
  }
  return null;
}

/** The table that a variable of the function begins with, to go on into what that holds: `let node = root; node = node[part] ??= {}`. */
function walkedFrom(variable: Binding | null, fn: FunctionInfo, side: Side): Binding | null {
  const value =
    variable?.scope.fn === fn && variable.reassigned && variable.declarations.length === 1 ? side.valueOf(variable.declarations[0]!) : null;
  const begun = value?.type === 'Identifier' ? side.refAt(value)?.binding : null;
  if (!variable || !begun) return variable;
  const isWalk = ({ write, parent }: Reference): boolean => {
    if (!write || parent.type !== 'AssignmentExpression') return true;
    const inner = parent.right.type === 'AssignmentExpression' ? parent.right.left : parent.right;
    return inner.type === 'MemberExpression' && inner.object.type === 'Identifier' && inner.object.name === variable.name;
  };
  return variable.references.every(isWalk) ? begun : variable;
}

/** The text of code of a function, in which what that calls its own variables does not matter. */
export function shapeOf(value: AnyNode, fn: FunctionInfo, side: Side): string {
  const names = new Map<Binding, number>();
  let [text, at] = ['', value.start];
  for (const { node, binding } of side.refsIn(value.start, value.end)) {
    if (binding?.scope.fn !== fn) continue;
    if (!names.has(binding)) names.set(binding, names.size);
    text += `${side.model.text.slice(at, node.start)}$${names.get(binding)}`;
    at = node.end;
  }
  return (text + side.model.text.slice(at, value.end)).replaceAll(/\s+/g, '');
}
