/**
 * Blocks of the top level, and functions that it calls in place, which have gone: functions that stood in them go on with what
 * they have there, so where that is more than constants, nothing of the new version may take their place unseen.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { isMutatedByFunctions, isState } from '../../version/values/effects.ts';
import { isFunctionNode, rootOf, walk } from '../../version/program/walk.ts';
import type { TopDiff } from '../top.ts';
import { wrappersOf } from './wrappers.ts';

export function reportGoneScopes(top: TopDiff, gone: readonly AnyNode[]): void {
  const { base, match, log } = top.ctx;
  if (top.handle.kind !== 'module') return;
  const wrappers = wrappersOf(base.model);
  for (const node of gone) {
    const fn = wrappers.find(({ statement }) => statement === node)?.fn;
    if (fn ? match.nextOf.has(fn) : node.type !== 'BlockStatement') continue;
    if (!holdsState(top, node, fn ?? top.baseFn) && !(fn && givesAway(fn))) continue;
    const reason = 'a function or block that ran once as the module loaded has gone: what is in it goes on as it is';
    log.add('wrapper-changed', base, node, fn?.path ?? '', reason);
  }
}

function holdsState({ ctx }: TopDiff, { start, end }: AnyNode, owner: FunctionInfo): boolean {
  const bindings = new Set(ctx.base.refsIn(start, end).map(({ binding }) => binding));
  const isWithin = ({ scope }: Binding): boolean => scope.fn === owner && start <= scope.node.start && scope.node.end <= end;
  return [...bindings].some(
    (binding) => binding !== null && isWithin(binding) && (isState(owner, binding) || isMutatedByFunctions(owner, binding)),
  );
}

/** Whether it puts something on the exports of the module. */
function givesAway({ node }: FunctionInfo): boolean {
  let found = false;
  walk(node as AnyNode, (inner) => {
    if (inner !== node && isFunctionNode(inner)) return false;
    const root = inner.type === 'AssignmentExpression' ? rootOf(inner.left as AnyNode) : null;
    found ||= root?.type === 'Identifier' && /^(?:exports|module)$/.test(root.name);
    return !found;
  });
  return found;
}
