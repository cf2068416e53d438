/**
 * Properties that a constructor gives its objects under another name in the new version. One that the whole module no
 * longer says and one that it did not say are the same where they begin the same and the same functions use them in the same ways.
 * So are they where the new constructor gives what is new to the old name as well, for who goes by that.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { ownProperty, propertyName } from '../version/forms/own-properties.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import { isWritten } from '../version/objects/written.ts';
import type { Match } from './match.ts';
import { areAlike, countUses, useOf } from './uses.ts';
import type { Uses } from './uses.ts';

interface Versions {
  readonly base: Side;
  readonly next: Side;
  readonly match: Match;
  /** As in `Surroundings`. */
  readonly around: { isNamedBeside(property: string): boolean; putsBeside(property: string): boolean };
}

/** What they begin with, by name. */
type Beginnings = ReadonlyMap<string, AnyNode | null>;

/** The old names by the new ones. */
export function renamedFields({ base, next, match, around }: Versions, before: Beginnings, now: Beginnings): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const only = (all: Beginnings, others: Beginnings, other: Side): (readonly [string, AnyNode])[] =>
    [...all].flatMap(([name, value]) => (value && /^[\w$]+$/.test(name) && !others.has(name) && !says(other, name) ? [[name, value]] : []));
  const gone = only(before, now, next).filter(([name]) => !around.isNamedBeside(name));
  const fresh = gone.length > 0 ? only(now, before, base) : [];
  const likely = gone.flatMap(([name, was]) =>
    fresh.filter(([, value]) => base.text(was) === next.text(value)).map(([is]) => [name, is] as const),
  );
  if (likely.length === 0) return found;
  const were = usesOf(base, new Set(likely.map(([name]) => name)), (fn) => (match.nextOf.has(fn) ? fn.index : null));
  const are = usesOf(next, new Set(likely.map(([, name]) => name)), (fn) => match.baseOf.get(fn)?.index ?? null);
  const alike = likely.filter(([was, is]) => areAlike(were.get(was)!, are.get(is)!));
  for (const [was, is] of alike) if (alike.filter((pair) => pair[0] === was || pair[1] === is).length === 1) found.set(is, was);
  return found;
}

/**
 * The old names by the new ones, where the new constructor gives one object both, `this.items = []; this.list = this.items`, and
 * nothing else gives either of them another.
 */
export function sharedFields(
  { base, next, around }: Versions,
  before: Beginnings,
  now: Beginnings,
  [old, fn]: readonly [FunctionInfo, FunctionInfo],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const isSet = (name: string): boolean =>
    isWritten(name, base.model.program, [old.node]) || isWritten(name, next.model.program, [fn.node]) || around.putsBeside(name);
  for (const [was, value] of now) {
    const is = value && ownProperty(value);
    const [held, made] = [before.get(was), is ? now.get(is) : null];
    if (!is || !held || !made || before.has(is) || !MADE.has(made.type) || base.text(held) !== next.text(made)) continue;
    if (!says(base, is) && !isSet(is) && !isSet(was)) found.set(is, was);
  }
  return found;
}

/** What is another object each time. */
const MADE: ReadonlySet<string> = new Set(['ArrayExpression', 'ObjectExpression', 'NewExpression']);

/** As a name, or in a text. */
function says({ model }: Side, name: string): boolean {
  for (let at = model.text.indexOf(name); at >= 0; at = model.text.indexOf(name, at + 1))
    if (!/[\w$]/.test(model.text[at - 1] ?? '') && !/[\w$]/.test(model.text[at + name.length] ?? '')) return true;
  return false;
}

function usesOf(side: Side, names: ReadonlySet<string>, indexOf: (fn: FunctionInfo) => number | null): ReadonlyMap<string, Uses> {
  const found = new Map<string, (readonly [number, string])[]>([...names].map((name) => [name, []]));
  walk(side.model.program, (node, parents) => {
    const name = node.type === 'MemberExpression' ? propertyName(node) : null;
    const own = name === null ? undefined : found.get(name);
    const parent = parents.at(-1);
    if (!own || !parent) return;
    const around = parents.findLast((one) => isFunctionNode(one));
    const fn = around ? side.fnAt.get(around) : side.model.root;
    const index = fn ? indexOf(fn) : null;
    const write = parent.type === 'UpdateExpression' || (parent.type === 'AssignmentExpression' && parent.left === node);
    if (index !== null) own.push([index, useOf({ node, parent, read: true, write }, side)]);
  });
  return new Map([...found].map(([name, uses]) => [name, countUses(uses)]));
}
