/** Statements that say what a new constructor inherits from, as code does that writes no classes: `util.inherits(Limit, Transform)`. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../source/paths.ts';
import { isOfNode } from '../version/node-calls.ts';
import type { TopDiff } from './top.ts';

/** Node's own changes nothing but the constructor, which nobody has before the patch is linked. */
export function saysWhatNewInherits(top: TopDiff, statement: AnyNode): boolean {
  const { next, resolver } = top.ctx;
  const call = statement.type === 'ExpressionStatement' ? statement.expression : null;
  if (call?.type !== 'CallExpression' || call.arguments.length !== 2) return false;
  const [type, from] = call.arguments as AnyNode[];
  const binding = type!.type === 'Identifier' ? next.refAt(type!)?.binding : null;
  if (!binding || !resolver.fresh.has(binding) || next.definitionNamed(binding) === null) return false;
  return memberText(from!) !== undefined && isOfNode(next, call.callee as AnyNode, 'util', 'inherits');
}
