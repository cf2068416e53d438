/** Directories and processes that go away with their test. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connect } from '../../src/agent/client.ts';
import { startAgent, type AgentHandle, type AgentOptions } from '../../src/agent/server.ts';
import { FakeControl } from './fake-control.ts';

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'lp-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface Local {
  readonly directory: string;
  readonly control: FakeControl;
  readonly agent: AgentHandle;
  readonly path: string;
}

/** An agent in this process. */
export async function localAgent(t: TestContext, options: AgentOptions = {}): Promise<Local> {
  const directory = temporaryDirectory(t);
  const control = new FakeControl();
  const agent = startAgent(control, { directory, ...options });
  t.after(() => agent.close());
  await agent.ready;
  if (agent.path === null) throw new Error(agent.lastError?.message);
  return { directory, control, agent, path: agent.path };
}

export interface FakeProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  call(call: 'progress' | 'finish' | 'block', value: unknown): void;
  /** Settles when it has begun a transition. */
  inTransition(): Promise<void>;
}

/** An agent in a process of its own. */
export async function fakeProcess(t: TestContext, directory: string, env: Readonly<Record<string, string>> = {}): Promise<FakeProcess> {
  const child = fork(new URL('fake-process.ts', import.meta.url), {
    env: { ...process.env, ...env, LIVEPATCH_RUNTIME_DIR: directory },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  await once(child, 'message');
  const pid = child.pid ?? 0;
  const client = connect(pid, { directories: [directory] });
  return {
    pid,
    child,
    call: (call, value) => child.send({ call, value }),
    inTransition: () => until(async () => (await client.status()).transition !== null),
  };
}

/** What the server says to raw bytes, until it closes. */
export async function exchangeRaw(path: string, bytes: string | Buffer, half = false): Promise<string> {
  const socket = connectSocket(path);
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  if (half) socket.end(bytes);
  else socket.write(bytes);
  await once(socket, 'close');
  return text;
}

/** Settles when the condition holds. Fails after a minute. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > 60_000) throw new Error('The condition never held.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
