/** Functions that code knows by themselves, so that another one is not as good: those with objects of their own, and those that are looked for. */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import { memberName } from '../program/member-name.ts';

/** What takes out, or asks for, the very function that it is given. */
const LOOKS_FOR = /^(?:off|delete|has|includes|(?:last)?indexOf|(?:un(?:bind|hook|subscribe|watch|use)|remove|clear)\w*)$/i;

/** Whether code makes objects of the function, asks for what is of it or on it, compares it, or has it looked for. */
export function isKnownItself({ references }: Binding): boolean {
  return references.some(({ node, parent }) => {
    switch (parent.type) {
      case 'NewExpression':
        return true;
      case 'MemberExpression':
        return parent.object === node;
      case 'BinaryExpression':
        return /^(?:instanceof|[=!]==?)$/.test(parent.operator);
      case 'CallExpression':
        return parent.callee !== node && LOOKS_FOR.test(calledBy(parent.callee as AnyNode));
      default:
        return false;
    }
  });
}

function calledBy(callee: AnyNode): string {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : '';
}
