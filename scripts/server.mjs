/** Starts a server as a child process and looks after it: whatever happens to this process, the child does not outlive it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from './nodes.mjs';

const START_LIMIT_MS = 60_000;
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/**
 * Resolves with the child and its port once it has written where it listens. `options` go before the script, `env` is added to ours.
 * @param {string} script
 * @param {{ node?: string, options?: string[], env?: Record<string, string> }} [how]
 */
export function startServer(script, { node = process.execPath, options = [], env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [...options, '--import', './scripts/leash.mjs', script], {
      cwd: root,
      env: { ...process.env, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    children.add(child);
    let said = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS);
    const server = {
      child,
      pid: child.pid,
      port: 0,
      /** What it wrote on its standard error so far. */
      complaints: () => said,
      stop: () =>
        new Promise((stopped) => {
          if (child.exitCode !== null || child.signalCode !== null) return stopped();
          child.once('exit', () => stopped());
          child.kill('SIGKILL');
        }),
    };
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-8000);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /: http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
      if (!port) return;
      clearTimeout(timer);
      server.port = Number(port);
      resolve(server);
    });
    child.on('exit', (code, signal) => {
      children.delete(child);
      clearTimeout(timer);
      reject(new Error(`${script} ended with ${signal ?? code} before it listened:\n${said}`));
    });
    child.on('error', reject);
  });
}
