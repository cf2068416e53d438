/** How CommonJS modules export, as it shows in their text. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../source/model.ts';
import { memberText } from '../source/paths.ts';

/**
 * Getters and callbacks that cjs-module-lexer matches token by token to learn a CommonJS module's exports
 * (https://github.com/nodejs/cjs-module-lexer#grammar).
 */
export function namesExports(fn: FunctionInfo): boolean {
  const node = fn.node as FunctionNode;
  if (node.body.type !== 'BlockStatement') return false;
  const ancestors = fn.ancestors;
  const parent = ancestors.at(-1);
  const only = node.body.body[0];
  if (parent?.type === 'Property' && parent.key.type === 'Identifier' && parent.key.name === 'get' && node.body.body.length === 1) {
    const call = ancestors.at(-3);
    const value = only?.type === 'ReturnStatement' ? only.argument : null;
    return (
      (value?.type === 'Identifier' || value?.type === 'MemberExpression') &&
      call?.type === 'CallExpression' &&
      call.arguments.length === 3 &&
      isExports(call.arguments[0]!)
    );
  }
  if (
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'MemberExpression' &&
    parent.callee.property.type === 'Identifier' &&
    parent.callee.property.name === 'forEach'
  ) {
    const { object } = parent.callee;
    const [given, ...more] = object.type === 'CallExpression' ? object.arguments : [];
    // It reads no others, and passes over what begins otherwise.
    return (
      fn.parent?.kind === 'module' &&
      node.type === 'FunctionExpression' &&
      only?.type === 'IfStatement' &&
      object.type === 'CallExpression' &&
      memberText(object.callee) === 'Object.keys' &&
      given?.type === 'Identifier' &&
      more.length === 0
    );
  }
  return false;
}

export function isExports(node: AnyNode): boolean {
  if (node.type === 'Identifier') return node.name === 'exports';
  return node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === 'module';
}
