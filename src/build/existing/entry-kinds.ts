/**
 * What code puts into tables that last, as elements of a list, entries of a map or members of a set: where the new version puts
 * another kind of value there, it cannot read what the old one has put. The patch applies only where nothing of that is there.
 */
import type { AnyNode, LogicalExpression } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Match } from '../match/match.ts';
import { functionAround } from '../version/program/function-around.ts';
import { classNamed, classPathOf } from '../version/objects/create.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { isNeeded } from '../version/objects/needed.ts';
import type { NodeOf, NodeType } from '../version/program/nodes.ts';
import { isOfGain } from '../version/objects/gains.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isClassNode, isFunctionNode } from '../version/program/walk.ts';

type Kind = 'object' | 'list' | 'function' | 'primitive' | 'Map' | 'Set' | 'Date' | 'WeakRef';

const MADE: ReadonlySet<string> = new Set<Kind>(['Map', 'Set', 'Date', 'WeakRef']);

/** Whether `v` is of another kind. */
const IS_OTHER: Readonly<Record<Kind, string>> = {
  object: "typeof v!=='object'||v===null||Array.isArray(v)",
  list: '!Array.isArray(v)',
  function: "typeof v!=='function'",
  primitive: "typeof v==='function'||(typeof v==='object'&&v!==null)",
  Map: '!(v instanceof Map)',
  Set: '!(v instanceof Set)',
  Date: '!(v instanceof Date)',
  WeakRef: '!(v instanceof WeakRef)',
};

/** All that is in a table, whatever it is. */
const ENTRIES =
  "t=>t==null||typeof t!=='object'?[]:Array.isArray(t)||t instanceof Set?[...t]:t instanceof Map?[...t.values()]:Object.values(t)";

interface Owner {
  /** A method of the class whose objects have it as a property; null for a variable. */
  readonly of: FunctionInfo | null;
  /** The scope that runs once and declares the variable, or in which the class stands. */
  readonly scope: FunctionInfo;
  readonly name: string;
  /** It is what the table has under each of its keys. */
  readonly isInner: boolean;
}

interface Table extends Owner {
  /** Null where the text does not tell. */
  readonly kinds: Set<Kind | null>;
  /** The names that each object has which is written out there. */
  keys: ReadonlySet<string>;
  /** Those that any has. */
  readonly all: Set<string>;
  /** What was put there last, in the text. */
  readonly node: AnyNode;
}

/** `isKnown`: new code begins with an empty one, or the table itself must not be there. */
export function reportEntryKinds(
  { base, next, match, log, resolver, around }: ModuleContext,
  isKnown: (type: string | null, name: string) => boolean,
): readonly OutdatedObjects[] {
  const candidates = filledOtherwise(base, next, match);
  const found: OutdatedObjects[] = [];
  if (candidates.size === 0) return found;
  const isMissed = (name: string, put: AnyNode): boolean => {
    const isSupplied = put.type === 'ObjectExpression' && isOfGain(around.gains(name), put, (key) => !around.knewButConstants(key));
    return !isSupplied && isNeeded(name, null, base, next, around);
  };
  const before = tablesFilled(base, ALL);
  for (const now of tablesFilled(next, ALL).values()) {
    const key = keyOf(now, match);
    const was = key === null ? undefined : before.get(key);
    const [kind, ...others] = now.kinds;
    if (!was || !candidates.has(key!) || kind == null || others.length > 0) continue;
    const isSame = was.kinds.size === 1 && was.kinds.has(kind);
    const lacking = isSame && kind === 'object' ? [...now.keys].filter((name) => !was.all.has(name) && isMissed(name, now.node)) : [];
    if (isSame && lacking.length === 0) continue;
    const { name } = now;
    const type = was.of && classPathOf(was.of);
    const binding = now.scope.body.lookup(name);
    if (isKnown(type, name) || (type === null && binding && resolver.fresh.has(binding))) continue;
    const named = was.of && classNamed(base, was.of);
    const handle = was.of ? named?.handle : base.plan.handleOf.get(was.scope);
    if (!handle) continue;
    // Of objects that the old code did not write out it is not known what they have.
    const asked = isSame ? lacking : kind === 'object' && !was.kinds.has(kind) ? [...now.keys] : [];
    const isOther = asked.length > 0 ? `${IS_OTHER[kind]}||!${JSON.stringify(asked)}.every(k=>k in v)` : IS_OTHER[kind];
    const entries = `(${ENTRIES})(${named ? `o[${JSON.stringify(name)}]` : name})`;
    const own = `[...${now.isInner ? `${entries}.flatMap(${ENTRIES})` : entries}].some(v=>${isOther})`;
    const objects = named ? `instances=>instances(${named.name}).filter(o=>${own})` : `()=>${own}?[0]:[]`;
    const path = type === null ? name : `${type} ${name}`;
    const [reason, how] = isSame
      ? [`new code cannot do without the ${lacking[0]} of what is there`, `without ${lacking.join(' and ')}`]
      : ['new code reads another kind of value there', 'of another kind'];
    const isWeak = mayBeWeak(now, base);
    if (!isWeak) found.push({ scope: handle.id, objects, path, reason });
    const kept = type === null ? `what the old code has put into ${name} stays there` : `objects that exist keep what is in their ${name}`;
    log.add(
      'instances-hold',
      next,
      now.node,
      path,
      `${kept}, ${how}${isWeak ? '' : ': the patch applies only where nothing of that is there'}`,
    );
  }
  return found;
}

