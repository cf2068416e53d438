/** Methods with which a constructor goes on: it calls them on its object, whichever way it is taken. */
import type { Expression, Function as FunctionNode, Statement } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { isConstructor } from './create.ts';
import type { Side } from './side.ts';
import { memberNameOf } from './standing-for.ts';

/** Those of `fn` that are methods of its own class: what a class above it has under the name is another, or is hidden. */
export function startingMethods(fn: FunctionInfo, side: Side): readonly FunctionInfo[] {
  let found = known.get(fn);
  if (!found) known.set(fn, (found = findMethods(fn, side)));
  return found;
}

const known = new WeakMap<FunctionInfo, readonly FunctionInfo[]>();

function findMethods(fn: FunctionInfo, side: Side): readonly FunctionInfo[] {
  const { body } = fn.node as FunctionNode;
  if (body?.type !== 'BlockStatement') return [];
  return body.body.flatMap(expressionsOf).flatMap((call) => {
    if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || call.callee.computed) return [];
    const { object, property } = call.callee;
    if (object.type !== 'ThisExpression' || property.type !== 'Identifier') return [];
    const own = methodsOf(fn, side).filter((method) => memberNameOf(method) === property.name);
    return own.length === 1 ? own : [];
  });
}

/** Minifiers make one of several. */
function expressionsOf(statement: Statement): readonly Expression[] {
  if (statement.type !== 'ExpressionStatement') return [];
  const { expression } = statement;
  return expression.type === 'SequenceExpression' ? expression.expressions : [expression];
}

function methodsOf(fn: FunctionInfo, side: Side): readonly FunctionInfo[] {
  if (fn.owner) return fn.owner.members.filter(({ kind }) => kind === 'method');
  const prefix = `${fn.path}.prototype.`;
  return side.model.functions.filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'));
}

const starting = new WeakMap<Side, ReadonlySet<FunctionInfo>>();

/** Whether a constructor of the module goes on with the method. */
export function isStarting(method: FunctionInfo, side: Side): boolean {
  let found = starting.get(side);
  if (!found) {
    found = new Set(side.model.functions.filter(isConstructor).flatMap((fn) => startingMethods(fn, side)));
    starting.set(side, found);
  }
  return found.has(method);
}
