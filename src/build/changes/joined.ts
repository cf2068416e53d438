/**
 * Members that the object literal of a call at the top level gains: `define(Box, box, { get() {…}, … })`, `lib.extend({…})`.
 * What the call does with the literal only the program that runs tells: the one object among those that the call names
 * which holds the functions that were in it gets the new members too, and where there is none the patch is not linked.
 */
import type { AnyNode, ObjectExpression, Property } from 'acorn';
import { ClassInfo } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { ONLY_LABELLED } from '../match/labels.ts';
import type { Side } from '../version/side.ts';
import type { TopDiff } from './top.ts';
import { isFunctionNode } from '../version/walk.ts';

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

interface Call {
  readonly node: AnyNode;
  readonly literal: ObjectExpression & AnyNode;
  readonly named: readonly AnyNode[];
}

/** By what they say besides the literal; null where two say the same. */
function byText(nodes: readonly AnyNode[], side: Side): Map<string, Call | null> {
  const found = new Map<string, Call | null>();
  for (const node of nodes) {
    if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') continue;
    const literals: (ObjectExpression & AnyNode)[] = [];
    const named: AnyNode[] = [];
    const text = outline(node.expression, side, literals, named);
    const [literal] = literals;
    if (literal && literals.length === 1) found.set(text, found.has(text) ? null : { node, literal, named });
  }
  return found;
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

/** Gives what exists the new members of a call's literal; gives the reason where that cannot be. */
export function join(top: TopDiff, { node, old, now, named }: Joined): string | null {
  const { base, next, log, around } = top.ctx;
  const [before, after] = [entriesOf(old), entriesOf(now)];
  if (!before || !after) return 'the object that it is given has computed members, accessors or a spread';
  const added: Property[] = [];
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
      log.add('computed-at-load', next, property, key, ONLY_LABELLED);
      continue;
    }
    if (top.compare.values(was.value, property.value) !== 'same')
      return `what it is given as ${key} is another value, and what became of it is not known`;
    const fn = base.definitionOf(was.value);
    if (fn && !(fn instanceof ClassInfo)) {
      const text = was.method ? was : (fn.node as AnyNode);
      functions.push([key, base.model.text.slice(text.start, text.end)]);
    }
  }
  if (added.length > 0 && functions.length === 0) return 'nothing tells which object holds what it was given';
  for (const [key, property] of before)
    if (!after.has(key)) log.add('statement-removed', base, property, key, 'what was put on an object as the module loaded is still there');
  for (const property of added) {
    const name = keyName(property.key, false);
    top.properties.set(property, {
      handle: top.handle,
      owner: node,
      holder: { candidates: named, functions },
      name,
      value: property.method ? property : property.value,
      node: property,
    });
  }
  if (added.length > 0)
    log.add(
      'value-copied',
      next,
      node,
      '',
      'the object that holds what it was given before gets what is new; whatever else the call did with that is not done',
    );
  return null;
}

function entriesOf({ properties }: ObjectExpression): Map<string, Property> | null {
  const found = new Map<string, Property>();
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
    const name = keyName(property.key, false);
    if (name === '__proto__' || found.has(name)) return null;
    found.set(name, property);
  }
  return found;
}
