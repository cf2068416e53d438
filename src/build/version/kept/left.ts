/** Where a function leaves values that outlive its call: what it returns, and what it gives to objects and variables that were there before. */
import type { AnyNode, CallExpression, Expression, Function as FunctionNode, ObjectExpression, Property } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import type { Side } from '../side.ts';
import { PUTS, namedEntries } from '../forms/entries.ts';
import { importsOf } from '../modules/imports.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { memberName } from '../program/member-name.ts';
import { isConstantKey, keyNamed } from '../forms/own-properties.ts';
import { isThis } from '../forms/this-names.ts';
import { isFunctionNode, rootOf, walk } from '../program/walk.ts';

export interface Left {
  /** The same text for the same place in both versions. */
  readonly place: string;
  /** `kept`: only where there is nothing yet. */
  readonly how: 'returned' | 'put' | 'kept' | 'registered';
  readonly value: AnyNode;
  /** The name of the property that it becomes. */
  readonly property: string | null;
  /** The same where a constant is its key, as in `ownProperty`. */
  readonly key?: string;
  /** An assignment to a property of `this`. */
  readonly isOwn: boolean;
  readonly object?: AnyNode;
  /** It goes into a list or a map that the function was given, which may be one of the call. */
  readonly isPassed?: boolean;
  /** Its entries become those of the object. */
  readonly isMixedIn?: true;
  /** The variable that it becomes, whatever that had before. */
  readonly variable?: Binding;
  /** The function that puts it there, where that is called for it. */
  readonly writer?: FunctionInfo;
  /** The object is one that code of another package has made, and reads. */
  readonly isForeign?: boolean;
}

/** Methods by which emitters and channels are listened to: what one is given goes on being called. */
export const REGISTERS = /^(?:on|once|addListener|prependListener|prependOnceListener|addEventListener|subscribe)$/;

export const leftBy = askedOnce((fn: FunctionInfo, side: Side): readonly Left[] => findLeft(fn, side, true));

/** Without what functions leave that it calls: of those that it calls in turn nothing is asked. */
const leftByItself = askedOnce((fn: FunctionInfo, side: Side): readonly Left[] => findLeft(fn, side, false));