/** What is in a `WeakMap` or `WeakSet` nobody can tell. */
function mayBeWeak({ name }: Table, { model }: Side): boolean {
  return new RegExp(`\\b${name.replaceAll('$', '\\$&')}\\s*=\\s*new Weak(?:Map|Set)\\b`).test(model.text);
}

/** The tables into which functions that are new or have changed put what the old versions of these did not, by their keys in the old version. */
function filledOtherwise(base: Side, next: Side, match: Match): ReadonlySet<string> {
  const found = new Set<string>();
  for (const fn of next.model.functions) {
    const old = match.baseOf.get(fn);
    if (runsOnce(next.plan.handleOf.get(fn)?.kind) || (old && !match.differs(fn))) continue;
    const was = old && tablesFilled(base, old.node);
    for (const table of tablesFilled(next, fn.node).values()) {
      const key = keyOf(table, match);
      const old = key === null ? undefined : was?.get(key);
      if (key !== null && ([...table.kinds].some((kind) => !old?.kinds.has(kind)) || [...table.all].some((name) => !old!.all.has(name))))
        found.add(key);
    }
  }
  return found;
}

/** With `match`, of a table of the new version in the old one; null where that has none. */
function keyOf({ of, scope, name, isInner }: Owner, match?: Match): string | null {
  const around = match ? match.baseOf.get(scope) : scope;
  return around ? `${around.index} ${of ? classPathOf(of).slice(scope.path.length) : ''} ${name}${isInner ? ' []' : ''}` : null;
}

const ALL = { start: 0, end: Infinity };

/** The tables that functions put things into, in a part of the text. */
function tablesFilled(side: Side, { start, end }: { readonly start: number; readonly end: number }): ReadonlyMap<string, Table> {
  const found = new Map<string, Table>();
  const add = (table: AnyNode, values: readonly AnyNode[], at: AnyNode): void => {
    const owner = ownerOf(table, at, side);
    if (owner === null) return;
    const key = keyOf(owner)!;
    let known = found.get(key);
    if (!known) found.set(key, (known = { ...owner, kinds: new Set(), keys: keysOf(values[0]!, side), all: new Set(), node: values[0]! }));
    for (const value of values) {
      known.kinds.add(kindOf(value, side));
      const own = keysOf(value, side);
      known.keys = new Set([...known.keys].filter((name) => own.has(name)));
      for (const name of own) known.all.add(name);
    }
  };
  const within = <T extends NodeType>(type: T): readonly NodeOf<T>[] => nodesWithin(side.model.program, type, start, end);
  for (const { left, right } of within('AssignmentExpression'))
    if (left.type === 'MemberExpression' && left.computed) add(left.object as AnyNode, [right], left);
  for (const call of within('CallExpression')) {
    if (call.callee.type !== 'MemberExpression' || call.arguments.length === 0) continue;
    const values = call.arguments as AnyNode[];
    const table = call.callee.object as AnyNode;
    const method = memberName(call.callee);
    if (method === 'push' || method === 'unshift' || (method === 'add' && values.length === 1)) add(table, values, call);
    else if (method === 'set' && values.length === 2) add(table, [values[1]!], call);
  }
  return found;
}

