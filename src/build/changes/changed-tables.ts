/** The tables of a module that change in place: what differs in each, what code of the module has taken out of them, and as what it gives them away. */
import type { AnyNode } from 'acorn';
import { keyName, memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { pathOfKeeper } from '../hazards/kept-in.ts';
import { ANY, keptOfTable, logTaken } from '../hazards/taken-entries.ts';
import type { TablePath, TableRead } from '../hazards/taken-entries.ts';
import { nodesOf } from '../version/nodes.ts';
import { pathOf } from '../version/own-paths.ts';
import { rootOf } from '../version/walk.ts';
import type { TopDiff } from './top.ts';

/** By names of exports; '' for all that a module gives away. */
export type GivenTables = ReadonlyMap<string, readonly TablePath[]>;

const UNKNOWN: TablePath = { keys: [ANY], isNew: false };

/** By what the source calls them. */
function tablesOf({ tables, fills }: TopDiff): ReadonlyMap<string, readonly TablePath[]> {
  const found = new Map<string, readonly TablePath[]>();
  for (const [name, { changes }] of tables.changes)
    found.set(
      name,
      changes.map(({ path, before, remade }) =>
        remade !== undefined || path.length === 0 ? UNKNOWN : { keys: path, isNew: before === null },
      ),
    );
  for (const { tables: filled } of fills.values()) for (const name of filled) if (!found.has(name)) found.set(name, [UNKNOWN]);
  return found;
}

/** What functions of the module have taken out of its own tables. Of what its top level has, top-verdicts.ts tells. */
export function reportTaken(ctx: ModuleContext, tops: readonly TopDiff[]): void {
  const { next, match, log, resolver } = ctx;
  for (const top of tops) {
    for (const [name, paths] of tablesOf(top)) {
      const binding = name.includes('.') ? undefined : top.bindingOf(name);
      if (binding && resolver.fresh.has(binding)) continue;
      const reads: TableRead[] = binding
        ? binding.references.flatMap(({ node, fn, read }) => (read && !next.runsOnce(fn) ? [{ node, fn, paths }] : []))
        : memberReads(ctx, name, paths);
      const told = new Set(
        log.rows.flatMap(({ code, path }) => (/^(?:instances|capture|value|results|cache|field)-/.test(code) ? path : [])),
      );
      if (told.has(name)) continue;
      for (const read of reads) {
        const kept = keptOfTable(next, read);
        const old = kept && match.baseOf.get(kept.fn);
        if (!kept || !old || (kept.kind === 'at load' && isToldOf(ctx, kept.at))) continue;
        logTaken(log, next, kept, pathOfKeeper(old), name, told);
      }
    }
  }
}

const isToldOf = ({ log, next }: ModuleContext, at: AnyNode): boolean =>
  log.rows.some(({ code, line }) => code === 'computed-at-load' && line === next.line(at));

/** `exports.table`, in functions. */
function memberReads({ next }: ModuleContext, name: string, paths: readonly TablePath[]): TableRead[] {
  const { program } = next.model;
  const path = pathOf(name, program);
  return nodesOf(program, 'MemberExpression').flatMap((node) => {
    if (memberText(node) === undefined || pathOf(memberText(node)!, program) !== path) return [];
    const root = rootOf(node);
    const ref = root.type === 'Identifier' ? next.refsIn(root.start, root.end)[0] : undefined;
    return ref && !next.runsOnce(ref.fn) ? [{ node, fn: ref.fn, paths }] : [];
  });
}

/** Under which names other modules find them. */
export function tablesGivenBy(top: TopDiff): GivenTables {
  const found = new Map<string, readonly TablePath[]>();
  const { items, ctx } = top;
  const { program } = ctx.next.model;
  const give = (name: string, paths: readonly TablePath[]): void => void found.set(name, [...(found.get(name) ?? []), ...paths]);
  const exportAt = (text: string): string | null => {
    const path = pathOf(text, program);
    if (path === 'module.exports' || path === 'exports') return '';
    return /^exports\.([^.]+)$/.exec(path)?.[1] ?? null;
  };
  for (const [name, paths] of tablesOf(top)) {
    const [direct, ...inner] = pathOf(name, program)
      .split('.')
      .slice(name === 'module.exports' ? 2 : 1);
    if (name === 'module.exports' || name === 'exports') give('', paths);
    else if (direct !== undefined && pathOf(name, program).startsWith('exports.'))
      give(
        direct,
        paths.map(({ keys, isNew }) => ({ keys: [...inner, ...keys], isNew })),
      );
    for (const { name: as, local } of items.exported.values()) if (local === name) give(as, paths);
    for (const target of items.named.get(name)?.targets ?? []) {
      const as = exportAt(memberText(target) ?? '');
      if (as !== null) give(as, paths);
    }
    for (const { key, value } of items.assigned) {
      const as = exportAt(key);
      if (as === null) continue;
      if (value.type === 'Identifier' && value.name === name) give(as, paths);
      else if (as === '' && value.type === 'ObjectExpression')
        for (const property of value.properties)
          if (property.type === 'Property' && !property.computed && property.value.type === 'Identifier' && property.value.name === name)
            give(keyName(property.key, false), paths);
    }
  }
  return found;
}
