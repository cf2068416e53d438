/** Which process a command means: a pid, a name, or nothing when there is only one. */
import { basename } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import { connect, type AgentClient, type ClientOptions } from './client.ts';
import { list, type Listed } from './list.ts';
import type { ProcessInfo } from './protocol.ts';

export interface Target {
  readonly info: ProcessInfo;
  readonly client: AgentClient;
}

/** The process meant, known to answer. Throws ERR_NO_PROCESS or ERR_MANY_PROCESSES, or what asking it throws. */
export async function resolveTarget(target: string | undefined, options: ClientOptions = {}): Promise<Target> {
  if (target !== undefined && /^\d+$/.test(target)) {
    const client = connect(Number(target), options);
    return { info: await client.info(), client };
  }
  const chosen = choose(target, await list(options));
  if ('error' in chosen) throw chosen.error;
  return { info: chosen.info, client: connect(chosen.pid, options) };
}

/** The one process that the name, or the absence of one, stands for. */
export function choose(target: string | undefined, listed: readonly Listed[]): Listed {
  const matching = target === undefined ? listed : listed.filter((entry) => 'info' in entry && answersTo(entry.info, target));
  const [first, second] = matching;
  if (first === undefined) {
    throw new LivepatchError(
      'ERR_NO_PROCESS',
      { target: target ?? '*' },
      {
        hint:
          listed.length === 0
            ? 'Start the program with: node --import livepatch/register <script>'
            : `Running: ${listed.map(describe).join(', ')}.`,
      },
    );
  }
  if (second !== undefined) {
    throw new LivepatchError(
      'ERR_MANY_PROCESSES',
      { target: target ?? '*', count: matching.length, pids: matching.map((entry) => entry.pid).join(', ') },
      {
        hint: `Say which, by pid: ${matching.map(describe).join(', ')}.`,
      },
    );
  }
  return first;
}

function answersTo(info: ProcessInfo, name: string): boolean {
  return info.name === name || basename(info.script) === name;
}

function describe(entry: Listed): string {
  return 'info' in entry ? `${entry.pid} (${basename(entry.info.script) || entry.info.name})` : `${entry.pid} (does not answer)`;
}
