/**
 * Helpers that compilers write into each file. Their releases write them in different ways; what they do is the same, so what
 * one has made goes on with the one that made it.
 */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';

/** What compilers make async functions and generators of: what these have come to is of one call, and over with it. */
export const STEPS = /^(?:__awaiter|__generator|__asyncGenerator|_?(?:asyncToGenerator|wrapAsyncGenerator|asyncGeneratorStep))(?:\$?\d+)?$/;
/** What Babel puts around a require. */
const WILDCARD = /^_(?:getRequireWildcardCache|interopRequireWildcard)(?:\$?\d+)?$/;

/** What Babel makes classes of, for engines without them. */
const CLASSES =
  /^_(?:inherits(?:Loose)?|[gs]etPrototypeOf|createClass|createSuper(?:Internal)?|callSuper|defineProperties|toPropertyKey|toPrimitive|typeof|classCallCheck|assertThisInitialized|possibleConstructorReturn|isNativeReflectConstruct|isNativeFunction|wrapNativeSuper|construct)(?:\$?\d+)?$/;

/** Whether a variable is one as TypeScript writes it: `var __awaiter = (this && this.__awaiter) || …`. */
export function isWrittenOut(name: string, value: AnyNode | null): boolean {
  if (!name.startsWith('__') || value?.type !== 'LogicalExpression' || value.operator !== '||') return false;
  const first = value.left as AnyNode;
  return first.type === 'LogicalExpression' && first.operator === '&&' && memberText(first.right) === `this.${name}`;
}

/** Whether a function is one, or stands in one. */
export function isOfHelper(fn: FunctionInfo): boolean {
  for (let around: FunctionInfo | null = fn; around; around = around.parent) {
    const name = around.path.split('/').at(-1)!;
    if (STEPS.test(name) || WILDCARD.test(name) || CLASSES.test(name)) return true;
    const holder = around.ancestors.findLast(({ type }) => type === 'VariableDeclarator');
    if (holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier' && isWrittenOut(holder.id.name, holder.init ?? null))
      return true;
  }
  return false;
}
