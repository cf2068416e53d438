/** Aligned columns. Cells may carry colour: widths count what is visible. Cells are one line: see `plain`. */
import { stripVTControlCharacters } from 'node:util';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'right';
}

/** One line for the titles and one for each row, each with its newline. No trailing spaces. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], indent = ''): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => columns.map((column) => column.cell(row)))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))));
  return lines
    .map((line) => {
      const cells = line.map((cell, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - width(cell));
        return columns[index]?.align === 'right' ? padding + cell : cell + padding;
      });
      return `${indent}${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
