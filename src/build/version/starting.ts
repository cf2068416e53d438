/** Methods with which a constructor goes on: it calls them on its object, whichever way it is taken. */
import type { Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { Side } from './side.ts';
import { memberNameOf } from './standing-for.ts';

/** Those of `fn` that are methods of its own class: what a class above it has under the name is another, or is hidden. */
export function startingMethods(fn: FunctionInfo, side: Side): FunctionInfo[] {
  const { body } = fn.node as FunctionNode;
  if (body?.type !== 'BlockStatement') return [];
  return body.body.flatMap((statement) => {
    const call = statement.type === 'ExpressionStatement' ? statement.expression : null;
    if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || call.callee.computed) return [];
    const { object, property } = call.callee;
    if (object.type !== 'ThisExpression' || property.type !== 'Identifier') return [];
    const own = methodsOf(fn, side).filter((method) => memberNameOf(method) === property.name);
    return own.length === 1 ? own : [];
  });
}

function methodsOf(fn: FunctionInfo, side: Side): readonly FunctionInfo[] {
  if (fn.owner) return fn.owner.members.filter(({ kind }) => kind === 'method');
  const prefix = `${fn.path}.prototype.`;
  return side.model.functions.filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'));
}
