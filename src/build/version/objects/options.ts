/** Options: what a function reads of an object that it is given. One that nobody can have given is what it begins with. */
import type {
  AnyNode,
  BlockStatement,
  Function as FunctionNode,
  LogicalExpression,
  MemberExpression,
  Property,
  SpreadElement,
  VariableDeclarator,
} from 'acorn';
import type { Binding, FunctionInfo, ModuleModel, Reference } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { patternOf } from '../../../source/text.ts';
import { askedOnce } from '../program/asked-once.ts';
import { nodesOf } from '../program/nodes.ts';
import { isLastingDefault } from './lasting-default.ts';
import type { Side } from '../side.ts';
import { isFunctionNode, rootOf, walk } from '../program/walk.ts';
import { nothingTest } from '../forms/nothing.ts';

export interface Option {
  readonly name: string;
  /** What it is where nobody gave it: see `isLastingDefault`; null for `undefined`. */
  readonly fallback: AnyNode | null;
  /** The entry of the module's defaults that says so. */
  readonly entry: Property | null;
}

/** The option that a variable is, of a parameter that is taken apart: `{ limit = 5 }`, or later on: `const { limit = 5 } = options`. */
export function optionOf(binding: Binding, fn: FunctionInfo, side: Side): Option | null {
  if (binding.reassigned) return null;
  for (const param of (fn.node as FunctionNode).params ?? []) {
    const found = optionIn(param.type === 'AssignmentPattern' ? param.left : param, binding.declarations);
    if (found) return found.fallback === null || isLastingDefault(found.fallback, side) ? { ...found, entry: null } : null;
  }
  for (const { id, init } of declaratorsOf(fn)) {
    const found = init ? optionIn(id, binding.declarations) : null;
    if (!found) continue;
    if (isGivenName(init!, fn, side))
      return found.fallback === null || isLastingDefault(found.fallback, side) ? { ...found, entry: null } : null;
    const entry = found.fallback === null ? defaultIn(init!, found.name, fn, side) : null;
    const value = entry?.value;
    return value && isLastingDefault(value, side) ? { name: found.name, fallback: value, entry } : null;
  }
  return null;
}

function optionIn(
  pattern: AnyNode,
  declarations: Binding['declarations'],
): { readonly name: string; readonly fallback: AnyNode | null } | null {
  for (const property of pattern.type === 'ObjectPattern' ? pattern.properties : []) {
    if (property.type !== 'Property' || property.computed || property.key.type !== 'Identifier') continue;
    const { value } = property;
    const [target, fallback] = value.type === 'AssignmentPattern' ? [value.left, value.right as AnyNode] : [value, null];
    if (target.type === 'Identifier' && declarations.includes(target)) return { name: property.key.name, fallback };
    // Of an option that nobody gave a part is what that begins with.
    const part = fallback !== null && isEmpty(fallback) ? optionIn(target, declarations) : null;
    if (part) return { name: property.key.name, fallback: part.fallback };
  }
  return null;
}

/** The entry with which `Object.assign({}, defaults, options)` or `{ ...defaults, ...options }` begins, where only options follow. */
function defaultIn(merged: AnyNode, name: string, fn: FunctionInfo, side: Side): Property | null {
  const [defaults, options, ...more] = partsOf(merged);
  if (!defaults || !options || more.length > 0 || !isGivenName(options, fn, side)) return null;
  const literal = defaults.type === 'Identifier' ? constantAt(defaults, side) : defaults;
  for (const property of literal?.type === 'ObjectExpression' ? literal.properties : [])
    if (property.type === 'Property' && !property.computed && property.kind === 'init' && keyName(property.key, false) === name)
      return property;
  return null;
}

