/** Whether a nested function can be called after, or from outside, the run of the function around it. */
import type { AnyNode, CallExpression } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import { memberName } from './member-name.ts';
import { isRunAtOnce } from './runs-at-once.ts';

/** False only when every use of `fn` is a call by name, or one of what calls it at once, in the function around it or in functions that do not escape either. */
export function escapes(fn: FunctionInfo, seen = new Set<FunctionInfo>()): boolean {
  if (seen.has(fn)) return false;
  seen.add(fn);
  if (isCalledInPlace(fn) || isCalledAtOnce(fn)) return false;
  const binding = namedBy(fn);
  if (!binding || binding.scope.evalVisible || binding.reassigned || binding.declarations.length !== 1) return true;
  for (const ref of binding.references) {
    if (ref.parent.type !== 'CallExpression' || (ref.parent.callee !== ref.node && !isCallback(ref.node as AnyNode, ref.parent)))
      return true;
    let caller: FunctionInfo | null = ref.fn;
    for (; caller && caller !== fn.parent; caller = caller.parent) if (caller !== fn && escapes(caller, seen)) return true;
  }
  return false;
}

/** Whether code of `fn`, in `maker`, runs after that has returned. */
export function outlives(fn: FunctionInfo, maker: FunctionInfo, isKept: (fn: FunctionInfo) => boolean = escapes): boolean {
  for (let at: FunctionInfo | null = fn; at && at !== maker; at = at.parent) if (isKept(at)) return true;
  return false;
}

/** Methods of arrays and strings that call what they are given before they return. */
const AT_ONCE: ReadonlySet<string> = new Set([
  'map',
  'filter',
  'forEach',
  'some',
  'every',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'reduce',
  'reduceRight',
  'sort',
  'toSorted',
  'flatMap',
  'replace',
  'replaceAll',
]);

/** Whether a method of that name, of arrays or strings, calls what it is given before it returns. */
export const callsAtOnce = (name: string): boolean => AT_ONCE.has(name);

/** Whether a function is given to a method that only uses it during the call, or to `new Promise`. */
function isCalledAtOnce(fn: FunctionInfo): boolean {
  const parent = fn.ancestors.at(-1);
  if (parent?.type === 'NewExpression') return parent.callee.type === 'Identifier' && parent.callee.name === 'Promise';
  if (parent?.type !== 'CallExpression' || parent.callee === fn.node) return false;
  return parent.callee.type === 'MemberExpression' ? callsGivenAtOnce(parent) : isRunAtOnce(fn, parent);
}

/** Whether a call is of such a method, and a function is what that calls. */
function isCallback(node: AnyNode, call: CallExpression): boolean {
  if (!callsGivenAtOnce(call)) return false;
  const isReplacing = call.callee.type === 'MemberExpression' && memberName(call.callee)?.startsWith('replace') === true;
  return call.arguments[isReplacing ? 1 : 0] === node;
}

function callsGivenAtOnce({ callee }: CallExpression): boolean {
  return (
    callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier' && AT_ONCE.has(callee.property.name)
  );
}

function isCalledInPlace(fn: FunctionInfo): boolean {
  const parent = fn.ancestors.at(-1);
  return parent?.type === 'CallExpression' && parent.callee === fn.node && !fn.async && !fn.generator;
}
