/** The program ends, fails and reports about itself as it would without a control socket. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect } from '../../src/agent/client.ts';
import { list } from '../../src/agent/list.ts';
import { temporaryDirectory, until } from './harness.ts';

const PRELUDE = `
  import { startAgent } from ${JSON.stringify(new URL('../../src/agent/server.ts', import.meta.url).href)};
  import { FakeControl } from ${JSON.stringify(new URL('fake-control.ts', import.meta.url).href)};
  import cluster from 'node:cluster';
  const control = new FakeControl(cluster.isWorker ? 'worker' : 'primary');
  const agent = startAgent(control);
  await agent.ready;
`;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Program {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Ends its standard input. */
  end(): void;
}

function program(t: TestContext, directory: string, code: string): Program {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', PRELUDE + code], {
    env: { ...process.env, LIVEPATCH_RUNTIME_DIR: directory },
  });
  t.after(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => void (out += chunk));
  child.stderr.on('data', (chunk) => void (err += chunk));
  const ended = new Promise<Ended>((resolve) => child.on('close', (exit) => resolve({ code: exit, out, err })));
  return { pid: child.pid ?? 0, ended, end: () => void child.stdin.end() };
}

test('a program that has nothing to do ends, and its socket with it', async (t) => {
  const directory = temporaryDirectory(t);
  const { code, out, err } = await program(t, directory, 'console.log(agent.path);').ended;
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  assert.match(out, /\.sock\n$/);
  assert.deepEqual(readdirSync(directory), []);
});

test('the socket goes when the program calls process.exit or throws', async (t) => {
  const directory = temporaryDirectory(t);
  assert.equal((await program(t, directory, 'process.exit(7);').ended).code, 7);
  const thrown = await program(t, directory, 'throw new Error("its own");').ended;
  assert.equal(thrown.code, 1);
  assert.match(thrown.err, /its own/);
  assert.deepEqual(readdirSync(directory), []);
});

test('a client that waits for a transition does not keep the program alive', async (t) => {
  const directory = temporaryDirectory(t);
  const { pid, ended } = program(
    t,
    directory,
    'control.manual = true; const held = setInterval(() => control.running && clearInterval(held), 10);',
  );
  const client = connect(pid, { directories: [directory] });
  // The socket is there a moment before it listens.
  await until(() =>
    client.info().then(
      () => true,
      () => false,
    ),
  );
  await assert.rejects(client.apply('p'), { code: 'ERR_PROCESS_GONE' });
  assert.equal((await ended).code, 0);
});

test("nothing shows among the program's active resources or its http diagnostics", async (t) => {
  const directory = temporaryDirectory(t);
  const { code, out } = await program(
    t,
    directory,
    `
    import { subscribe } from 'node:diagnostics_channel';
    const seen = [];
    for (const name of ['http.server.request.start', 'http.client.request.start', 'http.server.response.finish']) subscribe(name, () => seen.push(name));
    const { connect } = await import(${JSON.stringify(new URL('../../src/agent/client.ts', import.meta.url).href)});
    console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => /pipe|server/i.test(name) )));
    await connect(process.pid).info();
    console.log(JSON.stringify(seen));
  `,
  ).ended;
  assert.equal(code, 0);
  assert.match(out, /\[\]\n$/);
});

test('a worker thread has no socket and leaves that of its process alone', async (t) => {
  const directory = temporaryDirectory(t);
  const { out, err } = await program(
    t,
    directory,
    `
    import { Worker } from 'node:worker_threads';
    import { existsSync } from 'node:fs';
    const worker = new Worker(${JSON.stringify(`import(${JSON.stringify(new URL('fake-process.ts', import.meta.url).href)}).then(() => process.exit())`)}, { eval: true });
    worker.on('exit', () => console.log(existsSync(agent.path)));
  `,
  ).ended;
  assert.deepEqual({ out, err }, { out: 'true\n', err: '' });
});

test('cluster workers each have a socket of their own, which their primary does not see', async (t) => {
  const directory = temporaryDirectory(t);
  const { ended, end } = program(
    t,
    directory,
    `
    import { writeFileSync } from 'node:fs';
    // A cluster worker runs a file: this one, written down.
    if (cluster.isPrimary) {
      const file = ${JSON.stringify(join(directory, 'worker.mjs'))};
      writeFileSync(file, ${JSON.stringify(`${PRELUDE} process.on('message', () => process.exit());`)});
      cluster.setupPrimary({ exec: file, execArgv: ['--disable-warning=ExperimentalWarning'] });
      cluster.on('listening', () => console.log('seen'));
      const workers = [cluster.fork(), cluster.fork()];
      process.stdin.on('end', () => workers.forEach((worker) => worker.send('end'))).resume();
    }
  `,
  );
  let names: readonly string[] = [];
  const start = performance.now();
  while (names.length < 3 && performance.now() - start < 60_000) {
    names = (await list({ directories: [directory] })).map((entry) => ('info' in entry ? entry.info.name : 'silent'));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual([...names].sort(), ['primary', 'worker', 'worker']);
  end();
  assert.equal((await ended).out, '');
  assert.deepEqual(readdirSync(directory), ['worker.mjs']);
});
