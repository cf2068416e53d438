/** The modes and a patch's callbacks, from the command line to requests of a real server. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Bench } from '../e2e-support/program.ts';
import type { Program } from '../e2e-support/program.ts';

/** A request waits `before` or `within` its call of `work` until what it waits for is released, and says when it comes there. */
const SERVER = `import { createServer } from 'node:http';
const waiting = new Map();
const hold = (name) => name && new Promise((resolve) => waiting.set(name, resolve));
const label = () => 'old';
async function work(held) { const before = label(); console.log('at work'); await hold(held); return before + ' ' + label(); }
const server = createServer(async (request, response) => {
  const { pathname, searchParams: query } = new URL(request.url, 'http://x');
  if (pathname === '/release') return response.end(String(waiting.get(query.get('name'))()));
  const first = label();
  console.log('here');
  await hold(query.get('before'));
  response.end(first + ' ' + (await work(query.get('within'))));
});
server.listen(0, () => console.log('listening on :' + server.address().port));
`;

async function prepare(t: TestContext): Promise<{ readonly bench: Bench; readonly program: Program; readonly patch: string }> {
  const bench = new Bench(t);
  const from = bench.tree('old', { 'server.mjs': SERVER });
  const to = bench.tree('new', {
    'server.mjs': SERVER.replace("'old'", "'new'").replace("before + ' ' + label()", "[before, label()].join(' ')"),
  });
  const patch = bench.path('fix.klp');
  const hooks = bench.path('hooks.cjs');
  writeFileSync(
    hooks,
    "exports.prePatch = ({ patch }) => console.log('pre', patch);\nexports.postUnpatch = () => console.log('unpost');\n",
  );
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', patch, '--hooks', hooks);
  assert.equal(built.code, 0, built.stderr);
  return { bench, program: await bench.start(`${from}/server.mjs`), patch };
}

/** Until the process says that a transition runs. */
async function begun(bench: Bench, { pid }: Program): Promise<void> {
  for (let i = 0; i < 50; i++) {
    const { stdout } = await bench.livepatch('status', pid, '--json');
    if (/"transition":\{/.test(stdout)) return;
  }
  throw new Error('no transition has begun');
}

/** Until the program has written `line` so many times. */
async function said(program: Program, line: string, times: number): Promise<void> {
  const until = Date.now() + 60_000;
  while (program.said.split(line).length <= times) {
    assert.ok(Date.now() < until, program.said);
    await pause(10);
  }
}

test('request: a request that began old stays old to its end; one that is aborted holds nothing up', async (t) => {
  const { bench, program, patch } = await prepare(t);
  const client = new AbortController();
  void fetch(`http://127.0.0.1:${program.port}/?before=left`, { signal: client.signal }).catch(() => {});
  await said(program, 'here', 1);
  const old = program.get('/?before=old');
  await said(program, 'here', 2);
  const applied = bench.livepatch('apply', patch, program.pid, '--mode', 'request', '--json');
  await begun(bench, program);
  assert.equal(await program.get('/'), 'new new new');
  client.abort();
  await program.get('/release?name=old');
  assert.equal(await old, 'old old old');
  const { code, json } = await applied;
  assert.deepEqual([code, (json as { result: string }).result], [0, 'complete']);
  assert.equal((await bench.livepatch('revert', 'fix', program.pid)).code, 0);
  assert.match(program.said, /pre fix\n[^]*unpost/);
});

test('barrier: a call that comes while old ones run waits for them, and then is new', async (t) => {
  const { bench, program, patch } = await prepare(t);
  const old = program.get('/?within=old');
  await said(program, 'at work', 1);
  const applied = bench.livepatch('apply', patch, program.pid, '--mode', 'barrier', '--json');
  await begun(bench, program);
  const waited = program.get('/');
  await said(program, 'here', 2);
  await program.get('/release?name=old');
  assert.deepEqual([await old, await waited], ['old old old', 'old new new']);
  const { code, json } = await applied;
  const { gated, convergeMs } = json as { gated: { calls: number; longestMs: number }; convergeMs: number };
  assert.deepEqual([code, gated.calls], [0, 1]);
  assert.ok(gated.longestMs >= 0 && gated.longestMs <= convergeMs, `${gated.longestMs} of ${convergeMs} ms`);
  assert.equal(await program.get('/'), 'new new new');
});

test('barrier: at the deadline those who waited go on with the old version', async (t) => {
  const { bench, program, patch } = await prepare(t);
  const old = program.get('/?within=old');
  await said(program, 'at work', 1);
  const applied = bench.livepatch('apply', patch, program.pid, '--mode', 'barrier', '--timeout', '6s', '--json');
  await said(program, 'pre fix', 1);
  // It does not wait for the one that was waited for: nobody has let that go.
  assert.equal(await program.get('/'), 'old old old');
  const { code, json } = await applied;
  assert.deepEqual([code, (json as { gated: { calls: number } }).gated.calls], [3, 1]);
  await program.get('/release?name=old');
  assert.equal(await old, 'old old old');
});
