/** Puts the runtime into this process and opens its control socket. A second call does nothing. */
import { startAgent } from '../agent/server.ts';
import { currentRuntime, setCurrentRuntime } from './current.ts';
import { Runtime } from './runtime.ts';

export function register(environment: NodeJS.ProcessEnv): void {
  if (currentRuntime() !== undefined || environment['LIVEPATCH'] === 'off') return;
  const runtime = new Runtime();
  setCurrentRuntime(runtime);
  runtime.install(environment);
  startAgent(runtime);
}
