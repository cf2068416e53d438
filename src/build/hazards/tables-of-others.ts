/** The verdicts on what modules have taken out of tables of other modules that change in place, or of all that those gave away. */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import { ClassInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { specifiersIn } from '../input/reach.ts';
import { functionAround } from '../version/program/function-around.ts';
import { importsOf } from '../version/modules/imports.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { COMPLETES } from '../version/forms/entries.ts';
import { requireOf } from '../version/forms/items.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { isThis } from '../version/forms/this-names.ts';
import { nodesAbove, rootOf } from '../version/program/walk.ts';
import { pathOfKeeper } from './kept-in.ts';
import { classAround, hasMember, importedAbove } from './members-of-others.ts';
import type { NewTree } from './new-tree.ts';
import { keptOfTable, logTaken, madeOfTable } from './taken-entries.ts';
import { withPassedOn } from './passed-on.ts';
import type { Changed, TablePath, TableRead } from './taken-entries.ts';

/** What of a module that others have may be another now. */
export interface ChangedModule {
  /** By names of exports; '' for all that it gives away. */
  readonly tables: ReadonlyMap<string, readonly TablePath[]>;
  /** Names of exports with another value, which who asks for them again gets. */
  readonly exports: readonly string[];
}

interface Sources extends NewTree {
  /** Whether what the patch runs of a file comes before another has been linked. */
  isLate(file: string, setter: string): boolean;
}

type FindChanged = (source: string) => ChangedModule | undefined;

export async function reportTakenOfOthers(
  files: readonly string[],
  known: ReadonlyMap<string, ChangedModule>,
  sources: Sources,
): Promise<void> {
  const changed = await withPassedOn<ChangedModule>(files, known, sources, {
    join: (a, b) => ({ tables: new Map([...a.tables, ...b.tables]), exports: [...new Set([...a.exports, ...b.exports])] }),
    renamed: ({ tables, exports }, names) => ({
      tables: new Map([
        ...tables,
        ...[...tables].flatMap(([name, paths]) => (names.has(name) ? [[names.get(name)!, paths] as const] : [])),
      ]),
      exports: [...exports, ...exports.flatMap((name) => names.get(name) ?? [])],
    }),
    under: ({ tables, exports }, as) => {
      const inside = [...tables].flatMap(([name, paths]) =>
        paths.map((one) => ({ ...one, keys: name === '' ? one.keys : [name, ...one.keys] })),
      );
      return { tables: new Map([[as, [...inside, ...exports.map((name) => ({ keys: [name], isNew: false }))]]]), exports: [] };
    },
    size: ({ tables, exports }) => exports.length + [...tables.values()].reduce((sum, paths) => sum + 1 + paths.length, 0),
  });
  for (const file of files) {
    const text = await sources.text(file);
    if (text === null) continue;
    const asked = specifiersIn(text).flatMap((specifier) => changed.get(sources.resolve(file, specifier) ?? '') ?? []);
    const isNamed = asked.some(
      ({ tables, exports }) =>
        tables.has('') || tables.has('default') || [...tables.keys(), ...exports].some((name) => text.includes(name)),
    );
    const side = asked.length > 0 && (isNamed || text.includes('...') || COMPLETES.test(text)) ? await sources.side(file, text) : null;
    if (!side) continue;
    const told = new Set(
      sources.rows(file).flatMap(({ code, path }) => (/^(?:instances|capture|value|results|cache|field)-/.test(code) ? path : [])),
    );
    const find: FindChanged = (source) => changed.get(sources.resolve(file, source) ?? '');
    const seen = new Set<string>();
    for (const { read, source, table, how } of readsIn(side, find)) {
      const kept = keptOfTable(side, read) ?? madeOfTable(side, read);
      const key = kept && `${kept.kind} ${kept.fn.path} ${kept.name} ${table} ${kept.kind === 'at load' ? side.line(kept.at) : ''}`;
      if (!kept || !key || seen.has(key) || !sources.had(file, kept.fn.path)) continue;
      const isAnew = kept.kind === 'at load' && isMadeAnew(file, side, kept.at, sources);
      if (isAnew && !sources.isLate(file, sources.resolve(file, source)!)) continue;
      seen.add(key);
      if (kept.kind === 'at load' && countsEntries(side, read)) {
        const reason = `it keeps how many entries ${table} had as the module loaded, and that has more or fewer now`;
        (await sources.log(file)).add('live-data', side, kept.at, '', reason);
        continue;
      }
      logTaken(await sources.log(file), side, kept, pathOfKeeper(kept.fn), { table, how, isAnew }, told);
    }
  }
}

/** Whether code asks how many entries a table has, which is told of another number. */
function countsEntries(side: Side, { node, paths }: TableRead): boolean {
  const above = nodesAbove(node, side.model.program as AnyNode).toReversed();
  const other = above.findIndex(({ type }) => type !== 'MemberExpression');
  const last = above[other - 1];
  return last?.type === 'MemberExpression' && memberName(last) === 'length' && paths.some(({ keys }) => keys.at(-1) === 'length');
}

/** Whether the patch runs what a module computed as it loaded once more: the statement or a part of it. */
function isMadeAnew(file: string, side: Side, at: AnyNode, { runsAnew }: Sources): boolean {
  const around = side.model.program.body.find((own) => contains(own, at)) ?? at;
  return [at, around].some((node) => runsAnew(file, side.line(node)));
}

interface ReadOfOther extends Changed {
  readonly read: TableRead;
  readonly source: string;
}

function readsIn(side: Side, find: FindChanged): ReadOfOther[] {
  const found: ReadOfOther[] = [];
  const imports = importsOf(side);
  for (const [binding, { source, imported }] of imports) {
    const module = find(source);
    if (!module) continue;
    for (const { node, fn, read } of binding.references) {
      if (!read) continue;
      const paths = module.tables.get(imported);
      const table = `${imported} of ${source}`;
      if (paths) found.push({ read: { node, fn, paths }, source, table, how: 'changes in place' });
      else if (imported === '*' || (imported === 'default' && !module.tables.has('default')))
        found.push(...wholeOf(side, node, fn, source, module, true));
      else if (module.exports.includes(imported) && !side.runsOnce(fn))
        found.push({ read: { node, fn, paths: [{ keys: [], isNew: false }] }, source, table, how: 'is another value now' });
    }
  }
  for (const { binding, source, name } of takenByName(side, imports)) {
    const paths = find(source)?.tables.get(name) ?? [];
    for (const { node, fn } of paths.length > 0 ? binding.references : [])
      found.push({ read: { node, fn, paths }, source, table: `${name} of ${source}`, how: 'changes in place' });
  }
  found.push(...throughClasses(side, find));
  const isImport = (node: AnyNode): boolean =>
    [...imports].some(([{ declarations }]) => declarations.some((id) => (id as AnyNode) === node));
  for (const call of nodesOf(side.model.program, 'CallExpression')) {
    const required = requireOf(call);
    const module = required?.imported === '*' ? find(required.source) : undefined;
    if (!required || !module) continue;
    const root = rootOf(call.callee as AnyNode);
    const [ref] = side.refsIn(root.start, root.end);
    const declarator = ref && nodesAbove(call, ref.fn.node as AnyNode).findLast(({ type }) => type === 'VariableDeclarator');
    if (!ref || (declarator?.type === 'VariableDeclarator' && isImport(declarator.id as AnyNode))) continue;
    found.push(...wholeOf(side, call, ref.fn, required.source, module, false));
  }
  return found;
}

interface TakenByName {
  readonly binding: Binding;
  readonly source: string;
  readonly name: string;
}

/** Variables of the top level that stand for what a module has under a name: `const list = lib.list`, `const { list } = lib`. */
function takenByName(side: Side, imports: ReturnType<typeof importsOf>): readonly TakenByName[] {
  const { root } = side.model;
  return [...itemsOf(side, root).named.values()].flatMap(({ name: local, value, extract, pattern }): TakenByName[] => {
    const isMember = value?.type === 'MemberExpression' && extract === '';
    const held = isMember ? (value.object as AnyNode) : value;
    const name = isMember ? memberName(value) : pattern?.type === 'Property' ? keyName(pattern.key, pattern.computed) : null;
    const from = held?.type === 'Identifier' ? imports.get(side.refAt(held)?.binding as Binding) : undefined;
    const binding = root.body.bindings.get(local);
    return from?.imported === '*' && name !== null && binding ? [{ binding, source: from.source, name }] : [];
  });
}

/** What classes of the module read as their own, or their objects do, that one of another module has which they extend. */
function throughClasses(side: Side, find: FindChanged): ReadOfOther[] {
  const extended = new Map<
    ClassInfo,
    readonly { readonly source: string; readonly table: string; readonly paths: readonly TablePath[] }[]
  >();
  for (const cls of side.model.classes) {
    const above = cls.node.superClass ? importedAbove(side, cls) : null;
    const module = above ? find(above.source) : undefined;
    const tables = (above?.names ?? []).flatMap((name) => {
      const paths = module?.tables.get(name);
      return paths ? [{ source: above!.source, table: name === '' ? above!.source : `${name} of ${above!.source}`, paths }] : [];
    });
    if (tables.length > 0) extended.set(cls, tables);
  }
  if (extended.size === 0) return [];
  return nodesOf(side.model.program, 'MemberExpression').flatMap((member): ReadOfOther[] => {
    const object = member.object as AnyNode;
    const isOwn = object.type === 'Super' || isThis(object);
    const around = isOwn ? classAround(side, object) : null;
    const owner = isOwn ? around?.cls : object.type === 'Identifier' ? side.definitionOf(object) : null;
    const tables = owner instanceof ClassInfo ? extended.get(owner) : undefined;
    if (!tables) return [];
    const fn = functionAround(side, member);
    const isConstructor = isOwn && !around!.isStatic && memberName(member) === 'constructor';
    const isStatic = !isOwn || around!.isStatic || isConstructor;
    return tables.flatMap(({ source, table, paths }): ReadOfOther[] => {
      const own = paths.flatMap((path) => {
        const [first = '', ...rest] = path.keys;
        if (isStatic) return first === 'prototype' || hasMember(owner as ClassInfo, first, true) ? [] : [path];
        return first === 'prototype' && !hasMember(owner as ClassInfo, rest[0] ?? '', false) ? [{ ...path, keys: rest }] : [];
      });
      const node = isConstructor ? (member as AnyNode) : object;
      return own.length > 0 ? [{ read: { node, fn, paths: own }, source, table, how: 'is another value now' }] : [];
    });
  });
}

/** `isNamed`: it goes by a name, under which compilers may have passed it through a helper. */
function wholeOf(
  side: Side,
  node: AnyNode,
  fn: TableRead['fn'],
  source: string,
  { tables, exports }: ChangedModule,
  isNamed: boolean,
): ReadOfOther[] {
  const found: ReadOfOther[] = [];
  for (const [name, paths] of tables) {
    const one = { source, table: name === '' ? source : `${name} of ${source}`, how: 'changes in place' } as const;
    const under = (key: string): TableRead => ({ node, fn, paths: paths.map((one) => ({ ...one, keys: [key, ...one.keys] })) });
    found.push({ read: name === '' ? { node, fn, paths } : under(name), ...one });
    // As compilers ask for all of a module of the other kind.
    if (name === '' && isNamed) found.push({ read: under('default'), ...one });
  }
  // What a module made of them as it loaded is told of by who makes it anew, or does not.
  if (side.runsOnce(fn)) return found;
  for (const name of exports)
    found.push({
      read: { node, fn, paths: [{ keys: [name], isNew: false }] },
      source,
      table: `${name} of ${source}`,
      how: 'is another value now',
    });
  return found;
}