function findLeft(fn: FunctionInfo, side: Side, withCalled: boolean): Left[] {
  const found: Left[] = [];
  const root = fn.node as AnyNode;
  const given: { readonly binding: Binding; readonly isPlain: boolean; readonly left: Left }[] = [];
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
  return [...found, ...given.flatMap(({ binding, isPlain, left }) => (isGivenAway(binding, isPlain) ? [left] : []))];

  function returned(value: AnyNode): void {
    found.push({ place: 'return', how: 'returned', value, property: null, isOwn: false });
  }

  function assigned(target: AnyNode, value: AnyNode, operator: string, parents: readonly AnyNode[]): void {
    if (!/^(?:=|\?\?=|\|\|=)$/.test(operator)) return;
    const isKept = operator !== '=' || parents.some((parent) => asks(parent, target, side));
    if (target.type === 'Identifier') {
      const binding = bindingOf(target);
      if (!isOutside(binding, fn)) return;
      const one = { place: target.name, value, property: null, isOwn: false } as const;
      found.push(isKept ? { ...one, how: 'kept' } : { ...one, how: 'put', variable: binding! });
    } else if (target.type === 'MemberExpression' && lasts(target.object as AnyNode))
      found.push({
        place: side.text(target),
        how: isKept ? 'kept' : 'put',
        value,
        property: memberName(target),
        ...constantKey(target.computed ? (target.property as AnyNode) : undefined),
        isOwn: isThis(target.object as AnyNode),
        object: target.object as AnyNode,
        isForeign: isForeign(target.object as AnyNode),
      });
    else if (target.type === 'MemberExpression' && operator === '=')
      onMade(target.object as AnyNode, side.text(target), memberName(target), value);
  }

  /** A property of what the function makes itself. */
  function onMade(object: AnyNode, place: string, property: string | null, value: AnyNode): void {
    const binding = object.type === 'Identifier' ? bindingOf(object) : null;
    const made = binding && !isOutside(binding, fn) ? madeIn(binding, side) : null;
    const isPlain = binding !== null && made === null && isPlainObject(binding);
    if (binding && (made || isPlain))
      given.push({
        binding,
        isPlain,
        left: { place, how: 'put', value, property, isOwn: false, isForeign: made === 'foreign' },
      });
  }

  /** Whether what a variable of the function holds is there after the call; a plain object that it returns is rather a result. */
  function isGivenAway(binding: Binding, isPlain: boolean): boolean {
    return found.some(({ value, how, isPassed }) => {
      const given = assignedTo(value) ?? value;
      return given.type === 'Identifier' && bindingOf(given) === binding && !(isPlain && (how === 'returned' || isPassed));
    });
  }

  function isPlainObject({ declarations, reassigned, scope }: Binding): boolean {
    const value = declarations.length === 1 && !reassigned && scope.fn === fn ? side.valueOf(declarations[0]!) : null;
    return value?.type === 'ObjectExpression';
  }

  function called(call: CallExpression): void {
    if (withCalled && call.callee.type === 'Identifier') passed(call);
    if (call.callee.type !== 'MemberExpression') return;
    const name = memberName(call.callee) ?? '';
    const [first] = call.arguments as AnyNode[];
    const whole = memberText(call.callee);
    const [object, key, descriptor] = call.arguments as AnyNode[];
    if (whole === 'Object.defineProperty' && call.arguments.length === 3) defined(object!, key!, false, descriptor!);
    if (whole === 'Object.defineProperties' && key?.type === 'ObjectExpression')
      for (const entry of key.properties) if (entry.type === 'Property') defined(object!, entry.key, !entry.computed, entry.value);
    if (whole === 'Object.assign' && first && !lasts(first))
      for (const value of call.arguments.slice(1))
        for (const [name, entry] of value.type === 'ObjectExpression' ? namedEntries(value) : [])
          onMade(first, `${side.text(first)}.${name}`, name, entry.value);
    if (whole === 'Object.assign' && first && lasts(first))
      for (const [i, value] of call.arguments.slice(1).entries()) {
        if (value.type === 'ObjectExpression') underKeys(first, value);
        found.push({
          place: `${side.text(first)} ${i} of ${call.arguments.length}`,
          how: 'put',
          value: value as AnyNode,
          property: null,
          isOwn: false,
          isMixedIn: true,
        });
      }
    // What is aborted goes on having that reason.
    if (name === 'abort' && first && call.arguments.length === 1 && lasts(call.callee.object as AnyNode))
      found.push({
        place: side.text(call.callee),
        how: 'put',
        value: first,
        property: 'reason',
        isOwn: false,
        isForeign: true,
        object: call.callee.object as AnyNode,
      });
    const isPut = (PUTS.test(name) || name === 'splice') && whole !== 'Reflect.set' && lasts(call.callee.object as AnyNode);
    if (!isPut && !REGISTERS.test(name)) return;
    const at = call.arguments.length > 1 && first ? side.text(first) : '';
    for (const [i, value] of call.arguments.entries())
      if (i > 0 || call.arguments.length === 1)
        found.push({
          place: `${side.text(call.callee)} ${at} ${i}`,
          how: isPut ? 'put' : 'registered',
          isPassed: isPut && isParameter(call.callee.object as AnyNode),
          object: call.callee.object as AnyNode,
          value: value as AnyNode,
          property: null,
          isOwn: false,
        });
  }

  /** Entries of what is mixed in whose keys are computed: `Object.assign(table, { [key]: value })` is `table[key] = value`. */
  function underKeys(object: AnyNode, { properties }: ObjectExpression): void {
    for (const entry of properties)
      if (entry.type === 'Property' && entry.computed)
        found.push({
          place: `${side.text(object)}[${side.text(entry.key as AnyNode)}]`,
          how: 'put',
          value: entry.value as AnyNode,
          property: null,
          isOwn: isThis(object),
          object,
          isForeign: isForeign(object),
        });
  }

  /** What a function of the module is called with and leaves, as it is. */
  function passed(call: CallExpression): void {
    const writer = side.definitionOf(call.callee as AnyNode);
    if (!writer || !('children' in writer)) return;
    const { params = [] } = writer.node as Partial<FunctionNode>;
    // Behind a spread the text does not tell which argument one is: it is taken for the one in whose place it stands.
    const given = call.arguments as AnyNode[];
    if (params.length === 0 || given.length === 0) return;
    const indexOf = (id: AnyNode): number => params.findIndex((param) => param.type === 'Identifier' && isOf(id, param.name));
    const isOf = (id: AnyNode, name: string): boolean => id.type === 'Identifier' && id.name === name;
    for (const [n, left] of leftByItself(writer, side).entries()) {
      const value = given[indexOf(left.value)];
      if (!value || left.how === 'returned' || left.how === 'registered' || left.isOwn) continue;
      const object = left.object && rootOf(left.object);
      const target = object ? indexOf(object) : -1;
      if (target >= 0 && !(given[target] && lasts(given[target]))) continue;
      found.push({ ...left, place: `${side.text(call.callee as AnyNode)} ${n}`, value, isPassed: false, writer });
    }
  }

  function defined(object: AnyNode, key: AnyNode, isWritten: boolean, descriptor: AnyNode): void {
    const isText = key.type === 'Literal' && typeof key.value === 'string';
    const property = isWritten || isText ? keyName(key as Expression, false) : null;
    const entries = descriptor.type === 'ObjectExpression' ? descriptor.properties : [];
    for (const entry of lasts(object) ? entries : [])
      if (entry.type === 'Property' && !entry.computed)
        found.push({
          place: `${side.text(object)} ${side.text(key)} ${keyName(entry.key, false)}`,
          how: 'put',
          value: entry.value as AnyNode,
          property,
          ...constantKey(isWritten ? undefined : key),
          isOwn: false,
          isForeign: true,
        });
  }

  function constantKey(key: AnyNode | undefined): Pick<Left, 'key'> {
    return key?.type === 'Identifier' && isConstantKey(key, fn) ? { key: keyNamed(key) } : {};
  }

  function lasts(object: AnyNode): boolean {
    return outlivesCall(object, fn, side);
  }

  /** What another package or the platform has made, and goes by: `axios.defaults.timeout`. */
  function isForeign(object: AnyNode): boolean {
    const base = rootOf(object);
    const ref = base.type === 'Identifier' ? side.refAt(base) : undefined;
    if (!ref?.binding) return ref !== undefined;
    const source = importsOf(side).get(ref.binding)?.source;
    return source !== undefined && !/^[./#]/.test(source);
  }

  function isParameter(object: AnyNode): boolean {
    const base = rootOf(object);
    return base.type === 'Identifier' && bindingOf(base)?.kind === 'param';
  }

  function bindingOf(id: AnyNode): Binding | null {
    return side.refAt(id)?.binding ?? null;
  }
}

/** What `Object.assign` gives back with more on it. */
function assignedTo(value: AnyNode): AnyNode | null {
  return value.type === 'CallExpression' && memberText(value.callee) === 'Object.assign' ? ((value.arguments[0] as AnyNode) ?? null) : null;
}

/** What is thrown, sent or compared, and not kept. */
export const PASSES =
  /(?:Error|Exception|Warning|Date|URL|RegExp|Promise|Response|Request|Headers|Event|Array|Map|Set|String|Number|Boolean|Object)$/;
/** By what programs call functions that give what goes on being used; a stream is over when it has been read. */
const MAKES = /^(?:create|make|open|connect|listen)(?!\w*(?:Stream|Hash|Hmac|Cipher|Cipheriv|Decipheriv|Interface|Element)$)/;

/** Who made the object that a variable holds for good; null for what is a result, or cannot be told. */
export function madeIn({ declarations, reassigned }: Binding, side: Side): 'own' | 'foreign' | null {
  const value = declarations.length === 1 && !reassigned ? side.valueOf(declarations[0]!) : null;
  switch (value?.type) {
    case 'ObjectExpression':
      return value.properties.some((p) => p.type === 'Property' && (isPrototype(p) || side.definitionOf(p.value as AnyNode) !== null))
        ? 'own'
        : null;
    case 'NewExpression':
      if (PASSES.test(memberText(value.callee) ?? '')) return null;
      return side.definitionOf(value.callee as AnyNode) ? 'own' : 'foreign';
    case 'CallExpression': {
      const called = memberText(value.callee) ?? '';
      if (called === 'Object.create') return value.arguments[0]?.type === 'Literal' ? null : 'own';
      if (called === 'Object.setPrototypeOf') return 'own';
      if (!MAKES.test(called.split('.').at(-1)!)) return null;
      return side.definitionOf(value.callee as AnyNode) ? 'own' : 'foreign';
    }
    default:
      return null;
  }
}

/** `{ __proto__: methods }` */
export const isPrototype = ({ computed, shorthand, key }: Property): boolean =>
  !computed && !shorthand && keyName(key, false) === '__proto__';

/** Whether an object was there before the call of a function, or one that is made for good is there after it. */
export function outlasts(object: AnyNode, fn: FunctionInfo, side: Side): boolean {
  if (outlivesCall(object, fn, side)) return true;
  const binding = object.type === 'Identifier' ? (side.refAt(object)?.binding ?? null) : null;
  if (!binding || isOutside(binding, fn) || madeIn(binding, side) === null) return false;
  return leftBy(fn, side).some(({ value }) => value.type === 'Identifier' && side.refAt(value)?.binding === binding);
}

/** Whether an object was there before the call of a function. */
export function outlivesCall(object: AnyNode, fn: FunctionInfo, side: Side): boolean {
  const base = rootOf(object);
  if (isThis(base)) return true;
  const ref = base.type === 'Identifier' ? side.refAt(base) : undefined;
  // A name that nothing declares is one of the language or the platform, but for those that a call has.
  if (ref && ref.binding === null) return base.type === 'Identifier' && base.name !== 'arguments' && base.name !== 'undefined';
  return !!ref?.binding && (ref.binding.kind === 'param' || isOutside(ref.binding, fn));
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
  const binding = side.refAt(value)?.binding;
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
