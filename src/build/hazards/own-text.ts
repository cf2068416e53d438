/**
 * Code that takes the text of a function, to make code of it or to send it elsewhere: the function that exists says of
 * itself what the old source does.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { ownBinding } from '../../instrument/forwarding.ts';
import type { Reference } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { possibleFunctions } from '../version/once.ts';
import { generatorsIn } from './generated.ts';
import type { Side } from '../version/side.ts';

export function reportOwnText({ base, next, match, log }: ModuleContext): void {
  for (const [fn, baseFn] of match.baseOf) {
    if (fn.kind === 'module') continue;
    const use = ownBinding(fn)?.references.find((ref) => ref.read && isTaken(next, ref));
    // Of most functions nobody takes the text, and to put all of it together for each costs much in a large file.
    if (!use || base.full(baseFn.node) === next.full(fn.node)) continue;
    const what = 'its text is taken here, and the function that exists gives that of the old version';
    if (generatorsIn(next).length > 0) log.add('generated-code', next, use.node, fn.path, `code is made of text, and ${what}`);
    else log.add('text-kept', next, use.node, fn.path, what);
  }
}

/** Whether the text of the function is taken, here or by the function of the module that it is given to. */
function isTaken(side: Side, { node, parent }: Reference): boolean {
  if (isText(side, node, parent)) return true;
  if (parent.type !== 'CallExpression' || parent.callee === node || parent.callee.type !== 'Identifier') return false;
  const [called] = possibleFunctions(side, side.refsIn(parent.callee.start, parent.callee.end)[0]?.binding ?? null) ?? [];
  const parameter = called && (called.node as FunctionNode).params[parent.arguments.indexOf(node)];
  if (parameter?.type !== 'Identifier') return false;
  return called!.scope.bindings.get(parameter.name)?.references.some((ref) => ref.read && isText(side, ref.node, ref.parent)) === true;
}

function isText(side: Side, node: AnyNode, parent: AnyNode): boolean {
  switch (parent.type) {
    case 'TemplateLiteral':
      return true;
    case 'BinaryExpression':
      return parent.operator === '+' && [parent.left, parent.right].some((other) => other !== node && isString(other));
    case 'CallExpression': {
      const callee = side.model.text.slice(parent.callee.start, parent.callee.end);
      return parent.arguments[0] === node && /^(String|Function\.prototype\.toString\.call)$/.test(callee);
    }
    case 'MemberExpression':
      return parent.object === node && !parent.computed && parent.property.type === 'Identifier' && parent.property.name === 'toString';
    default:
      return false;
  }
}

function isString(node: AnyNode): boolean {
  if (node.type === 'BinaryExpression') return node.operator === '+' && (isString(node.left) || isString(node.right));
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
}
