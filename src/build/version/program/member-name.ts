/** The name by which code takes a member of an object. */
import type { MemberExpression } from 'acorn';

/** `x` of `a.x` and `a['x']`, `#x` of `a.#x`; null where it is computed. */
export function memberName({ property, computed }: MemberExpression): string | null {
  if (!computed) return property.type === 'PrivateIdentifier' ? `#${property.name}` : property.type === 'Identifier' ? property.name : null;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : null;
}
