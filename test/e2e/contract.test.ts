/** What scripts may rely on: exit codes, and one JSON object on standard output. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Outcome, Status } from '../../src/agent/protocol.ts';
import { Bench } from '../e2e-support/program.ts';

/** A server whose answer is made by two functions with an await between, `ms` long. */
function app(version: string, signature: { readonly declared: string; readonly passed: string }) {
  return {
    'package.json': '{ "name": "app", "version": "1.0.0", "type": "module" }',
    'server.js': `import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
let answers = 0;
function part(${signature.declared}) {
  return '${version}';
}
async function answer(ms) {
  const before = part(${signature.passed});
  await sleep(ms);
  answers++;
  return \`\${before} ${version} \${part(${signature.passed})} #\${answers}\`;
}
const server = createServer(async (req, res) => {
  res.end(await answer(Number(req.url.slice(1))));
});
server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
  };
}

async function benchWithPatch(t: TestContext) {
  const bench = new Bench(t);
  const from = bench.tree('old', app('v1', { declared: '', passed: '' }));
  const to = bench.tree('new', app('v2', { declared: '{ x }', passed: '{ x: 1 }' }));
  const program = await bench.start(`${from}/server.js`);
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', file, '--json');
  assert.equal(built.code, 0, built.stdout + built.stderr);
  return { bench, from, to, program, file };
}

test('apply and revert: 0, an outcome, and a request that waits stays in its version', async (t) => {
  const { bench, program, file } = await benchWithPatch(t);
  assert.equal(await program.get('/0'), 'v1 v1 v1 #1');
  const waiting = program.get('/1500');
  await program.get('/10');
  const applied = await bench.livepatch('apply', file, program.pid, '--json');
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  const outcome = applied.json as Outcome;
  assert.equal(outcome.result, 'complete');
  assert.match(await waiting, /^v1 v1 v1 /, 'it began in version 1');
  assert.match(await program.get('/0'), /^v2 v2 v2 #4$/, 'version 2, and the count went on');
  const status = await bench.livepatch('status', program.pid, '--json');
  assert.equal(status.code, 0);
  const { processes } = status.json as { readonly processes: readonly Status[] };
  assert.deepEqual(
    processes.map(({ patches }) => patches.map(({ name }) => name)),
    [['fix']],
  );
  const reverted = await bench.livepatch('revert', 'fix', program.pid, '--json');
  assert.equal(reverted.code, 0, reverted.stdout + reverted.stderr);
  assert.match(await program.get('/0'), /^v1 v1 v1 #5$/);
});

test('a transition that is held past its deadline: 3, reversed, who held it, and the old code runs', async (t) => {
  const { bench, program, file } = await benchWithPatch(t);
  const waiting = program.get('/4000');
  await program.get('/10');
  const applied = await bench.livepatch('apply', file, program.pid, '--timeout', '500ms', '--json');
  assert.equal(applied.code, 3, applied.stdout + applied.stderr);
  const outcome = applied.json as Outcome;
  assert.ok(outcome.result === 'reversed' && outcome.reason === 'deadline', applied.stdout);
  assert.equal(outcome.holders[0]?.function, 'answer');
  assert.match(await program.get('/0'), /^v1 v1 v1 /);
  assert.match(await waiting, /^v1 v1 v1 /);
});

test('a patch for other source: 1, ERR_BASE_MISMATCH, nothing changed', async (t) => {
  const { bench, from, to, program } = await benchWithPatch(t);
  const other = bench.tree('other', app('v0', { declared: '', passed: '' }));
  const file = bench.path('other.klp');
  assert.equal((await bench.livepatch('build', '--from', other, '--to', to, '-o', file)).code, 0);
  const applied = await bench.livepatch('apply', file, program.pid, '--json');
  assert.equal(applied.code, 1, from);
  assert.match(applied.stdout, /ERR_BASE_MISMATCH/);
  assert.equal(await program.get('/0'), 'v1 v1 v1 #1');
});

test('wrong use: 2', async (t) => {
  const bench = new Bench(t);
  assert.equal((await bench.livepatch('aply')).code, 2);
  assert.equal((await bench.livepatch('build', '--json')).code, 2);
  const none = await bench.livepatch('status', '4194000', '--json');
  assert.equal(none.code, 1);
  assert.match(none.stdout, /ERR_NO_PROCESS/);
});

test('worker threads are not patched, and apply says so', async (t) => {
  const bench = new Bench(t);
  const app = (version: string) => ({
    'package.json': '{ "type": "module" }',
    'main.js': `import { createServer } from 'node:http';
import { Worker } from 'node:worker_threads';
import { which } from './which.js';
const worker = new Worker(new URL('./worker.js', import.meta.url));
const ask = () => new Promise((resolve) => { worker.once('message', resolve); worker.postMessage(0); });
const server = createServer((req, res) => { void ask().then((other) => res.end(\`\${which()} \${other}\`)); });
server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
    'worker.js':
      "import { parentPort } from 'node:worker_threads';\nimport { which } from './which.js';\nparentPort.on('message', () => parentPort.postMessage(which()));\n",
    'which.js': `export function which() { return '${version}'; }\n`,
  });
  const from = bench.tree('old', app('v1'));
  const to = bench.tree('new', app('v2'));
  const program = await bench.start(`${from}/main.js`);
  assert.equal(await program.get('/'), 'v1 v1');
  const file = bench.path('fix.klp');
  assert.equal((await bench.livepatch('build', '--from', from, '--to', to, '-o', file)).code, 0);
  const applied = await bench.livepatch('apply', file, program.pid);
  assert.equal(applied.code, 0);
  assert.match(applied.stdout, /1 worker thread of the process is not patched/);
  assert.equal(await program.get('/'), 'v2 v1');
});
