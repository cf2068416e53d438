import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Listed } from '../../src/agent/list.ts';
import { choose, resolveTarget } from '../../src/agent/target.ts';
import { LivepatchError } from '../../src/errors/errors.ts';
import { FakeControl } from './fake-control.ts';
import { localAgent } from './harness.ts';

function entry(pid: number, name: string, script: string): Listed {
  return { pid, info: { ...new FakeControl(name).info(), pid, script } };
}

const api = entry(10, 'api', '/srv/api/server.js');
const web = entry(11, 'web', '/srv/web/server.js');
const silent: Listed = { pid: 12, error: new LivepatchError('ERR_PROCESS_SILENT', { pid: 12, seconds: 5 }) };

test("a name is the process's own or its script's", () => {
  assert.equal(choose('api', [api, web, silent]).pid, 10);
  assert.equal(choose('server.js', [api, silent]).pid, 10);
});

test('nothing means the only process there is', () => {
  assert.equal(choose(undefined, [web]).pid, 11);
  assert.equal(choose(undefined, [silent]).pid, 12);
});

test('several that match are listed in the hint', () => {
  assert.throws(() => choose('server.js', [api, web]), {
    code: 'ERR_MANY_PROCESSES',
    message: '"server.js" matches 2 processes: 10, 11.',
    hint: 'Say which, by pid: 10 (server.js), 11 (server.js).',
  });
  assert.throws(() => choose(undefined, [api, silent]), { code: 'ERR_MANY_PROCESSES', hint: /12 \(does not answer\)/ });
});

test('none that matches: the hint lists those that run, or says how to start one', () => {
  assert.throws(() => choose('db', [api]), { code: 'ERR_NO_PROCESS', hint: 'Running: 10 (server.js).' });
  assert.throws(() => choose(undefined, []), { code: 'ERR_NO_PROCESS', hint: /--import livepatch\/register/ });
});

test('a number is a pid and is asked directly', async (t) => {
  const { directory } = await localAgent(t);
  const options = { directories: [directory] };
  assert.equal((await resolveTarget(String(process.pid), options)).info.name, 'fake');
  assert.equal((await resolveTarget('fake', options)).client.pid, process.pid);
  await assert.rejects(resolveTarget('1', options), { code: 'ERR_NO_PROCESS' });
});
