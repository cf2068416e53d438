/**
 * Properties that the top level sets and reads again by the path under which it set them: `exports.MAX = exports.LIMIT * 2`.
 * Where one changes, what is computed from it does.
 */
import type { AnyNode } from 'acorn';
import { memberText } from '../source/paths.ts';
import { walk } from './walk.ts';

/** The exports of a CommonJS module have two names. */
export const pathOf = (text: string): string => text.replace(/^module\.(?=exports\.)/, '');

/** The paths that code reads anywhere, as far as they are told. */
export function pathsRead(program: AnyNode): ReadonlySet<string> {
  const found = new Set<string>();
  walk(program, (node, parents) => {
    if (node.type !== 'MemberExpression') return;
    const parent = parents.at(-1);
    if (parent?.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=') return;
    const text = memberText(node);
    if (text !== undefined) found.add(pathOf(text));
  });
  return found;
}
