import assert from 'node:assert/strict';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '../../src/agent/client.ts';
import { startAgent } from '../../src/agent/server.ts';
import { FakeControl } from './fake-control.ts';
import { exchangeRaw, localAgent, temporaryDirectory, until } from './harness.ts';

test("the socket is its user's alone", async (t) => {
  const { path, agent } = await localAgent(t);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  agent.close();
  assert.equal(existsSync(path), false);
  assert.equal(agent.path, null);
});

test('a socket left under the same pid is replaced', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, `${process.pid}.sock`), '');
  const agent = startAgent(new FakeControl(), { directory });
  t.after(() => agent.close());
  await agent.ready;
  assert.equal((await connect(process.pid, { directories: [directory] }).info()).pid, process.pid);
});

test('one line in, one reply out, and the connection closes', async (t) => {
  const { path } = await localAgent(t);
  const text = await exchangeRaw(path, '{"op":"info"}\n');
  assert.equal(text.split('\n').length, 2);
  const reply = JSON.parse(text) as { readonly ok: boolean; readonly value: { readonly name: string } };
  assert.equal(reply.ok, true);
  assert.equal(reply.value.name, 'fake');
});

test('a client that closes its side without a newline is answered too', async (t) => {
  const { path } = await localAgent(t);
  assert.match(await exchangeRaw(path, '{"op":"info"}', true), /"ok":true/);
  assert.equal(await exchangeRaw(path, '', true), '');
});

test('what cannot be read is answered with an error', async (t) => {
  const { path, agent } = await localAgent(t);
  for (const text of ['GET / HTTP/1.1\r\n', '{"op":\n', '{"op":"exec"}\n', '\n', Buffer.from([0xff, 0xfe, 0x0a])]) {
    assert.match(await exchangeRaw(path, text), /^\{"type":"reply","ok":false,"error":\{"code":"ERR_USAGE"/);
  }
  assert.equal(agent.lastError, null);
});

test('a request over the limit is answered with an error, even while the client still writes', async (t) => {
  const { path, directory } = await localAgent(t, { maxRequestBytes: 1000 });
  assert.match(await exchangeRaw(path, 'x'.repeat(1001)), /larger than 1000 bytes/);
  await assert.rejects(connect(process.pid, { directories: [directory] }).apply('x'.repeat(5_000_000)), { code: 'ERR_USAGE' });
});

test('errors of the control arrive as they are, bugs as internal errors', async (t) => {
  const { directory } = await localAgent(t);
  const client = connect(process.pid, { directories: [directory] });
  await assert.rejects(client.apply('not a patch'), {
    code: 'ERR_BASE_MISMATCH',
    where: { file: '/srv/app/a.js', line: 3, column: 4 },
    hint: 'Build it again.',
    message: 'The patch was built for another version of a.js: the running source has hash x, the patch expects y.',
  });
  await assert.rejects(client.apply('bug'), { code: 'ERR_INTERNAL', message: 'Internal error: undefined is not a function.' });
  await assert.rejects(client.reverse(), { code: 'ERR_NO_TRANSITION' });
});

test('status answers while a transition runs, to several clients at once', async (t) => {
  const { directory, control } = await localAgent(t);
  control.manual = true;
  const client = connect(process.pid, { directories: [directory] });
  const pending: number[] = [];
  const applied = client.apply('patch', { timeoutMs: 5000, onProgress: (progress) => pending.push(progress.pending) });
  await until(() => pending.length === 1);
  const answers = await Promise.all([client.status(), client.status(), client.info()]);
  assert.equal(answers[0].transition?.patch, 'fix');
  assert.equal(answers[1].transition?.deadlineMs, 5000);
  await assert.rejects(client.apply('other'), { code: 'ERR_BUSY' });
  control.progress(1);
  control.finish('complete');
  assert.equal((await applied).result, 'complete');
  assert.deepEqual(pending, [3, 1]);
});

test('a client that leaves does not disturb the transition', async (t) => {
  const { path, directory, control, agent } = await localAgent(t);
  control.manual = true;
  const socket = connectSocket(path);
  socket.write('{"op":"apply","patch":"p"}\n');
  await until(() => control.running !== null);
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 20));
  control.progress(2);
  control.progress(1);
  assert.equal(control.running?.pending, 1);
  control.finish('complete');
  await until(() => control.patches.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(agent.lastError, null);
  assert.equal((await connect(process.pid, { directories: [directory] }).status()).patches[0]?.name, 'fix');
});

test('a client that does not read misses progress, and the program keeps no backlog of it', async (t) => {
  const { path, control } = await localAgent(t);
  control.manual = true;
  const socket = connectSocket(path);
  t.after(() => socket.destroy());
  socket.pause();
  socket.write('{"op":"apply","patch":"p"}\n');
  await until(() => control.running !== null);
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 200_000; i++) control.progress(i);
  assert.ok(process.memoryUsage().heapUsed - before < 60_000_000);
  control.finish('complete');
  socket.resume();
});

test('a directory that cannot be used leaves the program alone, and says so once', async (t) => {
  const directory = temporaryDirectory(t);
  chmodSync(directory, 0o755);
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  const agent = startAgent(new FakeControl(), { directory });
  await agent.ready;
  assert.equal(agent.path, null);
  assert.equal(agent.lastError?.code, 'ERR_SOCKET');
  assert.match((await warned).message, /cannot be patched: .*mode 755.*chmod 700/);
  agent.close();
});
