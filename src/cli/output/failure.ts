/** Errors: `livepatch: ERR_CODE message`, then where, then what to do. */
import type { ErrorReport } from '../../errors/errors.ts';
import type { Terminal } from '../terminal.ts';
import { plain, plainLines } from './text.ts';

export function printFailure(terminal: Terminal, report: ErrorReport, details: Readonly<Record<string, unknown>> = {}): void {
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ error: report, ...details })}\n`);
    return;
  }
  const { err } = terminal.style;
  terminal.err(`livepatch: ${err('red', report.code)} ${plainLines(report.message)}\n`);
  if (report.where) terminal.err(`  at ${plain(position(report.where))}\n`);
  if (report.hint !== undefined) terminal.err(`  ${plainLines(report.hint)}\n`);
}

/** `file:line:column`, both counted from 1, as editors and stack traces do. */
function position(where: NonNullable<ErrorReport['where']>): string {
  const line = where.line === undefined ? '' : `:${where.line}`;
  return where.file + line + (line === '' || where.column === undefined ? '' : `:${where.column + 1}`);
}
