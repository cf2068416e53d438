/** How people are told where code is. */
import { shortened } from '../../../source/text.ts';
import { originsOf } from './origins.ts';
import type { Origin } from './origins.ts';
import type { Side } from '../side.ts';

const MAX_EXCERPT = 160;

/** The source line that holds `node`. */
export function excerptOf({ model, lines }: Side, node: { readonly start: number }): string {
  const { text } = model;
  const start = node.start - lines.column(node.start);
  // Minified files have lines of megabytes: the part around the node will do.
  const from = node.start - start > MAX_EXCERPT ? node.start : start;
  const end = from + Math.max(0, text.slice(from, from + 4 * MAX_EXCERPT).search(/[\n\r\u2028\u2029]|$/));
  return shortened(text.slice(from, end).trimEnd(), MAX_EXCERPT);
}

/** Where that was before it was compiled; null where no source map says. */
export function originOf({ model, lines }: Side, { start }: { readonly start: number }): Origin | null {
  const found = originsOf(model)?.at(lines.line(start) - 1, lines.column(start)) ?? null;
  return found?.excerpt === undefined ? found : { ...found, excerpt: shortened(found.excerpt.trimEnd(), MAX_EXCERPT) };
}
