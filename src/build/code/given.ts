/**
 * What a constructor was given, as far as an object that it made still tells. An argument that the old constructor kept as it
 * was is read from there. An option that the old version knows nothing of was given by nobody. A value of the new constructor
 * that uses no more of it than that can be made for objects that exist.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { variableWithout } from './branches.ts';
import type { Constructor } from './branches.ts';
import type { ModuleContext } from './context.ts';
import { suppliedValue } from './entries.ts';
import { assignments, isFreeOfCall } from './fields.ts';
import { isLastingDefault } from '../version/objects/lasting-default.ts';
import { memberName } from '../version/program/member-name.ts';
import { keyVariable } from '../version/forms/own-properties.ts';
import { isArgument, isEmpty, missingReads, onlyNormalised, optionOf } from '../version/objects/options.ts';
import { NOTHING } from '../version/forms/nothing.ts';
import { argumentOf as argumentOfCalls } from '../version/values/passed-values.ts';
import { makesNothing } from '../version/values/quiet.ts';
import { surelyAssigned } from '../version/objects/surely.ts';
import { isWritten } from '../version/objects/written.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isMutated } from '../version/values/effects.ts';
import { setOnOthers } from '../version/objects/unrelated.ts';
import { declaratorsOf, partOf, partText } from './part-and-whole.ts';
import { takenFrom } from './taken-for-options.ts';
import { walk } from '../version/program/walk.ts';

export interface Given {
  /** Variables of the constructor, as expressions on `this`. */
  readonly restored: ReadonlyMap<Binding, string>;
  /** Variables of the constructor that are computed once more. */
  readonly locals: ReadonlyMap<Binding, Local>;
  /** Expressions that read an option which nobody gave, with the text of what they find. */
  readonly missing: ReadonlyMap<AnyNode, string>;
  /** What else one was taken of, or asked for, as where the constructor took a branch. */
  readonly asked?: readonly AnyNode[];
  /** Variables of the constructor that the value itself assigns before it reads them. */
  readonly own: ReadonlySet<string>;
  /** For the report: the properties that hold arguments, and the options. */
  readonly from: ReadonlySet<string>;
  readonly without: ReadonlySet<string>;
}

/** What a variable of the constructor begins with. */
export interface Local {
  readonly value: AnyNode;
  readonly given: Given;
}

interface Parameter {
  readonly index: number;
  readonly name: string;
  readonly fallback: AnyNode | null;
}

type Expression = AnyNode;

