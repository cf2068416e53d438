/** Names of function expressions that tell nobody anything: one version of a compiler writes them, and another leaves them out. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';

/** Whether nothing within the function uses its own name, and it would have that name without. */
export function isNamedAnyway({ node, scope, ancestors }: FunctionInfo): boolean {
  if (node.type !== 'FunctionExpression' || !node.id) return false;
  const { name } = node.id;
  const own = scope.parent?.bindings.get(name);
  const parent = ancestors.at(-1);
  if (own?.kind !== 'own-name' || own.references.length > 0 || own.scope.evalVisible || !parent) return false;
  return nameGivenBy(parent, node as AnyNode) === name;
}

function nameGivenBy(parent: AnyNode, value: AnyNode): string | null {
  switch (parent.type) {
    case 'Property': {
      const name = parent.value === value && !parent.computed ? keyName(parent.key, false) : null;
      return name === '__proto__' ? null : name;
    }
    case 'VariableDeclarator':
      return parent.init === value && parent.id.type === 'Identifier' ? parent.id.name : null;
    case 'AssignmentExpression':
      return parent.right === value && parent.operator === '=' && parent.left.type === 'Identifier' ? parent.left.name : null;
    default:
      return null;
  }
}
