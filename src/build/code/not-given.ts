/**
 * What nobody can have given to calls that made closures which exist: options that the old version knows nothing of, and
 * parameters that the old function does not take. To those closures they are what they are where they are left out.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, Identifier } from 'acorn';
import { isExports } from '../../instrument/commonjs.ts';
import { contains } from '../../source/contains.ts';
import { namedBy } from '../../instrument/forwarding.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { isNeededVariable } from '../version/objects/needed.ts';
import { isLastingDefault } from '../version/objects/lasting-default.ts';
import { hasDefault, isArgument, isEmpty, isGivenIn, missingReads, optionOf } from '../version/objects/options.ts';
import { isWrittenOut } from '../version/forms/written-out.ts';
import type { Side } from '../version/side.ts';
import { isLasting } from './derive.ts';
import type { Derivation } from './derive.ts';
import { isReadByEntry } from './gained.ts';
import type { Versions } from './kept-whole.ts';
import type { Place } from './resolution.ts';
import type { Resolver } from './resolve.ts';

/** How new code, and other files, may give them. */
export interface Givers {
  /** Whether an option of that name may have been given: the old version takes it somewhere, or other files of the new one give it. */
  readonly option: (name: string) => boolean;
  /** Whether the old version takes an option of that name somewhere. */
  readonly took: (name: string) => boolean;
  /** Whether other files of the new version, changed ones or new, may call what goes by that name. */
  readonly call: (name: string) => boolean;
  /** Whether they load the module, and may call all of it by any name. */
  readonly load: () => boolean;
  /** Both versions of the file that a specifier leads to; null where it is the same in both, or none of the package. */
  readonly versionsOf: (specifier: string) => Versions | null;
}

/** `base`: the function of the running code in which the variable would be. */
export function notGiven(
  binding: Binding,
  old: FunctionInfo | undefined,
  place: Place,
  [base, next]: readonly [Side, Side],
  givers: Givers,
  resolver: Resolver,
): Derivation | null {
  const part = leftOut(binding, old, next, givers);
  const at = ({ start, end }: AnyNode): Place => ({ handle: place.handle, site: place.site, start, end, nameless: null });
  const parts = part?.value ? [part.value] : [];
  const isThere = (value: AnyNode): boolean =>
    next.refsIn(value.start, value.end).every((ref) => isLasting(ref, resolver.resolve(ref, at(value)), binding, base));
  return part && parts.every(isThere) ? { binding, kind: 'option', parts, missing: [], place: at } : null;
}

/**
 * A parameter that the old function does not take, and that new code gives: closures which exist were made without it. They do
 * with what it is then for as long as the tasks last which made them; `reader`: a function that uses it.
 */
export function notGivenYet(binding: Binding, base: FunctionInfo | undefined, place: Place, reader: FunctionInfo): Derivation | null {
  const own = binding.scope.fn;
  const index = indexOf(binding, own);
  const param = (own.node as FunctionNode).params?.[index];
  if (!param || !base || binding.reassigned || !takesLess(base, index)) return null;
  const value = param.type === 'AssignmentPattern' ? param.right : null;
  if (value === null ? isNeededVariable(binding, reader) : !isWrittenOut(value)) return null;
  const at = ({ start, end }: AnyNode): Place => ({ handle: place.handle, site: place.site, start, end, nameless: null });
  return { binding, kind: 'option', parts: value ? [value] : [], missing: [], place: at, late: true };
}

/**
 * Options that closures which exist do not hold, where the new code of one, `reader`, asks them for no more than what nobody has
 * given: `options.limit ?? 5`.
 */
export function noneGiven(binding: Binding, place: Place, reader: FunctionInfo, next: Side, givers: Givers): Derivation | null {
  const own = binding.scope.fn;
  if (!isArgument(binding, own, next)) return null;
  const { node } = reader;
  const missing = missingReads(node as AnyNode, own, next, (name) => givers.option(name) || isGivenIn(next, name));
  if (!missing || missing.length === 0) return null;
  const used = next.refsIn(node.start, node.end).filter((ref) => ref.binding === binding);
  if (!used.every((ref) => missing.some((read) => contains(read.node, ref.node)))) return null;
  const at = ({ start, end }: AnyNode): Place => ({ handle: place.handle, site: place.site, start, end, nameless: null });
  return { binding, kind: 'none given', parts: [], missing, place: at };
}

/** Which parameter it is; -1 for none, and for a part of one. */
function indexOf({ declarations }: Binding, { node }: FunctionInfo): number {
  const { params } = node as FunctionNode;
  return (params ?? []).findIndex((param) => declarations.includes((param.type === 'AssignmentPattern' ? param.left : param) as never));
}

