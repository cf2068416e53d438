/** What a module gives away that changes in place: tables, and functions and classes that get properties. */
import type { AnyNode, ObjectExpression } from 'acorn';
import { keyName } from '../../source/paths.ts';
import type { ChangedKeys } from '../hazards/table-reads.ts';
import type { ClassDiff } from './classes.ts';
import type { TopDiff } from './top.ts';

const WHOLE = /^(?:module\.)?exports(?:\.([^.]+))?$/;

/** By the names that the module gives them, '' for all that it exports. */
export function changedGiven({ tables, properties, items }: TopDiff, classes: readonly ClassDiff[]): ReadonlyMap<string, ChangedKeys> {
  const found = new Map<string, ChangedKeys>();
  const add = (name: string, keys: ChangedKeys): void => {
    const known = found.get(name);
    found.set(name, keys === null || known === null ? null : new Set([...(known ?? []), ...keys]));
  };
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
    for (const name of own === undefined ? namesOf(key) : [own]) add(name, changed);
  }
  for (const { owner, name } of properties.values())
    if (owner.type === 'Identifier' && !WHOLE.test(owner.name)) for (const as of namesOf(owner.name)) add(as, new Set([name]));
  for (const cls of classes)
    for (const { name, isPrivate } of cls.properties)
      if (!isPrivate && cls.name !== null) for (const as of namesOf(cls.name)) add(as, new Set([name]));
  return found;
}

const keysWith = ({ properties }: ObjectExpression, isIt: (value: AnyNode) => boolean): string[] =>
  properties.flatMap((p) => (p.type === 'Property' && !p.computed && isIt(p.value) ? keyName(p.key, false) : []));
