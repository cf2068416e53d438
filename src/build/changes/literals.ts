/** What an object literal of a function gives to objects in the new version only: those that calls of the old one have made lack it. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { memberName } from '../version/standing-for.ts';
import { isReadElsewhere } from './instances.ts';
import { isFunctionNode, walk } from '../version/walk.ts';

const PUTS = /^(?:push|unshift|add|set)$/;

/** Only of names that are new to the module: what code of it read before, it has found or done without. */
export function reportLiterals(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo): void {
  const { base: old, next, log, around } = ctx;
  const root = fn.node as AnyNode;
  walk(root, (node, parents) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type !== 'ObjectExpression' || !isKept(ctx, node, parents)) return true;
    for (const property of node.properties) {
      if (property.type !== 'Property' || property.computed) continue;
      const name = keyName(property.key, false);
      if (old.model.text.includes(name) || !isReadElsewhere(name, fn, ctx)) continue;
      if (around.gains(name).length > 0) {
        log.add(
          'entry-supplied',
          next,
          property,
          `${base.path} ${name}`,
          'new code reads it of objects that were written out before as well',
        );
        continue;
      }
      log.add(
        'instances-lack',
        next,
        property,
        `${base.path} ${name}`,
        `objects that calls of it made have no ${name}, which other code reads`,
      );
    }
    return true;
  });
}

/** Whether the object outlives the statement: a variable that closures hold, one that is there already, or a property is given it. */
function isKept({ next }: ModuleContext, literal: AnyNode, parents: readonly AnyNode[]): boolean {
  let value = literal;
  for (const parent of parents.toReversed()) {
    switch (parent.type) {
      case 'LogicalExpression':
      case 'ConditionalExpression':
      case 'ParenthesizedExpression':
        value = parent;
        continue;
      case 'AssignmentExpression':
        return parent.right === value;
      case 'VariableDeclarator':
        return parent.id.type === 'Identifier' && next.refsIn(parent.id.start, parent.id.end).some(({ binding }) => binding?.captured);
      case 'ReturnStatement':
        return true;
      case 'ArrowFunctionExpression':
        return parent.body === value;
      case 'CallExpression':
        // A list, a map or a set holds it.
        return parent.callee.type === 'MemberExpression' && PUTS.test(memberName(parent.callee) ?? '');
      default:
        return false;
    }
  }
  return false;
}