/** What it is without; no value is `undefined`. */
function leftOut(binding: Binding, base: FunctionInfo | undefined, next: Side, givers: Givers): { readonly value: AnyNode | null } | null {
  const own = binding.scope.fn;
  const option = optionOf(binding, own, next);
  if (option !== null) return givers.option(option.name) || isGivenIn(next, option.name, option.entry) ? null : { value: option.fallback };
  const index = indexOf(binding, own);
  const param = (own.node as FunctionNode).params?.[index];
  if (!param || !base || binding.reassigned || !takesLess(base, index) || isPassed(own, index, next, givers)) return null;
  // What code does with it shows whether it may be left out.
  if (param.type !== 'AssignmentPattern')
    return binding.references.every((ref) => hasDefault(ref.node, ref.parent)) ? { value: null } : null;
  const { right } = param;
  return isLastingDefault(right, next) || (isEmpty(right) && isReadByEntry(binding)) ? { value: right } : null;
}

function takesLess(base: FunctionInfo, index: number): boolean {
  const { params } = base.node as FunctionNode;
  return (
    params !== undefined &&
    params.length <= index &&
    params.at(-1)?.type !== 'RestElement' &&
    !base.usesArguments &&
    !base.argumentsCaptured
  );
}

/** Whether code of the new version passes as many arguments, or hands the function to who may. */
function isPassed(fn: FunctionInfo, index: number, side: Side, givers: Givers): boolean {
  const { node, scope, ancestors } = fn;
  const exported =
    node.type === 'FunctionDeclaration' && node.id && ancestors.at(-1)?.type === 'ExportNamedDeclaration' ? node.id.name : null;
  const binding = exported === null ? namedBy(fn) : scope.parent!.lookup(exported);
  const given = binding ? null : namedExport(fn, side);
  if (given !== null) return givers.call(given) || isTakenAs(given, index, side);
  if (!binding || binding.reassigned) return true;
  const names = new Set([binding.name]);
  const isGivenAs = (key: AnyNode | undefined): boolean => {
    const name = key?.type === 'Identifier' ? key.name : key?.type === 'Literal' ? String(key.value) : null;
    if (name !== null) names.add(name);
    return name !== null;
  };
  const isKnown = ({ node, parent, read, fn: user }: Reference): boolean => {
    if (!read) return true;
    const around = user.ancestors.at(-1);
    // What bundlers make of an export.
    if (parent.type === 'ArrowFunctionExpression' && parent.body === node) return around?.type === 'Property' && isGivenAs(around.key);
    if (parent.type === 'CallExpression' && parent.callee === node) return passesNoMore(parent, index);
    if (parent.type === 'AssignmentExpression') {
      const { left, right } = parent;
      if (right !== node) return false;
      if (isExports(left)) return !givers.load() && !nodesOf(side.model.program, 'CallExpression').some((call) => isExports(call.callee));
      return left.type === 'MemberExpression' && isExports(left.object as AnyNode) && isGivenAs(left.property as AnyNode);
    }
    if (parent.type === 'Property') return parent.value === node && isInExports(node, side) && isGivenAs(parent.key);
    return parent.type === 'ExportNamedDeclaration' || parent.type === 'ExportSpecifier';
  };
  if (!binding.references.every(isKnown)) return true;
  for (const statement of side.model.program.body)
    if (statement.type === 'ExportNamedDeclaration' && statement.source == null)
      for (const { local, exported: as } of statement.specifiers) if ((local as Identifier).name === binding.name) isGivenAs(as as AnyNode);
  return [...names].some((name) => givers.call(name) || isTakenAs(name, index, side));
}

/** `make` of `exports.make = (options) => …`, that calls itself by no name of its own. */
function namedExport({ node, ancestors }: FunctionInfo, side: Side): string | null {
  const [around, parent] = [ancestors.at(-2), ancestors.at(-1)];
  if (parent?.type !== 'AssignmentExpression' || parent.right !== node || around?.type !== 'ExpressionStatement') return null;
  const own = node.type === 'FunctionExpression' ? node.id : null;
  if (own && side.refsIn(node.start, node.end).some((ref) => ref.node !== own && ref.binding?.declarations.includes(own))) return null;
  const { left } = parent;
  return left.type === 'MemberExpression' && !left.computed && isExports(left.object as AnyNode) ? memberName(left) : null;
}

const passesNoMore = ({ arguments: given }: CallExpression, most: number): boolean =>
  given.length <= most && given.every(({ type }) => type !== 'SpreadElement');

/** Whether code takes a property of that name off an object to do more with it than to call it with as few arguments. */
function isTakenAs(name: string, most: number, { model: { program, text } }: Side): boolean {
  if (!text.includes(`.${name}`)) return false;
  const isIt = (node: AnyNode): boolean =>
    node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === name;
  const calls = nodesOf(program, 'CallExpression').filter((call) => isIt(call.callee) && passesNoMore(call, most));
  const gifts = nodesOf(program, 'AssignmentExpression').filter(({ left }) => isIt(left));
  return nodesOf(program, 'MemberExpression').filter(isIt).length > calls.length + gifts.length;
}

/** Whether it stands in an object that the module exports as a whole. */
const isInExports = (node: AnyNode, side: Side): boolean =>
  nodesOf(side.model.program, 'AssignmentExpression').some(
    ({ left, right }) =>
      isExports(left as AnyNode) &&
      right.type === 'ObjectExpression' &&
      right.properties.some((p) => p.type === 'Property' && p.value === node),
  );
