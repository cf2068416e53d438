/** Who keeps a transition from its end. */
import type { Holder } from '../../agent/protocol.ts';
import { table, type Column } from './table.ts';
import { place, plain } from './text.ts';
import { formatMs } from './units.ts';

export function holdersTable(holders: readonly Holder[], cwd: string, indent = ''): string {
  const columns: readonly Column<Holder>[] = [
    { title: 'TASK', cell: (holder) => String(holder.task), align: 'right' },
    { title: 'LABEL', cell: (holder) => plain(holder.label) },
    { title: 'FUNCTION', cell: (holder) => plain(holder.function) },
    { title: 'WAITS AT', cell: (holder) => (holder.waitsAt === null ? '-' : place(holder.waitsAt, cwd)) },
    { title: 'AGE', cell: (holder) => formatMs(holder.ageMs), align: 'right' },
  ];
  return table(columns, holders, indent);
}
