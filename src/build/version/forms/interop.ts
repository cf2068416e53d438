/** What compilers put around what a module takes from others, and gives away of them. */

const INTEROP =
  /^(?:_*interop_?[rR]equire_?(?:[dD]efault|[wW]ildcard)|_interop(?:Default|Namespace)\w*|(?:tslib(?:_\d+)?\.)?__import(?:Star|Default)|__toESM)(?:\$\d+)?$/;
/** What TypeScript makes of `export *`: it puts what the module has on what it is given. */
export const EXPORT_STAR = /^(tslib(_\d+)?\.)?__exportStar$/;
/** What TypeScript writes out of these. */
export const INTEROP_WRITTEN = /^__(?:createBinding|exportStar|importDefault|importStar|setModuleDefault)$/;

/** Around a require: it gives a view of the module, and at most remembers it. */
export const isInterop = (callee: string): boolean => INTEROP.test(callee);
export const isCompilersHelper = (callee: string): boolean => INTEROP.test(callee) || EXPORT_STAR.test(callee);
