/**
 * Entries that an object of options has in the new version only, where closures hold the one that the old code made for them, or
 * was given. Nobody can have given an option that the old version says nowhere: what it begins with is what it is.
 */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { keyName, memberText } from '../../source/paths.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { isMutated, isMutatedByFunctions } from '../version/values/effects.ts';
import { beginningOf } from './beginnings.ts';
import { COPIES } from '../version/forms/entries.ts';
import { memberName } from '../version/program/member-name.ts';
import { isNull, nothingTest } from '../version/forms/nothing.ts';
import { isGivenIn, missingReads } from '../version/objects/options.ts';
import type { MissingRead } from '../version/objects/options.ts';
import { propertyName } from '../version/forms/own-properties.ts';
import { makesNothing } from '../version/values/quiet.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

export interface GainedEntry {
  readonly name: string;
  readonly value: AnyNode;
  /** Null of one that is put there later. */
  readonly property: Property | null;
  /** What of the value reads options that nobody has given. */
  readonly missing: readonly MissingRead[];
}

/** What an object is made of: entries that are written out, each behind so many other objects of which it takes all. */
interface Shape {
  /** The function that puts them together; empty for a literal. */
  readonly by: string;
  readonly entries: ReadonlyMap<string, { readonly value: AnyNode; readonly property: Property; readonly behind: number }>;
  readonly others: readonly { readonly node: AnyNode; readonly text: string }[];
}

/**
 * The entries, none where it depends on such an option whether there are any; null where the text does not show that the object
 * which closures hold is the new one without them. `before` and `after` are what the two variables begin with, null of a parameter. `knew`: whether somebody may have given an option.
 */
export function gainedEntries(
  old: Binding,
  before: AnyNode | null,
  base: Side,
  binding: Binding,
  after: AnyNode | null,
  next: Side,
  knew: (name: string) => boolean,
): readonly GainedEntry[] | null {
  const [was, now] = [shapeOf(before, base), shapeOf(after, next)];
  if (!was || !now || !isReadByEntry(old) || !isReadByEntry(binding)) return null;
  if (isMutatedByFunctions(old.scope.fn, old) || isMutatedByFunctions(binding.scope.fn, binding)) return null;
  const asked = namesRead(old);
  const mayBeGiven = (option: string, own: Property | null): boolean => knew(option) || isGivenIn(next, option, own, binding);
  const given = compared(was, base, now, next, binding.scope.fn, mayBeGiven);
  if (!given || [...given.keys()].some((name) => asked.has(name))) return null;
  const found = new Map<string, GainedEntry>(given);
  let isAsked = false;
  const left = putsOn(old, base).map(({ text }) => text);
  for (const put of putsOn(binding, next)) {
    const at = left.indexOf(put.text);
    if (at >= 0) left.splice(at, 1);
    else if (put.name === null || was.entries.has(put.name) || asked.has(put.name)) return null;
    else if (beginsAs(put, found.get(put.name), next) && !knew(put.name)) continue;
    else if (put.tests.some((test) => asksFor(test, put.name!)) && !mayBeGiven(put.name, now.entries.get(put.name)?.property ?? null))
      isAsked = true;
    else {
      if (put.tests.length > 0 || !put.isStatement || mayBeGiven(put.name, null)) return null;
      const entry = entryOf(put.name, put.value, null, next, binding.scope.fn, mayBeGiven);
      if (!entry) return null;
      found.set(put.name, entry);
    }
  }
  return left.length > 0 || (found.size === 0 && !isAsked) ? null : [...found.values()];
}

export interface Gains {
  readonly entries: ReadonlyMap<string, GainedEntry>;
  /** The names that whatever the old version made has, too. */
  readonly keys: readonly string[];
}

/** The entries of what a function makes that are new, by name; null where it differs in anything else, or may have been given one. */
export function entriesGained(
  before: AnyNode,
  base: Side,
  after: AnyNode,
  next: Side,
  fn: FunctionInfo,
  knew: (name: string) => boolean,
): Gains | null {
  const [was, now] = [shapeOf(before, base), shapeOf(after, next)];
  const entries = was && now && compared(was, base, now, next, fn, (option, own) => knew(option) || isGivenIn(next, option, own));
  const ofTables = (was?.others ?? []).flatMap(({ node }) => [...(tableOf(node, base)?.keys() ?? [])]);
  return entries && { entries, keys: [...was!.entries.keys(), ...ofTables] };
}

type MayBeGiven = (option: string, own: Property | null) => boolean;

