/** What code does with a table when it does no more than to look something up. */
import type { AnyNode } from 'acorn';
import { memberName } from '../../version/program/member-name.ts';

const LOOKS_UP = /^(entries|get|has|hasOwnProperty|includes|indexOf|join|keys|values)$/;

/**
 * `table[key]`, `table.name`, `table.get(key)` and `key in table`, where what that gives is read. `parents`: what stands around,
 * from the inside.
 */
export function isLookUp(table: AnyNode, [member, use, around]: readonly AnyNode[]): boolean {
  if (member?.type === 'BinaryExpression') return member.operator === 'in' && member.right === table;
  if (member?.type !== 'MemberExpression' || member.object !== table) return false;
  switch (use?.type) {
    case 'CallExpression':
      return use.callee !== member || LOOKS_UP.test(memberName(member) ?? '');
    case 'AssignmentExpression':
      return use.right === member;
    case 'UnaryExpression':
      return use.operator !== 'delete';
    case 'Property':
      return around?.type === 'ObjectExpression';
    case 'ForInStatement':
    case 'ForOfStatement':
      return use.right === member;
    case 'ArrayExpression':
    case 'ArrowFunctionExpression':
    case 'BinaryExpression':
    case 'ConditionalExpression':
    case 'ExpressionStatement':
    case 'IfStatement':
    case 'LogicalExpression':
    case 'ReturnStatement':
    case 'VariableDeclarator':
      return true;
    default:
      // It may be written there, or called with the table as `this`.
      return false;
  }
}

/** Whether code asks no more of it than whether it is there. */
export function isTest(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'UnaryExpression':
      return parent.operator === '!' || parent.operator === 'typeof';
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator);
    case 'IfStatement':
    case 'ConditionalExpression':
      return parent.test === node;
    case 'LogicalExpression':
      return parent.left === node && parent.operator === '&&';
    default:
      return false;
  }
}
