/** `livepatch doctor`: what of a process can be patched, what cannot, and why. */
import type { DoctorReport } from '../../agent/protocol.ts';
import { resolveTarget } from '../../agent/target.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { cut, untouchedTable } from '../output/cut.ts';
import { table } from '../output/table.ts';
import { place, nodeVersion, plain, processLabel } from '../output/text.ts';
import { count, formatBytes } from '../output/units.ts';
import type { Terminal } from '../terminal.ts';

export async function doctor({ terminal, client }: Context, target: string | undefined): Promise<ExitCode> {
  const report = await (await resolveTarget(target, client)).client.doctor();
  if (terminal.json) terminal.out(`${JSON.stringify(report)}\n`);
  else print(terminal, report);
  return EXIT.done;
}

function print(terminal: Terminal, { process: info, findings, untouched, unpatchable, memory }: DoctorReport): void {
  const { out } = terminal.style;
  terminal.out(
    `${out('bold', processLabel(info))} · Node ${nodeVersion(info)} · ${count(info.functions, 'function')} in ${count(info.modules, 'module')} can be patched\n`,
  );
  terminal.out(`Kept in memory for it: ${formatBytes(memory.text)} of source, ${formatBytes(memory.tables + memory.slots)} of tables.\n`);
  for (const { level, what, hint } of findings) {
    terminal.out(`${level === 'warning' ? out('yellow', 'warning') : 'info'}: ${plain(what)}\n  ${plain(hint)}\n`);
  }
  if (untouched.length > 0) {
    terminal.out(`\n${count(untouched.length, 'module')} loaded untouched:\n${untouchedTable(untouched, info.cwd)}`);
  }
  if (unpatchable.length > 0) {
    terminal.out(
      `\n${count(unpatchable.length, 'function')} that cannot be patched:\n${cut(together(unpatchable), (rows) =>
        table(
          [
            { title: 'FUNCTION', cell: (row) => plain(row.function) + (row.more > 0 ? ` and ${row.more} more` : '') },
            { title: 'MODULE', cell: (row) => place(row.module, info.cwd) },
            { title: 'REASON', cell: (row) => plain(row.reason) },
          ],
          rows,
          '  ',
        ),
      )}`,
    );
  }
  if (findings.length + untouched.length + unpatchable.length === 0) terminal.out('Everything that was loaded can be patched.\n');
}

type Unpatchable = DoctorReport['unpatchable'][number];

/** Those of one module for one reason, as the first of them: what compilers write for each name that a module passes on comes in dozens. */
function together(unpatchable: readonly Unpatchable[]): readonly (Unpatchable & { readonly more: number })[] {
  const groups = Map.groupBy(unpatchable, ({ module, reason }) => JSON.stringify([module, reason]));
  return [...groups.values()].map((rows) => ({ ...rows[0]!, more: rows.length - 1 }));
}
