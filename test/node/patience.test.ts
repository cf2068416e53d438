/** What requests that are under way have made for themselves goes with them: a patch that cannot be applied beside it waits for that. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { ClientRequest, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { currentRuntime } from '../../src/node/current.ts';
import type { TransitionStatus } from '../../src/agent/protocol.ts';
import { progressLine } from '../../src/cli/output/progress.ts';
import { begun } from '../build/requests.ts';
import { program } from '../build/harness.ts';
import type { Program } from '../build/harness.ts';

// A request makes closures, and answers when its client has sent all.
const before = `exports.serve = (request, response, limit) => {
  const left = limit - 1;
  let size = 0;
  request.on('data', (piece) => { size += piece.length > limit ? limit : piece.length });
  request.on('end', () => response.end('old ' + (left - left + size)));
};`;
const answer = (text: string): string => text.replace("'old '", "'new '");
/** Closures that exist cannot run the new code: they have no such variable. */
const lacking = (text: string): string =>
  answer(text).replace('? limit :', '? limit - request.method.length + left - limit :').replace('limit - 1', 'limit - response.statusCode');
/** They can, and have not had what is done where they are made. */
const unheard = (text: string): string =>
  answer(text).replace("  request.on('data'", "  request.on('aborted', () => response.destroy());\n  request.on('data'");
const hidden = (text: string): string => text.replace('left - left + ', '');

let programs = 0;
/** Each program has a text of its own: a patch is for all that have one. */
const running = (edit: (text: string) => string): Promise<Program> => {
  const text = `// ${++programs}\n${hidden(before)}`;
  return program({ 'index.js': text }, { 'index.js': edit(text) });
};

async function serving(p: Program, t: { after(body: () => void): void }): Promise<Server> {
  const server = createServer((asked, response) => p.exports['serve'](asked, response, 100));
  t.after(() => (p.clean(), server.close(), server.closeAllConnections()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** A request under way; gives how it is ended, and what it was answered. */
async function beginRequest(server: Server): Promise<() => Promise<string>> {
  const client: ClientRequest = request({ port: (server.address() as AddressInfo).port, method: 'POST', agent: false });
  const arrived = once(server, 'request').then(() => {});
  client.write('abc');
  await arrived;
  return async () => {
    client.end();
    const [response] = await once(client, 'response');
    let text = '';
    for await (const piece of response) text += String(piece);
    return text;
  };
}

/** Resolves once the patch is on its way, and has had the time to be kept out. */
async function looked(name: string, applied: Promise<void>): Promise<void> {
  let isOver = false;
  applied.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const isBusy = (): Promise<boolean> =>
    currentRuntime()!
      .revert(name, {})
      .then(
        () => false,
        (error: unknown) => (error as { readonly code?: string }).code === 'ERR_BUSY',
      );
  while (!isOver && !(await isBusy())) await setTimeout(10);
  await setTimeout(300);
  assert.ok(!isOver);
}

for (const [when, edit] of [
  ['as it begins', lacking],
  ['as all tasks run it', unheard],
] as const)
  test(`a patch that looks for closures ${when} waits for those of a request that is under way`, async (t) => {
    const p = await running(edit);
    const server = await serving(p, t);
    const end = await beginRequest(server);
    const applied = p.apply();
    await looked(p.report.name, applied);
    assert.match(await end(), /^(?:old|new) 3$/);
    await applied;
    const later = await beginRequest(server);
    assert.equal(await later(), 'new 3');
    await p.revert();
  });

test('requests that have begun since do not count, where they have made what the new version makes', async (t) => {
  const p = await running(unheard);
  const server = await serving(p, t);
  const end = await beginRequest(server);
  const applied = p.apply();
  await begun();
  const other = await beginRequest(server);
  await end();
  await applied;
  assert.equal(await other(), 'new 3');
  await p.revert();
});

test('one that does not end keeps it out, with nothing changed', async (t) => {
  for (const edit of [lacking, unheard]) {
    const p = await running(edit);
    const server = await serving(p, t);
    const end = await beginRequest(server);
    await assert.rejects(p.apply(500), { code: 'ERR_LIVE_CLOSURES' });
    assert.deepEqual(currentRuntime()!.status().patches, []);
    assert.equal(await end(), 'old 3');
  }
});

test('while it waits at the end, it can be turned round', async (t) => {
  const p = await running(unheard);
  const server = await serving(p, t);
  const end = await beginRequest(server);
  const applied = p.apply();
  await begun();
  let transition: TransitionStatus | null;
  do {
    await setTimeout(10);
    ({ transition } = currentRuntime()!.status());
  } while (transition !== null && transition.waitsFor === undefined);
  assert.match(transition!.waitsFor!, /would leave behind 2 function/);
  assert.match(progressLine(transition!, '/'), /^transition 0 pending · waits for what old code made to go$/);
  currentRuntime()!.reverse();
  await assert.rejects(applied, /"result":"reversed".*"reason":"request"/);
  assert.equal(await end(), 'old 3');
});