function partsOf(merged: AnyNode): readonly AnyNode[] {
  if (merged.type === 'ObjectExpression')
    return merged.properties.every(({ type }) => type === 'SpreadElement')
      ? merged.properties.map((p) => (p as SpreadElement).argument)
      : [];
  if (merged.type !== 'CallExpression' || memberText(merged.callee) !== 'Object.assign') return [];
  const [target, ...parts] = merged.arguments as readonly AnyNode[];
  return target && isEmpty(target) ? parts : [];
}

const isGivenName = (node: AnyNode, fn: FunctionInfo, side: Side): boolean =>
  node.type === 'Identifier' && isArgument(side.refAt(node)?.binding, fn, side);

/** What a constant of the module begins with. */
function constantAt(id: AnyNode, side: Side): AnyNode | null {
  const binding = side.refAt(id)?.binding;
  if (!binding || binding.reassigned || binding.scope.fn.kind !== 'module') return null;
  return nodesOf(side.model.program, 'VariableDeclarator').find((one) => one.id === binding.declarations[0])?.init ?? null;
}

export const isEmpty = (node: AnyNode): boolean => node.type === 'ObjectExpression' && node.properties.length === 0;

const isOrEmpty = (node: AnyNode): node is LogicalExpression & AnyNode =>
  node.type === 'LogicalExpression' && node.operator !== '&&' && isEmpty(node.right);

/**
 * Whether all that is written to a parameter makes an empty object of one that was left out: `options = options || {}`,
 * `if (!options) options = {}`.
 */
export function onlyNormalised(binding: Binding): boolean {
  return binding.references.every(({ write, parent, node }) => {
    if (!write || binding.declarations.includes(node)) return true;
    if (parent.type !== 'AssignmentExpression' || parent.left !== node) return false;
    if (parent.operator === '||=' || parent.operator === '??=') return isEmpty(parent.right);
    const { right } = parent;
    if (parent.operator === '=' && isEmpty(right)) return isWhereLacking(parent, node.name, binding.scope.fn);
    return parent.operator === '=' && isOrEmpty(right) && right.left.type === 'Identifier' && right.left.name === node.name;
  });
}

/** Whether an assignment is all that a statement of the function does where the variable holds nothing. */
function isWhereLacking(assignment: AnyNode, name: string, { node }: FunctionInfo): boolean {
  const { body } = node as FunctionNode;
  const statements = body?.type === 'BlockStatement' ? (body as BlockStatement).body : [];
  return statements.some((statement) => givesWhereLacking(statement, assignment, (of) => of.type === 'Identifier' && of.name === name));
}

/** Whether a statement does no more than an assignment where what `isIt` tells holds nothing: `if (!limit) limit = 5`. */
export function givesWhereLacking(statement: AnyNode, assignment: AnyNode, isIt: (of: AnyNode) => boolean): boolean {
  if (statement.type !== 'IfStatement' || statement.alternate || !holdsNothing(statement.test, isIt)) return false;
  const { consequent } = statement;
  const [only, ...more] = consequent.type === 'BlockStatement' ? consequent.body : [consequent];
  return more.length === 0 && only?.type === 'ExpressionStatement' && only.expression === assignment;
}

/** `!name`, `name == null`, `name === undefined`, `typeof name === 'undefined'` */
function holdsNothing(test: AnyNode, isIt: (of: AnyNode) => boolean): boolean {
  if (test.type === 'UnaryExpression') return test.operator === '!' && isIt(test.argument);
  const asked = nothingTest(test);
  return asked !== null && asked.holds && asked.kind !== 'null' && isIt(asked.of);
}

/** The words by which code names options; how they are called for short, and by compilers that take a parameter apart. */
const NAMED =
  /^(?:opts?|options?|conf(?:ig(?:s|uration)?)?|cfg|settings?|params?|parameters?|props|init|args?|given|defaults?|overrides|flags|limits)$/;
const SHORT = /^(?:[co]|_(?:ref|param|temp|[a-z])\d*)$/;

/**
 * Whether a variable surely holds options, by its name or since it may be left out. Another object, as a request or a socket, may
 * have a property though the package says its name nowhere.
 */
