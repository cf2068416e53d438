/**
 * What tells functions and classes apart that are called in place, or given to a call: what is given the result of the call,
 * or, where nothing is, the texts that the call is given beside it.
 */
import type { AnyNode, CallExpression } from 'acorn';
import { keyName, memberText } from '../../source/paths.ts';
import { enumerationOf } from '../version/forms/enums.ts';
import type { Owner } from '../version/side.ts';

export function givenTo({ node, ancestors }: Owner): string | null {
  let value = node as AnyNode;
  let at = ancestors.length - 1;
  for (; isCall(ancestors[at]); at--) value = ancestors[at]!;
  if (value === node) return null;
  if (ancestors[at]?.type !== 'ExpressionStatement') return takerOf(value, ancestors, at);
  if (value.type !== 'CallExpression') return null;
  return value.callee === node ? (enumerationOf(value)?.name ?? null) : registered(value);
}

const isCall = (node: AnyNode | undefined): boolean => node?.type === 'CallExpression' || node?.type === 'NewExpression';

/** A variable, a property by its path, or what the module exports by default. */
function takerOf(value: AnyNode, ancestors: readonly AnyNode[], at: number): string | null {
  const parent = ancestors[at];
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.init === value && parent.id.type === 'Identifier' ? parent.id.name : null;
    case 'AssignmentExpression':
      return parent.right === value && parent.operator === '=' ? (memberText(parent.left as AnyNode) ?? null) : null;
    case 'ExportDefaultDeclaration':
      return 'export default';
    case 'Property': {
      const object = ancestors[at - 1];
      if (parent.value !== value || parent.computed || object?.type !== 'ObjectExpression') return null;
      return `${takerOf(object, ancestors, at - 2) ?? ''}.${keyName(parent.key, false)}`;
    }
    default:
      return null;
  }
}

/** As in `app.get('/users', list)`. */
function registered(call: CallExpression): string | null {
  const texts = call.arguments.flatMap((argument) =>
    argument.type === 'Literal' && typeof argument.value === 'string' ? argument.value : [],
  );
  const callee = memberText(call.callee as AnyNode);
  return callee === undefined || texts.length === 0 ? null : `${callee} ${JSON.stringify(texts)}`;
}
