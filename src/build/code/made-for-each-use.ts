/** Whether code can tell an object that is made anew for each use from one that it goes on with. */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import type { Binding, Reference } from '../../source/model.ts';
import { changing } from '../version/values/changing.ts';
import { isMutated } from '../version/values/effects.ts';
import { memberName } from '../version/program/member-name.ts';
import { gives } from '../version/values/holding.ts';
import { isBare, isPattern, makesTable } from '../version/values/object-kinds.ts';
import type { Side } from '../version/side.ts';
import { isClassNode, isFunctionNode, nodesAbove } from '../version/program/walk.ts';
import { memberText } from '../../source/paths.ts';

/**
 * Whether what is put into the object is still there at the next use, or code finds it again. `made` makes it, as a call of `own`
 * runs. What is given to code that is not known is taken for a collection where that is what it is, or where it begins empty.
 */
export function isToldApart(binding: Binding, made: AnyNode, own: FunctionInfo, side: Side): boolean {
  const flags = flagsOf(made);
  if (flags !== null && keepsPlace(flags) && !binding.references.every((ref) => !ref.read || beginsAnew(ref, flags))) return true;
  if (new Objects(side).isOne(made) && isFound(binding, made)) return true;
  const change = changing(side, own, binding, made);
  if (change === 'surely' || change === 'inside') return true;
  return isFunctionNode(made) ? changesItself(made, side) : change === 'may' && collects(made);
}

/** `next.count++` in the function itself. */
function changesItself(made: AnyNode, side: Side): boolean {
  const fn = side.fnAt.get(made);
  const name = fn && ownNameOf(fn);
  return name != null && isMutated(name);
}

const ownNameOf = ({ scope }: FunctionInfo): Binding | undefined =>
  [...(scope.parent?.bindings.values() ?? [])].find((one) => one.kind === 'own-name' && one.scope.node === scope.node);

/** Functions that look for what they are given first, and for whatever they are given: `seen.has(entry)`, `emitter.off('end', end)`. */
const LOOKS_UP = /^(?:has|get|add|set|delete|indexOf|lastIndexOf|includes|is)$/;
const TAKES_OFF = /^(?:off|un[a-z]+|(?:remove|clear|cancel|detach|drop)(?:[A-Z]\w*)?)$/;
/** Those that put it somewhere. */
const PUTS = /^(?:push|unshift|splice|add|set|fill|append|enqueue)$/;

/** Whether code asks if something is this very object, or a part of it, or lets others do so. */
function isFound({ references }: Binding, made: AnyNode): boolean {
  const parted = !isFunctionNode(made) && !isOfLiterals(made);
  const uses = references.filter(({ read }) => read).map(({ node, fn }) => useOf(node, nodesAbove(node, fn.node as AnyNode), parted));
  return uses.includes('found') || uses.filter((use) => use === 'given').length > 1;
}

/** `given`: it is held by another object, of which nobody knows who has it. `parted`: what it holds may be objects. */
function useOf(node: AnyNode, parents: readonly AnyNode[], parted: boolean): 'found' | 'given' | 'none' {
  let i = parents.length - 1;
  let current = node;
  for (; parted && parents[i]?.type === 'MemberExpression' && (parents[i] as MemberExpression).object === current; i--)
    current = parents[i]!;
  const parent = parents[i];
  switch (parent?.type) {
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator) && !isNothing(parent.left as AnyNode) && !isNothing(parent.right) ? 'found' : 'none';
    case 'SwitchStatement':
    case 'SwitchCase':
      return 'found';
    // Who gets it may ask again, and compare.
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
      return current === node ? 'found' : 'none';
    case 'CallExpression':
      return parent.callee === current ? 'none' : useIn(parent, current);
    default:
      return parent && current === node && gives(parent, node) ? 'given' : 'none';
  }
}

function useIn({ callee, arguments: given }: CallExpression, argument: AnyNode): 'found' | 'given' | 'none' {
  const member = callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : '';
  if (TAKES_OFF.test(callee.type === 'Identifier' ? callee.name : member)) return 'found';
  if (given[0] === argument && LOOKS_UP.test(member)) return 'found';
  return PUTS.test(member) ? 'given' : 'none';
}

function isOfLiterals(made: AnyNode): boolean {
  const isLiteral = (value: AnyNode | null): boolean => value?.type === 'Literal' && !isPattern(value);
  if (made.type === 'ObjectExpression') return made.properties.every((p) => p.type === 'Property' && isLiteral(p.value));
  return made.type === 'ArrayExpression' && made.elements.every((entry) => isLiteral(entry));
}

const isNothing = (value: AnyNode): boolean =>
  (value.type === 'Literal' && value.value === null && value.raw === 'null') || (value.type === 'Identifier' && value.name === 'undefined');

/** Functions of the language that make an object each time, by themselves and as methods. */
const MAKES = /^(?:Array\.(?:from|of)|Buffer\.\w+|JSON\.parse|Object\.(?!is|hasOwn)\w+|Promise\.\w+|structuredClone|Symbol)$/;
const MAKES_BY = /^(?:bind|entries|filter|flat|flatMap|keys|map|split|values)$/;
/** Those of lists that texts have as well, or that give the list itself. */
const OF_LISTS = /^(?:concat|fill|reverse|slice|sort)$/;

