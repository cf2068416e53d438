/**
 * Properties that code gives an object in another way than by assigning one of them: as compilers write fields where classes have
 * none (`_defineProperty(this, "name", value)`), by what the language has for it, or in a pattern.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, ObjectExpression } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import { COPIES, namedEntries } from './entries.ts';
import { nodesOf } from '../program/nodes.ts';
import { isConstantKey, keyNamed, propertyName } from './own-properties.ts';
import { isThis } from './this-names.ts';

/** Of Babel, SWC and esbuild, imported or not: https://babeljs.io/docs/babel-plugin-transform-class-properties */
const HELPER = /^(?:_+defineProperty\d*|_define_property|__publicField\d*)$/;

export interface Defined {
  readonly object: AnyNode;
  readonly name: string;
  /** The whole descriptor, where there is one; of a pattern all of the assignment. */
  readonly value: AnyNode;
}

/** The name and the value of a field that an expression gives an object as a compiler writes it. */
export function definedOn(node: AnyNode): Defined | null {
  if (node.type !== 'CallExpression' || node.arguments.length !== 3) return null;
  const [object, key, value] = node.arguments as AnyNode[];
  if (key!.type !== 'Literal' || typeof key!.value !== 'string') return null;
  return HELPER.test(calledName(node.callee as AnyNode)) ? { object: object!, name: key!.value, value: value! } : null;
}

/** The same of `this`. */
export function definedByHelper(node: AnyNode): Defined | null {
  const defined = definedOn(node);
  return defined && isThis(defined.object) ? defined : null;
}

interface Given extends Defined {
  /** `set`: the object has that value then, as after an assignment; `may`: it may be another; `described`: more is said of the property. */
  readonly how: 'set' | 'may' | 'described';
}

const NONE: readonly Given[] = [];

/** All that a call or an assignment of a pattern gives to objects. `fn`: the function in which it stands. */
export function givenIn(node: AnyNode, fn: FunctionInfo | null = null): readonly Given[] {
  if (node.type === 'AssignmentExpression')
    return node.left.type === 'ArrayPattern' || node.left.type === 'ObjectPattern'
      ? targetsIn(node.left).flatMap((target) => named(target, node))
      : NONE;
  if (node.type !== 'CallExpression') return NONE;
  const helped = definedOn(node);
  if (helped) return [{ ...helped, how: 'set' }];
  const { callee, arguments: args } = node;
  if (args.length < 2) return NONE;
  const [of, method] = callee.type === 'MemberExpression' ? [callee.object, callee.property] : [null, callee];
  if (method.type !== 'Identifier' || (callee.type === 'MemberExpression' && callee.computed)) return NONE;
  if (of?.type === 'Identifier' && (of.name === 'Object' || of.name === 'Reflect')) return byLanguage(of.name, method.name, node, fn);
  return COPIES.test(method.name) ? assigned(args[0] as AnyNode, args.slice(1) as AnyNode[], null) : NONE;
}

/** Those that are given to `this`. */
export const ownGivenIn = (node: AnyNode, fn: FunctionInfo): readonly Given[] => givenIn(node, fn).filter(({ object }) => isThis(object));

function byLanguage(of: string, method: string, { arguments: args }: CallExpression, fn: FunctionInfo | null): readonly Given[] {
  const [object, second, third] = args as AnyNode[];
  if (!object || !second) return NONE;
  if (method === 'assign' && of === 'Object') return assigned(object, args.slice(1) as AnyNode[], fn);
  if (method === 'defineProperties' && second.type === 'ObjectExpression') return entriesFor(object, second, 'described');
  const isKnown = method === 'defineProperty' || (method === 'set' && of === 'Reflect' && args.length === 3);
  const name = keyOf(second, fn);
  return isKnown && third && name !== null ? [{ object, name, value: third, how: method === 'set' ? 'set' : 'described' }] : NONE;
}

/** What is said as a property's key: a text, or a variable that has one value wherever `fn` runs. */
function keyOf(key: AnyNode, fn: FunctionInfo | null): string | null {
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : null;
  return key.type === 'Identifier' && fn !== null && isConstantKey(key, fn) ? keyNamed(key) : null;
}

/** What comes behind an entry may have it too. What the program has given it has given to objects that exist as well. */
function assigned(object: AnyNode, sources: readonly AnyNode[], fn: FunctionInfo | null): readonly Given[] {
  const params = (fn?.node as Partial<FunctionNode> | undefined)?.params ?? [];
  const isOfCaller = (value: AnyNode): boolean =>
    value.type === 'Identifier' &&
    params.some((param) => param.type === 'Identifier' && param.name === value.name) &&
    fn!.scope.bindings.get(value.name)?.reassigned === false;
  const mayHide = (value: AnyNode): boolean =>
    value.type === 'ObjectExpression'
      ? value.properties.some((p) => p.type === 'SpreadElement' && !isOfCaller(p.argument as AnyNode))
      : !isOfCaller(value);
  return sources.flatMap((source, i) =>
    source.type === 'ObjectExpression' ? entriesFor(object, source, sources.slice(i).some(mayHide) ? 'may' : 'set') : NONE,
  );
}

function entriesFor(object: AnyNode, literal: ObjectExpression, how: Given['how']): readonly Given[] {
  return [...namedEntries(literal)].map(([name, { value, kind, method }]) => ({
    object,
    name,
    value,
    how: how === 'set' && (kind !== 'init' || method) ? 'may' : how,
  }));
}

function named(target: AnyNode, value: AnyNode): readonly Given[] {
  const name = propertyName(target);
  return target.type === 'MemberExpression' && name !== null ? [{ object: target.object as AnyNode, name, value, how: 'may' }] : NONE;
}

/** What a pattern gives values to. */
function targetsIn(pattern: AnyNode): readonly AnyNode[] {
  switch (pattern.type) {
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? targetsIn(element) : []));
    case 'ObjectPattern':
      return pattern.properties.flatMap((p) => targetsIn(p.type === 'Property' ? p.value : p.argument));
    case 'RestElement':
      return targetsIn(pattern.argument);
    case 'AssignmentPattern':
      return targetsIn(pattern.left);
    default:
      return [pattern];
  }
}

/** All that a program gives to objects so, and where. */
export const allGiven = askedOnce((program: AnyNode): readonly (readonly [AnyNode, Given])[] => {
  const nodes = [...nodesOf(program, 'CallExpression'), ...nodesOf(program, 'AssignmentExpression')];
  return nodes.flatMap((node) => givenIn(node).map((given) => [node, given] as const));
});

/** The name of a helper that is called, `(0, _defineProperty2.default)(…)` and `_define_property._(…)` as well. */
export function calledName(callee: AnyNode): string {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'ParenthesizedExpression':
      return calledName(callee.expression);
    case 'SequenceExpression':
      return calledName(callee.expressions.at(-1)!);
    case 'MemberExpression': {
      const isWhole = !callee.computed && callee.property.type === 'Identifier' && /^(?:default|_)$/.test(callee.property.name);
      return isWhole ? calledName(callee.object as AnyNode) : '';
    }
    default:
      return '';
  }
}
