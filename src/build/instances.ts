/** Properties that a constructor sets in the new version only: objects that exist do not have them. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../source/model.ts';
import type { ModuleContext } from './context.ts';
import { isConstructor } from './create.ts';
import { isFunctionNode, walk } from './walk.ts';

/** `gives`: a field that instances get all the same. */
export function reportInstances(
  { next, log }: ModuleContext,
  base: FunctionInfo,
  fn: FunctionInfo,
  gives: (name: string) => boolean,
): void {
  if (!isConstructor(fn)) return;
  const before = assigned(base);
  for (const [name, node] of assigned(fn)) {
    if (before.has(name) || gives(name) || !isReadElsewhere(name, fn, next.model.program)) continue;
    log.add('instances-lack', next, node, `${base.path} ${name}`, `objects that exist have no ${name}, which other code reads`);
  }
}

function assigned(fn: FunctionInfo): Map<string, AnyNode> {
  const found = new Map<string, AnyNode>();
  const root = fn.node as AnyNode;
  walk(root, (node) => {
    if (node !== root && isFunctionNode(node) && node.type !== 'ArrowFunctionExpression') return false;
    if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' && node.left.object.type === 'ThisExpression') {
      const { property } = node.left;
      if (property.type === 'Identifier' && !node.left.computed && !found.has(property.name)) found.set(property.name, node);
    }
    return true;
  });
  return found;
}

export function isReadElsewhere(name: string, fn: FunctionInfo, program: AnyNode): boolean {
  let read = false;
  walk(program, (node) => {
    if (read || node === fn.node) return false;
    if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === name)
      read = true;
    if (node.type === 'Property' && !node.computed && node.key.type === 'Identifier' && node.key.name === name && node.shorthand)
      read = true;
    return true;
  });
  return read;
}
