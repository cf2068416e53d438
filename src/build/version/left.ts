/** Where a function leaves values that outlive its call: what it returns, and what it gives to objects and variables that were there before. */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { Side } from './side.ts';
import { PUTS } from './entries.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { memberName } from './standing-for.ts';
import { isThis } from './this-names.ts';
import { isFunctionNode, rootOf, walk } from './walk.ts';

export interface Left {
  /** The same text for the same place in both versions. */
  readonly place: string;
  /** `kept`: only where there is nothing yet. */
  readonly how: 'returned' | 'put' | 'kept' | 'registered';
  readonly value: AnyNode;
  /** The name of the property that it becomes. */
  readonly property: string | null;
  /** An assignment to a property of `this`. */
  readonly isOwn: boolean;
  /** It goes into a list or a map that the function was given, which may be one of the call. */
  readonly isPassed?: boolean;
  /** Its entries become those of the object. */
  readonly isMixedIn?: true;
}

/** What such a method is given goes on being called. */
const REGISTERS = /^(?:on|once|addListener|prependListener|prependOnceListener|addEventListener|subscribe)$/;

export function leftBy(fn: FunctionInfo, side: Side): Left[] {
  const found: Left[] = [];
  const root = fn.node as AnyNode;
  const { body } = fn.node as Partial<FunctionNode>;
  if (root.type === 'PropertyDefinition') {
    const { key, value, computed } = root;
    return value && !computed ? [{ place: 'field', how: 'put', value, property: keyName(key, false), isOwn: true }] : [];
  }
  if (root.type === 'ArrowFunctionExpression' && body && (body as AnyNode).type !== 'BlockStatement') returned(body as AnyNode);
  walk(root, (node, parents) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type === 'ReturnStatement' && node.argument) returned(node.argument);
    else if (node.type === 'AssignmentExpression') assigned(node.left, node.right, node.operator, parents);
    else if (node.type === 'CallExpression') called(node);
    return true;
  });
  return found;

  function returned(value: AnyNode): void {
    found.push({ place: 'return', how: 'returned', value, property: null, isOwn: false });
  }

  function assigned(target: AnyNode, value: AnyNode, operator: string, parents: readonly AnyNode[]): void {
    if (!/^(?:=|\?\?=|\|\|=)$/.test(operator)) return;
    const isKept = operator !== '=' || parents.some((parent) => asks(parent, target, side));
    if (target.type === 'Identifier') {
      if (isKept && isOutside(bindingOf(target), fn)) found.push({ place: target.name, how: 'kept', value, property: null, isOwn: false });
    } else if (target.type === 'MemberExpression' && lasts(target.object as AnyNode))
      found.push({
        place: side.text(target),
        how: isKept ? 'kept' : 'put',
        value,
        property: memberName(target),
        isOwn: isThis(target.object as AnyNode),
      });
  }

  function called(call: CallExpression): void {
    if (call.callee.type !== 'MemberExpression') return;
    const name = memberName(call.callee) ?? '';
    const [first] = call.arguments as AnyNode[];
    const whole = memberText(call.callee);
    if (whole === 'Object.defineProperty' && call.arguments.length === 3) defined(call.arguments as AnyNode[]);
    if (whole === 'Object.assign' && first && lasts(first))
      for (const [i, value] of call.arguments.slice(1).entries())
        found.push({
          place: `${side.text(first)} ${i} of ${call.arguments.length}`,
          how: 'put',
          value: value as AnyNode,
          property: null,
          isOwn: false,
          isMixedIn: true,
        });
    const isPut = PUTS.test(name) && lasts(call.callee.object as AnyNode);
    if (!isPut && !REGISTERS.test(name)) return;
    const at = call.arguments.length > 1 && first ? side.text(first) : '';
    for (const [i, value] of call.arguments.entries())
      if (i > 0 || call.arguments.length === 1)
        found.push({
          place: `${side.text(call.callee)} ${at} ${i}`,
          how: isPut ? 'put' : 'registered',
          isPassed: isPut && isParameter(call.callee.object as AnyNode),
          value: value as AnyNode,
          property: null,
          isOwn: false,
        });
  }

  function defined([object, key, descriptor]: AnyNode[]): void {
    const property = key!.type === 'Literal' && typeof key!.value === 'string' ? key!.value : null;
    const entries = descriptor!.type === 'ObjectExpression' ? descriptor!.properties : [];
    for (const entry of entries)
      if (entry.type === 'Property' && !entry.computed && keyName(entry.key, false) === 'value' && lasts(object!))
        found.push({
          place: `${side.text(object!)} ${side.text(key!)}`,
          how: 'put',
          value: entry.value as AnyNode,
          property,
          isOwn: false,
        });
  }

  function lasts(object: AnyNode): boolean {
    return outlivesCall(object, fn, side);
  }

  function isParameter(object: AnyNode): boolean {
    const base = rootOf(object);
    return base.type === 'Identifier' && bindingOf(base)?.kind === 'param';
  }

  function bindingOf(id: AnyNode): Binding | null {
    return side.refsIn(id.start, id.end)[0]?.binding ?? null;
  }
}

/** Whether an object was there before the call of a function. */
export function outlivesCall(object: AnyNode, fn: FunctionInfo, side: Side): boolean {
  const base = rootOf(object);
  if (isThis(base)) return true;
  const binding = base.type === 'Identifier' ? (side.refsIn(base.start, base.end)[0]?.binding ?? null) : null;
  return binding !== null && (binding.kind === 'param' || isOutside(binding, fn));
}

/** Whether code only goes on to a statement where `target` has no value. */
function asks(node: AnyNode, target: AnyNode, side: Side): boolean {
  const test =
    node.type === 'IfStatement' || node.type === 'ConditionalExpression' ? node.test : node.type === 'LogicalExpression' ? node.left : null;
  let found = false;
  const text = side.text(target);
  if (test)
    walk(test, (part) => {
      found ||= part.type === target.type && side.text(part) === text;
      return !found;
    });
  return found;
}

function isOutside(binding: Binding | null, fn: FunctionInfo): boolean {
  for (let at = binding?.scope.fn ?? fn; ; at = at.parent!) {
    if (at === fn) return false;
    if (at.parent === null) return binding !== null && binding.kind !== 'import';
  }
}

/** What an expression is: of a variable of the function which has one value, that. */
export function settled(value: AnyNode, fn: FunctionInfo, side: Side): AnyNode {
  if (value.type === 'ParenthesizedExpression' || value.type === 'ChainExpression') return settled(value.expression, fn, side);
  if (value.type === 'AwaitExpression') return settled(value.argument, fn, side);
  if (value.type !== 'Identifier') return value;
  const binding = side.refsIn(value.start, value.end)[0]?.binding;
  if (!binding || binding.scope.fn !== fn || binding.reassigned || binding.declarations.length !== 1) return value;
  const given = side.valueOf(binding.declarations[0]!);
  return given && given.type !== 'Identifier' ? given : value;
}

/** Whether a value is the same for every call: it reads nothing of one, and calls nothing. */
export function isConstant(value: AnyNode, side: Side): boolean {
  let found = true;
  walk(value, (node) => {
    found &&=
      !/^(?:Call|New|This|Await|Yield|TaggedTemplate|Import|Assignment|Update)Expression$|^Class|^Super$/.test(node.type) &&
      !isFunctionNode(node);
    return found;
  });
  return found && side.refsIn(value.start, value.end).every(({ binding }) => !binding || side.runsOnce(binding.scope.fn));
}
