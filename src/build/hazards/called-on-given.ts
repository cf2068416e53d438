/** Methods that code calls by their names on objects which it was given: whoever made those decides which method that is. */
import type { FunctionInfo } from '../../source/model.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { BUILT_IN } from '../version/program/built-in.ts';
import { memberNamesOf } from '../version/objects/member-names.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { propertyName } from '../version/forms/own-properties.ts';
import type { Side } from '../version/side.ts';
import { rootOf } from '../version/program/walk.ts';

/** By which of its names a function may be called so. */
export const tellingNames = (fn: FunctionInfo): readonly string[] => memberNamesOf(fn).filter((name) => !BUILT_IN.has(name));

/** `rule.check(value)`, in a function that takes the rule. */
export const calledOnGiven = askedOnce((side: Side): ReadonlySet<string> => {
  const names = new Set<string>();
  for (const { callee } of nodesOf(side.model.program, 'CallExpression')) {
    const root = callee.type === 'MemberExpression' ? rootOf(callee) : null;
    const name = root?.type === 'Identifier' && side.refAt(root)?.binding?.kind === 'param' ? propertyName(callee) : null;
    if (name !== null) names.add(name);
  }
  return names;
});
