/**
 * Variables and global properties that are new, and that a function of the new version sets for others. Where its old version has
 * run it has not set them, and it may not run again: what reads them finds what they began with. Of a global property that has a
 * name, as of any object's, that is told with the instances.
 */
import type { AnyNode } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { functionAround } from '../version/program/function-around.ts';
import { leftBy } from '../version/kept/left.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { isUndefined } from '../version/forms/nothing.ts';

export function reportNewlySet(ctx: ModuleContext): void {
  const { base, next, match, resolver, log } = ctx;
  for (const [fn, baseFn] of match.baseOf) {
    if (!match.differs(fn) || base.runsOnce(baseFn)) continue;
    for (const { how, variable, value } of leftBy(fn, next)) {
      if (how !== 'put' || !variable || !resolver.fresh.has(variable) || !isSetOnce(variable, fn, value, next)) continue;
      const setters = new Set(variable.references.flatMap((ref) => (ref.write ? ref.fn : [])));
      const isLeftWithout = ({ read, fn: reader }: { readonly read: boolean; readonly fn: FunctionInfo }): boolean =>
        read && reader.kind !== 'module' && !runsAfter(reader, setters);
      if (!variable.references.some(isLeftWithout)) continue;
      const reason = `where it has run before, it has not set ${variable.name}, which other code reads`;
      log.add('not-set-up', next, value, baseFn.path, reason);
    }
    for (const target of globalsSet(fn, ctx)) {
      const reason = `where it has run before, it has not set ${next.written({ node: target })}, which other code may read`;
      log.add('not-set-up', next, target, baseFn.path, reason);
    }
  }
}

/** What a function sets that all modules see and nobody knew, but for what the top level sets too. */
function globalsSet(fn: FunctionInfo, { next, around }: ModuleContext): readonly AnyNode[] {
  const all = globalSets(next);
  const isSetAtLoad = (word: string): boolean => all.some((other) => other.word === word && next.runsOnce(other.by));
  return all.flatMap(({ word, target, by }) => (by === fn && !isSetAtLoad(word) && !around.knew(word) ? [target] : []));
}

/** Assignments to a name that nothing declares, or to a property of the global object under a symbol. */
const globalSets = askedOnce((side: Side): readonly { readonly word: string; readonly target: AnyNode; readonly by: FunctionInfo }[] =>
  nodesOf(side.model.program, 'AssignmentExpression').flatMap(({ left, operator }) => {
    const target = left as AnyNode;
    const word = operator === '=' ? globalWord(target, side) : null;
    return word === null ? [] : [{ word, target, by: functionAround(side, target) }];
  }),
);

function globalWord(target: AnyNode, side: Side): string | null {
  if (target.type === 'Identifier') return side.refAt(target)?.binding === null ? target.name : null;
  if (target.type !== 'MemberExpression' || !/^global(?:This)?$/.test(memberText(target.object) ?? '')) return null;
  if (side.refAt(target.object as AnyNode)?.binding !== null) return null;
  return /^\[Symbol\.for\("(.*)"\)\]$/.exec(side.symbolKey(target) ?? '')?.[1] ?? null;
}

/** Whether a call of a function leaves it set: what one sets twice it sets for as long as its call lasts, and what it sets as the module loads it has. */
function isSetOnce(variable: Binding, fn: FunctionInfo, value: AnyNode, side: Side): boolean {
  const writes = variable.references.filter(({ write, node }) => write && !variable.declarations.includes(node));
  if (writes.some((ref) => side.runsOnce(ref.fn)) || writes.filter((ref) => ref.fn === fn).length > 1) return false;
  const textOf = ({ start, end }: AnyNode): string => side.model.text.slice(start, end);
  return !variable.declarations.some((id) => {
    const first = side.valueOf(id);
    return first !== undefined && (first === null ? isUndefined(value) : textOf(value) === textOf(first));
  });
}

/** Whether a function only runs in calls that have set it: it calls one of `setters`, or only those call it. */
function runsAfter(fn: FunctionInfo, setters: ReadonlySet<FunctionInfo>, seen = new Set<FunctionInfo>()): boolean {
  if (setters.has(fn) || seen.has(fn)) return true;
  seen.add(fn);
  for (const setter of setters) if (namedBy(setter)?.references.some(({ node, read }) => read && contains(fn.node, node))) return true;
  const binding = namedBy(fn);
  if (!binding || binding.reassigned || binding.scope.evalVisible) return false;
  return binding.references.every(
    ({ node, parent, read, fn: caller }) =>
      !read ||
      (parent.type === 'CallExpression' && parent.callee === node && (caller.kind === 'module' || runsAfter(caller, setters, seen))),
  );
}
