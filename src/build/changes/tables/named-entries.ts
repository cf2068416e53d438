/**
 * Entries of tables that one version writes out where they stand, and the other under a name that it has for nothing else:
 * `{ first: { … } }` is the same table as `const FIRST = { … }` and `{ first: FIRST }`.
 */
import type { AnyNode, Property } from 'acorn';
import type { ModuleContext } from '../../code/context.ts';
import type { Items } from '../../version/forms/items.ts';
import { entriesOf } from '../../version/forms/literal-entries.ts';
import type { Side } from '../../version/side.ts';

/** The values of an entry in both versions, each written out where the other is. */
export function writtenOut(before: AnyNode, after: AnyNode, { base, next }: ModuleContext): readonly [before: AnyNode, after: AnyNode] {
  if (before.type === 'ObjectExpression') return [before, namedFor(after, next)];
  return after.type === 'ObjectExpression' ? [namedFor(before, base), after] : [before, after];
}

/** The literal that a name stands for which is said nowhere else; any other value itself. */
function namedFor(value: AnyNode, side: Side): AnyNode {
  const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  if (!binding || binding.references.length !== 1 || binding.declarations.length !== 1) return value;
  const literal = side.valueOf(binding.declarations[0]!);
  return literal?.type === 'ObjectExpression' ? literal : value;
}

/** Pairs the functions of such entries: who has taken the old one out of the table is to run the new one. */
export function pairNamedEntries(ctx: ModuleContext, old: Items, items: Items): void {
  for (const [name, { value }] of items.named) {
    const before = old.named.get(name)?.value;
    const [was, now] = [before && entriesOf(before), value && entriesOf(value)];
    if (was && now) pairIn(ctx, was, now);
  }
}

function pairIn(ctx: ModuleContext, was: ReadonlyMap<string, Property>, now: ReadonlyMap<string, Property>): void {
  for (const [key, { value }] of now) {
    const before = was.get(key)?.value;
    if (!before || (before.type === 'ObjectExpression') === (value.type === 'ObjectExpression')) continue;
    const [old, fresh] = writtenOut(before, value, ctx).map((one) => entriesOf(one));
    for (const [inner, property] of (old && fresh) ?? []) {
      const owners = [ctx.base.definitionOf(old!.get(inner)?.value ?? before), ctx.next.definitionOf(property.value)] as const;
      if (owners[0] && owners[1]) ctx.match.pairByRole(owners[0], owners[1]);
    }
  }
}
