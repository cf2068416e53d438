import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent } from '../../src/agent/server.ts';
import type { Control } from '../../src/agent/protocol.ts';

/** The control socket that `livepatch/register` would open, in a directory of its own. */
export async function socketFor(
  control: Control,
): Promise<{ readonly path: string; readonly directory: string; readonly close: () => void }> {
  const around = mkdtempSync(join(tmpdir(), 'livepatch-socket-'));
  const directory = join(around, 'run');
  const agent = startAgent(control, { directory });
  await agent.ready;
  const close = (): void => {
    agent.close();
    rmSync(around, { recursive: true, force: true });
  };
  if (agent.path === null) {
    close();
    throw new Error(agent.lastError?.message ?? 'no socket');
  }
  return { path: agent.path, directory, close };
}
