/** Processes with and without livepatch, started and asked for work by turns. */
import { execFile, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeBinary, root } from '../nodes.mjs';

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url));
const REGISTER = join(root, 'dist', 'register.js');
const CLI = join(root, 'dist', 'cli', 'main.js');

export class Lab {
  constructor(node) {
    this.node = nodeBinary(node);
    this.version = node;
    this.folder = mkdtempSync(join(tmpdir(), 'livepatch-bench-'));
    this.children = new Set();
  }

  close() {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Where instrumented text is kept between the runs of one benchmark. */
  get cache() {
    return join(this.folder, 'cache');
  }

  environment(extra = {}) {
    const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, ...rest } = process.env;
    return { ...rest, LIVEPATCH_CACHE: this.cache, LIVEPATCH_RUNTIME_DIR: join(this.folder, 'run'), ...extra };
  }

  flags(instrumented, flags = []) {
    return [...flags, '--disable-warning=ExperimentalWarning', ...(instrumented ? ['--import', REGISTER] : [])];
  }

  /** Runs a program from start to end; milliseconds, or what it wrote. */
  run(instrumented, args, { env = {}, flags = [] } = {}) {
    return new Promise((resolve, reject) => {
      const started = process.hrtime.bigint();
      const child = spawn(this.node, [...this.flags(instrumented, flags), ...args], {
        env: this.environment(env),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      this.children.add(child);
      let text = '';
      let errors = '';
      child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      child.stderr.setEncoding('utf8').on('data', (chunk) => (errors += chunk));
      child.on('close', (code) => {
        this.children.delete(child);
        const ms = Number(process.hrtime.bigint() - started) / 1e6;
        if (code === 0) resolve({ ms, text });
        else reject(new Error(`${args.join(' ')} ended with ${code}:\n${errors}`));
      });
    });
  }

  /** Fills a cache for the first start of `program`. */
  prepare(program, cache) {
    return promisify(execFile)(this.node, [CLI, 'prepare', program], { env: this.environment({ LIVEPATCH_CACHE: cache }) });
  }

  /** The first start keeps the instrumented text, the second what V8 compiles of it: what is measured then finds both. */
  async fill(program, use, options = {}) {
    for (let start = 0; start < 2; start++) {
      const worker = await this.worker(true, program, options);
      const end = await use(worker);
      end?.();
      await worker.leave();
    }
  }

  /** A process that holds a program in memory and does work when it is asked to. */
  async worker(instrumented, program, options = {}) {
    const child = fork(CHILD, [program], {
      execPath: this.node,
      execArgv: this.flags(instrumented, options.flags),
      env: this.environment(options.env),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.children.add(child);
    const waiting = [];
    child.on('message', (message) => waiting.shift()?.resolve(message));
    child.on('exit', (code) => {
      this.children.delete(child);
      for (const { reject } of waiting) reject(new Error(`${program} ended with ${code}`));
    });
    const ask = (message) =>
      new Promise((resolve, reject) => {
        waiting.push({
          resolve: (answer) => (answer.error === undefined ? resolve(answer) : reject(new Error(`${program}: ${answer.error}`))),
          reject,
        });
        child.send(message);
      });
    await ask({ do: 'load' });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    return { ask, end: () => child.kill('SIGKILL'), leave: () => ask({ do: 'end' }).then(() => exited) };
  }
}
