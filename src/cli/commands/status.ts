/** `livepatch status`: patches, the transition, and who is still on the code it leaves. */
import { connect } from '../../agent/client.ts';
import { list } from '../../agent/list.ts';
import type { PatchStatus, Status, TransitionStatus } from '../../agent/protocol.ts';
import { resolveTarget } from '../../agent/target.ts';
import { LivepatchError, type ErrorReport } from '../../errors/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { dataLine } from '../output/data.ts';
import { printFailure } from '../output/failure.ts';
import { holdersTable } from '../output/holders.ts';
import { waits } from '../output/progress.ts';
import { table, type Column } from '../output/table.ts';
import { nodeVersion, plain, processLabel } from '../output/text.ts';
import { count, formatMs, formatTime } from '../output/units.ts';
import type { Terminal } from '../terminal.ts';

type Answer = Status | { readonly pid: number; readonly error: ErrorReport };

export async function status(context: Context, target: string | undefined): Promise<ExitCode> {
  const { terminal } = context;
  const answers = target === undefined ? await all(context) : [await (await resolveTarget(target, context.client)).client.status()];
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ processes: answers })}\n`);
    return EXIT.done;
  }
  if (answers.length === 0)
    terminal.err('No process of this user can be patched. Start one with: node --import livepatch/register <script>\n');
  answers.forEach((answer, index) => {
    if (index > 0) terminal.out('\n');
    if ('error' in answer) printFailure(terminal, answer.error);
    else printStatus(terminal, answer);
  });
  return EXIT.done;
}

/** Of every process. One that fails to answer does not hide the others. */
async function all({ client }: Context): Promise<readonly Answer[]> {
  const listed = await list(client);
  return await Promise.all(
    listed.map(async (entry): Promise<Answer> => {
      if ('error' in entry) return { pid: entry.pid, error: entry.error.report() };
      try {
        return await connect(entry.pid, client).status();
      } catch (error) {
        if (error instanceof LivepatchError) return { pid: entry.pid, error: error.report() };
        throw error;
      }
    }),
  );
}

function printStatus(terminal: Terminal, { process: info, patches, transition }: Status): void {
  const { out } = terminal.style;
  const tainted = info.tainted ? ` · ${out('red', 'tainted: a transition was forced')}` : '';
  terminal.out(`${out('bold', processLabel(info))} · Node ${nodeVersion(info)} · up ${formatMs(info.uptime * 1000)}${tainted}\n`);
  terminal.out(patches.length === 0 ? 'No patch is applied.\n' : table(COLUMNS, patches));
  for (const { name, data = [] } of patches)
    for (const report of data) {
      const line = dataLine(report);
      if (line !== null) terminal.out(`${plain(name)}: ${report.failed > 0 ? out('yellow', line) : line}\n`);
    }
  if (transition === null) return;
  terminal.out(`${transitionLine(transition)}\n`);
  if (transition.holders.length > 0) terminal.out(holdersTable(transition.holders, info.cwd, '  '));
}

/** "fix: patching for 14.2 s, 3 pending, reverses in 45.8 s". */
export function transitionLine(transition: TransitionStatus): string {
  const parts = [
    `${plain(transition.patch)}: ${transition.direction}${transition.reversed ? ' (reversed)' : ''} for ${formatMs(transition.elapsedMs)}`,
    `${transition.pending} pending`,
    waits(transition),
  ].filter((part) => part !== '');
  if (transition.deadlineMs !== null && !transition.reversed)
    parts.push(`reverses in ${formatMs(transition.deadlineMs - transition.elapsedMs)}`);
  return parts.join(', ');
}

const COLUMNS: readonly Column<PatchStatus>[] = [
  { title: 'PATCH', cell: (patch) => plain(patch.name) },
  { title: 'STATE', cell: state },
  { title: 'CHANGES', cell: changes },
  { title: 'APPLIED', cell: (patch) => formatTime(patch.appliedAt) },
];

function state(patch: PatchStatus): string {
  if (patch.transition) return patch.enabled ? 'patching' : 'unpatching';
  return patch.enabled ? 'enabled' : 'disabled';
}

function changes(patch: PatchStatus): string {
  const functions = patch.modules.reduce((sum, module) => sum + module.functions.length, 0);
  const waiting = patch.modules.filter((module) => !module.patched).length;
  return `${count(functions, 'function')} in ${count(patch.modules.length, 'module')}${waiting === 0 ? '' : ` (${waiting} not loaded)`}`;
}
