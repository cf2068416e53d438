/**
 * What code puts into tables that last, as elements of a list, entries of a map or members of a set: where the new version puts
 * another kind of value there, it cannot read what the old one has put. The patch applies only where nothing of that is there.
 */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Match } from '../match/match.ts';
import { classNamed, classPathOf } from '../version/create.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { nodesWithin } from '../version/nodes.ts';
import type { NodeOf, NodeType } from '../version/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/standing-for.ts';
import { isThis } from '../version/this-names.ts';
import { isClassNode, isFunctionNode } from '../version/walk.ts';

type Kind = 'object' | 'list' | 'function' | 'primitive';

/** Whether `v` is of another kind. */
const IS_OTHER: Readonly<Record<Kind, string>> = {
  object: "typeof v!=='object'||v===null||Array.isArray(v)",
  list: '!Array.isArray(v)',
  function: "typeof v!=='function'",
  primitive: "typeof v==='function'||(typeof v==='object'&&v!==null)",
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
}

interface Table extends Owner {
  /** Null where the text does not tell. */
  readonly kinds: Set<Kind | null>;
  /** The names that each object has which is written out there. */
  keys: ReadonlySet<string>;
  /** What was put there last, in the text. */
  readonly node: AnyNode;
}

/** `isKnown`: new code begins with an empty one, or the table itself must not be there. */
export function reportEntryKinds(
  { base, next, match, log, resolver }: ModuleContext,
  isKnown: (type: string | null, name: string) => boolean,
): readonly OutdatedObjects[] {
  const candidates = filledOtherwise(base, next, match);
  const found: OutdatedObjects[] = [];
  if (candidates.size === 0) return found;
  const before = tablesFilled(base, ALL);
  for (const now of tablesFilled(next, ALL).values()) {
    const key = keyOf(now, match);
    const was = key === null ? undefined : before.get(key);
    const [kind, ...others] = now.kinds;
    if (!was || !candidates.has(key!) || kind == null || others.length > 0 || (was.kinds.size === 1 && was.kinds.has(kind))) continue;
    const { name } = now;
    const type = was.of && classPathOf(was.of);
    const binding = now.scope.body.lookup(name);
    if (isKnown(type, name) || (type === null && binding && resolver.fresh.has(binding))) continue;
    const named = was.of && classNamed(base, was.of);
    const handle = was.of ? named?.handle : base.plan.handleOf.get(was.scope);
    if (!handle) continue;
    // Of objects that the old code did not write out it is not known what they have.
    const lacks = kind === 'object' && !was.kinds.has(kind) && now.keys.size > 0;
    const isOther = lacks ? `${IS_OTHER[kind]}||!${JSON.stringify([...now.keys])}.every(k=>k in v)` : IS_OTHER[kind];
    const own = `[...(${ENTRIES})(${named ? `o[${JSON.stringify(name)}]` : name})].some(v=>${isOther})`;
    const objects = named ? `instances=>instances(${named.name}).filter(o=>${own})` : `()=>${own}?[0]:[]`;
    const path = type === null ? name : `${type} ${name}`;
    found.push({ scope: handle.id, objects, path, reason: 'new code reads another kind of value there' });
    const kept = type === null ? `what the old code has put into ${name} stays there` : `objects that exist keep what is in their ${name}`;
    log.add('instances-hold', next, now.node, path, `${kept}, of another kind: the patch applies only where nothing of that is there`);
  }
  return found;
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
      if (key !== null && [...table.kinds].some((kind) => !was?.get(key)?.kinds.has(kind))) found.add(key);
    }
  }
  return found;
}

/** With `match`, of a table of the new version in the old one; null where that has none. */
function keyOf({ of, scope, name }: Owner, match?: Match): string | null {
  const around = match ? match.baseOf.get(scope) : scope;
  return around ? `${around.index} ${of ? classPathOf(of).slice(scope.path.length) : ''} ${name}` : null;
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
    if (!known) found.set(key, (known = { ...owner, kinds: new Set(), keys: keysOf(values[0]!, side), node: values[0]! }));
    for (const value of values) {
      known.kinds.add(kindOf(value, side));
      const own = keysOf(value, side);
      known.keys = new Set([...known.keys].filter((name) => own.has(name)));
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
function ownerOf(table: AnyNode, at: AnyNode, side: Side): Owner | null {
  const isOnce = (fn: FunctionInfo): boolean => runsOnce(side.plan.handleOf.get(fn)?.kind);
  if (table.type === 'Identifier') {
    const ref = side.refAt(table);
    const scope = ref?.binding?.scope;
    if (!scope || scope !== scope.fn.body || !isOnce(scope.fn) || ref.binding!.kind === 'import') return null;
    return isOnce(ref.fn) ? null : { of: null, scope: side.declarer(ref.binding!), name: table.name };
  }
  if (table.type !== 'MemberExpression' || !isThis(table.object as AnyNode)) return null;
  const name = memberName(table);
  const of = side.model.functions.findLast(({ node, kind }) => kind !== 'arrow' && node.start <= at.start && at.end <= node.end);
  const scope = of && (of.owner?.parent ?? of.parent);
  return !scope || name === null || name.startsWith('#') || classPathOf(of) === '' ? null : { of, scope, name };
}

function keysOf(value: AnyNode, side: Side): ReadonlySet<string> {
  const object = value.type === 'Identifier' ? givenTo(value, side) : value;
  if (object?.type !== 'ObjectExpression') return new Set();
  return new Set(object.properties.flatMap((one) => (one.type === 'Property' && !one.computed ? [keyName(one.key, false)] : [])));
}

/** What a variable is given, where it is given one thing. */
function givenTo(id: AnyNode, side: Side): AnyNode | null {
  const binding = side.refAt(id)?.binding;
  const [declared, ...others] = binding?.declarations ?? [];
  return (declared && others.length === 0 && !binding!.reassigned && side.valueOf(declared as AnyNode)) || null;
}

function kindOf(value: AnyNode, side: Side): Kind | null {
  switch (value.type) {
    case 'ObjectExpression':
      // What it is a copy of may have been of its kind.
      return value.properties.some(({ type }) => type === 'SpreadElement') ? null : 'object';
    case 'ArrayExpression':
      return value.elements.some((element) => element?.type === 'SpreadElement') ? null : 'list';
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
