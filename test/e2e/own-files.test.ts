/** A release that is deployed in place takes livepatch's own files from under a process. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/nodes.mjs';
import { Bench } from '../e2e-support/program.ts';

const app = (version: string): Record<string, string> => ({
  'package.json': '{ "name": "app", "version": "1.0.0" }',
  'server.js': `const s = require('node:http').createServer((q, r) => r.end('${version}')).listen(0, '127.0.0.1', () => console.log('listening on :' + s.address().port));\n`,
});

test('a patch is refused once another build of livepatch, or none, is where the process has its own from', async (t) => {
  const bench = new Bench(t);
  const from = bench.tree('old', app('v1'));
  const file = bench.path('fix.klp');
  const built = await bench.livepatch('build', '--from', from, '--to', bench.tree('new', app('v2')), '-o', file);
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const own = bench.tree('livepatch', { 'package.json': readFileSync(join(root, 'package.json'), 'utf8') });
  cpSync(join(root, 'dist'), join(own, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(own, 'node_modules'));
  const program = await bench.start(`${from}/server.js`, { hook: false, env: { NODE_OPTIONS: `--import ${own}/dist/register.js` } });
  // Opens the socket while all is there.
  while ((await bench.livepatch('status', program.pid)).code !== 0) continue;

  const refused = async (): Promise<void> => {
    const { code, stdout, stderr } = await bench.livepatch('apply', file, program.pid);
    assert.equal(code, 1, stdout + stderr);
    assert.match(stdout + stderr, /ERR_OWN_FILES The build of livepatch that this process was started with is no longer in /);
    assert.equal(await program.get('/'), 'v1');
  };
  renameSync(join(own, 'dist'), join(own, 'away'));
  await refused();
  cpSync(join(own, 'away'), join(own, 'dist'), { recursive: true });
  const id = join(own, 'dist', 'source', 'build.js');
  const text = readFileSync(id, 'utf8');
  writeFileSync(id, text.replace(/'\w/, "'other"));
  await refused();
  writeFileSync(id, text);
  const applied = await bench.livepatch('apply', file, program.pid);
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal(await program.get('/'), 'v2');
});
