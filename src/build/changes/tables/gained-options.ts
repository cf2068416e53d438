/**
 * Entries that a table of defaults gains, where code makes objects of all that the table has: `{ ...defaults, ...options }`. Those
 * that were made before lack them; new code supplies them where the keys of the table tell such an object.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo, ModuleModel, Reference } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isSupplied } from '../../code/entries.ts';
import { isReadElsewhere } from '../../existing/instances.ts';
import { keptFrom, pathOfKeeper } from '../../hazards/kept-in.ts';
import type { Kept } from '../../hazards/kept-in.ts';
import { keptOfTable } from '../../hazards/taken-entries.ts';
import type { TablePath } from '../../hazards/taken-entries.ts';
import { COMPLETES, COPIES, literalOf } from '../../version/forms/entries.ts';
import { saysAsKey } from '../../version/objects/options.ts';
import { nodesAbove } from '../../version/program/walk.ts';

/** `constants`: those that the patch makes anew. Of tables that change in place, who makes something of all they have is told of by itself. `isDerived`: of a variable that closures find with what the new code gives it. */
export function reportGainedOptions(ctx: ModuleContext, constants: ReadonlySet<Binding>, isDerived: (binding: Binding) => boolean): void {
  const { next, match, log } = ctx;
  for (const binding of constants) {
    const gained = gainedBy(ctx, binding);
    for (const ref of gained.length === 0 ? [] : binding.references) {
      if (!ref.read || next.runsOnce(ref.fn)) continue;
      const paths = gained.filter(({ keys }) => isReadElsewhere(keys.at(-1)!, ref.fn, ctx));
      const kept = paths.length === 0 ? null : keptOfAll(ctx, ref, binding, paths);
      const old = kept && match.baseOf.get(kept.fn);
      if (!kept || !old || kept.kind === 'at load') continue;
      const variable = kept.kind === 'of closures' ? kept.fn.body.lookup(kept.name) : null;
      if (variable && isDerived(variable)) continue;
      const path = pathOfKeeper(old);
      for (const name of new Set(paths.map(({ keys }) => keys.at(-1)!))) {
        const own = `${path} ${name}`;
        if (log.rows.some((row) => row.path === own || row.path === `${path} ${kept.name}`)) continue;
        const isKeptSo = ctx.resolver.keptOptions.some(({ property, names }) => property === kept.name && names.has(name));
        if (isKeptSo || isSupplied(ctx, name)) {
          log.add('entry-supplied', next, kept.at, own, 'new code reads it of objects that were made without it as well');
          continue;
        }
        const who = kept.kind === 'of closures' ? 'closures' : 'objects';
        const what = kept.name === '' ? `what ${who} that exist were made with` : `what ${who} that exist have in ${kept.name}`;
        log.add('instances-lack', next, kept.at, own, `${what} has no ${name} of ${binding.name}, which other code reads`);
      }
    }
  }
}

/** Where what code makes of all that a table has is there after the call. */
function keptOfAll(ctx: ModuleContext, { node, parent, fn }: Reference, binding: Binding, paths: readonly TablePath[]): Kept | null {
  const { next } = ctx;
  const above = nodesAbove(node, fn.node as AnyNode).toReversed();
  // Key by key, in a loop over the table, is all of it as well.
  if (parent.type === 'MemberExpression' && parent.computed && parent.object === node) {
    const isLoop = above.some(
      (one) =>
        (one.type === 'ForInStatement' || one.type === 'ForOfStatement') &&
        next.refsIn(one.right.start, one.right.end).some((ref) => ref.binding === binding),
    );
    return isLoop ? keptFrom(next, fn, parent, true) : null;
  }
  const kept = keptOfTable(next, { node, fn, paths });
  if (kept) return kept;
  const copy = copyOf(node, above);
  const call = above[copy ? above.indexOf(copy) + 1 : 0];
  if (call?.type === 'NewExpression' && call.callee !== node) return keptFrom(next, fn, call, true);
  if (copy && call?.type === 'CallExpression' && call.callee.type === 'Super') return { kind: 'of objects', name: '', at: call, fn };
  if (copy || call?.type !== 'CallExpression' || call.callee === node) return null;
  return COMPLETES.test(memberText(call.callee)?.split('.').at(-1) ?? '') ? keptFrom(next, fn, call, true) : null;
}

/** The expression that makes an object with all that a table has; `above`: from the innermost on. */
export function copyOf(table: AnyNode, above: readonly AnyNode[]): AnyNode | null {
  const copy = above[above[0]?.type === 'SpreadElement' ? 1 : 0];
  if (copy?.type === 'ObjectExpression') return copy;
  if (copy?.type !== 'CallExpression' || copy.arguments[0] === table) return null;
  return COPIES.test(memberText(copy.callee)?.split('.').at(-1) ?? '') ? copy : null;
}

/** Entries that the old table lacks, under names that the old module gives no property: what code of it read before, it has done without. */
function gainedBy({ base, next, match }: ModuleContext, binding: Binding): readonly TablePath[] {
  const was: FunctionInfo | undefined = match.baseOf.get(binding.scope.fn);
  const old = was && (was.body.bindings.get(binding.name) ?? was.scope.bindings.get(binding.name));
  const [before, after] = [old && base.valueOf(old.declarations[0]!), next.valueOf(binding.declarations[0]!)];
  return before && after ? gainedIn(before, after, base.model) : [];
}

function gainedIn(before: AnyNode, after: AnyNode, old: ModuleModel): readonly TablePath[] {
  const [had, has] = [entriesIn(before), entriesIn(after)];
  return [...(had.size > 0 ? has : [])].flatMap(([name, value]) => {
    const was = had.get(name);
    if (was) return gainedIn(was, value, old).map(({ keys, isNew }) => ({ keys: [name, ...keys], isNew }));
    return saysAsKey(old, name) ? [] : [{ keys: [name], isNew: true }];
  });
}

function entriesIn(table: AnyNode): ReadonlyMap<string, AnyNode> {
  const properties = literalOf(table)?.properties ?? [];
  return new Map(properties.flatMap((p) => (p.type === 'Property' && !p.computed ? [[keyName(p.key, false), p.value as AnyNode]] : [])));
}