export function isNamedOptions(binding: Binding, side: Side): boolean {
  const { name, kind, reassigned, declarations, scope } = binding;
  const words = name.split(/(?=[A-Z])|[_$\d]+/).map((word) => word.toLowerCase());
  if (reassigned || SHORT.test(name) || words.some((word) => NAMED.test(word))) return true;
  if (kind === 'param')
    return ((scope.fn.node as FunctionNode).params ?? []).some(
      (param) => param.type === 'AssignmentPattern' && declarations.includes(param.left as never),
    );
  const made = declarations.length === 1 ? declaratorOf(binding, scope.fn)?.init : null;
  const of = made?.type === 'Identifier' ? side.refAt(made)?.binding : null;
  return !of || isNamedOptions(of, side);
}

/**
 * Whether a variable is what the function is given, or an empty object where it is given none. Not one that goes on to code
 * outside of the module: that may take options of its own.
 */
export function isArgument(binding: Binding | null | undefined, fn: FunctionInfo, side: Side): boolean {
  if (!binding || binding.scope.fn !== fn || binding.references.some((ref) => isHandedOut(ref, side))) return false;
  if (binding.kind === 'param') {
    const isOwn = ((fn.node as FunctionNode).params ?? []).some((param) => {
      const target = param.type === 'AssignmentPattern' && isEmpty(param.right) ? param.left : param;
      return binding.declarations.includes(target as never);
    });
    return isOwn && onlyNormalised(binding);
  }
  const made = binding.reassigned || binding.declarations.length !== 1 ? null : declaratorOf(binding, fn)?.init;
  if (!made) return false;
  return isGivenName(isOrEmpty(made) ? made.left : made, fn, side);
}

function isHandedOut({ node, parent }: Reference, side: Side): boolean {
  if ((parent.type !== 'CallExpression' && parent.type !== 'NewExpression') || !parent.arguments.includes(node as never)) return false;
  const root = rootOf(parent.callee);
  if (root.type !== 'Identifier') return true;
  const callee = side.refAt(root)?.binding;
  return callee != null && (root !== parent.callee || side.definitionNamed(callee) === null);
}

const declaratorOf = ({ declarations }: Binding, fn: FunctionInfo): VariableDeclarator | undefined =>
  declaratorsOf(fn).find(({ id }) => id === declarations[0]);

/** The variables that the statements of a function's body declare. */
function declaratorsOf({ node }: FunctionInfo): readonly VariableDeclarator[] {
  const { body } = node as FunctionNode;
  const statements = body?.type === 'BlockStatement' ? (body as BlockStatement).body : [];
  return statements.flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []));
}

export interface MissingRead {
  readonly node: AnyNode;
  readonly option: string;
}

/**
 * The places at which an expression of `fn` reads options that `mayBeGiven` rules out: `options.limit || 5`. An option is told
 * from what has to be there by what the expression does where it lacks it; null where it does nothing for one of them.
 * `isOptions`: the variables that options are read of.
 */
export function missingReads(
  value: AnyNode,
  fn: FunctionInfo,
  side: Side,
  mayBeGiven: (name: string) => boolean,
  isOptions = (binding: Binding | null | undefined): boolean => isArgument(binding, fn, side),
): readonly MissingRead[] | null {
  const found: MissingRead[] = [];
  const asked = new Set<string>();
  walk(value, (node, parents) => {
    if (node !== value && isFunctionNode(node)) return false;
    const held = askedFor(node);
    if (held) {
      if (!isOptions(side.refAt(held.of)?.binding) || mayBeGiven(held.option)) return true;
      found.push({ node, option: held.option });
      asked.add(held.option);
      return false;
    }
    const whole = node.type === 'LogicalExpression' && node.operator === '&&' && node.left.type === 'Identifier' ? node.right : node;
    const option = nameRead(whole);
    if (option === null || whole.type !== 'MemberExpression' || (whole !== node && !isSameName(node, whole.object))) return true;
    if (!isOptions(side.refAt(whole.object)?.binding) || mayBeGiven(option)) return true;
    found.push({ node, option });
    const converted = parents.at(-1);
    const [own, around] = converted && isConversion(converted, node) ? [converted, parents.at(-2)] : [node, converted];
    if (hasDefault(own, around)) asked.add(option);
    return false;
  });
  return found.every(({ option }) => asked.has(option)) ? found : null;
}