/** Null where the value needs something else of its constructor. */
export function givenFor(ctx: ModuleContext, value: Expression, fn: FunctionInfo, base: FunctionInfo): Given | null {
  const { next } = ctx;
  const restored = new Map<Binding, string>();
  const locals = new Map<Binding, Local>();
  const missing = new Map<AnyNode, string>();
  const own = new Set<string>();
  const from = new Set<string>();
  const without = new Set<string>();
  const beside: AnyNode[] = [];
  const parents = parentsIn(value);
  const isGiven = (binding: Binding | null | undefined): boolean =>
    binding != null && (argumentOf(binding, fn) !== null || isArgument(binding, fn, next));
  const asked = missingReads(value, fn, next, (option) => ctx.around.mayTake(option), isGiven) ?? [];
  for (const ref of next.refsIn(value.start, value.end)) {
    const { binding, node } = ref;
    if (node.name === 'arguments') return null;
    if (binding === null || binding.scope.fn !== fn || contains(value, binding.scope.node)) continue;
    // What runs later may find something else there by then.
    if (ref.fn !== fn) return null;
    if (isThis(node)) restored.set(binding, 'this');
    if (restored.has(binding) || locals.has(binding) || own.has(node.name) || [...missing.keys()].some((read) => contains(read, node)))
      continue;
    if (isOwn(ctx, binding, value, parents)) {
      own.add(node.name);
      continue;
    }
    const holder = localKeptBy(ctx, binding, base, fn);
    if (holder !== null) {
      restored.set(binding, `this${memberText(holder)}`);
      from.add(holder);
      continue;
    }
    const argument = argumentOf(binding, fn);
    const kept = argument && keptBy(ctx, argument, base, fn);
    if (kept) {
      restored.set(binding, isNormalised(binding, argument) ? `(this${memberText(kept)}||{})` : `this${memberText(kept)}`);
      from.add(kept);
      continue;
    }
    const gained = gainedRead(ctx, node, parents);
    if (gained) {
      missing.set(gained.node, gained.value);
      without.add(gained.option);
      continue;
    }
    const isLeftOut = argument !== null && !isPassed(ctx, argument, fn);
    const unknown = isLeftOut ? unknownTo(base, argument, isNormalised(binding, argument)) : null;
    if (unknown) {
      restored.set(binding, unknown);
      without.add(argument!.name);
      continue;
    }
    const fallback = isLeftOut ? lastingFallback(ctx, base, argument) : null;
    if (fallback) {
      locals.set(binding, { value: fallback, given: NOTHING_GIVEN });
      without.add(argument!.name);
      continue;
    }
    const passed = argument && passedBeside(ctx, binding, argument, fn, base);
    if (passed) {
      restored.set(binding, passed);
      without.add(argument.name);
      continue;
    }
    const part = keptPart(ctx, binding, fn, base);
    if (part) {
      restored.set(binding, part.text);
      from.add(part.kept);
      continue;
    }
    const option = optionOf(binding, fn, next);
    if (option !== null && !ctx.around.mayTake(option.name)) {
      if (option.fallback === null) restored.set(binding, NOTHING);
      else locals.set(binding, { value: option.fallback, given: NOTHING_GIVEN });
      without.add(option.name);
      beside.push(...takenFrom(binding));
      continue;
    }
    const read = asked.find((one) => contains(one.node, node));
    if (read) {
      missing.set(read.node, NOTHING);
      without.add(read.option);
      continue;
    }
    const local = localFor(ctx, binding, node, fn, base);
    if (!local) return null;
    locals.set(binding, local);
    for (const name of local.given.own) own.add(name);
    for (const name of local.given.from) from.add(name);
    for (const name of local.given.without) without.add(name);
  }
  return { restored, locals, missing: outermost(missing), asked: beside, own, from, without };
}

/** A part of an argument that the old constructor keeps, which a statement of the new one gives a variable: `const { limit } = options`. */
function keptPart(
  ctx: ModuleContext,
  binding: Binding,
  fn: FunctionInfo,
  base: FunctionInfo,
): { readonly text: string; readonly kept: string } | null {
  const found = binding.reassigned ? null : partOf(binding);
  const of = found?.value.type === 'Identifier' ? ctx.next.refAt(found.value)?.binding : null;
  const argument = of && argumentOf(of, fn);
  const kept = argument ? keptBy(ctx, argument, base, fn) : null;
  if (!kept) return null;
  const whole = `this${memberText(kept)}`;
  const text = partText(isNormalised(of!, argument!) ? `${whole}||{}` : whole, found!.part);
  return text === null ? null : { text, kept };
}

/** The declaration of a variable among the statements of a function, which alone gives it a value. */
function declared({ declarations, reassigned, scope }: Binding, fn: FunctionInfo): AnyNode | null {
  if (reassigned || scope !== fn.body) return null;
  const declarator = declaratorsOf(fn).find(({ id }) => id === declarations[0]);
  return declarator?.init ?? null;
}

/** A variable of the constructor that can be computed once more: its value is that of one use, or is no object that it makes. */
function localFor(ctx: ModuleContext, binding: Binding, use: AnyNode, fn: FunctionInfo, base: FunctionInfo): Local | null {
  const own = declared(binding, fn);
  const taken = own ? { value: own, without: [], asked: [] } : variableWithout(binding, use, constructorOf(ctx, fn));
  if (!taken || isMutated(binding) || !isFreeOfCall(taken.value, fn)) return null;
  const { value } = taken;
  const uses = binding.references.filter(({ node }) => !binding.declarations.includes(node));
  const given = uses.length === 1 || makesNothing(value) ? givenFor(ctx, value, fn, base) : null;
  return given && { value, given: takenBy(given, taken) };
}

