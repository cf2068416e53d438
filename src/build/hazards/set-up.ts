/**
 * What a function does once for the closures that it gives away, or a constructor for its object, beside making them: it sets
 * what they go by, or gives away one more. Those that exist were made by the old version, and have not had it.
 */
import type { AnyNode, BlockStatement, CallExpression, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { shortened } from '../../source/text.ts';
import { tablesGiven } from '../version/kept/held-tables.ts';
import { isConstructor } from '../version/objects/create.ts';
import { escapes, outlives } from '../version/program/escape.ts';
import { registration } from '../version/kept/forwards.ts';
import { kindOf } from '../version/values/object-kinds.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { definedBeside } from './defined-beside.ts';
import { newlyPassed } from './passed-options.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isFunctionNode, rootOf, walk } from '../version/program/walk.ts';

/** What such a function is given to runs it once and soon: it keeps nothing that lasts. */
const SOON = /^(?:.+\.(?:then|catch|finally|nextTick)|(?:globalThis\.)?(?:setImmediate|setTimeout|queueMicrotask))$/;

const MOST_CHARACTERS = 80;

/**
 * Warns of what the new version of a function does so that the old one did not. `isDerived`: a variable that closures compute anew;
 * `isCarried`: it is done for those that exist as well.
 */
export function reportSetUp(
  { base, next, log, around }: ModuleContext,
  baseFn: FunctionInfo,
  fn: FunctionInfo,
  isDerived: (binding: Binding) => boolean,
  isCarried: (node: AnyNode) => boolean,
): void {
  if (!isConstructor(baseFn) && !baseFn.children.some(lasts)) return;
  const before = setUpBy(baseFn, base);
  const texts = new Set(before.flatMap((node) => textsOf(base, baseFn, node)));
  if (baseFn.node.start === baseFn.node.end) texts.add(PASSED_ON);
  const { tables } = tablesGiven(baseFn);
  // That a table becomes another, and is filled in another way, is a matter of what is in it: see conversions.ts.
  const tableOf = (node: AnyNode): string | null => {
    // What is in a table may be taken for one too: it is the one that stands next to the object.
    let found: string | null = null;
    for (let at = node; ; at = at.type === 'CallExpression' ? (at.callee as AnyNode) : at.object) {
      if (at.type === 'AssignmentExpression') at = at.left;
      if (at.type !== 'MemberExpression' && at.type !== 'CallExpression') return found;
      const name = at.type === 'MemberExpression' ? memberName(at) : null;
      if (name !== null && tables.has(name)) found = name;
    }
  };
  const filled = new Set(before.map(tableOf));
  const isTable = (node: AnyNode): boolean => {
    const name = tableOf(node);
    const isMade = node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' && memberName(node.left) === name;
    const was = tables.get(name ?? '')?.value;
    // One of the same kind differs in what it holds from the start.
    if (isMade && was && kindOf(was) !== null && kindOf(node.right) === kindOf(was)) return false;
    // What a class makes is no table, and a method of it may set anything.
    const isFilled = node.type !== 'CallExpression' || isCollection(was);
    return name !== null && (isMade || (isFilled && filled.has(name)));
  };
  const isComputed = (node: AnyNode): boolean => {
    const root = node.type === 'AssignmentExpression' ? rootOf(node.left) : null;
    const binding = root?.type === 'Identifier' ? next.refAt(root)?.binding : null;
    return binding ? isDerived(binding) : false;
  };
  const now = [...new Set(setUpBy(fn, next))];
  const isMore = moreOf(before, base, now, next);
  const other = now.filter((node) => {
    const isNew = isMore(node) || !textsOf(next, fn, node).some((text) => texts.has(text));
    return isNew && !isTable(node) && !isComputed(node) && !isCarried(node);
  });
  // What says the version of the package does no more, and that of what exists is the old one.
  const isLabelled = (node: AnyNode): boolean => before.some((was) => around.labels.differ(base.text(was), next.text(node)));
  const [label] = other.filter(isLabelled);
  const stays = new Set(now.map((node) => next.text(node)));
  const passedBy = (node: AnyNode): [AnyNode, readonly string[]][] => {
    // One that is made as before is another call.
    for (const was of before.filter((one) => !stays.has(base.text(one)))) {
      const names = newlyPassed(was, base, node, next, (name) => around.knew(name));
      if (names) return [[node, names]];
    }
    return [];
  };
  if (label)
    log.add(
      'computed-at-load',
      next,
      label,
      baseFn.path,
      'what calls of it have made was given the version of the package: that goes by the old one',
    );
  const passed = new Map(other.flatMap((node) => passedBy(node)));
  for (const [node, names] of passed)
    for (const name of names)
      log.add('instances-lack', next, node, `${baseFn.path} ${name}`, `what calls of it have made was given no ${name}`);
  const added = other.filter((node) => !isLabelled(node) && !passed.has(node));
  if (added.length === 0) return;
  const [first] = added;
  const more = added.length === 1 ? '' : ` and ${added.length - 1} more`;
  const who = isConstructor(baseFn) ? 'objects' : 'closures';
  log.add(
    'set-up-kept',
    next,
    first!,
    baseFn.path,
    `${who} that exist were made without it${more}: ${firstLine(next.written({ node: first! }))}`,
  );
}

/** Of calls that are told apart by the functions alone that they are given, written out, the last of those of which there are more than before. */
function moreOf(before: readonly AnyNode[], base: Side, now: readonly AnyNode[], next: Side): (node: AnyNode) => boolean {
  const isOne = (node: AnyNode): boolean =>
    node.type === 'CallExpression' && node.arguments.some((given) => isFunctionNode(given as AnyNode));
  const left = new Map<string, number>();
  for (const node of new Set(before)) if (isOne(node)) left.set(base.text(node), (left.get(base.text(node)) ?? 0) + 1);
  const more = new Set<AnyNode>();
  for (const node of now) {
    const had = left.get(next.text(node));
    if (!isOne(node) || had === undefined) continue;
    if (had === 0) more.add(node);
    else left.set(next.text(node), had - 1);
  }
  return (node) => more.has(node);
}

/** A list, a map or the like, as far as it is known. */
const isCollection = (value: AnyNode | undefined): boolean => !/^new (?!(?:Weak)?(?:Map|Set)$)/.test((value && kindOf(value)) ?? '');

const PASSED_ON = 'super(...arguments)';

/** As it is written, and as what it comes to. A constructor that gives its superclass what it is given does so as one that is not written. */
function textsOf(side: Side, { node: own }: FunctionInfo, node: AnyNode): readonly string[] {
  const { params = [] } = own as Partial<FunctionNode>;
  const isPassedOn =
    node.type === 'CallExpression' &&
    node.callee.type === 'Super' &&
    node.arguments.length === params.length &&
    node.arguments.every((value, i) => nameOf(value as AnyNode) === nameOf(params[i] as AnyNode));
  return isPassedOn ? [PASSED_ON] : [side.text(node), registration(node, side)];
}

function nameOf(node: AnyNode): string {
  if (node.type === 'SpreadElement' || node.type === 'RestElement') return `...${nameOf(node.argument)}`;
  return node.type === 'Identifier' ? node.name : `${node.start}`;
}

function firstLine(text: string): string {
  const [line] = text.split(/[\n\r]/, 1);
  return shortened(line!, MOST_CHARACTERS);
}

/** Whether a nested function goes on being called. */
export function lasts(fn: FunctionInfo): boolean {
  const parent = fn.ancestors.at(-1);
  return escapes(fn) && !(parent?.type === 'CallExpression' && parent.callee !== fn.node && SOON.test(calledAs(parent)));
}

function calledAs({ callee }: CallExpression): string {
  if (callee.type !== 'MemberExpression') return callee.type === 'Identifier' ? callee.name : '';
  // Whatever it is called on: a chain of promises has no name.
  return `${callee.object.type === 'Identifier' ? callee.object.name : '_'}.${memberName(callee) ?? ''}`;
}

/** What of a function's own code sets up what it gives away, or the object that it makes. */
export function setUpBy(fn: FunctionInfo, side: Side): AnyNode[] {
  const found: AnyNode[] = [];
  const given = new Set<AnyNode>();
  for (const child of fn.children) if (lasts(child)) given.add(child.node as AnyNode);
  const isOfObject = isConstructor(fn);
  /** Whether closures go by the object that `node` begins with, or it is the one that the constructor makes. */
  const isHeld = (node: AnyNode): boolean => {
    const root = rootOf(node);
    if (isThis(root)) return isOfObject;
    const binding = root.type === 'Identifier' ? side.refAt(root)?.binding : null;
    if (!binding || (binding.scope.fn !== fn && binding.scope !== fn.scope)) return false;
    return binding.references.some((ref) => ref.read && outlives(ref.fn, fn, lasts));
  };
  const isGiven = (node: AnyNode): boolean => {
    if (given.has(node)) return true;
    const owner = node.type === 'Identifier' ? side.definitionOf(node) : null;
    return owner !== null && given.has(owner.node as AnyNode);
  };
  /** `super(…)`, or `Base.call(this, …)`. */
  const isBegun = ({ callee, arguments: [first] }: CallExpression): boolean =>
    isOfObject &&
    (callee.type === 'Super' || (callee.type === 'MemberExpression' && memberName(callee) === 'call' && first?.type === 'ThisExpression'));
  const gives = (value: AnyNode): boolean => isGiven(value) || isFunctionNode(value);
  walk(fn.node as AnyNode, (node) => {
    if (node !== (fn.node as AnyNode) && isFunctionNode(node)) return false;
    if (node.type === 'CatchClause' && endsCall(node.body, gives)) return false;
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null;
    // What a constructor sets of its object itself is looked at by name: see instances.ts.
    if (target?.type === 'MemberExpression' && (!isThis(target.object as AnyNode) || !isOfObject) && isHeld(target.object))
      found.push(node);
    const call = node.type === 'ExpressionStatement' ? called(node.expression) : null;
    const isOn = call !== null && ((call.callee.type === 'MemberExpression' && isHeld(call.callee.object as AnyNode)) || isBegun(call));
    const givesAway =
      node.type === 'CallExpression' && !SOON.test(calledAs(node)) && node.arguments.some((value) => isGiven(value as AnyNode));
    if (isOn || givesAway) found.push(call && isOn ? call : node);
    return true;
  });
  return [...found, ...definedBeside(fn, side)];
}

/** Whether what is done where something has been thrown ends the call, which gives nothing away then: it sets nothing up, but cleans up. */
function endsCall({ body }: BlockStatement, gives: (value: AnyNode) => boolean): boolean {
  const last = body.at(-1);
  if (last?.type !== 'ReturnStatement' && last?.type !== 'ThrowStatement') return false;
  let isGiven = false;
  walk(last, (node) => {
    isGiven ||= gives(node);
    return !isGiven;
  });
  return !isGiven;
}

/** The call of a statement that has no use for its result. */
function called(node: AnyNode): CallExpression | null {
  switch (node.type) {
    case 'CallExpression':
      return node;
    case 'AwaitExpression':
    case 'UnaryExpression':
      return called(node.argument);
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return called(node.expression);
    case 'LogicalExpression':
      return called(node.right);
    default:
      return null;
  }
}
