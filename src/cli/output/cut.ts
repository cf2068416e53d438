/** Long tables, cut: `--json` has all of it. */
import { table } from './table.ts';
import { place, plain } from './text.ts';

const MAX_ROWS = 20;

/** What `print` makes of the first rows, and how many more there are. */
export function cut<Row>(rows: readonly Row[], print: (rows: readonly Row[]) => string): string {
  const more = rows.length - MAX_ROWS;
  return print(rows.slice(0, MAX_ROWS)) + (more > 0 ? `  and ${more} more: --json lists them all\n` : '');
}

/** Modules that are loaded as they are. */
export function untouchedTable(untouched: readonly { readonly module: string; readonly reason: string }[], cwd: string): string {
  return cut(untouched, (rows) =>
    table(
      [
        { title: 'MODULE', cell: (row) => place(row.module, cwd) },
        { title: 'REASON', cell: (row) => plain(row.reason) },
      ],
      rows,
      '  ',
    ),
  );
}