/** Which values are objects that were not there before, as far as the text shows. */
class Objects {
  private readonly side: Side;
  private readonly asked = new Set<FunctionInfo>();

  constructor(side: Side) {
    this.side = side;
  }

  isOne(value: AnyNode): boolean {
    if (isFunctionNode(value) || isClassNode(value) || makesTable(value)) return true;
    if (value.type === 'ConditionalExpression') return this.isOne(value.consequent) || this.isOne(value.alternate);
    if (value.type === 'LogicalExpression') return this.isOne(value.left) || this.isOne(value.right);
    if (value.type !== 'CallExpression') return false;
    const { callee } = value;
    if (MAKES.test(memberText(callee) ?? '')) return true;
    const called = isFunctionNode(callee) ? this.side.fnAt.get(callee) : this.side.definitionOf(callee as AnyNode);
    if (called instanceof FunctionInfo) return this.isGivenBy(called);
    if (callee.type !== 'MemberExpression') return false;
    const name = memberName(callee) ?? '';
    return MAKES_BY.test(name) || (OF_LISTS.test(name) && this.isOne(callee.object as AnyNode));
  }

  private isGivenBy(fn: FunctionInfo): boolean {
    if (this.asked.has(fn)) return false;
    this.asked.add(fn);
    const { body } = fn.node as FunctionNode;
    const given = body.type === 'BlockStatement' ? fn.returns.map(({ node }) => node.argument) : [body];
    return fn.async || fn.generator || given.some((one) => one != null && this.isMadeIn(fn, one as AnyNode));
  }

  /** Also by way of a variable of the function. */
  private isMadeIn(fn: FunctionInfo, value: AnyNode): boolean {
    const binding = value.type === 'Identifier' ? this.side.refAt(value)?.binding : null;
    const id = binding?.scope.fn === fn ? binding.declarations[0] : undefined;
    if (!id) return this.isOne(value);
    const made = this.side.valueOf(id) ?? null;
    return this.side.functionDeclaredBy(id) !== null || (made !== null && this.isOne(made));
  }
}

/** Of a regular expression, written out or made of a text; null for any other value. */
function flagsOf(value: AnyNode): string | null {
  if (value.type === 'Literal') return value.regex?.flags ?? null;
  if (value.type !== 'NewExpression' && value.type !== 'CallExpression') return null;
  if (value.callee.type !== 'Identifier' || value.callee.name !== 'RegExp') return null;
  const [source, flags] = value.arguments as readonly AnyNode[];
  if (flags) return flags.type === 'Literal' && typeof flags.value === 'string' ? flags.value : ANY_FLAGS;
  // Made of another one it has the flags of that.
  return flagsOf(source!) ?? (isText(source!) ? '' : ANY_FLAGS);
}

const ANY_FLAGS = 'gy';

function isText(value: AnyNode): boolean {
  if (value.type === 'CallExpression') {
    const name = value.callee.type === 'MemberExpression' ? memberName(value.callee) : null;
    return name !== null && /^(?:concat|join|replace|replaceAll|slice|toString|trim)$/.test(name);
  }
  if (value.type === 'MemberExpression') return memberName(value) === 'source';
  return (
    value.type === 'TemplateLiteral' || value.type === 'BinaryExpression' || (value.type === 'Literal' && typeof value.value === 'string')
  );
}

/** One that is global or sticky goes on where its last match has ended. */
const keepsPlace = (flags: string): boolean => /[gy]/.test(flags);

/**
 * Uses that go by no place, or begin at the start where nothing has moved it: what strings do with a pattern, as in
 * https://tc39.es/ecma262/#sec-regexp.prototype-%symbol.replace%.
 */
function beginsAnew({ node, parent }: Reference, flags: string): boolean {
  if (parent.type === 'MemberExpression') return parent.object !== node || /^(?:source|flags)$/.test(memberName(parent) ?? '');
  if (parent.type !== 'CallExpression' || parent.arguments[0] !== node || parent.callee.type !== 'MemberExpression') return false;
  const name = memberName(parent.callee) ?? '';
  return /^(?:split|search)$/.test(name) || (!flags.includes('y') && /^(?:match|matchAll|replace|replaceAll)$/.test(name));
}

/** Whether it is there for what is put into it. */
function collects(value: AnyNode): boolean {
  if (value.type === 'NewExpression') return value.callee.type === 'Identifier' && /^(?:Weak)?(?:Map|Set)$/.test(value.callee.name);
  return isList(value) || (value.type === 'ObjectExpression' && value.properties.length === 0) || isBare(value);
}

function isList(value: AnyNode): boolean {
  if (value.type !== 'CallExpression' || value.callee.type !== 'MemberExpression') return value.type === 'ArrayExpression';
  const name = memberName(value.callee) ?? '';
  const { object } = value.callee;
  if (object.type === 'Identifier' && object.name === 'Array') return /^(?:from|of)$/.test(name);
  return /^(?:filter|flat|flatMap|map|split)$/.test(name) || (OF_LISTS.test(name) && isList(object as AnyNode));
}
