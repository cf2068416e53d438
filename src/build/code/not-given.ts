/**
 * What nobody can have given to calls that made closures which exist: options that the old version knows nothing of, and
 * parameters that the old function does not take. To those closures they are what they are where they are left out.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { isExports } from '../../instrument/commonjs.ts';
import { namedBy } from '../../instrument/forwarding.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { nodesOf } from '../version/nodes.ts';
import { hasDefault, isEmpty, isGivenIn, optionOf } from '../version/options.ts';
import type { Side } from '../version/side.ts';
import type { Derivation } from './derive.ts';
import { isReadByEntry } from './gained.ts';
import type { Place } from './resolve.ts';

/** How new code, and other files, may give them. */
export interface Givers {
  /** Whether an option of that name may have been given: the old version takes it somewhere, or other files of the new one give it. */
  readonly option: (name: string) => boolean;
  /** Whether other files of the new version, changed ones or new, may call what goes by that name. */
  readonly call: (name: string) => boolean;
}

/** `base`: the function of the running code in which the variable would be. */
export function notGiven(binding: Binding, base: FunctionInfo | undefined, place: Place, next: Side, givers: Givers): Derivation | null {
  const part = leftOut(binding, base, next, givers);
  const at = ({ start, end }: AnyNode): Place => ({ handle: place.handle, site: place.site, start, end, nameless: null });
  return part && { binding, kind: 'option', parts: part.value ? [part.value] : [], missing: [], place: at };
}

/** What it is without; no value is `undefined`. */
function leftOut(binding: Binding, base: FunctionInfo | undefined, next: Side, givers: Givers): { readonly value: AnyNode | null } | null {
  const own = binding.scope.fn;
  const option = optionOf(binding, own, next);
  if (option !== null) return givers.option(option.name) || isGivenIn(next, option.name, option.entry) ? null : { value: option.fallback };
  const { params } = own.node as FunctionNode;
  const index = params?.findIndex((param) =>
    binding.declarations.includes((param.type === 'AssignmentPattern' ? param.left : param) as never),
  );
  const param = params?.[index];
  if (!param || !base || binding.reassigned || !takesLess(base, index) || isPassed(own, index, next, givers)) return null;
  // What code does with it shows whether it may be left out.
  if (param.type !== 'AssignmentPattern')
    return binding.references.every((ref) => hasDefault(ref.node, ref.parent)) ? { value: null } : null;
  const { right } = param;
  return (right.type === 'Literal' && right.regex === undefined) || (isEmpty(right) && isReadByEntry(binding)) ? { value: right } : null;
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
  if (!binding || binding.reassigned || givers.call(binding.name)) return true;
  return !binding.references.every(({ node, parent, read, fn: user }) => {
    if (!read) return true;
    // What bundlers make of an export.
    if (parent.type === 'ArrowFunctionExpression' && parent.body === node) return user.ancestors.at(-1)?.type === 'Property';
    if (parent.type === 'CallExpression' && parent.callee === node)
      return parent.arguments.length <= index && parent.arguments.every(({ type }) => type !== 'SpreadElement');
    if (parent.type === 'AssignmentExpression') return parent.right === node && isExported(parent.left);
    if (parent.type === 'Property') return parent.value === node && isInExports(node, side);
    return parent.type === 'ExportNamedDeclaration' || parent.type === 'ExportSpecifier';
  });
}

const isExported = (target: AnyNode): boolean =>
  isExports(target) || (target.type === 'MemberExpression' && isExports(target.object as AnyNode));

/** Whether it stands in an object that the module exports as a whole. */
const isInExports = (node: AnyNode, side: Side): boolean =>
  nodesOf(side.model.program, 'AssignmentExpression').some(
    ({ left, right }) =>
      isExports(left as AnyNode) &&
      right.type === 'ObjectExpression' &&
      right.properties.some((p) => p.type === 'Property' && p.value === node),
  );
