/** Parameters that run code. */
import type { Pattern } from 'acorn';

/** Whether a parameter runs code: then the body's names live in a scope of their own. */
export function hasExpression(pattern: Pattern): boolean {
  switch (pattern.type) {
    case 'AssignmentPattern':
      return true;
    case 'RestElement':
      return hasExpression(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.some((element) => element !== null && hasExpression(element));
    case 'ObjectPattern':
      return pattern.properties.some((property) =>
        property.type === 'RestElement' ? hasExpression(property.argument) : property.computed || hasExpression(property.value),
      );
    default:
      return false;
  }
}
