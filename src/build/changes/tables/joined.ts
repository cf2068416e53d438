/**
 * Members that the object literal of a call at the top level gains: `define(Box, box, { get() {…}, … })`, `lib.extend({…})`,
 * `const Box = Class({…})`.
 * What the call does with the literal only the program that runs tells: the one object among those that the call names
 * which holds the functions that were in it gets the new members too, and where there is none the patch is not linked.
 */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { ClassInfo } from '../../../source/model.ts';
import type { Binding } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { ONLY_LABELLED } from '../../match/labels.ts';
import { makesInstances } from '../../version/values/holding.ts';
import type { Named } from '../../version/forms/items.ts';
import { entriesOf } from '../../version/forms/literal-entries.ts';
import type { Side } from '../../version/side.ts';
import type { TopDiff } from '../top.ts';
import { isFunctionNode } from '../../version/program/walk.ts';

export interface Joined {
  readonly before: AnyNode;
  readonly node: AnyNode;
  readonly old: ObjectExpression & AnyNode;
  readonly now: ObjectExpression & AnyNode;
  /** What the new call names besides. */
  readonly named: readonly AnyNode[];
}

/** Where the object stands that holds what the old literal had: one of `candidates`, or what is the prototype property of one. */
export interface Holder {
  readonly candidates: readonly AnyNode[];
  /** Functions that it holds under these keys, by their text in the old source. */
  readonly functions: readonly (readonly [string, string])[];
}

/** Calls that have gone and calls that are new which are the same but for what is in the literal. */
export function joinedCalls(base: Side, next: Side, gone: readonly AnyNode[], fresh: readonly AnyNode[]): Joined[] {
  const [were, are] = [byText(gone, base), byText(fresh, next)];
  return [...are].flatMap(([text, now]) => {
    const was = were.get(text);
    return was && now ? { before: was.node, node: now.node, old: was.literal, now: now.literal, named: now.named } : [];
  });
}

interface Given {
  readonly value: AnyNode | null;
  readonly node: AnyNode;
}

/**
 * Whether calls that are the same but for what is in the literal give what `target` of the new source names, and what the old
 * one gave goes on and gets what the literal gains. It has to: functions that it holds may ask for that.
 */
export function joinsValue(top: TopDiff, before: Given, item: Given, target: AnyNode): boolean {
  const [was, now] = [callOf(before.value, top.ctx.base), callOf(item.value, top.ctx.next)];
  if (!was || !now || was.text !== now.text) return false;
  const call = { before: before.node, node: item.node, old: was.literal, now: now.literal, named: [target, ...now.named] };
  const difference = differenceOf(top, call);
  if (typeof difference === 'string' || difference.added.length === 0) return false;
  top.joined.set(item.node, call);
  return true;
}

/** Where the variable alone holds the value, code is linked to a new one instead. */
export function joinsVariable(top: TopDiff, before: Named, item: Named, binding: Binding): boolean {
  if (item.pattern?.type !== 'Identifier' || !(top.tables.isSeenElsewhere(item, binding) || makesInstances(binding))) return false;
  return joinsValue(top, before, item, item.pattern);
}

interface Call {
  readonly node: AnyNode;
  readonly literal: ObjectExpression & AnyNode;
  readonly named: readonly AnyNode[];
}

/** By what they say besides the literal; null where two say the same. */
function byText(nodes: readonly AnyNode[], side: Side): Map<string, Call | null> {
  const found = new Map<string, Call | null>();
  for (const node of nodes) {
    const call = node.type === 'ExpressionStatement' ? callOf(node.expression, side) : null;
    if (call) found.set(call.text, found.has(call.text) ? null : { ...call, node });
  }
  return found;
}

/** What a call with one object literal says besides it. */
function callOf(value: AnyNode | null, side: Side): (Omit<Call, 'node'> & { readonly text: string }) | null {
  if (value?.type !== 'CallExpression') return null;
  const literals: (ObjectExpression & AnyNode)[] = [];
  const named: AnyNode[] = [];
  const text = outline(value, side, literals, named);
  const [literal] = literals;
  return literal && literals.length === 1 ? { text, literal, named } : null;
}

function outline(node: AnyNode, side: Side, literals: AnyNode[], named: AnyNode[]): string {
  if (node.type === 'ObjectExpression') {
    literals.push(node);
    return '{}';
  }
  if (memberText(node) !== undefined) named.push(node);
  if (node.type !== 'CallExpression') return side.text(node);
  const { callee } = node;
  if (callee.type === 'MemberExpression' && memberText(callee.object) !== undefined) named.push(callee.object);
  return `${side.text(callee)}(${node.arguments.map((argument) => outline(argument, side, literals, named)).join(', ')})`;
}

/** What tells a literal of the new version from that of the old one. */
interface Difference {
  readonly added: readonly Property[];
  readonly gone: readonly Property[];
  /** Those that differ in the version of the package alone. */
  readonly labelled: readonly Property[];
  readonly functions: Holder['functions'];
}

/** Gives what exists the new members of a call's literal; gives the reason where that cannot be. */
export function join(top: TopDiff, call: Joined): string | null {
  const { base, next, log } = top.ctx;
  const difference = differenceOf(top, call);
  if (typeof difference === 'string') return difference;
  const { added, gone, labelled, functions } = difference;
  for (const property of labelled) log.add('computed-at-load', next, property, keyName(property.key, false), ONLY_LABELLED);
  for (const property of gone) {
    const name = keyName(property.key, false);
    log.add('statement-removed', base, property, name, 'what was put on an object as the module loaded is still there');
  }
  for (const property of added)
    top.properties.set(property, {
      handle: top.handle,
      owner: call.node,
      holder: { candidates: call.named, functions },
      name: keyName(property.key, false),
      value: property.method ? property : property.value,
      node: property,
    });
  if (added.length > 0)
    log.add(
      'value-copied',
      next,
      call.node,
      '',
      'the object that holds what it was given before gets what is new; whatever else the call did with that is not done',
    );
  return null;
}

function differenceOf({ ctx, compare }: TopDiff, { old, now }: Joined): Difference | string {
  const { base, next, around } = ctx;
  const [before, after] = [entriesOf(old), entriesOf(now)];
  if (!before || !after) return 'the object that it is given has computed members, accessors or a spread';
  const added: Property[] = [];
  const labelled: Property[] = [];
  const functions: (readonly [string, string])[] = [];
  for (const [key, property] of after) {
    const was = before.get(key);
    if (!was) {
      const { value } = property;
      if (!isFunctionNode(value) && value.type !== 'Literal' && next.definitionOf(value) === null)
        return `what it is given as ${key} is neither a function nor a plain value`;
      added.push(property);
      continue;
    }
    if (around.labels.differ(base.text(was.value), next.text(property.value))) {
      labelled.push(property);
      continue;
    }
    if (compare.values(was.value, property.value) !== 'same')
      return `what it is given as ${key} is another value, and what became of it is not known`;
    const fn = base.definitionOf(was.value);
    if (fn && !(fn instanceof ClassInfo)) {
      const text = was.method ? was : (fn.node as AnyNode);
      functions.push([key, base.model.text.slice(text.start, text.end)]);
    }
  }
  if (added.length > 0 && functions.length === 0) return 'nothing tells which object holds what it was given';
  return { added, gone: [...before].flatMap(([key, property]) => (after.has(key) ? [] : property)), labelled, functions };
}
