/** Real programs under the hook, and the real command line against them; each test has a runtime directory of its own. */
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import type { DoctorReport } from '../../src/agent/protocol.ts';
import { root } from '../../scripts/nodes.mjs';

const START_LIMIT_MS = 60_000;
const COMMAND_LIMIT_MS = 180_000;

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON, or undefined when it is none. */
  readonly json: unknown;
}

export class Program {
  readonly child: ChildProcess;
  readonly port: number;
  readonly #said: () => string;

  constructor(child: ChildProcess, port: number, said: () => string) {
    this.child = child;
    this.port = port;
    this.#said = said;
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** Resolves once it has ended. */
  readonly ended: Promise<void>;

  get pid(): string {
    return String(this.child.pid);
  }

  /** What it wrote so far, both streams together. */
  get said(): string {
    return this.#said();
  }

  async get(path: string): Promise<string> {
    return await (await fetch(`http://127.0.0.1:${this.port}${path}`)).text();
  }
}

export class Bench {
  /** Scratch directory, gone after the test. */
  readonly directory = mkdtempSync(join(tmpdir(), 'livepatch-test-'));
  readonly #env = {
    ...process.env,
    NO_COLOR: '1',
    LIVEPATCH_RUNTIME_DIR: join(this.directory, 'run'),
    LIVEPATCH_CACHE: join(this.directory, 'cache'),
  };
  readonly #children = new Set<ChildProcess>();

  constructor(t: TestContext) {
    t.after(async () => {
      await Promise.all(
        [...this.#children].map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const gone = new Promise((resolve) => child.once('exit', resolve));
          child.kill('SIGKILL');
          await gone;
        }),
      );
      rmSync(this.directory, { recursive: true, force: true });
    });
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Writes a source tree below the scratch directory: file names to contents. Returns its path. */
  tree(name: string, files: Readonly<Record<string, string>>): string {
    for (const [file, text] of Object.entries(files)) {
      const path = join(this.directory, name, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return join(this.directory, name);
  }

  /**
   * Starts `node --import livepatch/register script` and resolves when it writes a line that ends with `:<port>`.
   * The script finds PORT=0 in its environment.
   */
  async start(
    script: string,
    options: { readonly env?: Readonly<Record<string, string>>; readonly hook?: boolean } = {},
  ): Promise<Program> {
    const hook = options.hook === false ? [] : ['--import', 'livepatch/register'];
    const child = spawn(process.execPath, [...hook, script], {
      cwd: root,
      env: { ...this.#env, PORT: '0', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#children.add(child);
    let said = '';
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${script} does not listen:\n${said}`)), START_LIMIT_MS);
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const port = /:(\d+)$/.exec(line)?.[1];
        if (port === undefined) return;
        clearTimeout(timer);
        resolve(new Program(child, Number(port), () => said));
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`${script} ended with ${signal ?? code}:\n${said}`));
      });
    });
  }

  /** What `livepatch doctor` reports of one process. */
  async doctor(pid: string): Promise<DoctorReport> {
    const { json, stdout, stderr } = await this.livepatch('doctor', pid, '--json');
    const report = json as DoctorReport & { processes?: DoctorReport[] };
    assert.ok(report, stdout + stderr);
    return report.processes?.[0] ?? report;
  }

  /** Runs one command of the command line to its end; never rejects for an exit code. */
  async livepatch(...args: string[]): Promise<Finished> {
    const until = Date.now() + START_LIMIT_MS;
    for (;;) {
      const finished = await this.#command(args);
      if (!this.#early(args, finished) || Date.now() > until) return finished;
    }
  }

  /** The socket opens a moment after the start: what is meant may listen for requests, and have none yet. */
  #early(args: readonly string[], { stdout, stderr }: Finished): boolean {
    const meant = [...this.#children].some(({ pid, exitCode }) => exitCode === null && args.includes(String(pid)));
    return meant && `${stdout}${stderr}`.includes('ERR_NO_PROCESS');
  }

  async #command(args: readonly string[]): Promise<Finished> {
    return await new Promise((resolve) => {
      const options = { cwd: root, env: this.#env, timeout: COMMAND_LIMIT_MS, maxBuffer: 2 ** 26 };
      const child = execFile(process.execPath, ['dist/cli/main.js', ...args], options, (_error, stdout, stderr) => {
        let json: unknown;
        try {
          json = JSON.parse(stdout);
        } catch {
          json = undefined;
        }
        resolve({ code: child.exitCode ?? -1, stdout, stderr, json });
      });
    });
  }
}
