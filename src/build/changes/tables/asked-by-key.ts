/** Values that a method makes of what it finds under a key that it is given: `lib.extend('markup', {})` of `lib.languages.markup`. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../../source/paths.ts';

/** The first of `paths`, of what changes, whose last name the method of an object is given that also has it; null for none. */
export function askedByKey(value: AnyNode, paths: Iterable<string>): string | null {
  if (value.type !== 'CallExpression' || value.callee.type !== 'MemberExpression') return null;
  const [owner] = memberText(value.callee)?.split('.') ?? [];
  const keys = value.arguments.flatMap((argument) =>
    argument.type === 'Literal' && typeof argument.value === 'string' ? argument.value : [],
  );
  for (const path of paths) {
    const [root, ...rest] = path.split('.');
    if (root === owner && keys.includes(rest.at(-1)!)) return path;
  }
  return null;
}
