/** What compilers put around what a module takes from others, and gives away of them. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../source/paths.ts';

/** Around a require: it gives a view of the module, and at most remembers it. */
export const INTEROP =
  /^(_interopRequire(Default|Wildcard)|_interopDefault\w*|_interopNamespace\w*|__importStar|__importDefault|__toESM)(\$\d+)?$/;
/** What TypeScript makes of `export *`: it puts what the module has on what it is given. */
export const EXPORT_STAR = /^(tslib(_\d+)?\.)?__exportStar$/;
const WRITTEN_OUT = /^__(?:createBinding|exportStar|importDefault|importStar|setModuleDefault)$/;

export const isCompilersHelper = (callee: string): boolean => INTEROP.test(callee) || EXPORT_STAR.test(callee);

/**
 * Whether a variable is such a helper as TypeScript writes it into each file, `var __importStar = (this && this.__importStar) || …`.
 * Its releases write it in different ways; what it gives is the same.
 */
export function isWrittenOut(name: string, value: AnyNode | null): boolean {
  if (!WRITTEN_OUT.test(name) || value?.type !== 'LogicalExpression' || value.operator !== '||') return false;
  const first = value.left as AnyNode;
  return first.type === 'LogicalExpression' && first.operator === '&&' && memberText(first.right) === `this.${name}`;
}
