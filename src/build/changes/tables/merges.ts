/**
 * Writes how tables change that live on. They do so only as the transition begins, or when it is complete; code that the patch
 * runs as it is linked may read them before, and finds them as they are going to be.
 */
import type { AnyNode } from 'acorn';
import type { PatchMerge } from '../../../patch/format.ts';
import type { ModuleContext } from '../../code/context.ts';
import { asNamed } from '../../code/named-value.ts';
import type { Units } from '../../code/unit.ts';
import { makingText } from './made-tables.ts';
import type { TableChange } from './tables.ts';
import type { TopDiff } from '../top.ts';

/** Another object with the same content: what the old source made of a table that nothing has changed since. */
const COPY =
  '(t=>Array.isArray(t)?[...t]:t instanceof Map?new Map(t):t instanceof Set?new Set(t):Object.create(Object.getPrototypeOf(t),Object.getOwnPropertyDescriptors(t)))';

/** The same of an object, with what the old source gave it: the rest is the program's. */
const PART = `((t,k)=>{const o=${COPY}(t);for(const n of Reflect.ownKeys(o))if(!k.includes(n))Reflect.deleteProperty(o,n);return o})`;

export function writeMerges(ctx: ModuleContext, tops: readonly TopDiff[], { unitOf, index, emitter }: Units): PatchMerge[] {
  const merges: PatchMerge[] = [];
  for (const top of tops) {
    const unit = unitOf(top.handle);
    for (const [name, { changes, optional, depth }] of top.tables.changes) {
      for (const change of changes) {
        const { after, node, remade, moves } = change;
        const path = [name, ...change.path.slice(depth)].join('.');
        if (change.made) {
          merges.push(writeMade(ctx, path, change, change.made, merges.length, { unitOf, index, emitter }));
          continue;
        }
        const merge = { ...writeMerge(ctx, path, change, index(top.handle)), ...(optional ? { optional } : {}) };
        // One that the patch makes itself goes by its name.
        const isNamed = (remade || moves) && after?.type === 'Identifier';
        const value = after && (isNamed ? after.name : emitter.value(after, top.handle));
        if (optional || remade || moves) {
          merges.push({ ...merge, value: value === null ? null : unit.add(`()=>${value}`) });
          continue;
        }
        const local = `$lp_t${merges.length}`;
        const key = change.path.at(-1);
        if (value) unit.addDeclaration(after!.start, `const ${local}=${key === undefined ? value : asNamed(value, after!, key)};`);
        unit.addDeclaration(node.end, `$lp.table(${merges.length}${value ? `,${local}` : ''});`);
        merges.push({ ...merge, value: value === null ? null : unit.add(`()=>${local}`) });
      }
    }
  }
  return merges;
}

/** A table that statements fill is made beside the one that is there, by all of them. */
function writeMade(
  { base }: ModuleContext,
  name: string,
  { handle, table, called }: TableChange,
  { before, after, at }: NonNullable<TableChange['made']>,
  number: number,
  { unitOf, index, emitter }: Units,
): PatchMerge {
  const unit = unitOf(handle);
  const local = `$lp_t${number}`;
  const slice = (node: AnyNode): string => base.model.text.slice(node.start, node.end);
  const render = (node: AnyNode): string =>
    emitter.render(node.start, node.end, { handle, site: null, start: node.start, end: node.end, nameless: null });
  unit.addDeclaration(at, `const ${local}=${makingText(after, render)};$lp.table(${number},${local});`);
  return {
    unit: index(handle),
    name,
    target: slice(table),
    key: null,
    before: makingText(before, slice),
    called: called!.written,
    hides: true,
    renews: true,
    value: unit.add(`()=>${local}`),
  };
}

/** Without what gives its value. */
function writeMerge({ base }: ModuleContext, name: string, change: TableChange, unit: number): Omit<PatchMerge, 'value'> {
  const { table, path, before, after, remade, called, moves } = change;
  const slice = (node: AnyNode): string => base.model.text.slice(node.start, node.end);
  if (remade && after?.type === 'Identifier')
    return {
      unit,
      name,
      target: slice(table),
      key: null,
      before: remade === 'all' ? `${COPY}(${slice(table)})` : `${PART}(${slice(table)},${JSON.stringify(remade)})`,
    };
  if (moves && before && after?.type === 'Identifier') return { unit, name, target: slice(table), key: null, before: slice(before), moves };
  return {
    unit,
    name,
    target: `(${slice(table)})${path
      .slice(0, -1)
      .map((key) => `[${JSON.stringify(key)}]`)
      .join('')}`,
    key: path.at(-1) ?? null,
    before: before && (before.type === 'Property' ? `({${slice(before)}})[${JSON.stringify(path.at(-1))}]` : slice(before)),
    ...(called ? { called: called.written, ...(called.hides ? { hides: true as const } : {}) } : {}),
  };
}
