/**
 * Functions that put options together: `(o) => ({ ...defaults, ...o })`, whatever they make of the result. What such a function
 * has returned is what it may be given: it fills in what is lacking.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import type { Side } from '../side.ts';
import { isNamedOptions } from './options.ts';
import { memberName } from '../program/member-name.ts';
import { isFunctionNode, walk } from '../program/walk.ts';

export interface Completer {
  /** The defaults by their names. */
  readonly defaults: ReadonlyMap<string, AnyNode>;
  /** What it is given beside those is in what it makes. */
  readonly keepsAll: boolean;
  /** That surely is options: see `isNamedOptions`. */
  readonly takesOptions: boolean;
}

/** By what compilers call them, and JavaScript. */
const MERGES = /^(?:Object\.assign|_?_?assign|_extends)$/;

/** Of a function that completes its parameter; null for any other, and where the text does not tell the defaults. */
export function completerOf(fn: FunctionInfo, side: Side): Completer | null {
  const node = fn.node as FunctionNode & AnyNode;
  const [parameter] = node.params ?? [];
  if (fn.kind === 'module' || fn.async || fn.generator || parameter?.type !== 'Identifier' || node.params.length !== 1) return null;
  const binding = fn.scope.bindings.get(parameter.name);
  if (!binding || binding.reassigned) return null;
  const takesOptions = isNamedOptions(binding, side);
  const [returned, ...others] = returnedBy(node).map((value) => value && initialiser(value, fn, side));
  if (!returned || others.length > 0) return null;
  const sources = merged(returned, parameter.name);
  if (!sources) {
    const defaults = entered(returned, parameter.name);
    return defaults && { defaults, keepsAll: false, takesOptions };
  }
  const defaults = new Map<string, AnyNode>();
  for (const source of sources) {
    const literal = source.type === 'Identifier' ? declaredAs(source, side) : source;
    if (literal?.type !== 'ObjectExpression') return null;
    for (const property of literal.properties) {
      if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
      defaults.set(keyName(property.key, false), property.value);
    }
  }
  return { defaults, keepsAll: true, takesOptions };
}

function returnedBy(node: FunctionNode & AnyNode): (AnyNode | null)[] {
  if (node.body.type !== 'BlockStatement') return [node.body];
  const found: (AnyNode | null)[] = [];
  walk(node.body, (inner) => {
    if (isFunctionNode(inner)) return false;
    if (inner.type === 'ReturnStatement') found.push(inner.argument ?? null);
    return true;
  });
  return found;
}

/** What a variable of the function begins as, which is that object for good. */
function initialiser(value: AnyNode, fn: FunctionInfo, side: Side): AnyNode | null {
  if (value.type !== 'Identifier') return value;
  const binding = fn.body.bindings.get(value.name);
  return binding && !binding.reassigned && binding.declarations.length === 1 ? (side.valueOf(binding.declarations[0]!) ?? null) : null;
}

function declaredAs(node: AnyNode, side: Side): AnyNode | null {
  const binding = side.refAt(node)?.binding;
  return binding && !binding.reassigned && runsOnce(side.plan.handleOf.get(binding.scope.fn)?.kind) && binding.declarations.length === 1
    ? (side.valueOf(binding.declarations[0]!) ?? null)
    : null;
}

/** What is merged, in order, with the parameter last, whose entries win; null for anything else. */
function merged(value: AnyNode | null, parameter: string): AnyNode[] | null {
  const isGiven = (node: AnyNode | null | undefined): boolean => node?.type === 'Identifier' && node.name === parameter;
  if (value?.type === 'CallExpression' && MERGES.test(calleeText(value.callee))) {
    const [into, ...more] = value.arguments;
    if (into?.type !== 'ObjectExpression' || !isGiven(more.at(-1))) return null;
    return [into, ...more.slice(0, -1)];
  }
  if (value?.type !== 'ObjectExpression') return null;
  const last = value.properties.at(-1);
  if (last?.type !== 'SpreadElement' || !isGiven(last.argument)) return null;
  const before = value.properties.slice(0, -1);
  const spread = before.flatMap((property) => (property.type === 'SpreadElement' ? property.argument : []));
  const own = before.filter((property) => property.type === 'Property');
  // Of two that name the same entry the later one wins: told where one kind stands before the other.
  return before.every((property, i) => property.type === 'SpreadElement' || before.slice(i).every(({ type }) => type === 'Property'))
    ? [...spread, { type: 'ObjectExpression', start: value.start, end: value.end, properties: own } as AnyNode]
    : null;
}

/** `{ limit: options.limit ?? 5, name: options.name }`: whatever that gives, it gives the same where it is given that. */
function entered(value: AnyNode, parameter: string): Completer['defaults'] | null {
  const found = new Map<string, AnyNode>();
  for (const property of value.type === 'ObjectExpression' ? value.properties : []) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init' || property.method) return null;
    const name = keyName(property.key, false);
    const isOption = (node: AnyNode): boolean =>
      node.type === 'MemberExpression' && memberName(node) === name && node.object.type === 'Identifier' && node.object.name === parameter;
    const given = property.value as AnyNode;
    const isEither = given.type === 'LogicalExpression' && given.operator !== '&&' && isOption(given.left);
    if (name === '__proto__' || (!isEither && !isOption(given))) return null;
    found.set(name, isEither ? given.right : given);
  }
  return found.size > 0 ? found : null;
}

function calleeText(callee: AnyNode): string {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.object.type !== 'Identifier') return '';
  return callee.property.type === 'Identifier' ? `${callee.object.name}.${callee.property.name}` : '';
}