/** What is given where a branch was taken. */
export const takenBy = (
  given: Given,
  { without, asked }: { readonly without: Iterable<string>; readonly asked: readonly AnyNode[] },
): Given => ({
  ...given,
  without: new Set([...given.without, ...without]),
  asked: [...(given.asked ?? []), ...asked],
});

export const constructorOf = ({ next, around }: ModuleContext, fn: FunctionInfo): Constructor => ({
  fn,
  side: next,
  mayTake: (option) => around.mayTake(option),
});

/** The property in which the old constructor keeps what such a variable begins with in both versions. */
function localKeptBy(ctx: ModuleContext, binding: Binding, base: FunctionInfo, fn: FunctionInfo): string | null {
  const value = declared(binding, fn);
  const old = value && !isMutated(binding) && base.body.bindings.get(binding.name);
  const was = old ? declared(old, base) : null;
  if (!was || ctx.base.text(was) !== ctx.next.text(value!)) return null;
  const text = (side: ModuleContext['base'], owner: FunctionInfo): string =>
    paramsOf(owner)
      .map((param) => side.text(param))
      .join();
  if (text(ctx.base, base) !== text(ctx.next, fn)) return null;
  return propertyFor(ctx, binding.name, base);
}

const NOTHING_GIVEN: Given = {
  restored: new Map(),
  locals: new Map(),
  missing: new Map(),
  own: new Set(),
  from: new Set(),
  without: new Set(),
};

const memberText = (name: string): string => (keyVariable(name) === null ? `.${name}` : name);

const outermost = (missing: ReadonlyMap<AnyNode, string>): ReadonlyMap<AnyNode, string> =>
  new Map([...missing].filter(([node]) => ![...missing.keys()].some((other) => other !== node && contains(other, node))));

function parentsIn(value: AnyNode): ReadonlyMap<AnyNode, readonly AnyNode[]> {
  const found = new Map<AnyNode, readonly AnyNode[]>();
  walk(value, (node, parents) => {
    found.set(node, [...parents]);
    return true;
  });
  return found;
}

const paramsOf = ({ node }: FunctionInfo): readonly AnyNode[] => (node as FunctionNode).params ?? [];

/** The parameter that a variable is; a variable that begins as one counts as it. */
function argumentOf(binding: Binding, fn: FunctionInfo): Parameter | null {
  for (const [index, param] of paramsOf(fn).entries()) {
    const [target, fallback] = param.type === 'AssignmentPattern' ? [param.left, param.right as AnyNode] : [param, null];
    if (target.type !== 'Identifier' || !binding.declarations.includes(target)) continue;
    return onlyNormalised(binding) ? { index, name: target.name, fallback } : null;
  }
  return null;
}

const isNormalised = (binding: Binding, { fallback }: Parameter): boolean => fallback !== null || binding.reassigned;

/** The property in which the old constructor keeps the argument as it is, and that nothing else of the module writes. */
function keptBy(ctx: ModuleContext, { index, name, fallback }: Parameter, base: FunctionInfo, fn: FunctionInfo): string | null {
  if (fallback !== null && !isEmpty(fallback)) return null;
  const param = paramsOf(base)[index];
  const target = param?.type === 'AssignmentPattern' ? param.left : param;
  if (target?.type !== 'Identifier') return null;
  if (param!.type === 'AssignmentPattern' && (fallback === null || !isEmpty(param!.right))) return null;
  // Under another name it may be another thing, but for a constructor that tells one from the other.
  if (target.name !== name && !asksKind(name, fn)) return null;
  const binding = base.scope.bindings.get(target.name);
  if (!binding || !onlyNormalised(binding)) return null;
  return propertyFor(ctx, target.name, base);
}

/** The property to which the old constructor gives a variable, and that nothing else of the module writes. */
function propertyFor(ctx: ModuleContext, name: string, base: FunctionInfo): string | null {
  const sure = surelyAssigned(base);
  for (const [property, { value, statements }] of assignments(base)) {
    if (value?.type !== 'Identifier' || value.name !== name || !sure.has(property)) continue;
    const others = base.owner ? setOnOthers(base.owner, ctx.base) : [];
    if (!isWritten(property, ctx.base.model.program, [...statements, ...others])) return property;
  }
  return null;
}

