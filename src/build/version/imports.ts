/** What a module imports, or requires, under which names. */
import type { Binding } from '../../source/model.ts';
import { itemsOf } from './item-reader.ts';
import type { Side } from './side.ts';

export interface Import {
  readonly source: string;
  /** `*`: the whole of it. */
  readonly imported: string;
}

const known = new WeakMap<Side, ReadonlyMap<Binding, Import>>();

export function importsOf(side: Side): ReadonlyMap<Binding, Import> {
  let found = known.get(side);
  if (!found) known.set(side, (found = findImports(side)));
  return found;
}

function findImports(side: Side): ReadonlyMap<Binding, Import> {
  const found = new Map<Binding, Import>();
  const { root } = side.model;
  for (const { name, source, imported } of itemsOf(side, root).named.values()) {
    const binding = root.body.bindings.get(name) ?? root.scope.bindings.get(name);
    if (source !== null && binding) found.set(binding, { source, imported: imported === '' ? '*' : imported });
  }
  return found;
}
