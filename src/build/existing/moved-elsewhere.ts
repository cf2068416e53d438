/**
 * Functions that another file has from now on, word for word, and that mean the same there: what calls of the running one have
 * made is what calls of that one make.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo, Reference } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { givenAway } from '../hazards/at-load.ts';
import { functionOf } from '../version/values/effects.ts';
import { importsOf } from '../version/modules/imports.ts';
import type { Import } from '../version/modules/imports.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { Side } from '../version/side.ts';
import { sideFor } from '../version/side.ts';
import { walk } from '../version/program/walk.ts';

/** Whether a function that has gone is one of another file, to which what the new version of its module asks for leads there. */
export function isElsewhere(ctx: ModuleContext, fn: FunctionInfo): boolean {
  if (goesByItsFile(fn)) return false;
  const text = ctx.base.full(fn.node);
  const imports = [...importsOf(ctx.next).values()];
  return [...new Set(imports.map(({ source }) => source))].some((source) => {
    const model = ctx.around.newModelOf(source);
    if (!model) return false;
    const side = sideFor(model);
    const asked = imports.filter((one) => one.source === source);
    return model.functions.some(
      (one) =>
        one.parent?.kind === 'module' &&
        one.strict === fn.strict &&
        side.full(one.node) === text &&
        meansTheSame(ctx, fn, one, side) &&
        ledToBy(asked, side).has(one),
    );
  });
}

/** Whether the same code is another in another file, though each name means the same: it asks by paths, or may say anything. */
function goesByItsFile(fn: FunctionInfo): boolean {
  let does = fn.scope.evalVisible || fn.insideWith;
  walk(fn.node as AnyNode, ({ type }) => {
    does ||= type === 'ImportExpression' || type === 'MetaProperty';
    return !does;
  });
  return does;
}

/** The functions of a file that what is asked of it may lead to, as far as names tell. */
function ledToBy(asked: readonly Import[], side: Side): ReadonlySet<FunctionInfo> {
  const found = new Set<FunctionInfo>();
  for (const fn of side.model.functions) {
    const names = givenAway(side, itemsOf(side, side.model.root), (owner) => owner === fn);
    if (asked.some(({ imported }) => (imported === '*' ? names.size > 0 : names.has(imported)))) found.add(fn);
  }
  for (const fn of found)
    for (const { binding } of side.refsIn(fn.node.start, fn.node.end)) {
      const named = functionOf(side, binding);
      if (named) found.add(named);
    }
  return found;
}

/** Of functions with the same text. */
function meansTheSame(ctx: ModuleContext, fn: FunctionInfo, now: FunctionInfo, side: Side): boolean {
  const [had, has] = [ctx.base.refsIn(fn.node.start, fn.node.end), side.refsIn(now.node.start, now.node.end)];
  return had.length === has.length && had.every((ref, i) => isSameName(ctx, [ref, fn], [has[i]!, now], side));
}

type Named = readonly [ref: Reference, fn: FunctionInfo];

/** A name of the function itself, a global one, or one of a package that both files ask for, and of which the process keeps its own. */
function isSameName({ base, around }: ModuleContext, [had, fn]: Named, [has, now]: Named, side: Side): boolean {
  const [was, is] = [had.binding, has.binding];
  if (was === null || is === null) return was === is;
  const isOwn = ({ scope }: typeof was, owner: FunctionInfo): boolean => {
    for (let at: FunctionInfo | null = scope.fn; at; at = at.parent) if (at === owner) return true;
    return false;
  };
  if (isOwn(was, fn) || isOwn(is, now)) return isOwn(was, fn) && isOwn(is, now);
  const [from, to] = [importsOf(base).get(was), importsOf(side).get(is)];
  if (from === undefined || from.source !== to?.source || from.imported !== to.imported) return false;
  return !/^[./]/.test(from.source) && !around.follows(from.source);
}
