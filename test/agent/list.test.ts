import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { list } from '../../src/agent/list.ts';
import { fakeProcess, localAgent, temporaryDirectory } from './harness.ts';

test('lists the processes of every directory by pid', async (t) => {
  const { directory } = await localAgent(t);
  const other = temporaryDirectory(t);
  const a = await fakeProcess(t, other, { FAKE_NAME: 'a' });
  const listed = await list({ directories: [directory, other, '/nonexistent'] });
  assert.deepEqual(
    listed.map((entry) => entry.pid),
    [process.pid, a.pid].sort((x, y) => x - y),
  );
});

test('removes the socket of a killed process', async (t) => {
  const directory = temporaryDirectory(t);
  const { child, pid } = await fakeProcess(t, directory);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(existsSync(join(directory, `${pid}.sock`)), true);
  assert.deepEqual(await list({ directories: [directory] }), []);
  assert.equal(existsSync(join(directory, `${pid}.sock`)), false);
});

test('never removes a socket whose pid is alive, nor what is not a socket of ours', async (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, `${process.ppid}.sock`), '');
  writeFileSync(join(directory, 'notes.txt'), '');
  writeFileSync(join(directory, '0.sock'), '');
  assert.deepEqual(await list({ directories: [directory] }), []);
  for (const file of [`${process.ppid}.sock`, 'notes.txt', '0.sock']) assert.equal(existsSync(join(directory, file)), true);
});

test('a process that does not answer is listed with the error', async (t) => {
  const directory = temporaryDirectory(t);
  const server = createServer((socket) => t.after(() => socket.destroy()));
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(join(directory, `${process.pid}.sock`), resolve));
  const [entry] = await list({ directories: [directory], replyTimeoutMs: 30 });
  assert.ok(entry !== undefined && 'error' in entry);
  assert.equal(entry.error.code, 'ERR_PROCESS_SILENT');
});

test('a directory that cannot be trusted fails only when nothing else was found', async (t) => {
  const unsafe = temporaryDirectory(t);
  chmodSync(unsafe, 0o755);
  await assert.rejects(list({ directories: [unsafe] }), { code: 'ERR_SOCKET' });
  const { directory } = await localAgent(t);
  assert.equal((await list({ directories: [unsafe, directory] })).length, 1);
});
