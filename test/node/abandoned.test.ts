/** What only livepatch knows of is not alive: a request that its client has left, and a task that nothing continues. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { currentRuntime } from '../../src/node/current.ts';
import { begun } from '../build/requests.ts';
import { program } from '../build/harness.ts';
import type { Program } from '../build/harness.ts';

// An upload that is never over, unless its client sends all of it.
const before = `exports.upload = (request, limit) => {
  const left = limit - request.sent();
  request.on('data', (piece) => { if (piece.length > limit) request.destroy() });
};
exports.wait = async (gate) => { await gate; return 1 };`;
const patches: Readonly<Record<string, (text: string) => string>> = {
  'as all tasks run it': (text) => text.replace('  request.on', `  request.on('aborted', () => request.destroy());\n  request.on`),
  'as it begins': (text) => text.replace('piece.length > limit', 'piece.length > left'),
};

const uploads = (edit: (text: string) => string): Promise<Program> =>
  program({ 'index.js': before }, { 'index.js': edit(before).replace('return 1', 'return 2') });

async function serving(p: Program, t: { after(body: () => void): void }): Promise<Server> {
  const server = createServer((request) => p.exports['upload'](Object.assign(request, { sent: () => 0 }), 100));
  t.after(() => (p.clean(), server.close(), server.closeAllConnections()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** Sends a part of an upload. Gives back how its client leaves, and nothing that holds the request. */
async function beginUpload(server: Server): Promise<() => Promise<void>> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const left = new Promise<void>((closed) => server.once('connection', (socket) => socket.on('close', closed)));
  const began = new Promise<void>((asked) => server.once('request', () => asked()));
  client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\nabc');
  await began;
  return () => (client.destroy(), left);
}

for (const [when, edit] of Object.entries(patches)) {
  test(`closures of a request that its client has left do not keep a patch out that looks for them ${when}`, async (t) => {
    const p = await uploads(edit);
    const leave = await beginUpload(await serving(p, t));
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
    await leave();
    await p.apply();
    await p.revert();
  });

  test(`nor do those of a task that nothing continues, ${when}`, async (t) => {
    const p = await uploads(edit);
    t.after(() => p.clean());
    const begin = (): void => {
      const request = { on: (_: string, listener: object) => void listener, sent: () => 0 };
      void currentRuntime()!.tasks.task('lost', () => {
        p.exports['upload'](request, 100);
        return new Promise(() => {});
      });
    };
    begin();
    await p.apply();
    await p.revert();
  });
}

test('a client may leave while the transition lasts', async (t) => {
  const p = await uploads(patches['as all tasks run it']!);
  const leave = await beginUpload(await serving(p, t));
  const gate = Promise.withResolvers<void>();
  const held = currentRuntime()!.tasks.task('held', () => p.exports['wait'](gate.promise) as Promise<number>);
  const applied = p.apply();
  await begun();
  await leave();
  await setTimeout(10);
  gate.resolve();
  assert.equal(await held, 1);
  await applied;
  await p.revert();
});
