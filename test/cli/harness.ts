/** The command line, in this process with a terminal of its own or as the real program. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BuildReport, TreeSpec } from '../../src/cli/build-port.ts';
import { run } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Setup {
  readonly directory: string;
  readonly cwd?: string;
  readonly live?: boolean;
  readonly columns?: number;
  readonly replyTimeoutMs?: number;
  readonly build?: (spec: TreeSpec, options: { readonly name: string }) => BuildReport;
  /** Receives what presses Ctrl-C. */
  readonly onInterrupt?: (press: () => void) => void;
}

/** Runs the command line in this process, without colours. */
export async function cli(setup: Setup, ...argv: readonly string[]): Promise<Result> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    json: argv.includes('--json'),
    live: setup.live ?? false,
    columns: setup.columns ?? 80,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    style: { out: (_, text) => text, err: (_, text) => text },
  };
  const code = await run(argv, {
    terminal,
    cwd: setup.cwd ?? setup.directory,
    client: { directories: [setup.directory], replyTimeoutMs: setup.replyTimeoutMs ?? 5000 },
    loadBuilder: async () => ({
      buildPatch: async (spec, options) => {
        if (setup.build === undefined) throw new Error('This test builds nothing.');
        return setup.build(spec, options);
      },
    }),
    onInterrupt(handler) {
      setup.onInterrupt?.(handler);
      return () => {};
    },
  });
  return { code, out, err };
}

export interface Program {
  readonly child: ChildProcess;
  readonly err: () => string;
  readonly ended: Promise<Result>;
}

/** Runs the command line as users do. */
export function program(
  directory: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdout: 'pipe' | number = 'pipe',
): Program {
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_TEST_CONTEXT: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...argv], {
    env: { ...inherited, ...env, LIVEPATCH_RUNTIME_DIR: directory },
    stdio: ['pipe', stdout, 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => void (out += chunk));
  child.stderr!.on('data', (chunk) => void (err += chunk));
  return { child, err: () => err, ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))) };
}
