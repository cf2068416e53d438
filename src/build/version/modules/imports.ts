/** What a module imports, or requires, under which names. */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { isInterop } from '../forms/interop.ts';
import { itemsOf } from './item-reader.ts';
import { requireOf } from '../forms/items.ts';
import type { Side } from '../side.ts';
import { askedOnce } from '../program/asked-once.ts';

export interface Import {
  readonly source: string;
  /** `*`: the whole of it. */
  readonly imported: string;
}

export const importsOf = askedOnce(findImports);

function findImports(side: Side): ReadonlyMap<Binding, Import> {
  const found = new Map<Binding, Import>();
  const { root } = side.model;
  for (const { name, source, imported, value, extract } of itemsOf(side, root).named.values()) {
    const binding = root.body.bindings.get(name) ?? root.scope.bindings.get(name);
    const own = source ?? (extract === '' && value ? wrapped(value) : null);
    if (own !== null && binding) found.set(binding, { source: own, imported: source === null || imported === '' ? '*' : imported });
  }
  return found;
}

/** The module that is passed through such a helper, which gives its names and `default`. */
function wrapped(value: AnyNode): string | null {
  const [given] = value.type === 'CallExpression' && isInterop(memberText(value.callee) ?? '') ? value.arguments : [];
  const required = given ? requireOf(given as AnyNode) : null;
  return required?.imported === '*' ? required.source : null;
}
