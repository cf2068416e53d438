/** The tables of a module that change in place: what differs in each, what code of the module has taken out of them, and as what it gives them away. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { pathOfKeeper } from '../../hazards/kept-in.ts';
import { functionAround } from '../../version/program/function-around.ts';
import { nameOf } from '../../version/objects/member-names.ts';
import { ANY, CALL, keptOfTable, logTaken, madeOfTable } from '../../hazards/taken-entries.ts';
import type { TablePath, TableRead } from '../../hazards/taken-entries.ts';
import { classPathOf } from '../../version/objects/create.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import type { Side } from '../../version/side.ts';
import { pathOf } from '../../version/modules/own-paths.ts';
import { memberName } from '../../version/program/member-name.ts';
import { isThis } from '../../version/forms/this-names.ts';
import { nodesAbove, rootOf } from '../../version/program/walk.ts';
import { copyOf } from './gained-options.ts';
import { isSupplied } from '../../code/entries.ts';
import type { TopDiff } from '../top.ts';
import { askedOnce } from '../../version/program/asked-once.ts';

/** By names of exports; '' for all that a module gives away. */
export type GivenTables = ReadonlyMap<string, readonly TablePath[]>;

const UNKNOWN: TablePath = { keys: [ANY], isNew: false };

/** By what the source calls them. */
function tablesOf({ tables, fills, properties, old, items, ctx }: TopDiff): ReadonlyMap<string, readonly TablePath[]> {
  const found = new Map<string, readonly TablePath[]>();
  for (const [name, { changes, depth }] of tables.changes)
    found.set(
      name,
      changes.flatMap(({ path, before, remade }) => {
        if (remade !== undefined || path.length === depth) return UNKNOWN;
        const keys = path.slice(depth);
        return before === null && keys.length === 1 && isSupplied(ctx, keys[0]!) ? [] : { keys, isNew: before === null };
      }),
    );
  for (const { owner, name, onPrototype, exported, holder } of properties.values()) {
    const given = exported || holder ? undefined : memberText(owner);
    const text = given !== undefined && onPrototype ? `${given}.prototype` : given;
    if (text !== undefined)
      found.set(text, [
        ...(found.get(text) ?? []),
        {
          keys: [name],
          isNew: !old.assigned.some(({ key }) => key === `${text}.${name}`),
          isProperty: true,
        },
      ]);
  }
  for (const path of ctx.resolver.unseenPaths) {
    const at = path.lastIndexOf('.');
    const text = path.slice(0, at);
    if (items.named.has(text.split('.', 1)[0]!) || /^(?:module\.)?exports\b/.test(text))
      found.set(text, [...(found.get(text) ?? []), { keys: [path.slice(at + 1)], isNew: false, isProperty: true }]);
  }
  for (const { tables: filled } of fills.values()) for (const name of filled) if (!found.has(name)) found.set(name, [UNKNOWN]);
  return found;
}

