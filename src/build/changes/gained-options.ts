/**
 * Entries that a table of defaults gains, where code makes objects of all that the table has: `{ ...defaults, ...options }`. Those
 * that were made before lack them; new code supplies them where the keys of the table tell such an object.
 */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { entriesOf } from '../code/gained.ts';
import { isReadElsewhere } from '../existing/instances.ts';
import { pathOfKeeper } from '../hazards/kept-in.ts';
import { keptOfTable } from '../hazards/taken-entries.ts';
import { isOfAnyValue } from '../version/gains.ts';

/** Whether new code finds an entry of that name on all objects that were made of a table without it. */
export function isSupplied({ around, base }: ModuleContext, name: string): boolean {
  const gains = base.model.text.includes(name) ? [] : around.gains(name);
  return gains.length > 0 && gains.every(isOfAnyValue);
}

/** `constants`: those that the patch makes anew. Of tables that change in place, who makes something of all they have is told of by itself. */
export function reportGainedOptions(ctx: ModuleContext, constants: ReadonlySet<Binding>): void {
  const { next, match, log } = ctx;
  for (const binding of constants) {
    const gained = gainedNames(ctx, binding);
    const told = new Set<string>();
    for (const { node, fn, read } of gained.length === 0 ? [] : binding.references) {
      if (!read || next.runsOnce(fn)) continue;
      const names = gained.filter((name) => isReadElsewhere(name, fn, ctx));
      const kept = keptOfTable(next, { node, fn, paths: names.map((name) => ({ keys: [name], isNew: true })) });
      const old = kept && match.baseOf.get(kept.fn);
      if (!kept || !old || kept.kind === 'at load') continue;
      const path = pathOfKeeper(old);
      for (const name of names) {
        const own = `${path} ${kept.name}`;
        if (told.has(`${own} ${name}`) || log.rows.some((row) => row.path === own)) continue;
        told.add(`${own} ${name}`);
        if (isSupplied(ctx, name))
          log.add('entry-supplied', next, kept.at, `${path} ${name}`, 'new code reads it of objects that were made without it as well');
        else
          log.add(
            'instances-lack',
            next,
            kept.at,
            `${path} ${name}`,
            `${kept.kind === 'of closures' ? 'what closures' : 'what objects'} that exist have in ${kept.name} has no ${name} of ${binding.name}, which other code reads`,
          );
      }
    }
  }
}

/** Entries that the old table lacks, under names that the old module says nowhere: what code of it read before, it has done without. */
function gainedNames({ base, next, match }: ModuleContext, binding: Binding): readonly string[] {
  const was = match.baseOf.get(binding.scope.fn);
  const old = was && (was.body.bindings.get(binding.name) ?? was.scope.bindings.get(binding.name));
  const [before, after] = [old && base.valueOf(old.declarations[0]!), next.valueOf(binding.declarations[0]!)] as (
    | AnyNode
    | null
    | undefined
  )[];
  const [had, has] = [before && namesIn(before), after && namesIn(after)];
  if (!had || !has) return [];
  return has.filter((name) => !had.includes(name) && !base.model.text.includes(name));
}

const namesIn = (table: AnyNode): readonly string[] | null => {
  const entries = entriesOf(table);
  return entries && [...entries.keys()];
};
