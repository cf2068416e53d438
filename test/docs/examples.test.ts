/**
 * Runs the examples of the documents as they stand. A ```sh server block is started and left running; a ```sh block
 * runs in order; the ```text block after it is its output, in which … stands for anything. A ```js block of the API
 * prints what its comments say.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/nodes.mjs';

const SERVER_LIMIT_MS = 60_000;

interface Block {
  readonly kind: 'sh server' | 'sh' | 'text';
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  const source = readFileSync(join(root, page), 'utf8');
  return [...source.matchAll(/^```(sh server|sh|text)\n([^]*?)^```$/gm)].map(([, kind, text]) => ({
    kind: kind as Block['kind'],
    text: text ?? '',
  }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The guide's commands without npx, on the Node that runs this test, with patches written to a scratch directory. */
function adapt(text: string, port: number, scratch: string): string {
  return text
    .replaceAll('npx node ', `exec '${process.execPath}' `)
    .replaceAll('npx livepatch ', `'${process.execPath}' dist/cli/main.js `)
    .replaceAll('localhost:3000', `127.0.0.1:${port}`)
    .replaceAll(/(?<= )(\w+\.klp)/g, join(scratch, '$1'));
}

function matches(actual: string, expected: string): boolean {
  const pattern = expected
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(actual);
}

async function runPage(page: string, signal: AbortSignal): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'livepatch-docs-'));
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), LIVEPATCH_RUNTIME_DIR: join(scratch, 'run'), NO_COLOR: '1' };
  let said = '';
  let ended = false;
  let server: ReturnType<typeof spawn> | undefined;
  try {
    let output = '';
    for (const { kind, text } of blocksOf(page)) {
      const script = adapt(text, port, scratch);
      if (kind === 'sh server') {
        await stop(server);
        ended = false;
        server = spawn('bash', ['-c', script], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [server.stdout, server.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
        const started = server;
        started.on('exit', () => (ended ||= started === server));
        const deadline = Date.now() + SERVER_LIMIT_MS;
        while (!(await answers(port))) {
          assert.ok(!ended && Date.now() < deadline, `the server does not listen:\n${said}`);
          await sleep(50);
        }
      } else if (kind === 'sh') {
        output = await new Promise((resolve, reject) => {
          execFile('bash', ['-e', '-c', script], { cwd: root, env, signal }, (error, stdout, stderr) => {
            if (error) reject(new Error(`${text}${stdout}${stderr}\nthe server said:\n${said}`));
            else resolve(stdout);
          });
        });
      } else {
        assert.ok(matches(output, text), `expected:\n${text}\nactual:\n${output}`);
      }
    }
  } finally {
    await stop(server);
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function stop(server: ReturnType<typeof spawn> | undefined): Promise<void> {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
}

/** Whether something listens; without a request, which the program would count. */
async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

test('docs/guides/first-patch.md does what it says', { timeout: 120_000 }, async (t) => {
  await runPage('docs/guides/first-patch.md', t.signal);
});

test('docs/reference/patch-format.md does what it says', { timeout: 120_000 }, async (t) => {
  await runPage('docs/reference/patch-format.md', t.signal);
});

test(
  'docs/guides/data-migration.md does what it says, and shows what is in the examples and the tests',
  { timeout: 240_000 },
  async (t) => {
    const page = 'docs/guides/data-migration.md';
    await runPage(page, t.signal);
    const files = ['examples/data', 'test/data'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)),
    );
    const texts = files.filter((file) => /\.[jt]s$/.test(file)).map((file) => readFileSync(file, 'utf8'));
    for (const [, code] of readFileSync(join(root, page), 'utf8').matchAll(/^```js\n([^]*?)^```$/gm)) {
      for (const part of code!.split('\n\n'))
        assert.ok(
          texts.some((text) => text.includes(part.trim())),
          part,
        );
    }
  },
);

for (const [how, args] of [
  ['with', ['--import', 'livepatch/register']],
  ['without', []],
] as const)
  test(`the programs of docs/reference/api.md print what they say ${how} the hook`, { timeout: 120_000 }, async (t) => {
    const page = readFileSync(join(root, 'docs/reference/api.md'), 'utf8');
    const programs = [...page.matchAll(/^```js\n([^]*?)^```$/gm)].map(([, text]) => text!);
    assert.ok(programs.length > 2);
    for (const program of programs) {
      const says = [...program.matchAll(/^.*console\.log\(.*; \/\/ (.*)$/gm)].map(([, line]) => `${line}\n`).join('');
      const printed = await new Promise<string>((resolve, reject) => {
        const all = [...args, '--input-type=module', '--eval', program];
        execFile(process.execPath, all, { cwd: root, signal: t.signal }, (error, stdout, stderr) =>
          error ? reject(new Error(`${program}\n${stderr}`)) : resolve(stdout),
        );
      });
      assert.equal(printed, says);
    }
  });