/** What functions of the module have taken out of its own tables. Of what its top level has, top-verdicts.ts tells. */
export function reportTaken(ctx: ModuleContext, tops: readonly TopDiff[]): void {
  const { next, resolver } = ctx;
  for (const top of tops) {
    for (const [name, paths] of tablesOf(top)) {
      const binding = name.includes('.') ? undefined : top.bindingOf(name);
      if (binding && resolver.fresh.has(binding)) continue;
      const byName: TableRead[] = (binding?.references ?? []).flatMap(({ node, fn, read, parent }) =>
        read && (!next.runsOnce(fn) || (parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier'))
          ? [{ node, fn, paths }]
          : [],
      );
      report(ctx, [...byName, ...memberReads(ctx, name, paths)], name);
    }
    for (const { reads, name } of readsInBundle(top, tops)) report(ctx, reads, name);
  }
}

function report(ctx: ModuleContext, reads: readonly TableRead[], name: string): void {
  const { next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (/^(?:instances|capture|value|results|cache|field)-/.test(code) ? path : [])));
  for (const read of told.has(name) ? [] : reads) {
    const kept = keptOfTable(next, read) ?? madeOfTable(next, read);
    const old = kept && match.baseOf.get(kept.fn);
    if (!kept || !old || (kept.kind === 'at load' && isToldOf(ctx, kept.at))) continue;
    logTaken(log, next, kept, pathOfKeeper(old), { table: name, how: 'changes in place' }, told);
  }
}

/** Of what the module computed as it loaded: it is said already, or the patch makes it anew. */
const isToldOf = ({ log, next }: ModuleContext, at: AnyNode): boolean =>
  log.rows.some(
    ({ code, line }) =>
      /^(?:computed-at-load|constant-added|constant-changed|statement-added|table-filled)$/.test(code) && line === next.line(at),
  );

type Member = Extract<AnyNode, { readonly type: 'MemberExpression' }>;

/** By the names of the properties: of each table those of a few are asked for. */
const membersOf = askedOnce((side: Side): ReadonlyMap<string, readonly Member[]> =>
  Map.groupBy(nodesOf(side.model.program, 'MemberExpression'), (node) => memberName(node) ?? ''),
);

/** `exports.table`, in functions, and `this.table` where that leads there. */
function memberReads({ next }: ModuleContext, name: string, paths: readonly TablePath[]): TableRead[] {
  const { program } = next.model;
  const path = pathOf(name, program);
  const isTable = isReadAs(path);
  const firsts = new Set(paths.map(({ keys }) => keys[0]));
  const last = path.slice(path.lastIndexOf('.') + 1);
  const named = membersOf(next);
  const members = [...new Set([last, 'constructor', ...firsts])].flatMap((name) => named.get(name ?? '') ?? []);
  members.sort((a, b) => a.start - b.start || b.end - a.end);
  return members.flatMap((member): TableRead[] => {
    const own = memberName(member) ?? '';
    const text = memberText(member);
    if (text === undefined) return [];
    const root = rootOf(member);
    if (root.type === 'Identifier' && !isThis(root)) {
      const ref = pathOf(text, program) === path ? next.refAt(root) : undefined;
      return ref && !next.runsOnce(ref.fn) ? [{ node: member, fn: ref.fn, paths }] : [];
    }
    // Of what `this` is it is known that it has what is read of it.
    const object = member.object as AnyNode;
    const node = isThis(object) && firsts.has(own) ? object : member;
    const said = text.replace(/^[^.]+/, 'this');
    const asked = node === object ? said.replace(/\.[^.]+$/, '') : said;
    const ways = isThis(root) ? isTable.filter(({ text: way }) => way === asked) : [];
    if (ways.length === 0) return [];
    const fn = functionAround(next, member);
    return !next.runsOnce(fn) && ways.some((way) => way.isFor(fn.thisOwner)) ? [{ node, fn, paths }] : [];
  });
}

interface OwnWay {
  readonly text: string;
  readonly isFor: (fn: FunctionInfo) => boolean;
}

/** How methods name what is called `path`, and which of them. */
function isReadAs(path: string): readonly OwnWay[] {
  const isMethod = (fn: FunctionInfo): boolean => classPathOf(fn) !== '';
  const onPrototype = /^.+?\.prototype(?=\.|$)/.exec(path)?.[0];
  if (onPrototype !== undefined) return [{ text: `this${path.slice(onPrototype.length)}`, isFor: isMethod }];
  const isGiven = (fn: FunctionInfo): boolean => /^(?:module\.)?exports\./.test(fn.path);
  const cls = /^(?:exports\.)?[^.]+/.exec(path)?.[0] ?? path;
  const ofClass = { text: `this.constructor${path.slice(cls.length)}`, isFor: isMethod };
  return /^exports(?:\.|$)/.test(path) ? [{ text: `this${path.slice('exports'.length)}`, isFor: isGiven }, ofClass] : [ofClass];
}

/** What other modules of the bundle have of it by its names. */
function readsInBundle(top: TopDiff, tops: readonly TopDiff[]): readonly { readonly reads: readonly TableRead[]; readonly name: string }[] {
  const given = top.handle.kind === 'bundled' ? tablesGivenBy(top) : new Map<string, readonly TablePath[]>();
  if (given.size === 0) return [];
  const all = [...given].flatMap(([key, paths]) => paths.map((one) => ({ ...one, keys: key === '' ? one.keys : [key, ...one.keys] })));
  return tops.flatMap((other) =>
    [...other.items.named.values()].flatMap(({ asked, imported, name }) => {
      const paths = asked !== top.nextFn ? [] : imported === '*' || imported === '' ? all : (given.get(imported) ?? []);
      if (paths.length === 0) return [];
      const references = other.bindingOf(name)?.references ?? [];
      return {
        reads: references.flatMap(({ node, fn, read }) => (read ? [{ node, fn, paths }] : [])),
        name,
      };
    }),
  );
}

/** Under which names other modules find them. */
export function tablesGivenBy(top: TopDiff): GivenTables {
  const found = new Map<string, readonly TablePath[]>();
  const { program } = top.ctx.next.model;
  for (const [name, paths] of tablesOf(top)) {
    const path = pathOf(name.replace(/^module\.exports$/, 'exports'), program);
    const [first = '', ...inner] = path.split('.');
    const names = first === 'exports' ? [inner.shift() ?? ''] : namesGivenTo(first, top);
    for (const as of inner.length === 0 ? gettersOf(first, top) : [])
      found.set(as, [...(found.get(as) ?? []), ...paths.map((one) => ({ ...one, keys: [CALL, ...one.keys] }))]);
    // A copy has the same in what is further inside.
    if (paths.some(({ keys }) => keys.length === 1))
      for (const as of inner.length === 0 ? copiersOf(first, top) : [])
        found.set(as, [...(found.get(as) ?? []), { keys: [CALL], isNew: false }]);
    for (const as of names) found.set(as, [...(found.get(as) ?? []), ...paths.map((one) => ({ ...one, keys: [...inner, ...one.keys] }))]);
  }
  return found;
}

/** The names of functions that are given away and that give what a variable of the top level holds: `exports.config = () => TABLE`. */
function gettersOf(name: string, top: TopDiff): readonly string[] {
  return (top.bindingOf(name)?.references ?? []).flatMap(({ node, parent, fn }) => {
    const isGiven = parent.type === 'ReturnStatement' || (parent.type === 'ArrowFunctionExpression' && parent.body === node);
    return !isGiven || fn.async || fn.generator ? [] : namesOfFunction(fn, top);
  });
}

function namesOfFunction(fn: FunctionInfo, top: TopDiff): readonly string[] {
  const own = nameOf(fn);
  const [, assigned] = /^(?:module\.)?exports\.([\w$]+)$/.exec(fn.path) ?? [];
  return assigned !== undefined ? [assigned] : own ? namesGivenTo(own.name, top) : [];
}

/** The same of functions that give what they make of all that it has: `const build = (given) => ({ ...defaults, ...given })`. */
function copiersOf(name: string, top: TopDiff): readonly string[] {
  const { next } = top.ctx;
  return (top.bindingOf(name)?.references ?? []).flatMap(({ node, fn }) => {
    if (next.runsOnce(fn) || fn.async || fn.generator) return [];
    const above = nodesAbove(node, fn.node as AnyNode).toReversed();
    const copy = copyOf(node, above);
    return copy && isGivenBack(next, copy, above[above.indexOf(copy) + 1], fn) ? namesOfFunction(fn, top) : [];
  });
}

/** Whether a function gives a value back, or a variable that begins with it. */
function isGivenBack(side: Side, value: AnyNode, parent: AnyNode | undefined, fn: FunctionInfo): boolean {
  if (parent === undefined) return fn.node.type === 'ArrowFunctionExpression';
  if (parent.type === 'ReturnStatement' || (parent.type === 'ArrowFunctionExpression' && parent.body === value)) return true;
  if (parent.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return false;
  const binding = side.refsIn(parent.id.start, parent.id.end)[0]?.binding ?? fn.body.bindings.get(parent.id.name);
  return binding?.references.some((ref) => ref.parent.type === 'ReturnStatement' && ref.fn === fn) ?? false;
}

/** The names of exports that give what a variable of the top level holds. */
function namesGivenTo(name: string, { items, ctx }: TopDiff): readonly string[] {
  const exportAt = (text: string): string[] => {
    const path = pathOf(text, ctx.next.model.program);
    return path === 'module.exports' || path === 'exports' ? [''] : (/^exports\.([^.]+)$/.exec(path)?.slice(1) ?? []);
  };
  const isIt = (value: AnyNode): boolean => value.type === 'Identifier' && value.name === name;
  const exported = [...items.exported.values()].flatMap((one) => (one.local === name ? one.name : []));
  const chained = (items.named.get(name)?.targets ?? []).flatMap((target) => exportAt(memberText(target) ?? ''));
  const assigned = items.assigned.flatMap(({ key, value }) => {
    const [as] = exportAt(key);
    if (as === undefined || isIt(value)) return as ?? [];
    if (as !== '' || value.type !== 'ObjectExpression') return [];
    return value.properties.flatMap((p) => (p.type === 'Property' && !p.computed && isIt(p.value) ? keyName(p.key, false) : []));
  });
  return [...exported, ...chained, ...assigned];
}