/** Only of code that runs again: what the top level puts there is compared by itself. */
function ownerOf(table: AnyNode, at: AnyNode, side: Side, isInner = false): Owner | null {
  const outer = isInner ? null : outerOf(table, side);
  if (outer) return ownerOf(outer, at, side, true);
  const isOnce = (fn: FunctionInfo): boolean => runsOnce(side.plan.handleOf.get(fn)?.kind);
  if (table.type === 'Identifier') {
    const ref = side.refAt(table);
    const scope = ref?.binding?.scope;
    if (!scope || scope !== scope.fn.body || !isOnce(scope.fn) || ref.binding!.kind === 'import') return null;
    return isOnce(ref.fn) ? null : { of: null, scope: side.declarer(ref.binding!), name: table.name, isInner };
  }
  if (table.type !== 'MemberExpression' || !isThis(table.object as AnyNode)) return null;
  const name = memberName(table);
  let of = functionAround(side, at);
  while (of.kind === 'arrow' && of.parent) of = of.parent;
  const scope = of.owner?.parent ?? of.parent;
  return !scope || name === null || name.startsWith('#') || classPathOf(of) === '' ? null : { of, scope, name, isInner };
}

/** `table` of `table[key]`, `table.get(key)` and `(table[key] ??= [])`, and of a variable that is given that. */
function outerOf(value: AnyNode, side: Side): AnyNode | null {
  switch (value.type) {
    case 'ParenthesizedExpression':
      return outerOf(value.expression, side);
    case 'LogicalExpression':
      return value.operator === '&&' ? null : outerOf(value.left, side);
    case 'AssignmentExpression':
      return value.left.type === 'MemberExpression' ? outerOf(value.left, side) : null;
    case 'MemberExpression':
      return value.computed && !isThis(value.object as AnyNode) ? (value.object as AnyNode) : null;
    case 'CallExpression':
      return value.callee.type === 'MemberExpression' && memberName(value.callee) === 'get' ? (value.callee.object as AnyNode) : null;
    case 'Identifier': {
      const given = givenTo(value, side);
      return given && given.type !== 'Identifier' ? outerOf(given, side) : null;
    }
    default:
      return null;
  }
}

function keysOf(value: AnyNode, side: Side): ReadonlySet<string> {
  const given = value.type === 'Identifier' ? givenTo(value, side) : value;
  const object = given && isLookUp(given) ? given.right : given;
  if (object?.type !== 'ObjectExpression') return new Set();
  return new Set(object.properties.flatMap((one) => (one.type === 'Property' && !one.computed ? [keyName(one.key, false)] : [])));
}

/** What a variable is given, where it is given one thing. */
function givenTo(id: AnyNode, side: Side): AnyNode | null {
  const binding = side.refAt(id)?.binding;
  const [declared, ...others] = binding?.declarations ?? [];
  const given = declared && others.length === 0 && !binding!.reassigned ? side.valueOf(declared as AnyNode) : null;
  // What begins with itself, as `var one = one || {}`, begins with nothing.
  return given && side.refsIn(given.start, given.end).every((ref) => ref.binding !== binding) ? given : null;
}

/** What is there, or one that is made: `table.get(key) || {}`. */
function isLookUp(value: AnyNode): value is LogicalExpression & AnyNode {
  if (value.type !== 'LogicalExpression' || value.operator === '&&') return false;
  const { left } = value;
  const called = left.type === 'CallExpression' && left.callee.type === 'MemberExpression' ? memberName(left.callee) : null;
  return called === 'get' || (left.type === 'MemberExpression' && left.computed);
}

/** Methods of lists that give one. */
const GIVES_LIST = /^(?:concat|filter|flat|flatMap|map|reverse|slice|sort|toReversed|toSorted|toSpliced)$/;

function kindOf(value: AnyNode, side: Side): Kind | null {
  switch (value.type) {
    case 'LogicalExpression':
      return isLookUp(value) ? kindOf(value.right, side) : null;
    case 'ParenthesizedExpression':
      return kindOf(value.expression, side);
    case 'NewExpression': {
      const { callee } = value;
      const isBuiltIn = callee.type === 'Identifier' && side.refAt(callee)?.binding === null;
      if (!isBuiltIn) return null;
      return callee.name === 'Array' ? 'list' : MADE.has(callee.name) ? (callee.name as Kind) : null;
    }
    case 'CallExpression': {
      const { callee } = value;
      if (callee.type !== 'MemberExpression' || !GIVES_LIST.test(memberName(callee) ?? '')) return null;
      return kindOf(callee.object as AnyNode, side) === 'list' ? 'list' : null;
    }
    case 'ObjectExpression':
      // What it is a copy of may have been of its kind.
      return value.properties.some(({ type }) => type === 'SpreadElement') ? null : 'object';
    case 'ArrayExpression':
      return 'list';
    case 'Literal':
      return value.regex ? null : 'primitive';
    case 'TemplateLiteral':
      return 'primitive';
    case 'Identifier': {
      const given = givenTo(value, side);
      return given && given.type !== 'Identifier' ? kindOf(given, side) : null;
    }
    default:
      return isFunctionNode(value) || isClassNode(value) ? 'function' : null;
  }
}
