/** Statements that say what a new constructor inherits from, as code does that writes no classes: `util.inherits(Limit, Transform)`. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { inheritedBy } from '../../version/forms/definitions.ts';
import type { TopDiff } from '../top.ts';

/** Node's own changes nothing but the constructor, which nobody has before the patch is linked. */
export function saysWhatNewInherits(top: TopDiff, statement: AnyNode): boolean {
  const { next, resolver } = top.ctx;
  const inherited = inheritedBy(statement, next);
  if (!inherited) return false;
  const { type, from } = inherited;
  const binding = type.type === 'Identifier' ? next.refAt(type)?.binding : null;
  if (!binding || !resolver.fresh.has(binding) || next.definitionNamed(binding) === null) return false;
  return memberText(from) !== undefined;
}
