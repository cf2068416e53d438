/** Tells which site a function begins with, by its text. */
import { findId } from '../../instrument/names.ts';

const COMMENTS = /\/\*[^]*?\*\/|\/\/.*/g;
const DIRECTIVES = /(?:'[^'\n]*'|"[^"\n]*")\s*;*/g;

/** The id, or null where the function has no site of its own. `text` is its instrumented text. */
export function ownSite(text: string): number | null {
  const mark = findId(text);
  if (mark === null) return null;
  // What stands before a site is the head of its function and directives: one brace is open, and nothing else has begun.
  const head = text.slice(0, mark.at).replace(COMMENTS, '').replace(DIRECTIVES, '');
  const open = head.indexOf('{');
  return open >= 0 && /^\s*;?(?:if\(|for\(;)\$lp\d+(?:&&|;\)\{const \$lp_n=)$/.test(head.slice(open + 1)) ? mark.id : null;
}
