/**
 * Functions that another file has from now on, word for word, and that mean the same there: what calls of the running one have
 * made is what calls of that one make.
 */
import type { FunctionInfo, Reference } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { importsOf } from '../version/imports.ts';
import type { Side } from '../version/side.ts';
import { sideFor } from '../version/side.ts';

/** Whether a function that has gone is one of a file of which the new version of its module asks for something. */
export function isElsewhere({ base, next, around }: ModuleContext, fn: FunctionInfo): boolean {
  const sources = new Set([...importsOf(next).values()].map(({ source }) => source));
  return [...sources].some((source) => {
    const model = around.newModelOf(source);
    if (!model) return false;
    const side = sideFor(model);
    const text = base.full(fn.node);
    return model.functions.some(
      (one) => one.parent?.kind === 'module' && side.full(one.node) === text && meansTheSame(fn, base, one, side),
    );
  });
}

/** Of functions with the same text. */
function meansTheSame(fn: FunctionInfo, base: Side, now: FunctionInfo, next: Side): boolean {
  const [had, has] = [base.refsIn(fn.node.start, fn.node.end), next.refsIn(now.node.start, now.node.end)];
  return had.length === has.length && had.every((ref, i) => isSameName(ref, fn, base, has[i]!, now, next));
}

/** A name of the function itself, a global one, or one of a package that both files ask for. */
function isSameName(ref: Reference, fn: FunctionInfo, base: Side, other: Reference, now: FunctionInfo, next: Side): boolean {
  const [was, is] = [ref.binding, other.binding];
  if (was === null || is === null) return was === is;
  const isOwn = ({ scope }: typeof was, around: FunctionInfo): boolean => {
    for (let at: FunctionInfo | null = scope.fn; at; at = at.parent) if (at === around) return true;
    return false;
  };
  if (isOwn(was, fn) || isOwn(is, now)) return isOwn(was, fn) && isOwn(is, now);
  const [from, to] = [importsOf(base).get(was), importsOf(next).get(is)];
  return from !== undefined && from.source === to?.source && from.imported === to.imported && !/^[./]/.test(from.source);
}
