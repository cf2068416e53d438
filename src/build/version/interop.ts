/** What compilers put around what a module takes from others, and gives away of them. */

/** Around a require: it gives a view of the module, and at most remembers it. */
export const INTEROP =
  /^(_interopRequire(Default|Wildcard)|_interopDefault\w*|_interopNamespace\w*|__importStar|__importDefault|__toESM)(\$\d+)?$/;
/** What TypeScript makes of `export *`: it puts what the module has on what it is given. */
export const EXPORT_STAR = /^(tslib(_\d+)?\.)?__exportStar$/;
/** What TypeScript writes out of these. */
export const INTEROP_WRITTEN = /^__(?:createBinding|exportStar|importDefault|importStar|setModuleDefault)$/;

export const isCompilersHelper = (callee: string): boolean => INTEROP.test(callee) || EXPORT_STAR.test(callee);
