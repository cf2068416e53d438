/** Tasks: how what they run ends is seen as it is without them, and what is over is let go. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import { root } from '../../scripts/nodes.mjs';

const url = (file: string): string => pathToFileURL(join(root, 'dist', file)).href;

function run(body: string): { status: number | null; stdout: string; stderr: string } {
  const text = `import { task } from '${url('index.js')}';\n${body}`;
  const args = ['--expose-gc', '--import', url('register.js'), '--input-type=module', '--eval', text];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('a rejection that nobody handles ends the process', () => {
  const { status, stderr } = run(`void task('job', async () => { throw new Error('lost'); });`);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /Error: lost/);
});

test('one that is handled reaches who handles it, and nobody else', () => {
  const { status, stdout, stderr } = run(`
    await task('job', async () => { throw new Error('caught'); }).catch((error) => console.log(error.message));
    try { task('job', () => { throw new Error('thrown'); }); } catch (error) { console.log(error.message); }
    console.log(await task('job', async () => 1), task('job', () => 2));`);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'caught\nthrown\n1 2\n');
});

test('a request that is over is not kept by its connection, nor by what it began', () => {
  const { status, stdout, stderr } = run(`
    import { Agent, createServer, get } from 'node:http';
    const refs = [];
    const later = [];
    const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
      refs.push(new WeakRef(request), new WeakRef(response));
      later.push(setTimeout(() => {}, 1e6));
      response.end('done');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const agent = new Agent({ keepAlive: true });
    const ask = () => new Promise((resolve, reject) => {
      get({ agent, port: server.address().port, host: '127.0.0.1' }, (response) => response.resume().on('end', resolve)).on('error', reject);
    });
    await ask();
    for (let turn = 0; turn < 50 && refs.some((ref) => ref.deref() !== undefined); turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      gc();
    }
    console.log(refs.map((ref) => ref.deref() === undefined), Object.keys(agent.freeSockets).length);
    for (const timer of later) clearTimeout(timer);
    agent.destroy();
    server.close();`);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, '[ true, true ] 1\n');
});
