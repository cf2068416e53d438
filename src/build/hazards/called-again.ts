/** Functions that wrap a module and run as it loads, and that code of theirs calls again by their own name: those calls run as they did. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { isFunctionNode } from '../version/program/walk.ts';

/** `(function clone(exports) { …; exports.clone = () => clone({}) })(exports)` */
export function reportCalledAgain({ base, next, log }: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): void {
  const { node } = baseFn;
  if (node.type !== 'FunctionExpression' || !node.id || !isFunctionNode(fn.node as AnyNode)) return;
  const own = baseFn.scope.parent?.bindings.get(node.id.name);
  if (own?.kind !== 'own-name' || !own.references.some(({ read }) => read) || base.full(node) === next.full(fn.node)) return;
  const reason = 'it wraps the module and is called again by its own name: what such calls make is as the old version makes it';
  log.add('computed-at-load', next, fn.node, baseFn.path, reason);
}
