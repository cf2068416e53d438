/** Tables that a module gives away and that change in place. */
import type { AnyNode, ObjectExpression } from 'acorn';
import { keyName } from '../../source/paths.ts';
import type { ChangedKeys } from '../hazards/table-reads.ts';
import type { TopDiff } from './top.ts';

const WHOLE = /^(?:module\.)?exports(?:\.([^.]+))?$/;

/** By the names that the module gives them, '' for all that it exports. */
export function tablesGiven({ tables, items }: TopDiff): ReadonlyMap<string, ChangedKeys> {
  const found = new Map<string, ChangedKeys>();
  const namesOf = (name: string): readonly string[] => {
    const isIt = (value: AnyNode | null): boolean => value?.type === 'Identifier' && value.name === name;
    const own = [...items.exported.values()].flatMap((e) => (e.local === name || isIt(e.value) ? e.name : []));
    const assigned = items.assigned.flatMap(({ key, value }) => {
      const as = WHOLE.exec(key);
      if (!as) return [];
      if (isIt(value)) return as[1] ?? '';
      return as[1] === undefined && value.type === 'ObjectExpression' ? keysWith(value, isIt) : [];
    });
    return [...own, ...assigned];
  };
  for (const [key, { changes, optional }] of tables.changes) {
    if (optional) continue;
    const [, own] =
      WHOLE.exec(
        key
          .split('.')
          .slice(0, key.startsWith('module.') ? 3 : 2)
          .join('.'),
      ) ?? [];
    const depth = key.split('.').length - 1;
    const keys = changes.map(({ path }) => path[key.includes('.') ? depth : 0]);
    const changed = keys.includes(undefined) ? null : new Set(keys as string[]);
    for (const name of own === undefined ? namesOf(key) : [own]) found.set(name, changed);
  }
  return found;
}

const keysWith = ({ properties }: ObjectExpression, isIt: (value: AnyNode) => boolean): string[] =>
  properties.flatMap((p) => (p.type === 'Property' && !p.computed && isIt(p.value) ? keyName(p.key, false) : []));
