/** Functions of a module that do no more with one that they are given than to call it before they return. */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { askedOnce } from './asked-once.ts';

/** The functions within one that go by a name which nothing else ever has. */
const namedWithin = askedOnce(
  (fn: FunctionInfo): ReadonlyMap<Binding, FunctionInfo> =>
    new Map(
      fn.children.flatMap((inner) => {
        const name = namedBy(inner);
        return name && !name.reassigned ? [[name, inner] as const] : [];
      }),
    ),
);

/** Whether `call`, in whose arguments the function stands, is of such a one: `each(list, (one) => …)`. */
export function isRunAtOnce(fn: FunctionInfo, { callee, arguments: given }: CallExpression): boolean {
  const binding = callee.type === 'Identifier' ? fn.scope.parent!.lookup(callee.name) : null;
  const called = binding && namedWithin(binding.scope.fn).get(binding);
  const index = given.findIndex((one) => one === fn.node);
  // What stands behind a list that is spread may be any of the parameters.
  if (!called || index < 0 || given.slice(0, index).some(({ type }) => type === 'SpreadElement')) return false;
  return onlyCalls(called).has(index);
}

/** Which of its parameters a function only calls, itself and by a name. */
const onlyCalls = askedOnce((fn: FunctionInfo): ReadonlySet<number> => {
  const { params } = fn.node as FunctionNode;
  const isSurely = !fn.async && !fn.generator && !fn.usesArguments;
  const isCall = ({ node, parent, fn: by }: Reference): boolean => by === fn && parent.type === 'CallExpression' && parent.callee === node;
  return new Set(
    params.flatMap((param: AnyNode, i) => {
      const binding = isSurely && param.type === 'Identifier' ? fn.scope.bindings.get(param.name) : undefined;
      return binding && binding.references.every(isCall) ? i : [];
    }),
  );
});
