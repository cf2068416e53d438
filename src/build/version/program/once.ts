/** Functions that only a scope which runs once calls, and that are over with it: what they do is part of what it does. */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { escapes } from './escape.ts';
import type { Side } from '../side.ts';
import { isFunctionNode } from './walk.ts';

/** Whether `fn` runs at no other time than `owner` does. */
export function runsWith(fn: FunctionInfo, owner: FunctionInfo): boolean {
  for (let at: FunctionInfo | null = fn; at !== owner; at = at.parent)
    if (at === null || at.async || at.generator || at.kind === 'module' || escapes(at)) return false;
  return true;
}

/** The functions that a variable may stand for, where it is only ever given functions that stand there; null for any other. */
export function possibleFunctions(side: Side, binding: Binding | null): FunctionInfo[] | null {
  if (!binding || binding.kind === 'param' || binding.kind === 'implicit' || binding.kind === 'import') return null;
  const found: FunctionInfo[] = [];
  const add = (value: AnyNode | null): boolean => {
    const fn = value && side.fnAt.get(givenBy(value));
    if (fn) found.push(fn);
    return fn !== undefined && fn !== null;
  };
  for (const id of binding.declarations) {
    const declared = side.functionDeclaredBy(id);
    if (declared) found.push(declared);
    else {
      const value = side.valueOf(id);
      if (value === undefined || (value !== null && !add(value))) return null;
    }
  }
  for (const { write, parent, node } of binding.references) {
    if (!write) continue;
    if (parent.type === 'AssignmentExpression' && parent.operator === '=' && parent.left === node && add(parent.right)) continue;
    return null;
  }
  return found.length > 0 ? found : null;
}

/** `this && this.helper || function …`, as TypeScript writes its helpers, gives the function. */
function givenBy(value: AnyNode): AnyNode {
  if (value.type === 'ParenthesizedExpression') return givenBy(value.expression);
  return value.type === 'LogicalExpression' && value.operator === '||' && isFunctionNode(value.right) ? value.right : value;
}
