/** A table that the top level makes by a literal and further statements, of which one changed: what either version makes it by. */
import type { AnyNode } from 'acorn';
import { ClassInfo } from '../../../source/model.ts';
import type { Binding, Reference } from '../../../source/model.ts';
import type { Named } from '../../version/forms/items.ts';
import { kindOf } from '../../version/values/object-kinds.ts';
import type { Owner } from '../../version/side.ts';
import { gives } from '../../version/values/holding.ts';
import { madeBy, makingOf, placeOf } from './made-tables.ts';
import type { Making } from './made-tables.ts';
import { textOf } from './tables.ts';
import type { TableChange } from './tables.ts';
import type { TopDiff } from '../top.ts';

/** Null where it cannot be made beside the one that is there, in both versions. */
export function madeOtherwise(top: TopDiff, name: string): (TableChange & { readonly made: NonNullable<TableChange['made']> }) | null {
  const { ctx, handle, old, items, baseFn, nextFn, declarations } = top;
  const { base, next, match, resolver, log } = ctx;
  const { fresh } = resolver;
  const before = makingOf(base, baseFn, old, name);
  const after = makingOf(next, nextFn, items, name);
  if (!before || !after || kindOf(before.item.value) !== kindOf(after.item.value)) return null;
  if ([...after.tables.keys()].some((own) => fresh.has(own))) return null;
  if ([...after.functions.keys()].some((own) => (fresh.get(own)?.text ?? null) !== null)) return null;
  const binding = top.bindingOf(name);
  const refsIn = ({ start, end }: AnyNode): readonly Reference[] => next.refsIn(start, end);
  const asksNew = (part: Named | AnyNode): boolean => refsIn(placeOf(part)).some((ref) => ref.binding !== null && fresh.has(ref.binding));
  const isLate = after.called.size > 0 || after.parts.some(asksNew);
  const at = isLate ? placeOf(after.parts.at(-1)!).end : after.item.node.end;
  // What runs before it is made would find the one that is there as it was.
  const isBefore = ({ start, end }: AnyNode): boolean => start > after.item.node.end && end <= at;
  if ([...declarations.values()].some(({ node }) => isBefore(node) && refsIn(node).some((ref) => ref.binding === binding))) return null;
  if (isComputedFrom(top, after, binding)) return null;
  const { same, others } = madeBy(before, base);
  const goesOn = (owner: Owner): boolean => (owner instanceof ClassInfo ? match.classNext.has(owner) : match.nextOf.has(owner));
  const gone = new Set(same.filter((owner) => !goesOn(owner)).map((owner) => textOf(owner, base)));
  const written = new Set(same.filter(goesOn).map((owner) => textOf(owner, base)));
  if (others) log.add('value-copied', next, after.item.node, name, MADE_ANEW);
  return {
    handle,
    table: before.item.pattern!,
    path: [],
    before: before.item.pattern,
    after: after.item.pattern,
    node: after.item.node,
    runs: false,
    // What is written as one that has gone may stand under a key that has another one now.
    called: { written: [...written].filter((text) => !gone.has(text)), hides: true, renews: true },
    made: { before, after, at },
  };
}

/** Whether the top level computes something else from the table: that would stay as it was. */
function isComputedFrom({ items, ctx, nextFn }: TopDiff, { parts, item }: Making, table: Binding | undefined): boolean {
  const isOwn = (node: AnyNode): boolean => node === item.node || parts.some((part) => placeOf(part) === node);
  const computes = (value: AnyNode | null): boolean =>
    value !== null &&
    ctx.next
      .refsIn(value.start, value.end)
      .some(
        (ref) =>
          ref.binding === table && ref.read && ctx.next.ownerOf(ref) === nextFn && !gives(ref.parent, ref.node) && ref.node !== value,
      );
  return (
    [...items.named.values()].some(({ node, value, kind }) => kind === 'variable' && !isOwn(node) && computes(value)) ||
    items.assigned.some(({ node, value }) => !isOwn(node) && computes(value)) ||
    items.others.some((node) => !isOwn(node) && computes(node))
  );
}

const MADE_ANEW = 'what fills it makes functions anew: who has taken the old ones out of it keeps those';
