/** Methods with which a constructor goes on: it calls them on its object, whichever way it is taken. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import { classPathOf, isConstructor } from './create.ts';
import { definedMember } from '../forms/definitions.ts';
import type { Side } from '../side.ts';
import { memberNameOf } from '../values/standing-for.ts';
import { expressionOf, stepsOf } from '../forms/steps.ts';
import { isThis } from '../forms/this-names.ts';

/** Those of `fn` that are methods of its own class: what a class above it has under the name is another, or is hidden. */
export const startingMethods = askedOnce(findMethods);

function findMethods(fn: FunctionInfo, side: Side): readonly FunctionInfo[] {
  return stepsOf(fn).flatMap((step) => {
    const call = expressionOf(step);
    if (call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression' || call.callee.computed) return [];
    const { object, property } = call.callee;
    if (!isThis(object as AnyNode) || property.type !== 'Identifier') return [];
    const own = methodsOf(fn, side).filter((method) => memberNameOf(method) === property.name);
    return own.length === 1 ? own : [];
  });
}

function methodsOf(fn: FunctionInfo, side: Side): readonly FunctionInfo[] {
  if (fn.owner) return fn.owner.members.filter(({ kind }) => kind === 'method');
  const prefix = `${fn.path}.prototype.`;
  return side.model.functions.filter(
    (own) =>
      (own.path.startsWith(prefix) && !own.path.slice(prefix.length).includes('/')) ||
      (own.parent === fn.parent && definedMember(own) !== null && classPathOf(own) === fn.path),
  );
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