function compared(
  was: Shape,
  base: Side,
  now: Shape,
  next: Side,
  fn: FunctionInfo,
  mayBeGiven: MayBeGiven,
): ReadonlyMap<string, GainedEntry> | null {
  if (was.by !== now.by || was.others.length !== now.others.length) return null;
  if (now.others.some(({ text }, i) => text !== was.others[i]!.text)) return null;
  for (const [name, { value, behind }] of was.entries) {
    const same = now.entries.get(name);
    if (!same || same.behind !== behind || base.text(value) !== next.text(same.value)) return null;
  }
  const found = new Map<string, GainedEntry>();
  const add = (name: string, property: Property, behind: number): boolean => {
    const entry = entryOf(name, property.value as AnyNode, property, next, fn, mayBeGiven);
    if (!entry || (now.others.length > 0 && mayBeGiven(name, property))) return false;
    // What is written behind all that was given takes the place of it.
    if (behind > 0 && !entry.missing.some(({ option }) => option === name)) return false;
    found.set(name, entry);
    return true;
  };
  for (const [name, { property, behind }] of now.entries) if (!was.entries.has(name) && !add(name, property, behind)) return null;
  for (const [i, { node }] of now.others.entries())
    for (const [name, property] of newInTable(was.others[i]!.node, base, node, next))
      if (!found.has(name) && !was.entries.has(name) && !add(name, property, i)) return null;
  return found;
}

function entryOf(
  name: string,
  value: AnyNode,
  property: Property | null,
  next: Side,
  fn: FunctionInfo,
  mayBeGiven: MayBeGiven,
): GainedEntry | null {
  const own = begunBy(value, fn, next);
  // Of a closure `this` is another one.
  const isPlain = name !== '__proto__' && makesNothing(own) && !readsThis(own);
  const missing = isPlain ? missingReads(own, fn, next, (option) => mayBeGiven(option, property)) : null;
  return missing && { name, value: own, property, missing };
}

/** Null for what is put together in any other way; of a parameter all that somebody gave. */
function shapeOf(node: AnyNode | null, side: Side): Shape | null {
  const entries = new Map<string, { value: AnyNode; property: Property; behind: number }>();
  const others: { node: AnyNode; text: string }[] = [];
  const takeAll = (other: AnyNode): boolean => others.push({ node: other, text: side.text(other) }) > 0;
  const take = (literal: ObjectExpression): boolean =>
    literal.properties.every((p) => {
      if (p.type === 'SpreadElement') return takeAll(p.argument);
      const name = p.kind === 'init' && !p.computed && !p.method ? keyName(p.key, false) : null;
      if (name === null || entries.has(name)) return false;
      entries.set(name, { value: p.value, property: p, behind: others.length });
      return true;
    });
  if (node === null) return { by: '', entries, others: [{ node: side.model.program, text: '' }] };
  if (node.type === 'ObjectExpression') return take(node) ? { by: '', entries, others } : null;
  if (node.type !== 'CallExpression' || node.arguments[0]?.type !== 'ObjectExpression') return null;
  const by = memberText(node.callee) ?? '';
  if (!COPIES.test(by.split('.').at(-1)!)) return null;
  const isTaken = node.arguments.every((part) => {
    if (part.type === 'ObjectExpression') return take(part);
    return part.type !== 'SpreadElement' && takeAll(part as AnyNode);
  });
  return isTaken ? { by, entries, others } : null;
}

/** What a table of the module has in the new version only, that nothing else puts there. */
function newInTable(before: AnyNode, base: Side, after: AnyNode, next: Side): ReadonlyMap<string, Property> {
  const [was, now] = [tableOf(before, base), tableOf(after, next)];
  return new Map(was && now ? [...now].filter(([name]) => !was.has(name)) : []);
}

function tableOf(node: AnyNode, side: Side): ReadonlyMap<string, Property> | null {
  const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : null;
  if (!binding || !side.runsOnce(binding.scope.fn) || binding.reassigned || isMutated(binding)) return null;
  const value = binding.declarations.length === 1 ? side.valueOf(binding.declarations[0]!) : null;
  return value ? entriesOf(value) : null;
}

interface Put {
  /** Null for one that is computed. */
  readonly name: string | null;
  /** It is assigned by `=`. */
  readonly isPlain: boolean;
  readonly value: AnyNode;
  readonly text: string;
  /** Under which conditions, as far as these are those of `if` statements. */
  readonly tests: readonly AnyNode[];
  /** It is a statement of the function itself, or of the branch of those. */
  readonly isStatement: boolean;
}

/** Whether the object gets entries that the old one does not, though it begins the same: of its function, or of a table that it has all of. */
export function isToppedUp(old: Binding, base: Side, binding: Binding, next: Side): boolean {
  // Code that asks by a key stays as it is, and would not find them.
  if (binding.references.some(isByKey)) return false;
  const [was, now] = [shapeOf(beginningOf(old, base), base), shapeOf(beginningOf(binding, next), next)];
  if (was && now?.others.length === was.others.length)
    for (const [i, { node }] of now.others.entries()) if (newInTable(was.others[i]!.node, base, node, next).size > 0) return true;
  const more = putsOn(binding, next);
  const before = more.length === 0 ? null : new Set(putsOn(old, base).map(({ name }) => name));
  return before !== null && more.some(({ name }) => name !== null && !before.has(name));
}

const puts = new WeakMap<Binding, readonly Put[]>();

/** What the function of a variable puts on the object that it stands for. */
function putsOn(binding: Binding, side: Side): readonly Put[] {
  let found = puts.get(binding);
  if (!found) puts.set(binding, (found = putsIn(binding, side)));
  return found;
}

