/** Methods of object literals, which compilers write as functions or leave as they are: to who calls them both are one. */
import type { AssignmentProperty, Property } from 'acorn';
import { keyName } from '../../../source/paths.ts';

/** Whether it makes no difference that a function of an object literal is written as a method, or is not. */
export function isMethodAnyway({ kind, computed, key, value }: Property | AssignmentProperty): boolean {
  if (kind !== 'init' || value.type !== 'FunctionExpression') return false;
  // Nobody can make an object with a method, and a name in capitals tells that somebody does.
  const name = computed ? null : keyName(key, false);
  return name === null || (name !== '__proto__' && !/^[A-Z]/.test(name));
}
