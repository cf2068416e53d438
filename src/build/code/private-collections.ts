/**
 * Private members that a compiler wrote out: the constructor enters its object in a `WeakMap` or `WeakSet`, and other code looks
 * it up there. Objects that exist are entered in those that only the new version has by the steps with which its constructor does.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { calledName } from '../version/forms/define-helpers.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf, nodesOfAny } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { expressionOf, stepsOf } from '../version/forms/steps.ts';
import { isThis } from '../version/forms/this-names.ts';
import { walk } from '../version/program/walk.ts';

/** Of a verdict: what becomes of instances that exist. */
export const ENTERED = 'are entered in';

export interface PrivateCollection {
  readonly binding: Binding;
  /** Where a constructor gives its object to it, or with it to a helper. */
  readonly ref: Reference;
}

const collected = new WeakMap<FunctionInfo, ReadonlyMap<string, PrivateCollection>>();

/** The weak collections that a constructor puts its object into, and that other code asks, by their names. */
export function collectionsOf(side: Side, fn: FunctionInfo): ReadonlyMap<string, PrivateCollection> {
  let found = collected.get(fn);
  if (!found) collected.set(fn, (found = find(side, fn)));
  return found;
}

function find(side: Side, fn: FunctionInfo): ReadonlyMap<string, PrivateCollection> {
  const found = new Map<string, PrivateCollection>();
  const givesThis: AnyNode[] = [];
  walk(fn.node as AnyNode, (node) => {
    if (node.type === 'CallExpression' && node.arguments.some((given) => isThis(given as AnyNode))) givesThis.push(node);
    return true;
  });
  for (const call of givesThis)
    for (const ref of side.refsIn(call.start, call.end)) {
      const { binding } = ref;
      const isAsked = binding?.references.some(({ node, read }) => read && !contains(fn.node, node)) === true;
      if (isAsked && isWeak(binding, side.model.program)) found.set(binding.name, { binding, ref });
    }
  return found;
}

/**
 * The calls, in their order, by which a constructor enters its object; null where it says the name elsewhere, as in a branch,
 * so that what an object has in the end is not told.
 */
export function entering({ binding }: PrivateCollection, fn: FunctionInfo): readonly CallExpression[] | null {
  const calls: CallExpression[] = [];
  for (const step of stepsOf(fn)) {
    const call = expressionOf(step);
    if (call?.type === 'CallExpression' && isGivenTo(call, binding) && isEntry(call, binding)) calls.push(call);
  }
  const isWithin = ({ node, fn: by }: Reference): boolean => by === fn && calls.some((call) => contains(call, node));
  const within = binding.references.filter(({ node }) => contains(fn.node, node));
  return calls.length > 0 && within.every(isWithin) ? calls : null;
}

/** `collection.set(this, 0)` and `collection.add(this)`, or a helper of a compiler that does this: what else is called may do more. */
function isEntry({ callee, arguments: given }: CallExpression, binding: Binding): boolean {
  const member = callee.type === 'MemberExpression' ? memberName(callee) : null;
  const isOwn = callee.type === 'MemberExpression' && isNamed(callee.object, binding);
  const enters = isOwn ? member === 'set' || member === 'add' : HELPER.test(member ?? '') || HELPER.test(calledName(callee as AnyNode));
  return enters && given.some((one) => isThis(one as AnyNode));
}

const HELPER = /private/i;

/** What code gives to a collection, or with it to a helper, but the collection itself, and what constructors do to enter their object. */
export function lookedUp(side: Side, { binding }: PrivateCollection, constructor: FunctionInfo): readonly AnyNode[] {
  return nodesOf(side.model.program, 'CallExpression')
    .filter((call) => isGivenTo(call, binding) && !contains(constructor.node, call))
    .flatMap((call) =>
      call.arguments.filter((one) => one.type !== 'SpreadElement' && !isNamed(one, binding) && MAY_BE_OBJECT.test(one.type)),
    );
}

const MAY_BE_OBJECT =
  /^(?:ThisExpression|Identifier|MemberExpression|CallExpression|AssignmentExpression|ConditionalExpression|LogicalExpression)$/;

/** `collection.set(object)`, or `helper(object, collection)`. */
function isGivenTo(call: CallExpression, binding: Binding): boolean {
  const { callee } = call;
  return (callee.type === 'MemberExpression' && isNamed(callee.object, binding)) || call.arguments.some((one) => isNamed(one, binding));
}

function isNamed(node: AnyNode, { name, references }: Binding): boolean {
  return node.type === 'Identifier' && node.name === name && references.some((ref) => ref.node === node);
}

const weak = new WeakMap<AnyNode, ReadonlySet<AnyNode>>();

/** Whether a variable is given a `WeakMap` or a `WeakSet`. */
function isWeak({ declarations, references }: Binding, program: AnyNode): boolean {
  let targets = weak.get(program);
  if (!targets) {
    const found = new Set<AnyNode>();
    for (const node of nodesOfAny(program, 'VariableDeclarator', 'AssignmentExpression')) {
      const [target, value] = node.type === 'VariableDeclarator' ? [node.id, node.init] : [node.left, node.right];
      if (value?.type === 'NewExpression' && value.callee.type === 'Identifier' && /^Weak(Map|Set)$/.test(value.callee.name))
        found.add(target);
    }
    weak.set(program, (targets = found));
  }
  const known = targets;
  return declarations.some((id) => known.has(id as AnyNode)) || references.some(({ node }) => known.has(node as AnyNode));
}