function putsIn(binding: Binding, side: Side): readonly Put[] {
  const found: Put[] = [];
  const root = binding.scope.fn.node as AnyNode;
  if (!binding.references.some(({ parent, node }) => parent.type === 'MemberExpression' && parent.object === node)) return found;
  walk(root, (node, parents) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type !== 'AssignmentExpression' || node.left.type !== 'MemberExpression') return true;
    const { object } = node.left;
    if (object.type !== 'Identifier' || side.refAt(object)?.binding !== binding) return true;
    const inner = [...parents, node];
    const tests = parents.flatMap((parent, i) => (parent.type === 'IfStatement' && parent.consequent === inner[i + 1] ? parent.test : []));
    // What has returned before goes without.
    const isReached = binding.scope.fn.returns.every((returned) => returned.node.start > node.start);
    const isStatement =
      isReached &&
      parents
        .slice(1)
        .every(
          (parent, i) =>
            /^(?:Block|Expression)Statement$/.test(parent.type) || (parent.type === 'IfStatement' && tests.includes(parent.test) && i > 0),
        );
    found.push({
      name: memberName(node.left),
      isPlain: node.operator === '=',
      value: node.right,
      text: side.text(node),
      tests,
      isStatement,
    });
    return true;
  });
  return found;
}

/** Whether an entry is given what it begins with where nobody gave the option of its name. */
const beginsAs = ({ name, value, isPlain }: Put, entry: GainedEntry | undefined, side: Side): boolean =>
  isPlain && entry !== undefined && otherwise(value, name!, side) === side.text(entry.value);

/** The names under which code reads entries of what a variable stands for. */
const namesRead = ({ references }: Binding): ReadonlySet<string> =>
  new Set(
    references.flatMap(({ node, parent }) =>
      parent.type === 'MemberExpression' && parent.object === node ? (propertyName(parent) ?? []) : [],
    ),
  );

/** What a variable of the same function begins with, that an entry has as its value. */
function begunBy(value: AnyNode, fn: FunctionInfo, side: Side): AnyNode {
  const own = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  const begin = own && !own.reassigned && own.scope.fn === fn && own.declarations.length === 1 ? side.valueOf(own.declarations[0]!) : null;
  return begin ?? value;
}

function readsThis(value: AnyNode): boolean {
  let found = false;
  walk(value, ({ type }) => {
    found ||= type === 'ThisExpression';
    return !found;
  });
  return found;
}

/** The entries of a literal that gives each a name; null for any other value, and where one is a method. */
export function entriesOf(node: AnyNode): ReadonlyMap<string, Property> | null {
  if (node.type !== 'ObjectExpression') return null;
  const { properties } = node as ObjectExpression;
  const plain = properties.filter((p): p is Property => p.type === 'Property' && p.kind === 'init' && !p.computed && !p.method);
  return plain.length === properties.length ? new Map(plain.map((p) => [keyName(p.key, false), p])) : null;
}

/** `options[key]` */
const isByKey = ({ node, parent }: Reference): boolean =>
  parent.type === 'MemberExpression' && parent.object === node && memberName(parent) === null;

/** Whether nothing but entries of the object is used: then a copy does as well. */
export function isReadByEntry({ declarations, references }: Binding): boolean {
  return references.every(
    ({ node, parent }) => declarations.includes(node as never) || (parent.type === 'MemberExpression' && parent.object === node),
  );
}

/** The text of what an expression gives where the option was not given; null where it does not show. */
function otherwise(value: AnyNode, option: string, next: Side): string | null {
  if (value.type === 'ConditionalExpression') return asksFor(value.test, option) ? next.text(value.alternate) : null;
  return value.type === 'LogicalExpression' && value.operator !== '&&' && isRead(value.left, option) ? next.text(value.right) : null;
}

/** Whether a condition only holds where the option was given. */
function asksFor(test: AnyNode, option: string): boolean {
  if (test.type === 'LogicalExpression') {
    const sides = [asksFor(test.left, option), asksFor(test.right, option)];
    return test.operator === '&&' ? sides.some(Boolean) : sides.every(Boolean);
  }
  if (test.type !== 'BinaryExpression') return isRead(test, option);
  const nothing = nothingTest(test);
  // What is not given is no null.
  if (nothing) return isRead(nothing.of, option) && !nothing.holds && nothing.kind !== 'null';
  const [left, right] = test.left.type === 'Literal' ? [test.right, test.left] : [test.left as AnyNode, test.right];
  const asked = left.type === 'UnaryExpression' && left.operator === 'typeof' ? left.argument : left;
  return isRead(asked, option) && /^===?$/.test(test.operator) && right.type === 'Literal' && !isNull(right);
}

/** `options.name` */
function isRead(node: AnyNode, option: string): boolean {
  const member = node.type === 'ChainExpression' ? node.expression : node;
  return (
    member.type === 'MemberExpression' &&
    !member.computed &&
    member.object.type === 'Identifier' &&
    keyName(member.property as never, false) === option
  );
}