const nameRead = (node: AnyNode): string | null =>
  node.type === 'MemberExpression' && !node.computed && node.object.type === 'Identifier' && node.property.type === 'Identifier'
    ? node.property.name
    : null;

const isSameName = (node: AnyNode, object: AnyNode): boolean =>
  node.type === 'LogicalExpression' && node.left.type === 'Identifier' && object.type === 'Identifier' && node.left.name === object.name;

/** `'limit' in options`; false where nobody gave it, as nothing is. */
function askedFor(node: AnyNode): { readonly of: AnyNode; readonly option: string } | null {
  if (node.type !== 'BinaryExpression' || node.operator !== 'in' || node.right.type !== 'Identifier') return null;
  const { left, right } = node;
  return left.type === 'Literal' && typeof left.value === 'string' ? { of: right, option: left.value } : null;
}

/** `Number(options.limit)` */
const isConversion = (node: AnyNode, value: AnyNode): boolean =>
  node.type === 'CallExpression' &&
  node.arguments[0] === value &&
  node.callee.type === 'Identifier' &&
  /^(?:Number|String|Boolean|parseInt|parseFloat)$/.test(node.callee.name);

/** Whether what is read may be left out: what has to be there is rather a property of what the package makes itself. */
export function hasDefault(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'LogicalExpression':
      return parent.left === node && parent.operator !== '&&';
    case 'ConditionalExpression':
    case 'IfStatement':
      return parent.test === node;
    case 'UnaryExpression':
      return parent.operator === '!' || parent.operator === 'typeof';
    case 'BinaryExpression':
      return parent.left === node && /^[!=]==?$/.test(parent.operator);
    // The variable of a compiler's `??`.
    case 'AssignmentExpression':
      return parent.right === node && parent.left.type === 'Identifier';
    case 'ChainExpression':
      return true;
    case 'MemberExpression':
      return parent.object === node && parent.optional;
    default:
      return false;
  }
}

/**
 * Whether code writes out an object with an entry of that name, or sets one, that is more than the option handed on. `on`: what is
 * set on the object of that variable is looked at by whoever asks.
 */
export function isGivenIn(side: Side, name: string, but: Property | null = null, on: Binding | null = null): boolean {
  const { program, text } = side.model;
  if (!text.includes(name)) return false;
  const isHandedOn = (value: AnyNode): boolean => {
    if (nameRead(value) === name) return true;
    const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
    const made = binding && !binding.reassigned ? declaratorOf(binding, binding.scope.fn)?.init : null;
    return made != null && readsNothingElse(made, name);
  };
  return (
    nodesOf(program, 'ObjectExpression').some(({ properties }) =>
      properties.some((p) => p.type === 'Property' && p !== but && !p.computed && keyName(p.key, false) === name && !isHandedOn(p.value)),
    ) ||
    nodesOf(program, 'AssignmentExpression').some(
      ({ left }) =>
        (nameRead(left) === name || (left.type === 'MemberExpression' && keyOf(left) === name)) &&
        (on === null || side.refAt((left as MemberExpression).object as AnyNode)?.binding !== on),
    )
  );
}

const keyOf = ({ property, computed }: AnyNode & { type: 'MemberExpression' }): string | null =>
  computed ? (property.type === 'Literal' ? String(property.value) : null) : property.type === 'Identifier' ? property.name : null;

