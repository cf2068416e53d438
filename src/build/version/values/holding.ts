/** Who can hold what a variable stands for. */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';

/** Whether more than this scope's own reads can see the object that a variable holds. */
export function isHeldElsewhere(binding: Binding | undefined): boolean {
  return binding !== undefined && binding.references.some(({ node, parent, read }) => read && gives(parent, node));
}

/** Whether objects go on having what the variable holds as their constructor. */
export function makesInstances(binding: Binding): boolean {
  return binding.references.some(({ node, parent }) => parent.type === 'NewExpression' && parent.callee === node);
}

/** Whether nobody can hold the function that a variable stands for: it is called by its name, and no more. */
export function isOnlyCalled(binding: Binding | undefined): boolean {
  return (
    binding !== undefined &&
    !binding.reassigned &&
    binding.references.every(({ node, parent, read }) => !read || (parent.type === 'CallExpression' && parent.callee === node))
  );
}

/** Whether the object is held by what the name stands in. */
export function gives(parent: AnyNode, node: AnyNode): boolean {
  switch (parent.type) {
    case 'AssignmentExpression':
      return parent.right === node;
    case 'VariableDeclarator':
      return parent.init === node && parent.id.type === 'Identifier';
    case 'Property':
      return parent.value === node;
    case 'ReturnStatement':
    case 'ArrayExpression':
    case 'ExportSpecifier':
    case 'ExportDefaultDeclaration':
      return true;
    case 'ArrowFunctionExpression':
      return parent.body === node;
    case 'AssignmentPattern':
    case 'LogicalExpression':
      return parent.right === node;
    case 'ConditionalExpression':
      return parent.test !== node;
    default:
      return false;
  }
}
