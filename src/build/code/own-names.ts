/**
 * The name that a function expression has for itself, where the running function had none, or closures do not hold it: in the patch
 * it stands for the new version's own code, which does to be called, and is not the function that others hold.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { namedBy } from '../../instrument/forwarding.ts';
import type { Match } from '../match/match.ts';
import type { Side } from '../version/side.ts';

/** Calls that run what they are given later, and do no more with it. */
const RUN_LATER = /^(?:setTimeout|setImmediate|queueMicrotask|process\.nextTick)$/;

/** `itself`: the code does. Or the variable that stands for the function in both versions, or the text of what the module gives away. */
export function meantByOwnName(
  { node, parent }: Pick<Reference, 'node' | 'parent'>,
  binding: Binding,
  base: Side,
  next: Side,
  match: Match,
): 'itself' | Binding | { readonly text: string } | null {
  if (parent.type === 'CallExpression' && parent.callee === node) return 'itself';
  if (parent.type === 'CallExpression' && RUN_LATER.test(memberText(parent.callee) ?? '')) return 'itself';
  if (parent.type === 'UnaryExpression' && parent.operator === 'typeof') return 'itself';
  const fn = next.fnAt.get(binding.scope.node);
  const was = fn && match.baseOf.get(fn);
  if (!was) return 'itself';
  const [before, holder] = [holderOf(was, base), holderOf(fn, next)];
  if (holder && before?.name === holder.name) return holder;
  const isWhole = (side: Side, one: FunctionInfo): boolean => {
    const gives = (above: AnyNode | undefined): boolean =>
      above?.type === 'AssignmentExpression' && above.operator === '=' && side.targetText(above.left as AnyNode) === 'module.exports';
    const isGiven = (ref: Reference): boolean =>
      ref.fn === one.parent && ref.parent.type === 'AssignmentExpression' && ref.parent.right === ref.node && gives(ref.parent);
    return gives(one.ancestors.at(-1)) || (namedBy(one)?.references.some(isGiven) ?? false);
  };
  return isWhole(next, fn) && isWhole(base, was) && was.parent ? { text: base.wholeText(was.parent) } : null;
}

/** The variable that always stands for a function, also one that is given to something else besides: `const parse = exports.parse = …`. */
function holderOf(fn: FunctionInfo, side: Side): Binding | null {
  const { bindings } = fn.parent!.body;
  const named = [...bindings.values()].find((one) => side.definitionNamed(one) === fn);
  const above = fn.ancestors.findLast(({ type }) => type !== 'AssignmentExpression');
  const declared = above?.type === 'VariableDeclarator' && above.id.type === 'Identifier' ? bindings.get(above.id.name) : undefined;
  return named ?? (declared && !declared.reassigned && declared.declarations.length === 1 ? declared : null);
}