/** Whether all that an expression takes from around it is the option. */
function readsNothingElse(value: AnyNode, name: string): boolean {
  let [isRead, isAll] = [false, true];
  walk(value, (node) => {
    if (nameRead(node) === name) {
      isRead = true;
      return false;
    }
    if (isFunctionNode(node) || node.type === 'AwaitExpression' || node.type === 'ThisExpression') isAll = false;
    if (node.type === 'MemberExpression' || node.type === 'TemplateLiteral') isAll = false;
    if (node.type === 'CallExpression' && !(node.callee.type === 'Identifier' && /^(Number|Boolean|String)$/.test(node.callee.name)))
      isAll = false;
    return isAll;
  });
  return isRead && isAll;
}

/** Functions that put together what they are given: what is written out there may be in place of what a program gives. */
const MERGES = /assign|extend|merge|default|mixin/i;

/** How often a text says a name in no other way than as an entry that it writes out for a call, where nothing else may give one. */
export function timesWrittenOut({ program }: ModuleModel, name: string): number {
  let count = 0;
  const calls = nodesOf(program, 'CallExpression').filter(({ callee }) => !MERGES.test(calleeName(callee)));
  for (const call of calls)
    for (const given of call.arguments) {
      if (given.type !== 'ObjectExpression' || given.properties.some(({ type }) => type === 'SpreadElement')) continue;
      for (const p of given.properties)
        if (p.type === 'Property' && !p.computed && !p.shorthand && p.kind === 'init' && keyName(p.key, false) === name) count++;
    }
  return count;
}

function calleeName(callee: AnyNode): string {
  const last = callee.type === 'MemberExpression' ? callee.property : callee;
  return last.type === 'Identifier'
    ? last.name
    : rootOf(callee).type === 'Identifier'
      ? (rootOf(callee) as { name: string }).name
      : 'merge';
}

/** Whether code may know a property of that name: it says the word, and not as a variable alone. */
export const saysAsKey = (model: ModuleModel, name: string): boolean => saysMore(model, name, () => true);

/** Whether it may have had a value of that name from a caller: it says the word, and not as a constant of the module alone. */
export const saysButConstants = (model: ModuleModel, name: string): boolean =>
  saysMore(model, name, ({ reassigned, kind, scope }) => scope.fn.kind === 'module' && !reassigned && kind !== 'param');

function saysMore(model: ModuleModel, name: string, isOther: (variable: Binding) => boolean): boolean {
  const { text } = model;
  let variables: ReadonlySet<number> | null = null;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? '';
    if (isOfWord(before) || isOfWord(text[at + name.length] ?? '')) continue;
    if (before === '.' && !text.startsWith('...', at - 3)) return true;
    variables ??= variablesNamed(model, name, isOther);
    if (!variables.has(at)) return true;
  }
  return false;
}

const isOfWord = (character: string): boolean => /[\w$]/.test(character);

/** Where the word stands for a variable that the module declares, and gives no property its name. */
function variablesNamed({ program, references }: ModuleModel, name: string, isOther: (variable: Binding) => boolean): ReadonlySet<number> {
  const own = (referencesOf(references).get(name) ?? []).filter(({ binding }) => isOther(binding!));
  const found = new Set(own.flatMap(({ node, binding }) => [node.start, ...binding!.declarations.map(({ start }) => start)]));
  for (const { shorthand, key } of nodesOf(program, 'Property')) if (shorthand) found.delete(key.start);
  for (const { node, parent } of own) if (parent.type === 'ExportSpecifier') found.delete(node.start);
  return found;
}

/** By name, those to what the module declares itself. */
const referencesOf = askedOnce((references: readonly Reference[]) =>
  Map.groupBy(
    references.filter(({ binding }) => binding !== null && binding.kind !== 'import'),
    ({ node }) => node.name,
  ),
);

/** How often a text says a word, whatever it is there. */
export const timesSaid = (text: string, word: string): number =>
  [...text.matchAll(new RegExp(`(?<![\\w$])${patternOf(word)}(?![\\w$])`, 'g'))].length;
