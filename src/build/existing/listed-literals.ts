/**
 * Entries that the new version writes out in what it puts into a table, where no old code wrote one: what is in the table lacks it.
 * What the entry is called may be said elsewhere for another thing, so it is code that says the table as well which tells.
 */
import type { ObjectExpression } from 'acorn';
import type { FunctionInfo, ModuleModel } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { namedEntries } from '../version/forms/entries.ts';
import { putsOf } from '../version/kept/puts.ts';
import { says } from '../version/objects/reads.ts';
import type { Side } from '../version/side.ts';

/** Of what nothing has been said yet. */
export function reportListedLiterals(ctx: ModuleContext): void {
  const { base, next, match, log, around } = ctx;
  const told = new Set(log.rows.map(({ path }) => path));
  for (const [fn, baseFn] of match.baseOf) {
    if (!match.differs(fn) || base.runsOnce(baseFn)) continue;
    for (const { table, isGiven, values } of putsOf(fn, next)) {
      const [value, ...more] = values;
      if (isGiven || more.length > 0 || value?.type !== 'ObjectExpression') continue;
      const before = writtenInto(table, base);
      if (before.length === 0) continue;
      for (const [name, entry] of namedEntries(value)) {
        const path = `${baseFn.path} ${name}`;
        if (told.has(path) || before.some((literal) => mayHave(literal, name))) continue;
        if (!newlyAsks(base.model, next.model, table, name) && !around.asksTogetherBeside(table, name)) continue;
        told.add(path);
        const reason = `what calls of it have put into ${table} has no ${name}, which other code reads`;
        log.add('instances-lack', next, entry, path, reason);
      }
    }
  }
}

/** What code puts into a table, where all of that is written out. */
function writtenInto(table: string, side: Side): readonly ObjectExpression[] {
  const values = side.model.functions.flatMap((fn) => putsOf(fn, side).flatMap((put) => (put.table === table ? put.values : [])));
  const literals = values.filter((value) => value.type === 'ObjectExpression');
  return literals.length === values.length ? literals : [];
}

const mayHave = (literal: ObjectExpression, name: string): boolean =>
  literal.properties.some((property) => property.type === 'SpreadElement' || property.computed) || namedEntries(literal).has(name);

/** Whether a function of the new version says both names, where its old version, or all of the old module, does not. */
export function newlyAsks(base: ModuleModel, next: ModuleModel, table: string, name: string): boolean {
  if (!says(next.text, table) || !says(next.text, name)) return false;
  const had = new Set(base.functions.flatMap((fn) => (saysBoth(fn, base, table, name) ? fn.path : [])));
  return next.functions.some((fn) => saysBoth(fn, next, table, name) && !had.has(fn.path));
}

/** One of them itself, and not in two functions within. */
function saysBoth({ node: { start, end }, children }: FunctionInfo, { text }: ModuleModel, table: string, name: string): boolean {
  const own = text.slice(start, end);
  if (!says(own, table) || !says(own, name)) return false;
  const parts = [start, ...children.flatMap(({ node }) => [node.start, node.end]), end];
  const outside = parts.flatMap((from, i) => (i % 2 === 0 ? text.slice(from, parts[i + 1]) : [])).join(' ');
  return says(outside, table) || says(outside, name);
}
