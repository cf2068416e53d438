/**
 * Variables by which a function goes on naming its `this`: `const self = this`, and what compilers make of `super(…)` in the
 * classes that they write out, as in `var _this = Base.call(this) || this`.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import type { Side } from '../side.ts';

const names = new WeakSet<AnyNode>();

/** Whether an expression is the `this` around it, or a variable that stands for it. */
export const isThis = (node: AnyNode): boolean => node.type === 'ThisExpression' || (node.type === 'Identifier' && names.has(node));

/** From here on `isThis` knows the variables of a program. */
export function noteThisNames(side: Side): void {
  for (const fn of side.model.functions) {
    if (!fn.usesThis || side.runsOnce(fn)) continue;
    for (const binding of [...fn.body.bindings.values(), ...fn.scope.bindings.values()]) {
      const values = valuesOf(binding, side);
      const isOwn = (value: AnyNode): boolean => mayBeThis(value) && (value.type !== 'CallExpression' || isGivenBack(fn, binding));
      if (values === null || values.length === 0 || !values.every(isOwn)) continue;
      for (const { node, read, fn: by } of binding.references) if (read && by.thisOwner === fn) names.add(node);
    }
  }
}

/** What a variable is given; null where that is not all told. */
function valuesOf({ kind, declarations, references }: Binding, side: Side): readonly AnyNode[] | null {
  if (kind === 'param' || kind === 'function' || declarations.length !== 1) return null;
  const begun = side.valueOf(declarations[0]!);
  const values: AnyNode[] = begun ? [begun] : [];
  for (const { write, node, parent } of references) {
    if (!write || node === declarations[0]) continue;
    if (parent.type !== 'AssignmentExpression' || parent.operator !== '=' || parent.left !== node) return null;
    values.push(parent.right);
  }
  return values;
}

/** What a superclass gives may be another object; it is the one that is made. */
function mayBeThis(value: AnyNode): boolean {
  if (value.type === 'LogicalExpression') return value.operator === '||' && value.right.type === 'ThisExpression';
  return value.type === 'ThisExpression' || (value.type === 'CallExpression' && value.arguments[0]?.type === 'ThisExpression');
}

/** Whether a function gives no other object than the variable holds: `_this = _super.call(this); …; return _this`. */
function isGivenBack({ returns }: FunctionInfo, binding: Binding): boolean {
  const isIt = (value: AnyNode): boolean => binding.references.some(({ node }) => node === value);
  return returns.length > 0 && returns.every(({ node }) => node.argument && isIt(node.argument as AnyNode));
}