/** What a parameter that may be left out is where the old constructor does not take it, so that nobody has passed it; null for any other. */
function unknownTo(base: FunctionInfo, { index, fallback }: Parameter, isNormal: boolean): string | null {
  if (mayHaveTaken(base, index)) return null;
  if (fallback === null) return isNormal ? '({})' : null;
  if (isEmpty(fallback)) return '({})';
  return fallback.type === 'Literal' && fallback.regex === undefined ? `(${fallback.raw})` : null;
}

/** The same of a default that is a variable of the module. */
function lastingFallback({ next }: ModuleContext, base: FunctionInfo, { index, fallback }: Parameter): AnyNode | null {
  return fallback !== null && !mayHaveTaken(base, index) && isLastingDefault(fallback, next) ? fallback : null;
}

function mayHaveTaken(base: FunctionInfo, index: number): boolean {
  const params = paramsOf(base);
  if (index < params.length || params.some(({ type }) => type === 'RestElement')) return true;
  // One that nobody has written hands on what it is given.
  return (base.isImplicit && base.kind === 'derived-constructor') || usesArguments(base);
}

/** Whether the new version may pass it where objects that exist were made without. */
function isPassed({ around }: ModuleContext, { index }: Parameter, fn: FunctionInfo): boolean {
  const to = argumentOfCalls(fn, index);
  return to !== null && around.mayPass(to);
}

/** What all code of the package passes for an argument that the old constructor does not take. */
function passedBeside(
  ctx: ModuleContext,
  { reassigned }: Binding,
  { index, fallback }: Parameter,
  fn: FunctionInfo,
  base: FunctionInfo,
): string | null {
  const params = paramsOf(base);
  if (reassigned || fallback !== null || index < params.length || params.some(({ type }) => type === 'RestElement')) return null;
  if (base.isImplicit || usesArguments(base)) return null;
  const to = argumentOfCalls(fn, index);
  return to && ctx.around.passed(to);
}

function usesArguments({ node }: FunctionInfo): boolean {
  let found = false;
  walk(node as AnyNode, (inner) => {
    found ||= isNamed(inner, 'arguments');
    return !found;
  });
  return found;
}

function asksKind(name: string, fn: FunctionInfo): boolean {
  let found = false;
  walk(fn.node as AnyNode, (node) => {
    found ||= node.type === 'UnaryExpression' && node.operator === 'typeof' && isNamed(node.argument, name);
    return !found;
  });
  return found;
}

const isNamed = (node: AnyNode, name: string): boolean => node.type === 'Identifier' && node.name === name;

/** `options.name`, of an option that new code finds on all objects of the package which were made without it. */
function gainedRead(
  ctx: ModuleContext,
  node: AnyNode,
  parents: ReadonlyMap<AnyNode, readonly AnyNode[]>,
): { readonly node: AnyNode; readonly option: string; readonly value: string } | null {
  const read = parents.get(node)!.at(-1);
  const option = read?.type === 'MemberExpression' && read.object === node ? memberName(read) : null;
  const value = option === null ? null : suppliedValue(ctx, option);
  return value === null ? null : { node: read!, option: option!, value };
}

/** A variable without a value of its own that the value surely assigns before it reads it, as compilers make for `??`. */
function isOwn({ next }: ModuleContext, binding: Binding, value: AnyNode, parents: ReadonlyMap<AnyNode, readonly AnyNode[]>): boolean {
  if (binding.kind !== 'var' && binding.kind !== 'let') return false;
  const first = next.refsIn(value.start, value.end).find((ref) => ref.binding === binding);
  if (!first || first.parent.type !== 'AssignmentExpression' || first.parent.left !== first.node || first.parent.operator !== '=')
    return false;
  const chain = [...(parents.get(first.parent) ?? []), first.parent];
  return chain.every((node, i) => {
    const inner = chain[i + 1];
    if (node.type === 'LogicalExpression') return inner === node.left;
    return node.type !== 'ConditionalExpression' || inner === node.test;
  });
}
