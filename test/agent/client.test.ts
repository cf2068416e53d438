import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect } from '../../src/agent/client.ts';
import { fakeProcess, localAgent, temporaryDirectory } from './harness.ts';

/** A socket of this process that says what it is told to. */
async function answering(t: TestContext, answer: string | null): Promise<string> {
  const directory = temporaryDirectory(t);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      if (answer !== null) socket.end(answer);
    });
    t.after(() => socket.destroy());
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(join(directory, `${process.pid}.sock`), resolve));
  return directory;
}

test('every operation reaches the control', async (t) => {
  const { directory, control } = await localAgent(t);
  const client = connect(process.pid, { directories: [directory] });
  assert.deepEqual(await client.apply('text', { name: 'fix-2', timeoutMs: 0 }), {
    result: 'complete',
    patch: 'fix-2',
    functions: 3,
    linkMs: 4,
    convergeMs: 120,
    replaced: [],
    threads: 0,
  });
  assert.equal((await client.revert('fix-2')).result, 'complete');
  assert.deepEqual(control.calls, [
    { op: 'apply', patch: 'text', name: 'fix-2', timeoutMs: 0 },
    { op: 'revert', name: 'fix-2', timeoutMs: undefined },
  ]);
  assert.equal((await client.doctor()).findings.length, 1);
  control.manual = true;
  const reversed = client.apply('text');
  await client.status();
  assert.equal(await client.reverse(), undefined);
  assert.equal((await reversed).result, 'reversed');
  const forced = client.apply('text');
  await client.status();
  await client.force();
  assert.equal((await forced).result, 'forced');
});

test('no socket is no process', async (t) => {
  const directories = [temporaryDirectory(t), '/nonexistent'];
  await assert.rejects(connect(process.pid, { directories }).info(), { code: 'ERR_NO_PROCESS', hint: /runs without livepatch/ });
  await assert.rejects(connect(process.pid, { directories }).info(), { hint: new RegExp(`elsewhere than in ${directories.join(', ')}:`) });
  for (const pid of [0, 2 ** 22 + 1])
    await assert.rejects(connect(pid, { directories }).info(), { code: 'ERR_NO_PROCESS', hint: /There is no process/ });
});

test('a process that ends with the request unread is gone, whatever the system says of the connection', async (t) => {
  const directory = temporaryDirectory(t);
  const server = createServer({ pauseOnConnect: true }, (socket) => setTimeout(() => socket.destroy(), 50));
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(join(directory, `${process.pid}.sock`), resolve));
  await assert.rejects(connect(process.pid, { directories: [directory] }).info(), { code: 'ERR_PROCESS_GONE' });
});

test('a process killed in the middle of an apply is gone', async (t) => {
  const directory = temporaryDirectory(t);
  const process = await fakeProcess(t, directory, { FAKE_MANUAL: '1' });
  const applied = connect(process.pid, { directories: [directory] }).apply('p', { onProgress: () => void process.child.kill('SIGKILL') });
  await assert.rejects(applied, { code: 'ERR_PROCESS_GONE' });
});

test('a process that does not answer in time is silent', async (t) => {
  const directory = await answering(t, null);
  await assert.rejects(connect(process.pid, { directories: [directory], replyTimeoutMs: 30 }).status(), {
    code: 'ERR_PROCESS_SILENT',
    message: /within 0.03 s/,
  });
});

for (const answer of ['HTTP/1.1 400 Bad Request', 'null', '{}', '{"type":"reply"}', '{"type":"reply","ok":false}', '{"type":"progress"}'])
  test(`an answer that is none is the socket's fault: ${answer}`, async (t) => {
    const directory = await answering(t, `${answer}\n`);
    await assert.rejects(connect(process.pid, { directories: [directory] }).info(), {
      code: 'ERR_SOCKET',
      message: /no reply of livepatch/,
    });
  });

test('an error that this version of livepatch does not know is told as it was reported', async (t) => {
  const error = { code: 'ERR_OF_LATER', message: 'It is too early.', hint: 'Wait.' };
  const directory = await answering(t, `${JSON.stringify({ type: 'reply', ok: false, error })}\n`);
  await assert.rejects(connect(process.pid, { directories: [directory] }).info(), error);
});

test('a connection closed before the reply is a process gone', async (t) => {
  const directory = await answering(t, '{"type":"reply","ok":true');
  await assert.rejects(connect(process.pid, { directories: [directory] }).info(), { code: 'ERR_PROCESS_GONE' });
});

test('an aborted wait rejects with the reason, and the transition goes on', async (t) => {
  const { directory, control } = await localAgent(t);
  control.manual = true;
  const abort = new AbortController();
  const waiting = connect(process.pid, { directories: [directory] }).apply('p', {
    signal: abort.signal,
    onProgress: () => abort.abort('enough'),
  });
  await assert.rejects(waiting, (reason) => reason === 'enough');
  assert.equal(control.running?.patch, 'fix');
});

test('a client trusts no directory that others can enter', async (t) => {
  const { directory } = await localAgent(t);
  chmodSync(directory, 0o777);
  await assert.rejects(connect(process.pid, { directories: [directory] }).info(), { code: 'ERR_SOCKET', message: /not safe/ });
});
