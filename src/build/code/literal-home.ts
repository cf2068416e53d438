/**
 * The object whose methods say `super`, where it is one that a variable of the running scope always holds: what it inherits from
 * is asked of it.
 */
import type { AnyNode, ObjectExpression } from 'acorn';
import type { SitePlan } from '../../instrument/plan.ts';
import { keyName } from '../../source/paths.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { Match } from '../match/match.ts';
import type { Side } from '../version/side.ts';

/** The name of the variable; null where the method of either version is of anything else, or what the object inherits from is written otherwise. */
export function literalHome(fn: FunctionInfo, site: SitePlan, base: Side, next: Side, match: Match): string | null {
  const [now, was] = [literalOf(fn.thisOwner), literalOf(site.fn.thisOwner)];
  if (!now || !was || match.baseOf.get(fn.thisOwner) !== site.fn.thisOwner || protoOf(now.literal, next) !== protoOf(was.literal, base))
    return null;
  const { scope } = site.handle;
  const binding = scope.lookup(was.name);
  const isIt =
    binding !== null && !binding.reassigned && binding.declarations.length === 1 && base.valueOf(binding.declarations[0]!) === was.literal;
  return isIt ? was.name : null;
}

/** Of `const name = { method() {…} }`. */
function literalOf({
  kind,
  ancestors,
  owner,
}: FunctionInfo): { readonly literal: ObjectExpression & AnyNode; readonly name: string } | null {
  const [declarator, literal] = ancestors.slice(-3) as (AnyNode | undefined)[];
  if (
    owner ||
    !/^(?:method|getter|setter)$/.test(kind) ||
    literal?.type !== 'ObjectExpression' ||
    declarator?.type !== 'VariableDeclarator'
  )
    return null;
  return declarator.id.type === 'Identifier' ? { literal, name: declarator.id.name } : null;
}

/** What the entry `__proto__` says; null for none. */
function protoOf({ properties }: ObjectExpression, side: Side): string | null {
  const entry = properties.find(
    (p) => p.type === 'Property' && !p.computed && !p.method && !p.shorthand && keyName(p.key, false) === '__proto__',
  );
  return entry?.type === 'Property' ? side.text(entry.value as AnyNode) : null;
}
