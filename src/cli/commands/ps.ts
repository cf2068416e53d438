/** `livepatch ps`: the processes that can be patched. */
import { list, type Listed } from '../../agent/list.ts';
import type { ProcessInfo } from '../../agent/protocol.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { table, type Column } from '../output/table.ts';
import { nodeVersion, plain, processName } from '../output/text.ts';
import { formatMs } from '../output/units.ts';

export async function ps({ terminal, client }: Context): Promise<ExitCode> {
  const listed = await list(client);
  if (terminal.json) {
    const processes = listed.map((entry) => ('info' in entry ? entry.info : { pid: entry.pid, error: entry.error.report() }));
    terminal.out(`${JSON.stringify({ processes })}\n`);
  } else if (listed.length === 0) {
    terminal.err('No process of this user can be patched. Start one with: node --import livepatch/register <script>\n');
  } else {
    terminal.out(table(COLUMNS, listed));
  }
  return EXIT.done;
}

const COLUMNS: readonly Column<Listed>[] = [
  { title: 'PID', cell: (entry) => String(entry.pid), align: 'right' },
  { title: 'NAME', cell: of(name, '(does not answer)') },
  { title: 'NODE', cell: of(nodeVersion) },
  { title: 'UPTIME', cell: of((info) => formatMs(info.uptime * 1000)), align: 'right' },
  { title: 'MODULES', cell: of((info) => String(info.modules)), align: 'right' },
  { title: 'FUNCTIONS', cell: of((info) => String(info.functions)), align: 'right' },
  { title: 'PATCHES', cell: of((info) => plain(info.patches.join(', ') || '-') + (info.tainted ? ' (tainted)' : '')) },
];

function of(cell: (info: ProcessInfo) => string, silent = '-'): (entry: Listed) => string {
  return (entry) => ('info' in entry ? cell(entry.info) : silent);
}

/** The name that finds the process, and the script when that is not the same. */
function name(info: ProcessInfo): string {
  const script = processName(info);
  return plain(info.name) === script || info.name === '' ? script : `${plain(info.name)} (${script})`;
}
