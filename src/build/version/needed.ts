/** Whether code cannot do without a property: read of an object that lacks it, it throws or computes with `undefined`. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { propertyName } from './own-properties.ts';
import type { Side } from './side.ts';
import { walk } from './walk.ts';

const COMPUTES: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**', '<', '>', '<=', '>=', '&', '|', '^', '<<', '>>', '>>>']);
const COMPARES: ReadonlySet<string> = new Set(['==', '!=', '===', '!==']);

type Use = 'breaks' | 'asks' | 'unknown';

/** Only where no code of the module but `fn` asks first whether it is there: objects that have a property of one name are not told apart. */
export function isNeeded(name: string, fn: FunctionInfo, side: Side): boolean {
  const uses = new Set<Use>();
  const locals = new Set<AnyNode>();
  const program = side.model.program as AnyNode;
  walk(program, (node, parents) => {
    if (node.type === 'Property' && parents.at(-1)?.type === 'ObjectPattern' && (node.key as { name?: string }).name === name) {
      if (node.value.type === 'AssignmentPattern') uses.add('asks');
      const binding = side.refsIn(node.value.start, node.value.end)[0]?.binding;
      for (const ref of binding?.references ?? []) if (ref.read) locals.add(ref.node as AnyNode);
    }
    const isOwn = fn.node.start <= node.start && node.end <= fn.node.end;
    if (!isOwn && propertyName(node) === name) uses.add(useOf(node, parents));
    return true;
  });
  if (locals.size > 0) walk(program, (node, parents) => void (locals.has(node) && uses.add(useOf(node, parents))));
  return uses.has('breaks') && !uses.has('asks');
}

function useOf(value: AnyNode, parents: readonly AnyNode[]): Use {
  const parent = parents.at(-1);
  switch (parent?.type) {
    case 'ParenthesizedExpression':
      return useOf(parent, parents.slice(0, -1));
    case 'MemberExpression':
      if (parent.object !== value) return 'unknown';
      return parent.optional ? 'asks' : 'breaks';
    case 'CallExpression':
      if (parent.callee !== value) return 'unknown';
      return parent.optional ? 'asks' : 'breaks';
    case 'NewExpression':
      return parent.callee === value ? 'breaks' : 'unknown';
    case 'BinaryExpression':
      if (COMPARES.has(parent.operator)) return 'asks';
      // A sum may be a text.
      if (parent.operator === '+') return useOf(parent, parents.slice(0, -1));
      return COMPUTES.has(parent.operator) || (parent.operator.startsWith('in') && parent.right === value) ? 'breaks' : 'unknown';
    case 'SpreadElement':
      return parents.at(-2)?.type === 'ObjectExpression' ? 'unknown' : 'breaks';
    case 'ForOfStatement':
      return parent.right === value ? 'breaks' : 'unknown';
    case 'LogicalExpression':
      return 'asks';
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
    case 'ForStatement':
      return parent.test === value ? 'asks' : 'unknown';
    case 'UnaryExpression':
      return parent.operator === '!' || parent.operator === 'typeof' ? 'asks' : 'unknown';
    // Code that gives it a value may do so first.
    case 'AssignmentExpression':
      return parent.left === value ? 'asks' : 'unknown';
    default:
      return 'unknown';
  }
}
