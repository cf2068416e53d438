/** What an object literal holds by names that it writes out. */
import type { AnyNode, Property } from 'acorn';
import { keyName } from '../../../source/paths.ts';

/** Its properties by their names; null where one has a computed name, is an accessor, or is said twice, and for any other value. */
export function entriesOf(node: AnyNode): ReadonlyMap<string, Property> | null {
  if (node.type !== 'ObjectExpression') return null;
  const found = new Map<string, Property>();
  for (const property of node.properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return null;
    const name = keyName(property.key, false);
    if (name === '__proto__' || found.has(name)) return null;
    found.set(name, property);
  }
  return found;
}
