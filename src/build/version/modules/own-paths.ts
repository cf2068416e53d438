/**
 * Properties that the top level sets and reads again by the path under which it set them: `exports.MAX = exports.LIMIT * 2`.
 * Where one changes, what is computed from it does.
 */
import type { AnyNode, Program } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { walk } from '../program/walk.ts';

const names = new WeakMap<AnyNode, ReadonlySet<string>>();

/** A path, where the exports of a CommonJS module have one name: `const util = (module.exports = {})` gives them another. */
export function pathOf(text: string, program: AnyNode): string {
  const path = text.replace(/^module\.(?=exports\.)/, '');
  const end = path.indexOf('.');
  return end > 0 && namesOfExports(program).has(path.slice(0, end)) ? `exports${path.slice(end)}` : path;
}

function namesOfExports(program: AnyNode): ReadonlySet<string> {
  let found = names.get(program);
  if (!found) names.set(program, (found = findNames(program as Program)));
  return found;
}

function findNames({ body }: Program): ReadonlySet<string> {
  const found = new Set<string>();
  const isExports = (node: AnyNode): boolean => {
    if (node.type === 'AssignmentExpression') return isExports(node.left) || isExports(node.right);
    return /^(module\.)?exports$/.test(memberText(node) ?? '');
  };
  for (const statement of body)
    if (statement.type === 'VariableDeclaration')
      for (const { id, init } of statement.declarations) if (id.type === 'Identifier' && init && isExports(init)) found.add(id.name);
  return found;
}

/** The paths that code reads anywhere, as far as they are told. */
export function pathsRead(program: AnyNode): ReadonlySet<string> {
  const found = new Set<string>();
  walk(program, (node, parents) => {
    if (node.type !== 'MemberExpression') return;
    const parent = parents.at(-1);
    if (parent?.type === 'AssignmentExpression' && parent.left === node && parent.operator === '=') return;
    const text = memberText(node);
    if (text !== undefined) found.add(pathOf(text, program));
  });
  return found;
}
