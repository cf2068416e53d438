/** What becomes of every difference between two source trees. */
import type { BuildVerdict } from '../build-port.ts';
import type { Style, Terminal } from '../terminal.ts';
import { table } from './table.ts';
import { plain } from './text.ts';

const STYLES: Readonly<Record<BuildVerdict['verdict'], Style>> = {
  carried: 'green',
  'carried-with-transform': 'green',
  'carried-with-hook': 'green',
  'needs-hook': 'red',
  refused: 'red',
  warning: 'yellow',
};

/** Whether the verdict keeps the patch from being built. */
export function blocks(verdict: BuildVerdict): boolean {
  return verdict.verdict === 'refused' || verdict.verdict === 'needs-hook';
}

/** What a hook may do by hand: code has run that is not run again, or has left something where no code of the patch gets to. */
const BY_HAND = /^(statement-changed|value-replaced)$/;

/** The claims of a hook file that would take care of all that blocks; null where code that cannot be linked is part of it. */
export function claimsFor(blocking: readonly BuildVerdict[]): readonly string[] | null {
  // A hook is for the package that the patch was asked for.
  if (blocking.some((row) => row.package !== undefined)) return null;
  if (!blocking.every(({ verdict, code }) => verdict === 'needs-hook' || BY_HAND.test(code))) return null;
  return [...new Set(blocking.map(({ file, code }) => `${file} ${code}`))];
}

/** So many rows of one file may say the same. */
const ALIKE = 3;

export function verdictTable(terminal: Terminal, verdicts: readonly BuildVerdict[]): string {
  return table<Folded>(
    [
      { title: 'VERDICT', cell: ({ row }) => terminal.style.out(STYLES[row.verdict], row.verdict) },
      { title: 'CODE', cell: ({ row }) => row.code },
      { title: 'FUNCTION', cell: ({ row, more }) => plain(row.path) + (more > 0 ? ` and ${more} more` : '') },
      { title: 'AT', cell: ({ row }) => placeText(row) },
      { title: 'NOTE', cell: ({ row }) => (row.code === 'function-changed' ? '' : plain(row.reason)) },
    ],
    folded(verdicts),
  );
}

/** A verdict, and how many others of the same file say the same of other functions. */
interface Folded {
  readonly row: BuildVerdict;
  readonly more: number;
}

/** What a release changes itself, and what keeps it from being carried, has a row each. */
function folded(verdicts: readonly BuildVerdict[]): Folded[] {
  const groups = new Map<string, BuildVerdict[]>();
  const keyOf = (row: BuildVerdict): string => JSON.stringify([row.package, row.file, row.verdict, row.code, row.reason]);
  for (const row of verdicts) {
    const known = groups.get(keyOf(row));
    if (known) known.push(row);
    else groups.set(keyOf(row), [row]);
  }
  const isFolded = (row: BuildVerdict): boolean =>
    groups.get(keyOf(row))!.length > ALIKE && row.code !== 'function-changed' && !blocks(row);
  return verdicts.flatMap((row) => {
    const alike = groups.get(keyOf(row))!;
    if (!isFolded(row)) return { row, more: 0 };
    return row === alike[0] ? { row, more: alike.length - 1 } : [];
  });
}

/**
 * ```
 * refused CODE at server.js:12, createPool/<acquire>: reason
 *   12 | let free = [];
 *      |     ^
 * ```
 */
export function verdictDetail(verdict: BuildVerdict): string {
  const where = `${placeText(verdict)}${verdict.path === '' ? '' : `, ${plain(verdict.path)}`}`;
  return `${verdict.verdict} ${verdict.code} at ${where}: ${plain(verdict.reason)}\n${excerpt(verdict)}`;
}

/** Where a difference is for who wrote it: in the source of the file, where a source map leads there. */
export function placeOf(verdict: BuildVerdict): { readonly file: string; readonly line: number } {
  const { file, line } = verdict.origin ?? verdict;
  // What a bundler names by an address of its own stands in no folder.
  const isAddress = file.includes('://');
  return { file: verdict.package === undefined || isAddress ? file : `${verdict.package}/${file}`, line };
}

function placeText(verdict: BuildVerdict): string {
  const { file, line } = placeOf(verdict);
  return `${plain(file)}:${line}`;
}

function excerpt(verdict: BuildVerdict): string {
  // The text of a source is not always known; that of the file is.
  const isOrigin = verdict.origin?.excerpt !== undefined;
  const { excerpt: text, line } = isOrigin ? verdict.origin : verdict;
  const column = isOrigin ? undefined : verdict.column;
  if (text === undefined || text === '') return '';
  // The builder has drawn it already.
  if (text.includes('\n')) return `${text.replace(/\n$/, '').replace(/^/gm, '  ')}\n`;
  const at = column ?? Math.max(0, text.search(/\S/));
  const gutter = String(line);
  // Tabs stay tabs, so that the caret stands under its character whatever their width.
  const indent = text.slice(0, at).replace(/[^\t]/g, ' ');
  return `  ${gutter} | ${text}\n  ${' '.repeat(gutter.length)} | ${indent}^\n`;
}
