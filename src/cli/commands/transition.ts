/** What `apply` and `revert` share: waiting for a transition, and saying how it ended. */
import type { TransitionOptions } from '../../agent/client.ts';
import type { Gated, Outcome, ProcessInfo } from '../../agent/protocol.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { dataLine, takenBackLine } from '../output/data.ts';
import { holdersTable } from '../output/holders.ts';
import { progressView } from '../output/progress.ts';
import { place, plain, processLabel } from '../output/text.ts';
import { count, formatMs } from '../output/units.ts';

export interface Transition {
  readonly verb: 'apply' | 'revert';
  /** The patch's name as far as it is known before the process answers. */
  readonly patch: string;
  readonly info: ProcessInfo;
  readonly timeoutMs: number;
  /** Sends the request. */
  readonly start: (options: TransitionOptions) => Promise<Outcome>;
  /** Modules the patch changed, asked once it is complete; null when that is not known. */
  readonly modules?: (patch: string) => Promise<number | null>;
}

const INTERRUPTED = Symbol('interrupted');

/** Shows the transition until it ends. Rejects with what the request rejects with. */
export async function watch(context: Context, transition: Transition): Promise<ExitCode> {
  const { terminal } = context;
  const view = progressView(terminal, transition.info.cwd);
  const interrupt = new AbortController();
  const release = context.onInterrupt(() => interrupt.abort(INTERRUPTED));
  let patch = transition.patch;
  try {
    const outcome = await transition.start({
      timeoutMs: transition.timeoutMs,
      signal: interrupt.signal,
      onProgress(progress) {
        patch = progress.patch;
        view.update(progress);
      },
    });
    view.end();
    return await end(context, transition, outcome);
  } catch (error) {
    if (error !== INTERRUPTED) throw error;
    view.end();
    return interrupted(context, transition, patch);
  } finally {
    view.end();
    release();
  }
}

async function end({ terminal }: Context, transition: Transition, outcome: Outcome): Promise<ExitCode> {
  if (terminal.json) terminal.out(`${JSON.stringify({ pid: transition.info.pid, ...outcome })}\n`);
  else {
    const modules = outcome.result === 'complete' ? ((await transition.modules?.(outcome.patch)) ?? null) : null;
    const style = { complete: 'green', reversed: 'yellow', forced: 'red' } as const;
    terminal.out(`${terminal.style.out(style[outcome.result], outcomeLine(transition, outcome, modules))}\n`);
    for (const report of (outcome.result === 'complete' && outcome.data) || []) {
      const line = transition.verb === 'apply' ? dataLine(report) : takenBackLine(report);
      if (line !== null) terminal.out(`${report.failed > 0 ? terminal.style.out('yellow', line) : line}\n`);
    }
    if (outcome.result === 'complete' && outcome.threads > 0) {
      const verb = outcome.threads === 1 ? 'is' : 'are';
      terminal.out(
        `${terminal.style.out('yellow', `${count(outcome.threads, 'worker thread')} of the process ${verb} not patched: threads have modules of their own.`)}\n`,
      );
    }
    for (const other of (outcome.result === 'complete' && outcome.others) || []) {
      const version = other.version === '' ? '' : ` ${plain(other.version)}`;
      const what = `${plain(other.package)}${version} in ${place(other.folder.slice(0, -1), transition.info.cwd)} has other source than the patch is for, and stays as it is.`;
      terminal.out(`${terminal.style.out('yellow', what)}\n`);
    }
    if (outcome.result === 'reversed' && outcome.holders.length > 0) {
      terminal.out(`Held by:\n${holdersTable(outcome.holders, transition.info.cwd, '  ')}`);
    }
  }
  if (outcome.result !== 'reversed') return EXIT.done;
  return outcome.reason === 'deadline' ? EXIT.reversed : EXIT.failed;
}

/** "fix applied to 4242 (server.js): 3 functions in 2 modules, linked in 4 ms, converged in 120 ms." */
export function outcomeLine(transition: Pick<Transition, 'verb' | 'info' | 'timeoutMs'>, outcome: Outcome, modules: number | null): string {
  const patch = plain(outcome.patch);
  const process = processLabel(transition.info);
  const applies = transition.verb === 'apply';
  const converged = formatMs(outcome.convergeMs);
  switch (outcome.result) {
    case 'complete': {
      if (!applies) return `${patch} reverted in ${process}: converged in ${converged}${waitLine(outcome)}.`;
      const parts = [
        count(outcome.functions, 'function') + (modules === null ? '' : ` in ${count(modules, 'module')}`),
        `linked in ${formatMs(outcome.linkMs)}`,
        `converged in ${converged}`,
      ];
      if (outcome.replaced.length > 0) parts.push(`replaced ${outcome.replaced.map(plain).join(', ')}`);
      return `${patch} applied to ${process}: ${parts.join(', ')}${waitLine(outcome)}.`;
    }
    case 'reversed': {
      const why =
        outcome.reason === 'deadline' ? `its deadline of ${formatMs(transition.timeoutMs)} passed` : 'it was reversed by another command';
      const now = applies ? 'The process runs the code it ran before.' : 'The process still runs the patch.';
      return `${patch} was not ${applies ? 'applied to' : 'reverted in'} ${process}: ${why}, and it had gone back after ${converged}${waitLine(outcome)}. ${now}`;
    }
    case 'forced':
      return `${patch} ${applies ? 'applied to' : 'reverted in'} ${process} by force after ${converged}: the process is tainted, some tasks may have run old and new code mixed.`;
  }
}

/** ", 12 calls waited, 340 ms at most" */
function waitLine({ gated }: { readonly gated?: Gated }): string {
  return gated === undefined ? '' : `, ${count(gated.calls, 'call')} waited, ${formatMs(gated.longestMs)} at most`;
}

function interrupted({ terminal }: Context, { verb, info }: Transition, patch: string): ExitCode {
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ pid: info.pid, result: 'interrupted', patch })}\n`);
    return EXIT.interrupted;
  }
  const name = plain(patch);
  terminal.err(
    [
      `Interrupted: only the wait ended. The process goes on to ${verb} ${name}.`,
      `  See how it stands:  livepatch status ${info.pid}`,
      `  Turn it round:      livepatch reverse ${info.pid}`,
      `  Once it is through: livepatch ${verb === 'apply' ? `revert ${name} ${info.pid}` : `apply <file> ${info.pid}`}`,
      '',
    ].join('\n'),
  );
  return EXIT.interrupted;
}
