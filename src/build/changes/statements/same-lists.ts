/**
 * Statements of the top level that go through a list which is written out, by its name in one version and as it is in the other:
 * `['abort', 'error'].forEach(add)` did what `events.forEach(add)` does.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { compareCode } from '../../code/context.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isMutated } from '../../version/values/effects.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import type { TopDiff } from '../top.ts';

/** Of two expressions. */
export function goesThroughSame({ ctx }: TopDiff, before: AnyNode, now: AnyNode): boolean {
  const [was, is] = [throughOf(before), throughOf(now)];
  const list = was && listOf(was.list, ctx.base);
  return was !== null && list !== null && is !== null && listOf(is.list, ctx.next) === list && doSame(ctx, was, is);
}

/** Whether what they call for each does the same. */
export function doSame(ctx: ModuleContext, was: Through, is: Through): boolean {
  const [old, fn] = [ctx.base.fnAt.get(was.called), ctx.next.fnAt.get(is.called)];
  if (!old || !fn || ctx.match.differs(fn)) return false;
  return compareCode(ctx, (old.node as FunctionNode).body as AnyNode, (fn.node as FunctionNode).body as AnyNode, old, fn) === 'same';
}

export interface Through {
  readonly list: AnyNode;
  readonly called: AnyNode;
}

export function throughOf(node: AnyNode): Through | null {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || memberName(node.callee) !== 'forEach') return null;
  const [called, ...more] = (node as CallExpression).arguments;
  return called && more.length === 0 ? { list: node.callee.object, called } : null;
}

/** The text of what a list holds: one that is written out, or that a variable holds which is only read. */
function listOf(node: AnyNode, side: Side): string | null {
  if (node.type === 'ArrayExpression') return node.elements.every((own) => own?.type === 'Literal') ? side.text(node) : null;
  const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : null;
  const id = binding?.declarations[0];
  const value = id && side.valueOf(id);
  if (value?.type !== 'ArrayExpression' || isMutated(binding!)) return null;
  const isRead = binding!.references.every((ref) => ref.node === id || ref.parent.type === 'MemberExpression');
  return isRead ? listOf(value, side) : null;
}
