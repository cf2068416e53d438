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
  const now = assigned(fn);
  for (const [name, node] of now) {
    if (before.has(name) || gives(name) || !isReadElsewhere(name, fn, next.model.program)) continue;
    log.add('instances-lack', next, node, `${base.path} ${name}`, `objects that exist have no ${name}, which other code reads`);
  }
  for (const name of before.keys())
    if (!now.has(name) && isReadElsewhere(name, fn, next.model.program))
      log.add('state-unset', next, fn.node, `${base.path} ${name}`, `objects that exist keep their ${name}, which other code reads`);
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

const reads = new WeakMap<AnyNode, ReadonlyMap<string, readonly AnyNode[]>>();

/** Where a program names properties of objects, by name. */
function readsIn(program: AnyNode): ReadonlyMap<string, readonly AnyNode[]> {
  const known = reads.get(program);
  if (known) return known;
  const found = new Map<string, AnyNode[]>();
  const add = (name: string, node: AnyNode): void => {
    const own = found.get(name);
    if (own) own.push(node);
    else found.set(name, [node]);
  };
  walk(program, (node) => {
    if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier') add(node.property.name, node);
    else if (node.type === 'Property' && node.shorthand && node.key.type === 'Identifier') add(node.key.name, node);
  });
  reads.set(program, found);
  return found;
}

export function isReadElsewhere(name: string, { node }: FunctionInfo, program: AnyNode): boolean {
  return (readsIn(program).get(name) ?? []).some(({ start, end }) => start < node.start || end > node.end);
}
