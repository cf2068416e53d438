/** Puts the runtime into this process and opens its control socket. A second call does nothing. */
import type * as Server from '../agent/server.ts';
import { currentRuntime, setCurrentRuntime } from './current.ts';
import type { Kept } from './cache/kept.ts';
import { loadOwn } from '../source/own.ts';
import { Runtime } from './runtime.ts';
import { after } from './time/clock.ts';

/** The socket takes parts of Node that many programs do without, and one that is over so soon needs no patch. */
const SOCKET_AFTER_MS = 20;

export function register(environment: NodeJS.ProcessEnv, kept: Kept): void {
  if (currentRuntime() !== undefined) return;
  const runtime = new Runtime();
  setCurrentRuntime(runtime);
  runtime.install(environment, kept);
  after(() => startAgent(runtime), SOCKET_AFTER_MS).unref();
}

/** Never throws: a program goes on where its files have been taken away so soon. */
function startAgent(runtime: Runtime): void {
  try {
    loadOwn<typeof Server>('agent/server').startAgent(runtime);
  } catch (error) {
    process.emitWarning(`This process cannot be patched: ${error instanceof Error ? error.message : String(error)}`, 'LivepatchWarning');
  }
}
